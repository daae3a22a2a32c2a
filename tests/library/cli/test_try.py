"""A candidate at `assay try`, with a scripted model at the other end of a real loopback connection."""

import random
import socket
from pathlib import Path

import pytest
from tests.bots import make_exercise
from tests.library.session.terminal import Desk, Running, finish

from assay.record import read_record, verify
from assay.session.fold import transcript_of
from assay.session.state import state_of

MESSAGES = [f"This is message {number} of five" for number in range(1, 6)]
ANSWERS = [
    {
        "when": {"says": message},
        "text": f"Reply {number} says: noted, and thank you for it.",
        "chunks": 12,
        "delay": 0.01,
    }
    for number, message in enumerate(MESSAGES, start=1)
]


def test_a_candidate_works_from_the_brief_to_the_report(tmp_path: Path) -> None:
    desk = Desk(tmp_path, [{"text": "Nails. Screws. Paint. String."}])
    done = finish(
        desk.start(),
        'Four labels, please.\n"""\nShorter:\none word each\n"""\n/insert\n/show\n/materials\n/submit\n',
    )
    assert done.returncode == 0, done.stderr
    shown = done.stdout
    for words in (
        "Label the shelves",
        "Write one label for each of the four shelves.",
        "10 min and 3 rounds",
        "Clarity. Each is rated from 0 to 4",
        "You work with an AI",
        "Nails. Screws. Paint. String.",
        "1 of 3 rounds left",
        "Stock list",
        "Saved, 4 words.",
        "Overall",
    ):
        assert words in shown
    record = read_record(desk.record)
    assert record.transcript == transcript_of(desk.events)
    assert [turn.text for turn in record.transcript.candidate_turns()] == [
        "Four labels, please.",
        "Shorter:\none word each",
    ]
    assert record.transcript.final_deliverable == "Nails. Screws. Paint. String."
    assert verify(desk.record.read_bytes()).holds


def test_a_candidate_whose_model_fails_asks_again_and_loses_nothing(tmp_path: Path) -> None:
    desk = Desk(
        tmp_path, [{"text": "Nails and screws", "chunks": 4, "fault": "half_stream"}, {"text": "Nails."}]
    )
    done = finish(desk.start(), "Four labels.\n/retry\n/submit\n/submit\n")
    assert done.returncode == 0, done.stderr
    assert "Your message is kept and the time is not charged. /retry asks again." in done.stdout
    turns = transcript_of(desk.events).turns
    assert [turn.text for turn in turns] == ["Four labels.", "Nails."]
    assert state_of(desk.events).rounds_used == 1


