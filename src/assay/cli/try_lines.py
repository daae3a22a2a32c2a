"""What a candidate types: messages, blocks and commands, from a terminal or from a pipe."""

import io
import re
import select
import sys
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from types import ModuleType

BLOCK = '"""'
END_OF_TEXT = "."
PASTE_SECONDS = 0.03
"""How long the next line of a paste may take to arrive; nobody types a line in that time."""

_COMMAND = re.compile(r"/[a-z]+(\s|\Z)", re.IGNORECASE)


class InputCleared(Exception):
    """A person took back what they were typing; nothing of it counts."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A message (`command` is empty) or a command with the rest of its line.

    `pasted` says how many lines arrived at once and were joined; 0 where it was not so.
    """

    command: str
    text: str
    pasted: int = 0


class Lines:
    """Reads lines from standard input; with a prompt and line editing when it is a terminal.

    Args:
        watch: entered while a person may be typing, so that the clock can speak up.
    """

    def __init__(self, watch: Callable[[], AbstractContextManager[None]] | None = None) -> None:
        self.interactive = sys.stdin.isatty()
        if isinstance(sys.stdin, io.TextIOWrapper):
            # Bytes that are not UTF-8 reach the session, which refuses them in words, as they do from a site.
            sys.stdin.reconfigure(errors="surrogateescape")
        self._watch = watch or nullcontext
        self._editing = _line_editing() if self.interactive and sys.stdout.isatty() else None
        self._arrived: deque[str] = deque()
        self._just_cleared = False

    def read(self, prompt: str) -> str:
        """One line without its end.

        Raises:
            EOFError: there are no more.
        """
        if self._arrived:
            return self._arrived.popleft()
        if self.interactive:
            with self._watch():
                # An editor that understands a terminal's paste gives all of its lines at once.
                first, *more = input(prompt).rstrip("\n").split("\n")
            self._arrived.extend(more)
            self._just_cleared = False
            return first
        line = sys.stdin.readline()
        if not line:
            raise EOFError
        return line.rstrip("\r\n")

    def text(self) -> str:
        """Lines up to one that is a lone full stop.

        Raises:
            EOFError: a pipe ended before it.
            InputCleared: a person pressed Ctrl-C or Ctrl-D instead.
        """
        lines: list[str] = []
        try:
            while (line := self.read("")) != END_OF_TEXT:
                lines.append(line)
        except (KeyboardInterrupt, EOFError):
            self._clear()
            raise
        return "\n".join(lines)

    def entry(self) -> Entry:
        """The next message or command.

        A message is a line; a line that ends with a backslash goes on with the next; between two lines of
        three quotes it may have any lines. A message that begins with a slash is written with two. At a
        terminal, lines that arrive together are one message, as they were pasted.

        Raises:
            EOFError: there is no more input.
            KeyboardInterrupt: Ctrl-C with nothing typed.
            InputCleared: Ctrl-C with something typed.
        """
        try:
            line = self.read("> ")
        except KeyboardInterrupt:
            if self._something_was_typed():
                self._clear()
            raise
        try:
            return self._entry(line)
        except (KeyboardInterrupt, EOFError):
            self._clear()
            raise

    def _entry(self, line: str) -> Entry:
        if line.lstrip().startswith(BLOCK):
            return Entry("", self._block(line.lstrip().removeprefix(BLOCK)))
        if line.startswith("/") and not line.startswith("//"):
            command, _, rest = line[1:].partition(" ")
            return Entry(command.strip().lower() or "help", rest.strip())
        return self._message(line.removeprefix("/") if line.startswith("//") else line)

    def _message(self, first: str) -> Entry:
        lines, pasted = [first], False
        while True:
            if self._more_has_arrived():
                line = self.read(". ")
                if _COMMAND.match(line):
                    self._arrived.appendleft(line)
                    break
                lines.append(line)
                pasted = True
            elif lines[-1].endswith("\\"):
                lines[-1] = lines[-1][:-1]
                lines.append(self.read(". "))
            else:
                break
        if not pasted:
            return Entry("", "\n".join(lines))
        text = "\n".join(lines).strip("\n")
        count = text.count("\n") + 1
        return Entry("", text, pasted=count if count > 1 else 0)

    def _block(self, first: str) -> str:
        lines = [first]
        while not lines[-1].rstrip().endswith(BLOCK):
            lines.append(self.read(". "))
        lines[-1] = lines[-1].rstrip().removesuffix(BLOCK)
        return "\n".join(lines).strip("\n")

    def _more_has_arrived(self) -> bool:
        """Whether a person's further lines are there already; a pipe's lines are one message each."""
        if self._arrived or not self.interactive:
            return bool(self._arrived)
        return bool(select.select([sys.stdin], [], [], PASTE_SECONDS)[0])

    def _clear(self) -> None:
        """Take back what a person was typing; a pipe's end stays what it is."""
        if not self.interactive:
            return
        self._arrived.clear()
        self._just_cleared = True
        raise InputCleared

    def _something_was_typed(self) -> bool:
        if not self.interactive:
            return False
        if self._editing is None:
            # The terminal has thrown the line away and does not say if it was empty: a second Ctrl-C leaves.
            return not self._just_cleared
        return bool(self._arrived or self._editing.get_line_buffer())


def _line_editing() -> ModuleType | None:
    """The line editor, which some builds of Python lack; importing it is what makes `input` use it."""
    try:
        import readline
    except ImportError:
        return None
    return readline
