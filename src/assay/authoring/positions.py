"""Where each value of an authored file stands: nodes with lines, and the data they add up to."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assay.authoring.mistakes import not_plain
from assay.errors import Where

MAX_DEPTH = 24
MAX_NODES = 50_000
MAX_EXPANDED_CHARACTERS = 4_000_000


@dataclass(slots=True)
class Node:
    """One value of a file: a scalar, a list of nodes, or a mapping of keys to nodes.

    `line` and `column` count from 1 and point at the key that introduces the value, where there is one.
    """

    file: Path
    line: int
    column: int
    scalar: Any = None
    raw: str = ""
    items: list["Node"] | None = None
    entries: dict[int | str, "Node"] | None = None
    first: int = 0
    last: int = 0

    def child(self, key: object) -> "Node | None":
        """The node under a key or an index; None when there is none."""
        if self.items is not None and isinstance(key, int):
            return self.items[key] if 0 <= key < len(self.items) else None
        if self.entries is None:
            return None
        return next((node for name, node in self.entries.items() if str(name) == str(key)), None)


@dataclass(slots=True)
class Source:
    """A parsed file, with the files it refers to grafted in, and the way back to their lines.

    `loose` are the lines that were read as text with a colon although YAML asks for quotes there.
    """

    root: Node
    texts: dict[Path, tuple[str, ...]] = field(default_factory=dict)
    loose: list[Where] = field(default_factory=list)

    def node(self, path: Sequence[object]) -> Node:
        """The deepest node on `path`; a step that the file does not have is skipped."""
        node = self.root
        for step in path:
            node = node.child(step) or node
        return node

    def where(self, path: Sequence[object] = (), phrase: str = "") -> tuple[Where, int | None]:
        """File and line of a value, with its column; those of `phrase` in it where the phrase is found.

        A phrase is found whatever its capitals, its punctuation and the line breaks inside it.
        """
        node = self.node(path)
        found = self._find(node, phrase) if phrase else None
        line, column = found or (node.line, node.column)
        return Where(node.file, line), column

    def _find(self, node: Node, phrase: str) -> tuple[int, int] | None:
        lines = self.texts.get(node.file, ())[node.first - 1 : node.last]
        start = node.column - 1 if node.first == node.line else 0
        pattern = r"\W+".join(re.escape(word) for word in re.findall(r"\w+", phrase))
        text = "\n".join(lines)
        found = re.compile(rf"\b{pattern}\b", re.IGNORECASE).search(text, start) if pattern else None
        if found is None:
            return None
        before = text[: found.start()]
        return node.first + before.count("\n"), found.start() - before.rfind("\n")


def plain(node: Node) -> Any:
    """The data of a node, with aliases written out.

    Raises:
        AuthoringMistake: written out, the aliases pass the limits.
    """
    return _Expansion(node).expand(node)


class _Expansion:
    """Counts what aliases add up to, so that a small file cannot become a huge value."""

    def __init__(self, root: Node) -> None:
        self._root = root
        self._nodes = 0
        self._characters = 0

    def expand(self, node: Node, depth: int = 0) -> Any:
        self._nodes += 1
        self._characters += len(node.scalar) if isinstance(node.scalar, str) else 0
        if self._nodes > MAX_NODES or self._characters > MAX_EXPANDED_CHARACTERS or depth > MAX_DEPTH:
            raise not_plain(
                "The aliases of this file add up to too much",
                "Write the values out instead of repeating them with * aliases",
                Where(self._root.file, 1),
            )
        if node.items is not None:
            return [self.expand(item, depth + 1) for item in node.items]
        if node.entries is not None:
            return {key: self.expand(value, depth + 1) for key, value in node.entries.items()}
        return node.scalar