def test_refusals_are_plain_sentences_and_the_session_goes_on(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    typed = (
        "/insert\n/retry\n/nonsense\n/flag nails | not one\n"
        + "One.\nTwo.\nThree.\nFour.\n"
        + "/submit\n/submit\n"
    )
    done = finish(desk.start(), typed)
    assert done.returncode == 0, done.stderr
    for words in (
        "There is no reply yet",
        "No message is waiting for a reply",
        "There is no command /nonsense",
        "Passages are not flagged in this exercise",
        "All 3 rounds are used",
        "Nothing of the deliverable has been saved. /submit again hands in nothing",
    ):
        assert words in done.stdout.replace("\n", " ")
    assert "Traceback" not in done.stdout + done.stderr


def test_bytes_that_are_no_text_are_refused_in_words(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    running = Running(desk.start())
    assert running.process.stdin is not None
    running.process.stdin.write(b"Gr\xfc\xdfe\n/submit\n/submit\n")
    shown = running.end()
    assert "half a character at position 3" in shown
    assert running.process.returncode == 0


def test_the_end_of_the_input_keeps_the_session_and_says_how_to_go_on(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    done = finish(desk.start("--time-multiplier", "2"), "Four labels.\n/deliverable\nNails\nScrews\n.\n")
    assert done.returncode == 130
    assert f"--resume {desk.journal.stem} --sessions {desk.sessions}" in done.stdout
    before = state_of(desk.events)
    again = finish(desk.resume(), "Shorter.\n/submit\n")
    assert again.returncode == 0, again.stderr
    assert "Resumed session" in again.stdout
    after = state_of(desk.events)
    assert (before.rounds_used, after.rounds_used) == (1, 2)
    assert after.limit_seconds == 20 * 60
    assert after.ending is not None
    assert after.charged(after.ending.at) >= before.last_at - before.credited_seconds(before.last_at)
    assert read_record(desk.record).transcript.final_deliverable == "Nails\nScrews"


def test_a_session_that_was_submitted_shows_its_report_again(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    assert finish(desk.start(), "Four labels.\n/insert\n/submit\n").returncode == 0
    score = desk.recorded()["score"]
    desk.record.unlink()
    assert finish(desk.resume(), "").returncode == 0
    assert desk.recorded()["score"] == score


def test_ctrl_c_during_a_reply_stops_the_reply_and_not_the_session(tmp_path: Path) -> None:
    desk = Desk(tmp_path, [{"text": "Nails and screws, and so on", "chunks": 3, "fault": "stall"}])
    running = Running(desk.start())
    running.type("Four labels.\n")
    running.until("AI\n  Nails")
    running.interrupt()
    running.until("Stopped.")
    running.type("/insert\n/submit\n")
    shown = running.end()
    assert running.process.returncode == 0, shown
    finished = next(event for event in desk.events if event.kind == "reply_finished")
    assert finished.data["cut"] is True
    assert finished.data["text"].startswith("Nails and")


def test_ctrl_c_at_the_prompt_keeps_the_session(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    running = Running(desk.start())
    running.type("Four labels.\n")
    running.until("2 of 3 rounds left")
    running.interrupt()
    running.process.wait(60)
    shown = running.end()
    assert running.process.returncode == 130
    assert f"assay try --resume {desk.journal.stem}" in shown
    assert "Traceback" not in shown


def test_a_session_is_worked_on_in_one_terminal_at_a_time(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    running = Running(desk.start())
    running.type("Four labels.\n")
    running.until("2 of 3 rounds left")
    second = finish(desk.resume(), "Shorter.\n")
    running.end()
    assert second.returncode == 2
    assert "open in another place" in second.stderr


def test_time_that_runs_out_early_offers_one_fresh_start(tmp_path: Path) -> None:
    limits = {"minutes": 0.001, "rounds": 3, "grace_seconds": 0}
    desk = Desk(tmp_path, limits=limits)
    done = finish(desk.start("--time-multiplier", "1"), "/time\n")
    assert done.returncode == 130
    again = finish(desk.resume(), "Too late.\n/retake\n")
    assert "You can start afresh once: /retake" in again.stdout
    assert "The time is over" in again.stdout
    assert [event.kind for event in desk.events].count("retake_started") == 1
    last = finish(desk.resume(), "")
    assert last.returncode == 0, last.stderr
    assert desk.recorded()["transcript"]["ended_by"] == "time"


def test_what_cannot_go_together_is_refused(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    assert finish(desk.start(), "Four labels.\n").returncode == 130
    for extra in (["--bot", "weak"], ["--time-multiplier", "2"], [str(desk.exercise)]):
        done = finish([*desk.resume(), *extra], "")
        assert done.returncode == 2
        assert "cannot be given with --resume" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["no-such-exercise"], "No shipped exercise is called no-such-exercise"),
        (["--resume", "nobody"], "There is no kept session 'nobody'"),
        (["--bot", "superb"], "There is no 'superb' candidate"),
        (["--model", "nonsense"], "is not a model setting"),
        (["--time-multiplier", "0.1"], "time multiplier of 0.1 cannot be used"),
    ],
)
def test_a_mistake_on_the_command_line_is_one_sentence(
    tmp_path: Path, arguments: list[str], says: str
) -> None:
    desk = Desk(tmp_path)
    done = finish([*desk.start()[:4], "--sessions", str(tmp_path / "kept"), *arguments], "")
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.glob("kept/*"))


def test_a_scripted_candidate_works_through_an_exercise_of_your_own(tmp_path: Path) -> None:
    desk = Desk(tmp_path, [{"text": "There are 41 nails."}])
    folder = desk.exercise / "transcripts"
    folder.mkdir()
    (folder / "weak.yaml").write_text(
        "quality: weak\nabout: In a hurry.\nturns:\n  - {role: user, text: Do the labels.}\n"
        "  - {role: assistant, text: Here.}\ndeliverable:\n  - {after_turn: 1, text: Nails}\n",
        encoding="utf-8",
    )
    done = finish(desk.start("--bot", "weak"), "")
    assert done.returncode == 0, done.stderr
    assert "In a hurry." in done.stdout
    assert "There are 41 nails." in done.stdout
    assert desk.recorded()["transcript"]["deliverable"][0]["text"] == "Nails"


RULES = {
    "rules": [{"id": "short", "says": "At most 12 words.", "check": "deliverable_length", "max_words": 12}]
}


def test_the_rules_that_a_score_depends_on_are_shown_and_words_are_counted_as_they_count(
    tmp_path: Path,
) -> None:
    rubric = make_exercise().rubric.model_dump(mode="python") | RULES
    desk = Desk(tmp_path, [{"text": "- Nails\n- Screws\n- Paint"}], rubric=rubric)
    done = finish(desk.start(), "Labels.\n/insert\n/brief\n/submit\n")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("Rules\n  - At most 12 words.\n") == 2
    assert "Saved, 3 words." in done.stdout
    (outcome,) = read_record(desk.record).score.rules
    assert outcome.detail == "3 words"


def test_a_reply_has_its_heading_and_says_that_it_was_cut_off(tmp_path: Path) -> None:
    usage = {"prompt": 9, "completion": 7}
    desk = Desk(tmp_path, [{"text": "Nails and\n  screws", "chunks": 5, "fault": "cut_off", "usage": usage}])
    done = finish(desk.start(), "Four labels.\n")
    assert "AI\n  Nails and\n    screws\n  (cut off at 7 tokens)\n" in done.stdout
    assert "(cut off at 7 tokens)" in finish(desk.resume(), "").stdout
    assert f"--out {desk.record}" in done.stdout


def test_a_model_that_cannot_answer_is_found_before_anything_starts(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        dead = f"m@http://127.0.0.1:{free.getsockname()[1]}/v1"
    for model, says in (
        (f"scripted:{tmp_path / 'none.yaml'}", "The script cannot be read"),
        ("openai:some-model", "needs a key, and none is set"),
        (dead, "could not be reached"),
    ):
        done = finish(desk.start("--model", model), "Hello.\n", without=("OPENAI_API_KEY", "ASSAY_API_KEY"))
        assert says in done.stderr
        assert done.returncode in (2, 3)
        assert "The clock runs" not in done.stdout
    assert not desk.sessions.exists()


def test_asking_again_with_nothing_to_ask_is_one_sentence(tmp_path: Path) -> None:
    done = finish(Desk(tmp_path).start(), "/retry\n")
    assert "No message is waiting for a reply. Send a message first" in done.stdout
    assert "Your message is kept" not in done.stdout


@pytest.mark.parametrize(("style", "times"), [("standard", 0), ("error_detection", 2)])
def test_flags_are_offered_where_there_are_flags(tmp_path: Path, style: str, times: int) -> None:
    done = finish(Desk(tmp_path, style=style).start(), "/help\n")
    assert done.stdout.count("/flag QUOTE | NOTE") == times


def test_lines_that_go_to_a_file_end_without_blanks(tmp_path: Path) -> None:
    done = finish(Desk(tmp_path).start(), "Four labels.\n/materials\n/help\n/show\n")
    assert [line for line in done.stdout.splitlines() if line != line.rstrip() and line.strip() != ">"] == []


def test_an_empty_entry_keeps_the_deliverable(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    finish(desk.start(), "/deliverable\nNails, screws\n.\n/deliverable\n.\n/submit\n")
    assert read_record(desk.record).transcript.final_deliverable == "Nails, screws"


SEEDS = [*range(4), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(4, 16))]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_kill_at_any_moment_loses_no_sent_message(tmp_path: Path, seed: int) -> None:
    desk = Desk(tmp_path, ANSWERS, limits={"minutes": 10, "rounds": 8})
    running = Running(desk.start())
    running.until("Ctrl-C stops a reply")
    opening = len(running.output)
    running.type("".join(f"{message}\n" for message in MESSAGES))
    running.until_written(opening + random.Random(seed).randrange(380))
    shown = running.kill()

    kept = [event.data["text"] for event in desk.events if event.kind == "message_sent"]
    # A reply on the screen proves that its message had been sent; those are the ones that must be there.
    answered = [number for number in range(1, 6) if f"Reply {number} says" in shown]
    assert kept == MESSAGES[: len(kept)]
    assert len(kept) >= len(answered), "a message that was being answered is gone"

    left = state_of(desk.events)
    owed = left.waiting is not None
    rest = "".join(f"{message}\n" for message in MESSAGES[len(kept) :])
    again = finish(desk.resume(), ("/retry\n" if owed else "") + rest + "/insert\n/submit\n")
    assert again.returncode == 0, again.stdout + again.stderr
    transcript = read_record(desk.record).transcript
    assert [turn.text for turn in transcript.candidate_turns()] == MESSAGES
    assert [turn.role for turn in transcript.turns] == ["user", "assistant"] * 5
    ended = state_of(desk.events)
    assert ended.rounds_used == 5
    assert ended.ending is not None
    if owed:
        assert "outage" in {credit.reason for credit in ended.credits}
    assert ended.charged(ended.ending.at) <= ended.ending.at
