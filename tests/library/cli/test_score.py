"""`assay score` as people and programs call it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assay.cli import main
from assay.cli.score_folder import FileNames, safe_name
from assay.cli.score_run import _refusals_of
from assay.cli.score_work import Task
from assay.record import read_record, verify
from assay.scoring.batch import Lost
from assay.scoring.inputs import InputSession, Refusal

ROOT = Path(__file__).parents[3]

RUBRIC = """\
criteria:
  task_decomposition:
    asks: Does the candidate break the work into parts?
    levels: {0: Asks for all of it at once., 4: States a plan and follows it.}
  verification:
    asks: Does the candidate check the replies?
    levels: {0: Takes every reply as it comes., 4: Checks each reply against the task.}
rules:
  - {id: short, check: deliverable_length, says: At most five words., max_words: 5}
"""

CHAT = [
    {
        "role": "user",
        "content": "Plan: first list the columns, then write the query. Start with the columns.",
    },
    {"role": "assistant", "content": "id, total, day"},
    {"role": "user", "content": "That is wrong, there is no column day. Check it against the schema I sent."},
    {"role": "assistant", "content": "You are right: id, total, created_at."},
]

Score = Callable[..., "Call"]


class Call:
    """What one call of the command line left behind."""

    def __init__(self, code: int, out: bytes, errors: bytes) -> None:
        self.code = code
        self.out = out.decode()
        self.errors = errors.decode()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture
def score(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> Score:
    (tmp_path / "rubric.yaml").write_text(RUBRIC, encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object, rubric: bool = True) -> Call:
        more = ["--rubric", "rubric.yaml"] if rubric else []
        monkeypatch.setattr(sys, "argv", ["assay", "score", *map(str, arguments), *more])
        with pytest.raises(SystemExit) as stopped:
            main()
        out, errors = capfdbinary.readouterr()
        code = stopped.value.code
        return Call(code if isinstance(code, int) else 0, out, errors)

    return call


def save(name: str, *values: Any) -> Path:
    path = Path(name)
    path.write_text("\n".join(json.dumps(value) for value in values), encoding="utf-8")
    return path


def test_someone_who_scores_one_chat_sees_its_report(score: Score) -> None:
    save("chat.json", CHAT)
    call = score("chat.json")
    assert call.code == 0
    assert "Conversation chat" in call.out
    assert "Task decomposition" in call.out


def test_someone_who_scores_a_few_sessions_sees_a_row_for_each(score: Score) -> None:
    save("chats.jsonl", {"id": "mara", "messages": CHAT}, {"id": "jonas", "messages": []})
    call = score("chats.jsonl")
    assert call.code == 0
    assert "mara" in call.out
    assert "jonas" in call.out
    assert "2 sessions: 1 scored, 1 without an overall score." in call.out


def test_someone_who_scores_many_sessions_sees_how_the_levels_are_spread(score: Score) -> None:
    save("chats.jsonl", *(CHAT for _ in range(60)))
    call = score("chats.jsonl")
    assert "Sessions at level" in call.out
    assert "60 sessions: 60 scored." in call.out
    assert "chats-1" not in call.out


def test_a_program_gets_one_json_object_a_line_and_nothing_else(score: Score) -> None:
    save("chats.jsonl", {"id": "mara", "messages": CHAT}, CHAT, {"id": "empty", "messages": []})
    call = score("chats.jsonl", "--json")
    assert call.code == 0
    assert [line["id"] for line in call.lines] == ["mara", "chats-2", "empty"]
    mara, _, empty = call.lines
    assert 0 <= mara["overall"]["low"] <= mara["overall"]["value"] <= mara["overall"]["high"] <= 4
    assert mara["overall"]["max"] == 4
    assert empty["overall"] is None
    assert empty["unscored"]
    assert all(criterion["unscored"] for criterion in empty["criteria"].values())


def test_each_quote_in_the_output_stands_at_its_offsets_in_the_message(score: Score) -> None:
    parts = [{"type": "text", "text": "Step 1: read.\r\n"}, {"type": "text", "text": "Step 2: check 😀 it."}]
    chat = [{"role": "developer", "content": "Be brief."}, {"role": "user", "content": parts}, *CHAT]
    texts = [
        "Be brief.",
        "Step 1: read.\r\n\nStep 2: check 😀 it.",
        *(message["content"] for message in CHAT),
    ]
    save("chat.json", chat)
    (line,) = score("chat.json", "--json").lines
    quotes = [quote for criterion in line["criteria"].values() for quote in criterion["evidence"]]
    assert quotes
    for quote in quotes:
        assert texts[quote["turn"]][quote["start"] : quote["end"]] == quote["quote"]


def test_evidence_from_the_deliverable_is_kept_apart(score: Score) -> None:
    save("chat.jsonl", {"id": "a", "messages": CHAT, "deliverable": "one two three four five six seven"})
    (line,) = score("chat.jsonl", "--json").lines
    (rule,) = line["rules"]
    assert (rule["held"], rule["applies"], rule["evidence"]) == (False, True, [])
    assert [quote["quote"] for quote in rule["deliverable_evidence"]] == ["six seven"]


def test_a_bad_line_is_reported_where_it_stands_and_the_exit_code_says_so(score: Score) -> None:
    path = save("chats.jsonl", CHAT)
    path.write_text(f"{path.read_text()}\n{{oops\n{json.dumps(CHAT)}", encoding="utf-8")
    call = score("chats.jsonl", "--json")
    assert call.code == 1
    assert [line.get("error", "scored") != "scored" for line in call.lines] == [False, True, False]
    refused = call.lines[1]
    assert (refused["id"], refused["file"], refused["line"]) == (None, "chats.jsonl", 2)
    assert refused["remedy"]
    assert "chats.jsonl:2: This is not JSON" in call.errors


def test_terminal_codes_in_a_file_do_not_reach_the_terminal(score: Score) -> None:
    save(
        "chats.jsonl",
        {"id": "\u001b[31mred", "messages": CHAT},
        {"id": "\u001b]0;x", "messages": CHAT},
        {"\u001b[2J": 1},
    )
    call = score("chats.jsonl")
    assert "\u001b" not in call.out + call.errors


def test_the_results_do_not_depend_on_the_number_of_processes(score: Score) -> None:
    save("chats.jsonl", *({"id": number, "messages": CHAT[: number % 5]} for number in range(60)), "bad")
    assert (
        score("chats.jsonl", "--json", "--workers", 1).out
        == score("chats.jsonl", "--json", "--workers", 3).out
    )


def test_what_is_written_to_the_folder_can_be_verified_and_scored_again(score: Score) -> None:
    save("chats.jsonl", {"id": "mara", "messages": CHAT}, {"id": "../../jonas", "messages": CHAT})
    call = score("chats.jsonl", "--out", "out", "--format", "record", "--format", "html", "--format", "md")
    assert call.code == 0
    names = {"mara", "%2E.%2F..%2Fjonas"}
    assert {path.name for path in Path("out").iterdir()} == {
        "scores.jsonl",
        *(f"{name}{suffix}" for name in names for suffix in (".assay.json", ".html", ".md")),
    }
    record = read_record(Path("out/mara.assay.json"))
    assert record.session == "mara"
    assert verify(Path("out/mara.assay.json").read_bytes()).holds
    again = score("out/mara.assay.json", "--json", rubric=False).lines[0]
    first = json.loads(Path("out/scores.jsonl").read_text(encoding="utf-8").splitlines()[0])
    ignored = ("file", "line")
    assert {k: v for k, v in again.items() if k not in ignored} == {
        k: v for k, v in first.items() if k not in ignored
    }


def test_the_folder_holds_the_same_lines_as_standard_output(score: Score) -> None:
    save("chats.jsonl", CHAT, "bad", CHAT)
    call = score("chats.jsonl", "--out", "out", "--json")
    assert Path("out/scores.jsonl").read_text(encoding="utf-8") == call.out
    assert [path.name for path in Path("out").iterdir()] == ["scores.jsonl"]


def test_nothing_is_overwritten_unless_that_was_asked_for(score: Score) -> None:
    save("chat.json", CHAT)
    assert score("chat.json", "--out", "out").code == 0
    before = Path("out/scores.jsonl").read_bytes()
    Path("out/mine.txt").write_text("mine", encoding="utf-8")
    save("chat.json", CHAT[:1])
    call = score("chat.json", "--out", "out")
    assert call.code == 2
    assert "--force" in call.errors
    assert Path("out/scores.jsonl").read_bytes() == before
    assert score("chat.json", "--out", "out", "--force").code == 0
    assert Path("out/scores.jsonl").read_bytes() != before
    assert Path("out/mine.txt").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["absent.json"], "absent.json: There is no such file"),
        (["."], "This is a folder"),
        (["chat.json", "chat.json"], "named twice"),
        (["chat.json", "--format", "html"], "--out DIR"),
        (["chat.json", "--out", "rubric.yaml"], "this is a file"),
        (["chat.json", "--ratings", "absent.yaml"], "absent.yaml"),
        (["chat.json", "--exercise", "no-such-exercise"], "no-such-exercise"),
    ],
)
def test_a_call_that_cannot_be_carried_out_scores_nothing(
    score: Score, arguments: list[str], says: str
) -> None:
    save("chat.json", CHAT)
    call = score(*arguments)
    assert call.code == 2
    assert says in call.errors
    assert call.out == ""


def test_without_a_rubric_a_conversation_is_refused_before_any_is_scored(score: Score) -> None:
    save("chat.json", CHAT)
    call = score("chat.json", rubric=False)
    assert (call.code, call.out) == (2, "")
    assert "--rubric FILE" in call.errors


def test_an_exercise_brings_its_rubric_and_its_rules(score: Score) -> None:
    save("chat.json", CHAT)
    (line,) = score("chat.json", "--exercise", "labeling-assistant", "--json", rubric=False).lines
    assert line["exercise"]["id"] == "labeling-assistant"
    about_deliverable = [rule for rule in line["rules"] if "without a deliverable" in rule["detail"]]
    assert about_deliverable
    assert not any(rule["applies"] for rule in about_deliverable)


def test_a_good_conversation_without_a_deliverable_is_not_capped_by_rules_about_one(score: Score) -> None:
    save("strong.json", CHAT)
    (line,) = score("strong.json", "--exercise", "support-escalation", "--json", rubric=False).lines
    assert line["overall"]["caps"] == []
    assert line["overall"]["value"] == line["overall"]["before_caps"]


def test_someone_who_scores_a_few_sees_which_scores_a_rule_capped(score: Score) -> None:
    rubric = RUBRIC.replace("max_words: 5}", "max_words: 5, on_fail: {cap_overall: 0.5}}")
    Path("rubric.yaml").write_text(rubric, encoding="utf-8")
    save(
        "chats.jsonl",
        {"id": "mara", "messages": CHAT, "deliverable": "one two three four five six seven"},
        {"id": "jonas", "messages": CHAT, "deliverable": "one two three"},
    )
    out = score("chats.jsonl").out
    rows = {line.split()[0]: line for line in out.splitlines() if line.strip()}
    assert "capped: a failed rule keeps the score lower" in " ".join(out.split())
    assert "0.5 capped" in rows["mara"]
    assert "capped" not in rows["jonas"]


def test_someone_who_takes_an_exercise_for_a_rubric_is_told_how_to_name_it(score: Score) -> None:
    save("chat.json", CHAT)
    call = score("chat.json", "--rubric", "support-escalation", rubric=False)
    assert call.code == 2
    assert "--exercise support-escalation" in call.errors
    assert "--exercise NAME" in score("chat.json", rubric=False).errors


def test_someone_who_wants_another_form_is_told_which_there_are(score: Score) -> None:
    save("chat.json", CHAT)
    call = score("chat.json", "--out", "out", "--format", "pdf")
    assert call.code == 2
    assert "There is no form 'pdf'; write record, html, md or json" in " ".join(call.errors.split())


def test_whoever_brings_ratings_is_warned_of_each_quote_that_nobody_wrote(score: Score) -> None:
    save("chats.jsonl", {"id": "mara", "messages": CHAT})
    quotes = [{"turn": 2, "text": "Nobody wrote this"}, {"turn": None, "text": "nor that"}]
    partly = [{"turn": 2, "text": "That is wrong"}, {"turn": 0, "text": "never said"}]
    ratings = {
        "verification": {"level": 1, "quotes": quotes},
        "task_decomposition": {"level": 2, "quotes": partly},
    }
    save("ratings.jsonl", {"id": "mara", "rater": "Ines", "ratings": ratings})
    call = score("chats.jsonl", "--ratings", "ratings.jsonl", "--json")
    warnings = [line for line in call.errors.splitlines() if "warning" in line]
    assert len(warnings) == 3
    assert all("session mara" in line and "Ines" in line for line in warnings)
    assert "“Nobody wrote this” for verification, which message 2 does not hold" in warnings[0]
    assert "“nor that” for verification, which the deliverable does not hold" in warnings[1]
    assert all("leaves the criterion unscored: no verifiable evidence" in line for line in warnings[:2])
    assert "unscored" not in warnings[2]
    (line,) = call.lines
    assert line["criteria"]["task_decomposition"]["level"] == 2
    by_ines = next(at for at, rater in enumerate(line["raters"]) if rater["name"] == "Ines")
    (hers,) = [r for r in line["criteria"]["verification"]["ratings"] if r["rater"] == by_ines]
    assert (hers["level"], hers["unscored"], hers["dropped_quotes"]) == (None, "no verifiable evidence", 2)


def test_peoples_ratings_decide_and_the_offline_judges_stand_beside_them(score: Score) -> None:
    save("chats.jsonl", {"id": "mara", "messages": CHAT})
    verification = {"level": 1, "quotes": [{"turn": 2, "text": "That is wrong"}], "reason": "One doubt."}
    save("ratings.jsonl", {"id": "mara", "rater": "Ines", "ratings": {"verification": verification}})
    (line,) = score("chats.jsonl", "--ratings", "ratings.jsonl", "--json").lines
    criterion = line["criteria"]["verification"]
    assert (criterion["level"], criterion["reasons"]) == (1, ["One doubt."])
    kinds = {line["raters"][rating["rater"]]["kind"] for rating in criterion["ratings"]}
    assert kinds == {"person", "indicators"}


def test_ratings_of_a_session_that_is_not_there_are_reported(score: Score) -> None:
    save("chats.jsonl", {"id": "mara", "messages": CHAT})
    save("ratings.jsonl", {"id": "marra", "rater": "Ines", "ratings": {"verification": {"unscored": "x"}}})
    call = score("chats.jsonl", "--ratings", "ratings.jsonl", "--json")
    assert call.code == 1
    assert (call.lines[1]["file"], call.lines[1]["line"]) == ("ratings.jsonl", 1)
    assert "'marra', which none of the files holds" in call.errors


def test_ratings_that_do_not_fit_the_rubric_stop_the_call(score: Score) -> None:
    save("chats.jsonl", {"id": "mara", "messages": CHAT})
    save("ratings.jsonl", {"id": "mara", "rater": "Ines", "ratings": {"typo": {"unscored": "x"}}})
    call = score("chats.jsonl", "--ratings", "ratings.jsonl")
    assert call.code == 2
    assert "ratings.jsonl:1: Ines rates 'typo'" in call.errors


def test_a_process_that_dies_is_reported_for_each_of_its_sessions() -> None:
    sessions = [InputSession(name, "chats.jsonl", line, 1) for line, name in enumerate("abc", start=1)]
    earlier = Refusal(None, "chats.jsonl", 4, "not JSON", "mend it")
    lost = Lost((*(Task(session) for session in sessions), Task(earlier)), -9)
    refusals = list(_refusals_of(lost))
    assert {refusal.line for refusal in refusals} == {1, 2, 3, 4}
    assert sum("sessions 'a' to 'c' ended by signal 9 (Killed)" in str(refusal) for refusal in refusals) == 3


@pytest.mark.parametrize(
    ("session", "name"),
    [
        ("rhe-064_x.y", "rhe-064_x.y"),
        ("a/b\\c:d", "a%2Fb%5Cc%3Ad"),
        ("..", "%2E%2E"),
        (".hidden", "%2Ehidden"),
        ("con.txt", "%63on.txt"),
        ("a\nb\x00", "a%0Ab%00"),
        ("Zoë", "Zoë"),
    ],
)
def test_an_id_becomes_a_file_name_that_is_safe_everywhere(session: str, name: str) -> None:
    assert safe_name(session) == name


def test_two_ids_never_share_a_file_even_where_case_is_ignored() -> None:
    names = FileNames()
    made = [
        names.name(session) for session in ("mara", "Mara", "MARA", "x" * 400, "x" * 401, "Zoe\u0308", "Zoë")
    ]
    assert len({name.casefold() for name in made}) == len(made)
    assert all(len(name.encode()) < 200 for name in made)


@pytest.fixture
def running(tmp_path: Path) -> Callable[..., subprocess.Popen[bytes]]:
    (tmp_path / "rubric.yaml").write_text(RUBRIC, encoding="utf-8")

    def start(*arguments: str) -> subprocess.Popen[bytes]:
        code = "from assay.cli import main; main()"
        return subprocess.Popen(
            [sys.executable, "-c", code, "score", "-", "--rubric", "rubric.yaml", *arguments],
            cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip

    return start


@pytest.mark.parametrize("workers", ["1", "2"])
def test_ctrl_c_stops_at_once_and_keeps_what_was_scored(
    running: Callable[..., subprocess.Popen[bytes]], tmp_path: Path, workers: str
) -> None:
    process = running("--json", "--workers", workers, "--out", "out")
    assert process.stdin
    assert process.stdout
    for _ in range(64):
        process.stdin.write(json.dumps(CHAT).encode() + b"\n")
    process.stdin.flush()
    assert json.loads(process.stdout.readline())["id"] == "stdin-1"
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert b"stopped after" in errors
    assert b"Traceback" not in errors
    assert (tmp_path / "out" / "scores.unfinished.jsonl").exists()
    assert not (tmp_path / "out" / "scores.jsonl").exists()
    wait_until_group_is_gone(process.pid)


def wait_until_group_is_gone(group: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return
    pytest.fail("a process outlived the run")


def test_a_reader_that_goes_away_ends_the_run_quietly(
    running: Callable[..., subprocess.Popen[bytes]],
) -> None:
    process = running("--json", "--workers", "2")
    assert process.stdin
    assert process.stdout
    process.stdout.close()
    process.stdin.write(b"".join(json.dumps(CHAT).encode() + b"\n" for _ in range(64)))
    process.stdin.close()
    assert process.stderr
    assert b"Traceback" not in process.stderr.read()
    assert process.wait(timeout=30) == 141
    process.stderr.close()
    wait_until_group_is_gone(process.pid)
