"""YAML read as plain data that remembers its lines; nothing in it can run, grow or loop.

Plain scalars follow the YAML 1.2 core schema: only `true`, `false`, `null`, `~` and numbers are anything
but text, so that `no`, `on` and a date stay the words an author wrote. Tags, merge keys, duplicate keys,
non-text keys, control characters and anything past the limits are refused with their line.
One thing is forgiven: a second colon in the text of a one-line value, as in `4: Systematic: edge cases`.
YAML refuses it, it has only one possible meaning, and rubrics are full of it; the linter remarks on it.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from assay.authoring.mistakes import AuthoringMistake, not_plain
from assay.authoring.positions import MAX_DEPTH, MAX_NODES, Node
from assay.authoring.unclosed import unclosed_quote
from assay.errors import Where

_WHOLE = re.compile(r"[-+]?[0-9]+")
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_MAX_WHOLE = 2**53
_MAX_LOOSE = 50
_LOOSE = re.compile(
    r"(?P<key>\s*(?:- +)*[\w.-]+: +)(?P<text>[^\s'\"\[{|>&*!%@`#,?-].*?: .*?)(?P<rest>\s+#.*|\s*)"
)
_LOADER: Any = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
_Event = Any  # what parser events carry differs by kind, and the stubs know only part of it


def parse(text: str, file: Path) -> tuple[Node, tuple[Where, ...]]:
    """Parse one YAML document; also the lines where a colon without quotes was forgiven.

    Raises:
        AuthoringMistake: the text is not plain YAML within the limits; it names the line.
    """
    lines = text.split("\n")
    loose: list[Where] = []
    while True:
        try:
            return _parse_strictly("\n".join(lines), file), tuple(loose)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = mark.line if mark else 0
            quoted = _quoted(lines, line) if "mapping values" in str(error.problem) else None
            if quoted is None or len(loose) == _MAX_LOOSE:
                raise _not_yaml(error, line, lines, file) from error
            lines[line] = quoted
            loose.append(Where(file, line + 1))


def _not_yaml(error: yaml.MarkedYAMLError, line: int, lines: list[str], file: Path) -> AuthoringMistake:
    opened = unclosed_quote(lines, line, _first_error)
    if opened is not None:
        return not_plain(
            "The quote that this text begins with is not closed",
            'Close the quote at the end of the text; a quote inside it is written twice, or as \\" in double '
            "quotes",
            Where(file, opened + 1),
        )
    return not_plain(
        f"This is not YAML: {error.problem or error.context}",
        "Check the indentation, quotes and colons here and on the line above; indent with spaces",
        Where(file, line + 1),
    )


def _first_error(text: str) -> int | None:
    """The line, from 0, at which YAML gives up on a text; None where it does not."""
    try:
        for _ in yaml.parse(text, Loader=_LOADER):
            pass
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return int(mark.line) if mark else 0
    except (yaml.YAMLError, ValueError, OverflowError):
        return 0
    return None


def _quoted(lines: list[str], line: int) -> str | None:
    found = _LOOSE.fullmatch(lines[line].rstrip("\r")) if line < len(lines) else None
    if found is None:
        return None
    text = found["text"].replace("'", "''")
    return f"{found['key']}'{text}'{found['rest']}"


def _parse_strictly(text: str, file: Path) -> Node:
    builder = _Builder(file)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
    except yaml.MarkedYAMLError:
        raise
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        raise not_plain(
            f"This is not YAML: {' '.join(str(error).split())[:200]}",
            "Save the file as plain UTF-8 text without control characters",
            Where(file, 1),
        ) from error
    return builder.result()


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not been read yet."""

    node: Node
    anchor: str | None
    key: Node | None = None
    names: dict[str, int] = field(default_factory=dict)


