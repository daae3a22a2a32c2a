"""Every record that the command line makes holds, and scoring one again keeps what people said."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.library.record.sessions import a_record
from tests.library.record.tampering import as_bytes, resealed
from tests.library.record.test_offline_judge import EXERCISES, SHIPPED

from assay.authoring.load import load_exercise
from assay.cli import main
from assay.record import read_record, verify, write_record
from assay.record.file import record_bytes
from assay.session.reference import reference_of

Assay = Callable[..., tuple[int, str, str]]


@pytest.fixture
def assay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> Assay:
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["assay", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            main()
        out, errors = capfdbinary.readouterr()
        code = stopped.value.code
        return code if isinstance(code, int) else 0, out.decode(), errors.decode()

    return call


def chats_of(name: str) -> list[dict[str, Any]]:
    """The reference sessions of an exercise as an export of messages, with and without their deliverable."""
    chats = []
    for quality in ("strong", "middling", "weak"):
        transcript = reference_of(SHIPPED / name, quality).transcript()
        messages = [{"role": turn.role, "content": turn.text} for turn in transcript.turns]
        chats.append({"id": f"{quality}-without", "messages": messages})
        chats.append({**chats[-1], "id": quality, "deliverable": transcript.final_deliverable})
    return chats


@pytest.mark.parametrize("name", EXERCISES)
def test_records_of_an_exercises_chats_hold_with_and_without_deliverable_and_people(
    name: str, assay: Assay
) -> None:
    chats = [*chats_of(name), {"id": "silent", "messages": []}]
    Path("chats.jsonl").write_text("\n".join(map(json.dumps, chats)), encoding="utf-8")
    words = next(item["content"] for item in chats[0]["messages"] if item["role"] == "user")[:30]
    turn = next(n for n, item in enumerate(chats[0]["messages"]) if item["role"] == "user")
    criteria = list(load_exercise(SHIPPED / name).rubric.criteria)
    said = {
        criteria[0]: {"level": 4, "quotes": [{"turn": turn, "text": words}, {"turn": 0, "text": "unsaid"}]},
        criteria[1]: {"unscored": "It did not come up."},
    }
    rated = [
        {"id": chat["id"], "rater": rater, "ratings": said} for chat in chats[:2] for rater in ("Ines", "Tom")
    ]
    Path("people.json").write_text(json.dumps(rated), encoding="utf-8")
    code, _, errors = assay(
        *("score", "chats.jsonl", "--exercise", name, "--ratings", "people.json"),
        *("--out", "out", "--format", "record", "--format", "html"),
    )
    assert code == 0, errors
    made = sorted(Path("out").glob("*.assay.json"))
    assert len(made) == 7
    failed = [rule for path in made for rule in read_record(path).score.rules if rule.state == "failed"]
    assert failed or not load_exercise(SHIPPED / name).rubric.rules
    for path in made:
        assert verify(path.read_bytes()).outcome == "holds", path.name
        assert "This record" not in (path.parent / f"{path.name.split('.')[0]}.html").read_text("utf-8")
    assert assay("verify", *made)[0] == 0


@pytest.mark.parametrize("name", ["annotator-find-errors", "support-escalation"])
def test_a_bots_session_makes_a_record_that_holds_and_so_does_scoring_it_again(
    name: str, assay: Assay
) -> None:
    replies = [{"text": "Here is a first version, to be checked."} for _ in range(12)]
    Path("replies.yaml").write_text(json.dumps({"replies": replies}), encoding="utf-8")
    folders = ("--sessions", "kept", "--out", "bot.assay.json")
    code, _, errors = assay("try", name, "--bot", "weak", "--model", "scripted:replies.yaml", *folders)
    assert code == 0, errors
    assert verify(Path("bot.assay.json").read_bytes()).outcome == "holds"
    code, _, errors = assay("score", "bot.assay.json", "--out", "out", "--format", "record")
    assert code == 0, errors
    (again,) = Path("out").glob("*.assay.json")
    assert verify(again.read_bytes()).outcome == "holds"
    assert read_record(again).score == read_record(Path("bot.assay.json")).score


RUBRIC = """\
criteria:
  planning:
    asks: Does the candidate go in steps?
    weight: 70
    levels:
      0: {words: One request., example: Write it.}
      2: {words: Two requests., example: First the facts.}
      3: {words: Steps with a reason., example: "Facts first, so that we agree."}
      4: {words: Steps and a check., example: "Facts, then text, then compare."}
  checking:
    asks: Is the reply read at all?
    levels: {0: Takes the reply., 4: Compares it.}
