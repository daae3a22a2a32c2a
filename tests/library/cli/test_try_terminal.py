"""A person at a real terminal: consent, line editing, an editor, and a clock that speaks up."""

import os
import pty
import select
import stat
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.library.session.terminal import DEADLINE, Desk, surroundings

from assay.session.fold import transcript_of
from assay.session.state import state_of

NO_EDITOR = {"EDITOR": "", "VISUAL": ""}
CTRL_C = "\x03"


class Terminal:
    """The keyboard and the screen of a process that believes it has a person before it."""

    def __init__(self, screen: int, process: subprocess.Popen[bytes]) -> None:
        self._screen = screen
        self.process = process
        self.output = ""

    def type(self, text: str) -> None:
        os.write(self._screen, text.encode())

    def until(self, words: str, count: int = 1) -> None:
        """Wait until these words are on the screen so often."""
        until = time.monotonic() + DEADLINE
        while self.output.count(words) < count:
            assert time.monotonic() < until, f"{words!r} is not on the screen: {self.output}"
            self.output += self._read()

    def interrupt(self, then: str, count: int = 1) -> None:
        """Press Ctrl-C, again if nothing happens, then Enter, until these words are on the screen so often.

        Python's line editor sleeps through a signal that comes in the instant before it waits for a key, up
        to the next signal or, where the terminal dropped what it was about to read, the next line. People do
        not hit that instant; a test does.
        """
        for keys in (CTRL_C, CTRL_C, "\n", "\n"):
            self.type(keys)
            while select.select([self._screen], [], [], 3)[0] and (piece := self._read()):
                self.output += piece
                if self.output.count(then) >= count:
                    return
        raise AssertionError(f"Ctrl-C does nothing: {self.output}")

    def until_prompt(self) -> None:
        """Wait until the last line is an empty prompt."""
        until = time.monotonic() + DEADLINE
        while not self.output.endswith("\n> "):
            assert time.monotonic() < until, f"there is no prompt: {self.output}"
            self.output += self._read()

    def end(self) -> int:
        """Wait for the end; the exit code."""
        until = time.monotonic() + DEADLINE
        while piece := self._read():
            self.output += piece
            assert time.monotonic() < until, f"it goes on for ever: {self.output}"
        return self.process.wait(DEADLINE)

    def _read(self) -> str:
        ready, _, _ = select.select([self._screen], [], [], DEADLINE)
        assert ready, f"nothing more comes after: {self.output}"
        try:
            return os.read(self._screen, 4096).decode(errors="replace")
        except OSError:  # Linux says so when the other side has closed the terminal.
            return ""


OWNS_ITS_TERMINAL = "import fcntl, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); "
"""Makes Ctrl-C on the keyboard a signal to the process, as in a person's terminal."""


@contextmanager
def terminal(command: list[str], more: Mapping[str, str] | None = None) -> Iterator[Terminal]:
    screen, keyboard = pty.openpty()
    python, option, program, *arguments = command
    command = [python, option, OWNS_ITS_TERMINAL + program, *arguments]
    environ = {**surroundings(), "TERM": "dumb", **(more or {})}
    process = subprocess.Popen(
        command, stdin=keyboard, stdout=keyboard, stderr=keyboard, env=environ, start_new_session=True
    )
    os.close(keyboard)
    try:
        yield Terminal(screen, process)
    finally:
        process.kill()
        process.wait()
        os.close(screen)


