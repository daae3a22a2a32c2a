"""A team looks at the shipped exercises, reads one as a candidate would, and takes a copy to edit."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from tests.library.authoring.specimens import write_exercise
from typer.testing import CliRunner, Result

from assay.authoring.load import load_exercise
from assay.cli import baseline, exercises, lint
from assay.errors import UserMistake
from assay.library.exercises import exercise_folder, find_exercise, shipped_exercises
from assay.models.script import Script, ScriptedReply
from assay.models.scripted import ScriptedServer
from assay.scoring.pipeline import score_case
from assay.scoring.raters import Case
from assay.session.transcript import Transcript, Turn

GUIDE = Path(__file__).parents[3] / "docs" / "guide" / "author.md"


def assay(*arguments: str) -> Result:
    app = typer.Typer()
    lint.register(app)
    exercises.register(app)
    baseline.register(app)
    return CliRunner().invoke(app, list(arguments))


def test_a_team_finds_the_exercises_it_would_use() -> None:
    assert set(shipped_exercises()) >= {
        "labeling-assistant", "annotator-find-errors", "support-escalation",
        "content-production", "sql-migration-review", "research-brief",
    }  # fmt: skip
    listed = assay("exercises", "list").stdout
    for name in shipped_exercises():
        exercise = find_exercise(name)
        assert exercise.exercise == name
        assert f"{name}  ({exercise.limits.minutes:g} minutes" in listed
        assert exercise.title in listed


def test_someone_who_asks_for_the_exercises_gets_the_list() -> None:
    alone = assay("exercises")
    assert (alone.exit_code, alone.stdout) == (0, assay("exercises", "list").stdout)


def test_a_program_lists_one_exercise_a_line() -> None:
    entries = [json.loads(line) for line in assay("exercises", "list", "--json").stdout.splitlines()]
    assert [entry["id"] for entry in entries] == list(shipped_exercises())
    assert entries[0]["version"] == find_exercise(entries[0]["id"]).version


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("name", shipped_exercises())
def test_a_team_reads_what_a_candidate_reads_and_no_more(name: str) -> None:
    exercise = find_exercise(name)
    shown = flat(assay("exercises", "show", name).stdout)
    told = [exercise.title, exercise.goal, exercise.scenario, exercise.deliverable.asks]
    told += [material.text for material in exercise.materials] + [rule.says for rule in exercise.rubric.rules]
    assert all(flat(text) in shown for text in told)
    secret = [
        level.words for criterion in exercise.rubric.criteria.values() for level in criterion.levels.values()
    ]
    secret += [exercise.conversation.assistant_notes] if exercise.conversation.assistant_notes else []
    secret += [error.wrong for error in exercise.ledger.errors] if exercise.ledger else []
    as_json = assay("exercises", "show", name, "--json").stdout
    for text in secret:
        assert flat(text) not in shown
        assert json.dumps(text, ensure_ascii=False)[1:-1] not in as_json


def test_a_team_reads_the_rubric_when_it_asks_for_it() -> None:
    rubric = find_exercise("research-brief").rubric
    shown = flat(assay("exercises", "show", "research-brief", "--rubric").stdout)
    for criterion in rubric.criteria.values():
        for number, level in criterion.levels.items():
            assert f"{number} {flat(level.words)}" in shown
            assert level.example is None or flat(level.example) in shown
    as_json = json.loads(assay("exercises", "show", "research-brief", "--rubric", "--json").stdout)
    assert as_json["rubric"]["criteria"].keys() == rubric.criteria.keys()


def test_an_author_shows_their_own_exercise(tmp_path: Path) -> None:
    shown = assay("exercises", "show", str(write_exercise(tmp_path))).stdout
    assert "Write the note that Petra reads" in shown
    assert "The rental has two shops" not in shown


def test_an_author_copies_an_exercise_and_owns_the_copy(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    result = assay("exercises", "copy", "research-brief", str(mine))
    assert result.exit_code == 0
    assert f"assay lint {mine}" in result.stdout
    assert load_exercise(mine).version == find_exercise("research-brief").version
    (mine / "exercise.yaml").write_text(
        (mine / "exercise.yaml").read_text(encoding="utf-8") + "# mine\n", encoding="utf-8"
    )


def test_an_author_overwrites_nothing_by_copying(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("keep", encoding="utf-8")
    for taken in (tmp_path, tmp_path / "notes.txt"):
        error = assay("exercises", "copy", "research-brief", str(taken)).exception
        assert isinstance(error, UserMistake)
        assert "nothing was overwritten" in error.remedy
    assert [file.name for file in tmp_path.iterdir()] == ["notes.txt"]
    assert (tmp_path / "notes.txt").read_text(encoding="utf-8") == "keep"


def test_an_author_copies_into_an_empty_folder(tmp_path: Path) -> None:
    result = assay("exercises", "copy", "research-brief", str(tmp_path), "--json")
    assert json.loads(result.stdout) == {"id": "research-brief", "copied_to": str(tmp_path)}
    assert load_exercise(tmp_path).exercise == "research-brief"


@pytest.mark.parametrize("command", ["show", "copy"])
def test_someone_who_mistypes_an_id_is_told_the_nearest(command: str, tmp_path: Path) -> None:
    arguments = ["suport-escalation"] + ([str(tmp_path / "x")] if command == "copy" else [])
    error = assay("exercises", command, *arguments).exception
    assert isinstance(error, UserMistake)
    assert error.remedy.startswith("Did you mean support-escalation? ")
    assert all(name in error.remedy for name in shipped_exercises())


def test_an_author_who_works_on_a_copy_of_the_same_name_runs_the_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_exercise(tmp_path / "research-brief")
    assert find_exercise("research-brief").title == "A weekly note from a call log"
    (tmp_path / "support-escalation").mkdir()
    with pytest.raises(UserMistake, match="There is no exercise at support-escalation"):
        find_exercise("support-escalation")


@pytest.mark.parametrize("name", ["", "../research-brief", "a\0b", "x" * 5000])
def test_someone_with_a_name_that_is_none_meets_no_traceback(name: str) -> None:
    with pytest.raises(UserMistake):
        find_exercise(name)


@pytest.mark.parametrize("name", ["..", "../exercises/research-brief", ""])
def test_a_shipped_id_is_no_path(name: str) -> None:
    with pytest.raises(UserMistake):
        exercise_folder(name)


def test_someone_who_asks_for_help_does_not_wait_for_the_authoring_code() -> None:
    code = (
        "import sys; import assay.cli.lint, assay.cli.exercises;"
        "print([m for m in ('pydantic', 'yaml') if m in sys.modules])"
    )
    root = Path(__file__).parents[3] / "src"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root
    )
    assert result.stdout.strip() == "[]"


def test_an_author_follows_the_guide_and_sees_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    guide = GUIDE.read_text(encoding="utf-8")
    for text, name in re.findall(r"```yaml\n(# (\S+)\n.*?)```", guide, re.DOTALL):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    steps = dict.fromkeys(re.findall(r"```console\n\$ assay (.*?)\n(.*?)```", guide, re.DOTALL))
    copying, faulty, mended, shown, tried, alone, *_ = steps
    assert assay(*copying[0].split()).stdout == copying[1]
    assert assay(*faulty[0].split()).stdout == faulty[1]
    mend_as_told(tmp_path / "weekly-note" / "rubric.yaml", guide)
    assert assay(*mended[0].split()).stdout == mended[1]
    assert "Write the note that Petra reads" in assay(*shown[0].split()).stdout
    assert tried[0] == "try weekly-note"
    assert score_of_a_session(tmp_path / "weekly-note") is not None
    with ScriptedServer(
        Script(replies=(ScriptedReply(text="There were three deposit calls."),) * 3)
    ) as server:
        made = assay(*alone[0].replace("openai:MODEL", f"scripted@{server.base_url}").split())
    assert made.exit_code == 0, made.output
    assert len(list((tmp_path / "alone").glob("*.assay.json"))) == 3


def score_of_a_session(folder: Path) -> float | None:
    exercise = load_exercise(folder)
    said = Turn(index=0, role="user", text="Write the note for Petra, at most 150 words, repairs first.")
    reply = Turn(index=1, role="assistant", text="There were three deposit calls.")
    doubt = Turn(
        index=2, role="user", text="Check that against rows 2 and 4 of the log and correct the count."
    )
    case = Case(Transcript(turns=(said, reply, doubt)), exercise.rubric, exercise)
    overall = score_case(case).score.overall
    return overall.value if overall else None


def mend_as_told(rubric: Path, guide: str) -> None:
    words, example = re.findall(r"`((?:Names the|Petra reads) [^`]*)`", guide)
    text = rubric.read_text(encoding="utf-8").replace("Gives appropriate instructions.", words)
    last = "Names reader and length, and says what belongs at the top.\n"
    rubric.write_text(text.replace(last, f"{last}        example: {example}\n"), encoding="utf-8")