"""


def score_again(assay: Assay, *more: object) -> tuple[Any, str]:
    """The record of scoring Mara's record again, and what was said on standard error."""
    write_record(a_record(), Path("mara.assay.json"))
    code, _, errors = assay("score", "mara.assay.json", "--out", "out", "--format", "record", *more)
    assert code == 0, errors
    (path,) = Path("out").glob("*.assay.json")
    return read_record(path), errors


def by_people(record: Any) -> dict[str, list[Any]]:
    kept = [rating for rating in record.ratings if rating.rater.kind == "person"]
    return {name: [r for r in kept if r.criterion == name] for name in {r.criterion for r in kept}}


def test_what_people_said_is_carried_into_a_new_scoring_on_the_same_rubric(assay: Assay) -> None:
    record, errors = score_again(assay)
    assert by_people(record) == by_people(a_record())
    assert {rater.kind for rater in record.raters} == {"indicators", "person"}
    assert [c.level for c in record.score.criteria] == [c.level for c in a_record().score.criteria]
    assert "left out" not in errors
    assert verify(record_bytes(record)).outcome == "holds"


def test_a_rating_of_a_criterion_that_another_rubric_words_otherwise_is_left_out_with_a_note(
    assay: Assay,
) -> None:
    Path("other.yaml").write_text(RUBRIC, encoding="utf-8")
    record, errors = score_again(assay, "--rubric", "other.yaml")
    assert by_people(record) == {}
    for name in ("planning", "checking", "awareness"):
        assert name in errors
    assert "Ines's rating of planning, checking, awareness was left out" in errors
    line = json.loads(Path("out/scores.jsonl").read_text("utf-8"))
    assert any("made on another rubric" in note for note in line["notes"])


def test_a_rating_of_a_criterion_that_another_rubric_has_word_for_word_is_carried_over(assay: Assay) -> None:
    Path("same.yaml").write_text(RUBRIC.replace("weight: 70", "weight: 30"), encoding="utf-8")
    record, errors = score_again(assay, "--rubric", "same.yaml")
    assert by_people(record) == {"planning": by_people(a_record())["planning"]}
    assert "Ines's rating of checking, awareness was left out" in errors
    Path("wide.yaml").write_text(
        "scale: {min: 0, max: 5}\n" + RUBRIC.replace("weight: 70", "weight: 30"), encoding="utf-8"
    )
    record, errors = score_again(assay, "--rubric", "wide.yaml", "--force")
    assert by_people(record) == {}


def test_a_person_who_rates_anew_replaces_what_they_said_in_the_record(assay: Assay) -> None:
    quotes = [{"turn": 0, "text": "First list the facts"}]
    entry = {"id": "s-mara-1", "rater": "Ines", "ratings": {"planning": {"level": 4, "quotes": quotes}}}
    Path("anew.json").write_text(json.dumps([entry]), encoding="utf-8")
    record, errors = score_again(assay, "--ratings", "anew.json")
    assert {name: [r.level for r in given] for name, given in by_people(record).items()} == {"planning": [4]}
    assert "what Ines says in the record was left out: the ratings file says it anew" in errors


@pytest.mark.parametrize("write", [as_bytes, resealed], ids=["plainly", "with new hashes"])
def test_a_record_that_does_not_hold_is_not_scored(write: Callable[[Any], bytes], assay: Assay) -> None:
    content = json.loads(record_bytes(a_record()))
    content["score"]["overall"]["value"] = 3.9
    Path("forged.assay.json").write_bytes(write(content))
    code, out, errors = assay("score", "forged.assay.json", "--json")
    assert code == 1
    assert "This record does not hold." in json.loads(out)["error"]
    assert "The score is what the ratings add up to: no" in " ".join(errors.split())
    assert "Ask whoever made it for the file as it was" in " ".join(errors.split())


def test_a_record_of_another_version_is_scored_with_a_note_of_what_was_not_checked(assay: Assay) -> None:
    content = json.loads(record_bytes(a_record()))
    content["assay"], content["score"]["narrative"] = "0.0.1", ["Told in other words."]
    Path("older.assay.json").write_bytes(resealed(content))
    code, out, _ = assay("score", "older.assay.json", "--json")
    assert code == 0
    (note,) = json.loads(out)["notes"]
    assert note.startswith("the record holds as far as it could be checked, and this was not: The score is")


def test_a_record_laid_out_otherwise_is_scored_for_what_it_says(assay: Assay) -> None:
    content = json.loads(record_bytes(a_record()))
    Path("indented.assay.json").write_text(json.dumps(content, indent=1), encoding="utf-8")
    assert assay("score", "indented.assay.json", "--json")[0] == 0
