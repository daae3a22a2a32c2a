"""A reply on the screen while it arrives: indented, and broken between words."""

from collections.abc import Callable

from rich.cells import cell_len

INDENT = "  "


class Flow:
    """Writes a text that comes in pieces as a column of whole words.

    A word is written once something follows it, because only then is it known to fit its line. Line breaks
    and indentation of the text stay; blank lines at its beginning and end do not.

    Args:
        write: takes what is to be written.
        width: columns of the screen.
    """

    def __init__(self, write: Callable[[str], object], width: int) -> None:
        self._write = write
        self._width = max(20, width - len(INDENT))
        self._word, self._word_cells = "", 0
        self._gap = ""
        self._breaks = 0
        self._column = 0
        self._began = False

    def feed(self, text: str) -> None:
        """Write what can be written after this piece."""
        for character in text:
            if character.isspace():
                self._put_word()
                self._space(character)
            else:
                self._grow(character)

    def end(self) -> None:
        """Write the last word and end its line."""
        self._put_word()
        if self._began:
            self._write("\n")

    def _space(self, character: str) -> None:
        if character == "\n":
            self._breaks += 1
            self._gap = ""
        else:
            self._gap += character.expandtabs(4)

    def _grow(self, character: str) -> None:
        cells = cell_len(character)
        if self._word_cells + cells > self._width:
            self._put_word()
        self._word += character
        self._word_cells += cells
        if cells == 2:
            # Scripts with wide characters are written without spaces: each may end a line.
            self._put_word()

    def _put_word(self) -> None:
        if not self._word:
            return
        room = self._width - self._column if not self._breaks else self._width
        if self._began and not self._breaks and len(self._gap) + self._word_cells > room:
            self._breaks, self._gap = 1, ""
        if not self._began or self._breaks:
            self._write("\n" * self._breaks if self._began else "")
            self._write(INDENT)
            self._column = 0
        self._write(self._gap + self._word)
        self._column += len(self._gap) + self._word_cells
        self._word, self._word_cells, self._gap, self._breaks, self._began = "", 0, "", 0, True
