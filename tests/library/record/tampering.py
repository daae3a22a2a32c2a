"""Ways to change a record file: every leaf, every key, every list element, with or without new hashes."""

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from assay.canonical import canonical_json, digest
from assay.record.file import hashes_of
from assay.session.events import GENESIS

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Change:
    """One change to one place, with a name for the test's output."""

    name: str
    apply: Callable[[Any], None]


def as_bytes(content: Any) -> bytes:
    """The content written as a record file is written, its hashes as they are."""
    return canonical_json(content) + b"\n"


def resealed(content: Any) -> bytes:
    """The content with all its hashes made again, as a forger would."""
    return as_bytes({**content, "hashes": hashes_of(content)})


def rechained(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Events numbered and hashed onto each other again."""
    previous, chain = GENESIS, []
    for number, event in enumerate(events):
        body = {**event, "seq": number, "previous": previous}
        body.pop("hash")
        previous = digest(body)
        chain.append({**body, "hash": previous})
    return chain


def changed(content: Any, change: Change) -> Any:
    """A copy of the content with one change made."""
    copied = copy.deepcopy(content)
    change.apply(copied)
    return copied


def every_change(content: Any, under: Path = ()) -> Iterator[Change]:
    """One change of each kind for each place within `under`.

    A leaf gets another value; keys and elements are removed and added; elements are doubled and swapped.
    """
    for path, value in _places(content):
        if path[: len(under)] != under or path == under:
            continue
        if not isinstance(value, dict | list):
            yield replacement(path, other_than(value))
        yield Change(f"remove {path}", partial(_remove, path))
        if isinstance(value, dict | list):
            yield Change(f"add to {path}", partial(_add, path))
        if isinstance(value, list):
            yield from _list_changes(path, value)


def leaves(content: Any) -> list[Path]:
    """The places of all values that hold no other values."""
    return [path for path, value in _places(content) if not isinstance(value, dict | list)]


def replacement(path: Path, value: Any) -> Change:
    """Put another value at a place."""

    def put(root: Any) -> None:
        _at(root, path[:-1])[path[-1]] = value

    return Change(f"{path} becomes {value!r}", put)


def value_at(content: Any, path: Path) -> Any:
    """The value at a place."""
    return _at(content, path)


def other_than(value: Any) -> Any:
    """A value of the same kind that is not the same."""
    match value:
        case bool():
            return not value
        case int() | float():
            return value + 1
        case str():
            return value + "x" if value else "x"
        case _:
            return 0


def _list_changes(path: Path, value: list[Any]) -> Iterator[Change]:
    for first in range(len(value)):
        yield Change(f"double {(*path, first)}", partial(_double, path, first))
        for second in range(first + 1, len(value)):
            if value[first] != value[second]:
                yield Change(f"swap {(*path, first)} and {second}", partial(_swap, path, first, second))


def _places(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    yield path, value
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _places(inner, (*path, key))
    if isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _places(inner, (*path, index))


def _at(root: Any, path: Path) -> Any:
    for step in path:
        root = root[step]
    return root


def _remove(path: Path, root: Any) -> None:
    del _at(root, path[:-1])[path[-1]]


def _add(path: Path, root: Any) -> None:
    holder = _at(root, path)
    if isinstance(holder, dict):
        holder["extra"] = 1
    else:
        holder.append(None)


def _double(path: Path, place: int, root: Any) -> None:
    items = _at(root, path)
    items.insert(place, copy.deepcopy(items[place]))


def _swap(path: Path, one: int, two: int, root: Any) -> None:
    items = _at(root, path)
    items[one], items[two] = items[two], items[one]