class _Builder:
    """Makes nodes from parser events with its own stack, so that deep input cannot exhaust Python's."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._stack: list[_Open] = []
        self._anchors: dict[str, Node | None] = {}
        self._root: Node | None = None
        self._nodes = 0
        self._documents = 0

    def take(self, event: _Event) -> None:
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise self._refuse(event, "A second document starts here", "Keep one document to a file")
        elif isinstance(event, yaml.AliasEvent):
            self._place(self._aliased(event))
        elif isinstance(event, yaml.CollectionEndEvent):
            self._close(event)
        elif isinstance(event, yaml.NodeEvent):
            self._check(event)
            self._begin(event)

    def result(self) -> Node:
        if self._root is None:
            raise not_plain("The file is empty", "Write the keys of the file", Where(self._file, 1))
        return self._root

    def _check(self, event: _Event) -> None:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise self._refuse(
                event, f"The file has more than {MAX_NODES} values", "Split the material off into files"
            )
        if event.tag is not None:
            raise self._refuse(
                event, f"The tag {event.tag} is not allowed", "Remove the tag; plain values do"
            )

    def _begin(self, event: _Event) -> None:
        if isinstance(event, yaml.ScalarEvent):
            node = self._node(event)
            self._remember(event.anchor, node)
            node.scalar, node.raw = self._scalar(event), event.value
            node.last = max(node.first, _last_line(event))
            self._place(node)
            return
        if len(self._stack) >= MAX_DEPTH:
            raise self._refuse(
                event, f"Values are nested more than {MAX_DEPTH} deep", "Flatten the file; no key needs this"
            )
        node = self._node(event)
        if isinstance(event, yaml.SequenceStartEvent):
            node.items = []
        else:
            node.entries = {}
        if event.anchor is not None:
            self._anchors[event.anchor] = None
        self._stack.append(_Open(node, event.anchor))

    def _close(self, event: _Event) -> None:
        opened = self._stack.pop()
        opened.node.last = max(opened.node.first, _last_line(event))
        self._remember(opened.anchor, opened.node)
        self._place(opened.node)

    def _aliased(self, event: _Event) -> Node:
        node = self._anchors.get(event.anchor)
        if node is None:
            raise self._refuse(
                event,
                f"The alias *{event.anchor} refers to itself or to nothing",
                "Write the value out instead of using an alias",
            )
        # Its own node, so that it has its own line; what it holds is shared.
        alias = self._node(event)
        alias.scalar, alias.raw = node.scalar, node.raw
        alias.items, alias.entries = node.items, node.entries
        alias.last = alias.first
        return alias

    def _place(self, node: Node) -> None:
        if not self._stack:
            self._root = node
            return
        opened = self._stack[-1]
        if opened.node.items is not None:
            opened.node.items.append(node)
        elif opened.key is None:
            opened.key = node
        else:
            self._enter(opened, opened.key, node)
            opened.key = None

    def _enter(self, opened: _Open, key: Node, node: Node) -> None:
        name = self._key(key)
        entries = opened.node.entries
        assert entries is not None
        first = opened.names.setdefault(str(name), key.line)
        if len(opened.names) == len(entries):
            raise not_plain(
                f"The key `{name}` stands here a second time; it was first on line {first}",
                "Keep one of the two",
                Where(key.file, key.line),
            )
        node.line, node.column, node.first = key.line, key.column, key.line
        entries[name] = node

    def _key(self, key: Node) -> int | str:
        name = key.scalar
        if isinstance(name, str) and name and name != "<<":
            return name
        if isinstance(name, int) and not isinstance(name, bool):
            return name
        says = "Merge keys (<<) are not allowed" if name == "<<" else "A key must be a word or a whole number"
        raise not_plain(
            says, "Write each key out, in quotes where it is not a word", Where(key.file, key.line)
        )

    def _remember(self, anchor: str | None, node: Node) -> None:
        if anchor is not None:
            self._anchors[anchor] = node

    def _node(self, event: _Event) -> Node:
        line = event.start_mark.line + 1
        return Node(self._file, line, event.start_mark.column + 1, first=line, last=line)

    def _scalar(self, event: _Event) -> Any:
        text: str = event.value
        if event.style is None or event.style == "":
            if text in _WORDS:
                return _WORDS[text]
            if _WHOLE.fullmatch(text) or _NUMBER.fullmatch(text):
                return self._number(event, text)
        try:
            return tidy(text)
        except ValueError as error:
            raise self._refuse(event, str(error), "Remove the character, or write it out in words") from error

    def _number(self, event: _Event, text: str) -> int | float:
        number = int(text) if _WHOLE.fullmatch(text) and len(text) < 20 else float(text)
        if abs(number) > _MAX_WHOLE:
            raise self._refuse(event, f"The number {text[:30]} is too large", "Use a number below 2^53")
        return number

    def _refuse(self, event: _Event, says: str, remedy: str) -> AuthoringMistake:
        return not_plain(says, remedy, Where(self._file, event.start_mark.line + 1))


def _last_line(event: _Event) -> int:
    # A block ends at the start of the line after it.
    return int(event.end_mark.line) + int(event.end_mark.column > 0)


def tidy(text: str) -> str:
    """Text as it is stored: NFC, one kind of line end, without blank lines around it or spaces after it.

    What is left out is layout: the way a block is indented or ended in YAML must not change a hash.

    Raises:
        ValueError: it holds a character that a terminal or a page would obey rather than show.
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    for char in text:
        if unicodedata.category(char) in {"Cc", "Cs"} and char not in "\n\t":
            raise ValueError(f"The text holds the control character U+{ord(char):04X}")
    return text.rstrip().lstrip("\n")
