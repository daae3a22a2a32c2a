"""What a candidate types: messages, blocks and commands, from a terminal or from a pipe."""

import io
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

BLOCK = '"""'
END_OF_TEXT = "."


@dataclass(frozen=True, slots=True)
class Entry:
    """A message (`command` is empty) or a command with the rest of its line."""

    command: str
    text: str


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

    def read(self, prompt: str) -> str:
        """One line without its end.

        Raises:
            EOFError: there are no more.
        """
        if self.interactive:
            with self._watch():
                return input(prompt)
        line = sys.stdin.readline()
        if not line:
            raise EOFError
        return line.rstrip("\r\n")

    def text(self) -> str:
        """Lines up to one that is a lone full stop."""
        lines: list[str] = []
        while (line := self.read("")) != END_OF_TEXT:
            lines.append(line)
        return "\n".join(lines)

    def entry(self) -> Entry:
        """The next message or command.

        A message is a line; a line that ends with a backslash goes on with the next; between two lines of
        three quotes it may have any lines. A message that begins with a slash is written with two.
        """
        line = self.read("> ")
        if line.lstrip().startswith(BLOCK):
            return Entry("", self._block(line.lstrip().removeprefix(BLOCK)))
        if line.startswith("/") and not line.startswith("//"):
            command, _, rest = line[1:].partition(" ")
            return Entry(command.strip().lower() or "help", rest.strip())
        parts = [line.removeprefix("/") if line.startswith("//") else line]
        while parts[-1].endswith("\\"):
            parts[-1] = parts[-1][:-1]
            parts.append(self.read(". "))
        return Entry("", "\n".join(parts))

    def _block(self, first: str) -> str:
        lines = [first]
        while not lines[-1].rstrip().endswith(BLOCK):
            lines.append(self.read(". "))
        lines[-1] = lines[-1].rstrip().removesuffix(BLOCK)
        return "\n".join(lines).strip("\n")
