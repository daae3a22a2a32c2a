"""What changed from one version of an exercise to another, part by part, down to the words."""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from assay.authoring.exercise import Exercise

Kind = Literal["same", "taken_out", "put_in"]
_PIECE = re.compile(r"\s+|\w+|[^\w\s]")
_MOST_PIECES = 4_000


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that is the same in both, or only in one."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """One value that differs. `path` leads to it; an absent value is None."""

    path: tuple[str, ...]
    before: str | None
    after: str | None

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """Both texts in one, with what was taken out and put in."""
        return pieces_of(self.before or "", self.after or "")


def changes_between(before: Exercise, after: Exercise) -> tuple[Change, ...]:
    """Every value that differs, in the order of the exercise file; the order of criteria is no value."""
    old, new = _values(before), _values(after)
    paths = [*old, *(path for path in new if path not in old)]
    order = {name: at for at, name in enumerate(Exercise.model_fields)}
    changed = [path for path in paths if old.get(path) != new.get(path)]
    changed.sort(key=lambda path: order[path[0]])
    return tuple(Change(path, old.get(path), new.get(path)) for path in changed)


def pieces_of(before: str, after: str) -> tuple[Piece, ...]:
    """Two texts in one, compared word by word."""
    old, new = _PIECE.findall(before), _PIECE.findall(after)
    if max(len(old), len(new)) > _MOST_PIECES:
        old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    found: list[Piece] = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(Piece("same", "".join(old[a:b])))
            continue
        if a < b:
            found.append(Piece("taken_out", "".join(old[a:b])))
        if c < d:
            found.append(Piece("put_in", "".join(new[c:d])))
    return tuple(found)


def _values(exercise: Exercise) -> dict[tuple[str, ...], str]:
    return dict(_flat((), exercise.model_dump(mode="json")))


def _flat(path: tuple[str, ...], value: Any) -> list[tuple[tuple[str, ...], str]]:
    if isinstance(value, Mapping):
        return [leaf for key, inner in value.items() for leaf in _flat((*path, str(key)), inner)]
    if isinstance(value, list):
        if all(isinstance(item, str) for item in value):
            return [(path, "\n".join(value))] if value else []
        return [leaf for at, item in enumerate(value) for leaf in _flat((*path, _name_of(item, at)), item)]
    if value is None or value == "":
        return []
    shown = {True: "yes", False: "no"}[value] if isinstance(value, bool) else value
    return [(path, f"{shown:g}" if isinstance(shown, float) else str(shown))]


def _name_of(item: Any, at: int) -> str:
    name = item.get("id") if isinstance(item, Mapping) else None
    return str(name) if name else str(at + 1)
