"""A person at a real terminal: consent, line editing, an editor, and a clock that speaks up."""

import os
import pty
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


class Terminal:
    """The keyboard and the screen of a process that believes it has a person before it."""

    def __init__(self, screen: int, process: subprocess.Popen[bytes]) -> None:
        self._screen = screen
        self.process = process
        self.output = ""

    def type(self, text: str) -> None:
        os.write(self._screen, text.encode())

    def until(self, words: str) -> None:
        """Wait until these words are on the screen."""
        until = time.monotonic() + DEADLINE
        while words not in self.output:
            assert time.monotonic() < until, f"{words!r} is not on the screen: {self.output}"
            self.output += self._read()

    def end(self) -> int:
        """Wait for the end; the exit code."""
        while piece := self._read():
            self.output += piece
        return self.process.wait(DEADLINE)

    def _read(self) -> str:
        try:
            return os.read(self._screen, 4096).decode(errors="replace")
        except OSError:  # Linux says so when the other side has closed the terminal.
            return ""


@contextmanager
def terminal(command: list[str], more: Mapping[str, str] | None = None) -> Iterator[Terminal]:
    screen, keyboard = pty.openpty()
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
