"""Loading exercises, rubrics and ledgers from YAML, with every mistake at its line.

A file is data and nothing else: see `yaml_text` for what YAML is refused and `files` for what may be read.
Equal content has an equal hash whatever the layout: key order, quoting, comments, and whether a rubric, a
ledger or a material stands inside the file or beside it make no difference.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError

from assay.authoring.exercise import Exercise
from assay.authoring.explain import explain
from assay.authoring.files import beside, read_text
from assay.authoring.ledger import ErrorLedger
from assay.authoring.mistakes import WRONG_VALUE, AuthoringMistake, AuthoringMistakes, cannot_read
from assay.authoring.positions import Node, Source, plain
from assay.authoring.rubric import Rubric
from assay.authoring.yaml_text import parse, tidy
from assay.errors import Where

EXERCISE_FILE = "exercise.yaml"

Authored = TypeVar("Authored", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Read(Generic[Authored]):
    """A loaded value with the source it came from, for finding the line of any part of it."""

    value: Authored
    source: Source


def load_exercise(path: Path) -> Exercise:
    """Load an exercise from its folder or its exercise.yaml, with the files it refers to.

    Raises:
        AuthoringMistakes: everything that is wrong with the files, each with file, line and remedy.
    """
    return read_exercise(path).value


def load_rubric(path: Path) -> Rubric:
    """Load a rubric file; levels may be bare words, and everything but criteria may be left out.

    Raises:
        AuthoringMistakes: everything that is wrong with the file, each with line and remedy.
    """
    return read_rubric(path).value


def load_ledger(path: Path) -> ErrorLedger:
    """Load an error ledger file.

    Raises:
        AuthoringMistakes: everything that is wrong with the file, each with line and remedy.
    """
    return read_ledger(path).value


def read_exercise(path: Path) -> Read[Exercise]:
    """Like `load_exercise`, keeping the source."""
    file = exercise_file(path)
    source = read_source(file)
    broken = _Grafting(source, file.parent)
    broken.graft()
    return _validated(source, Exercise, broken.mistakes, broken.paths)


def read_rubric(path: Path) -> Read[Rubric]:
    """Like `load_rubric`, keeping the source."""
    return _validated(read_source(path), Rubric)


def read_ledger(path: Path) -> Read[ErrorLedger]:
    """Like `load_ledger`, keeping the source."""
    return _validated(read_source(path), ErrorLedger)


def exercise_file(path: Path) -> Path:
    """The exercise.yaml that a folder or a file name stands for."""
    try:
        return path / EXERCISE_FILE if path.is_dir() else path
    except ValueError:  # a NUL in the name; reading it says so
        return path


def read_source(path: Path) -> Source:
    """Parse a file without asking what it is.

    Raises:
        AuthoringMistakes: it cannot be read, or is not plain YAML.
    """
    try:
        text = read_text(path)
        root, loose = parse(text, path)
        return Source(root, texts={path: tuple(text.split("\n"))}, loose=list(loose))
    except AuthoringMistake as mistake:
        raise AuthoringMistakes([mistake]) from mistake


def _validated(
    source: Source,
    model: type[Authored],
    mistakes: list[AuthoringMistake] | None = None,
    broken: tuple[tuple[object, ...], ...] = (),
) -> Read[Authored]:
    found = list(mistakes or ())
    try:
        value = model.model_validate_json(json.dumps(plain(source.root)), strict=True)
    except AuthoringMistake as mistake:
        raise AuthoringMistakes([*found, mistake]) from mistake
    except ValidationError as error:
        details = zip(error.errors(include_url=False), explain(error, source, model), strict=True)
        # What a broken file would have held is not also "missing".
        found += [
            mistake
            for detail, mistake in details
            if not any(detail["loc"][: len(path)] == path for path in broken)
        ]
        raise AuthoringMistakes(found) from error
    if found:
        raise AuthoringMistakes(found)
    return Read(value, source)


class _Grafting:
    """Puts the rubric, the ledger and the materials that stand in files of their own in their places."""

    def __init__(self, source: Source, folder: Path) -> None:
        self._source = source
        self._folder = folder
        self.mistakes: list[AuthoringMistake] = []
        self.paths: tuple[tuple[object, ...], ...] = ()

    def graft(self) -> None:
        entries = self._source.root.entries or {}
        for key in ("rubric", "ledger"):
            node = entries.get(key)
            if node is not None and isinstance(node.scalar, str):
                entries[key] = self._file_of_its_own(key, node)
        materials = entries.get("materials")
        for index, item in enumerate(materials.items or () if materials else ()):
            if item.entries is not None and "file" in item.entries:
                self._material(index, item.entries)

    def _file_of_its_own(self, key: str, node: Node) -> Node:
        try:
            text, path = self._text(node)
            root, loose = parse(text, path)
            self._source.loose += loose
            return root
        except AuthoringMistake as mistake:
            self._broken(mistake, (key,))
            return node

    def _material(self, index: int, entries: dict[int | str, Node]) -> None:
        node = entries.pop("file")
        try:
            if "text" in entries or not isinstance(node.scalar, str):
                raise AuthoringMistake(
                    WRONG_VALUE,
                    "A material has either `text` or the name of one `file`",
                    remedy="Keep one of the two",
                    where=Where(node.file, node.line),
                )
            text, path = self._text(node)
            lines = len(self._source.texts[path])
            entries["text"] = Node(path, 1, 1, scalar=self._tidied(text, path), first=1, last=max(lines, 1))
        except AuthoringMistake as mistake:
            self._broken(mistake, ("materials", index, "text"))

    def _text(self, node: Node) -> tuple[str, Path]:
        where = Where(node.file, node.line)
        path = beside(self._folder, node.scalar, where)
        text = read_text(path, where)
        self._source.texts[path] = tuple(text.split("\n"))
        return text, path

    def _tidied(self, text: str, path: Path) -> str:
        try:
            return tidy(text)
        except ValueError as error:
            raise cannot_read(str(error), "Remove the character", Where(path, 1)) from error

    def _broken(self, mistake: AuthoringMistake, path: tuple[object, ...]) -> None:
        self.mistakes.append(mistake)
        self.paths = (*self.paths, path)