def test_a_candidate_who_does_not_agree_starts_nothing(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    with terminal(desk.start()) as person:
        person.until("Start now?")
        person.type("n\n")
        assert person.end() == 0
    assert "Nothing was started." in person.output
    assert not desk.sessions.exists()


def test_a_candidate_writes_the_deliverable_in_their_editor(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    editor = tmp_path / "editor.py"
    editor.write_text(
        "import pathlib, sys\npath = pathlib.Path(sys.argv[1])\npath.write_text(path.read_text() + 'Nails')\n"
    )
    with terminal(desk.start(), {"EDITOR": f"{sys.executable} {editor}", "VISUAL": ""}) as person:
        person.until("Start now?")
        person.type("y\n")
        person.until("rounds left")
        person.type("Four labels.\n")
        person.until("2 of 3 rounds left")
        person.type("/deliverable\n")
        person.until("Saved, 1 word.")
        (exercise,) = desk.sessions.glob("*.exercise.json")
        assert stat.S_IMODE(exercise.stat().st_mode) == 0o600
        person.type("/submit\n")
        person.until("1 word, 2 rounds left; type /submit again to hand it in.")
        person.type("/submit\n")
        assert person.end() == 0
    assert transcript_of(desk.events).final_deliverable == "Nails"
    assert not list(desk.sessions.glob("*.draft.md"))


def test_a_draft_survives_an_editor_that_fails(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\necho "Nails and screws" > "$1"\nexit 1\n')
    editor.chmod(editor.stat().st_mode | stat.S_IXUSR)
    with terminal(desk.start(), {"EDITOR": str(editor), "VISUAL": ""}) as person:
        person.until("Start now?")
        person.type("y\n")
        person.until("rounds left")
        person.type("/deliverable\n")
        person.until("The editor ended with code 1")
    (draft,) = desk.sessions.glob("*.draft.md")
    assert draft.read_text() == "Nails and screws\n"
    assert stat.S_IMODE(draft.stat().st_mode) == 0o600
    with terminal(desk.resume()) as person:
        person.until("A draft that was not saved is in")


def test_the_clock_speaks_up_while_the_candidate_says_nothing(tmp_path: Path) -> None:
    limits = {"minutes": 0.03, "rounds": 3, "grace_seconds": 0, "retake_on_timeout": False}
    desk = Desk(tmp_path, limits=limits)
    with terminal(desk.start()) as person:
        person.until("Start now?")
        person.type("y\n")
        person.until("0 s left.")
        person.until("The time is over.")
        assert person.end() == 0
    state = state_of(desk.events)
    assert state.warned
    assert state.ending is not None
    assert (state.ending.by, state.ending.at) == ("time", 1.8)
    assert "Overall" in person.output


def agree(person: Terminal) -> None:
    person.until("[y/N] ")
    person.type("y\n")
    person.until("> ")


def hand_in(person: Terminal) -> None:
    person.type("/submit\n")
    person.until("/submit again")
    person.type("/submit\n")
    assert person.end() == 0


def test_ctrl_c_takes_back_a_half_typed_line_and_leaves_at_an_empty_prompt(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    with terminal(desk.start()) as person:
        agree(person)
        person.type("Half a mess")
        person.until("Half a mess")
        person.interrupt("Input cleared")
        person.type("Four labels.\n")
        person.until("2 of 3 rounds left")
        person.until_prompt()
        person.interrupt("The session is kept")
        assert person.end() == 130
    assert f"--out {desk.record}" in person.output
    assert [turn.text for turn in transcript_of(desk.events).candidate_turns()] == ["Four labels."]


def test_ctrl_c_in_a_block_or_a_deliverable_drops_that_alone(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    with terminal(desk.start(), NO_EDITOR) as person:
        agree(person)
        person.type('"""\n')
        person.until("\n. ")
        person.interrupt("Input cleared")
        person.type("/deliverable\n")
        person.until("lone . ends it.")
        person.type("Nails\n.\n")
        person.until("Saved, 1 word.")
        person.type("/deliverable\n")
        person.until("This replaces 1 word (/show shows them); a lone . at once keeps them.")
        person.type("Paint\n")
        person.until("Paint\r\n")
        person.interrupt("Input cleared", 2)
        person.type("/deliverable\n")
        person.until("at once keeps them.", 2)
        person.type(".\n")
        person.until("nothing changed")
        hand_in(person)
    assert transcript_of(desk.events).final_deliverable == "Nails"
    assert transcript_of(desk.events).turns == ()


def test_lines_that_are_pasted_are_one_message_and_cost_one_round(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    with terminal(desk.start(), NO_EDITOR) as person:
        agree(person)
        person.type("Four labels:\n- nails\n/* as stocked */\n/time\n")
        person.until("(3 lines pasted as one message)")
        person.until("2 of 3 rounds left", 2)
        hand_in(person)
    (turn,) = transcript_of(desk.events).candidate_turns()
    assert turn.text == "Four labels:\n- nails\n/* as stocked */"


def test_a_terminal_that_marks_what_is_pasted_keeps_it_together(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    with terminal(desk.start(), {**NO_EDITOR, "TERM": "xterm"}) as person:
        agree(person)
        person.type("\x1b[200~Four labels:\r- nails\x1b[201~\n")
        person.until("(2 lines pasted as one message)")
        person.until("2 of 3 rounds left")
        hand_in(person)
    (turn,) = transcript_of(desk.events).candidate_turns()
    assert turn.text == "Four labels:\n- nails"
