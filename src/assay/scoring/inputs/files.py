"""Reading files of sessions as a stream: what does not depend on the size of the file is kept, no more.

A file is JSON Lines when its name says so (`.jsonl`, `.ndjson`) or when its first line is a whole JSON
list or object, and an Inspect log when its name ends in `.eval`; otherwise it is one JSON document.
Whatever cannot be used becomes a `Refusal` in the place where its session would have been, and reading goes
on with the next line.
"""

import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any, BinaryIO

from assay.errors import AssayError, UserMistake, Where
from assay.scoring.inputs.conversation import Conversation, Unusable, conversation_from
from assay.scoring.inputs.inspect_logs import (
    LOG_NAME,
    Sample,
    is_inspect_log,
    samples_of_file,
    samples_of_json,
)
from assay.scoring.inputs.recorded import RecordedPerson
from assay.scoring.raters import Case
from assay.session.events import Event

LONGEST_LINE = 16 * 1024 * 1024
"""Bytes that one line, or one file that is a single document, may have."""

MOST_VALUES = 500_000
"""Keys and values that one line, or one file that is a single document, may hold. Each takes some hundred
bytes of memory once it is read, however few it has in the file."""

STANDARD_INPUT = "-"

_BOM = b"\xef\xbb\xbf"
_LINE_NAMES = (".jsonl", ".ndjson")
_LONGEST_WHOLE_NUMBER = 300
_RECORD = "assay-record/"


@dataclass(frozen=True, slots=True)
class RecordedCase:
    """A session out of a record: its id, what the raters were given, its events.

    `people` are those whose ratings are taken over; `notes` say what of the record was left out, or could
    not be checked.
    """

    id: str
    case: Case
    events: tuple[Event, ...] = ()
    people: tuple[RecordedPerson, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InputSession:
    """One session to score, and where it came from. `line` is None for a file that is one document."""

    id: str
    file: str
    line: int | None
    size: int
    conversation: Conversation | None = None
    recorded: RecordedCase | None = None

    @property
    def notes(self) -> tuple[str, ...]:
        """What was left out on reading, in words."""
        source = self.conversation or self.recorded
        return source.notes if source else ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """A session that could not be read or scored: where, why, and what to do."""

    id: str | None
    file: str
    line: int | None
    error: str
    remedy: str
    size: int = 0

    def __str__(self) -> str:
        return f"{Where(self.file, self.line)}: {self.error}. {self.remedy}"


RecordReader = Callable[[Any, Where], RecordedCase]
"""Makes a case from a record's JSON value; raises `AssayError` where it is not one."""


def read_sessions(
    files: Sequence[str], read_record: RecordReader, stdin: BinaryIO | None = None
) -> Iterator[InputSession | Refusal]:
    """Read every session of every file, in order; an id that was already used is refused.

    Args:
        files: paths, or `-` for standard input.
        read_record: how a record's JSON value becomes a case.
        stdin: what `-` reads; the process's own standard input when None.
    """
    seen: dict[str, tuple[str, int | None]] = {}
    for file in files:
        found = False
        for item in _read_file(file, read_record, stdin):
            found = True
            if isinstance(item, Refusal):
                yield item
            elif item.id in seen:
                yield _doubled(item, Where(*seen[item.id]))
            else:
                seen[item.id] = (item.file, item.line)
                yield item
        if not found:
            name = _shown(file)
            yield Refusal(
                None, name, None, "The file holds no session", "Give a file with at least one session"
            )


def check_files(files: Sequence[str]) -> None:
    """Refuse what cannot be read at all before anything is scored.

    Raises:
        UserMistake: a file is missing, is a folder, or is named twice.
    """
    for file in files:
        path = Path(file)
        if file != STANDARD_INPUT and not path.exists():
            raise UserMistake("There is no such file", remedy="Check the path", where=Where(file))
        if file != STANDARD_INPUT and path.is_dir():
            raise UserMistake(
                "This is a folder", remedy=f"Name the files in it, as in {file}/*.jsonl", where=Where(file)
            )
    doubled = next((file for index, file in enumerate(files) if file in files[:index]), None)
    if doubled is not None:
        raise UserMistake("This file is named twice", remedy="Name each file once", where=Where(doubled))


def _shown(file: str) -> str:
    return "standard input" if file == STANDARD_INPUT else os.fsencode(file).decode("utf-8", "replace")


def _doubled(item: InputSession, first: Where) -> Refusal:
    return Refusal(
        item.id,
        item.file,
        item.line,
        f"The id {item.id!r} was already used at {first}",
        "Give each session an id of its own, or score the files in separate runs",
        item.size,
    )


def _read_file(
    file: str, read_record: RecordReader, stdin: BinaryIO | None
) -> Iterator[InputSession | Refusal]:
    reader = _Reader(file, read_record)
    try:
        if file == STANDARD_INPUT:
            yield from reader.read(stdin or sys.stdin.buffer)
        elif file.lower().endswith(LOG_NAME):
            yield from reader.read_log(Path(file))
        else:
            with Path(file).open("rb") as stream:
                yield from reader.read(stream)
    except OSError as error:
        why = f"Reading stopped: {error.strerror or error}"
        yield Refusal(None, _shown(file), None, why, "Check the file and its permissions, and run again")


@dataclass(frozen=True, slots=True)
class _Line:
    """One line that is not blank; `cut` when it was longer than a line may be."""

    number: int
    data: bytes
    cut: bool = False


class _Reader:
    """Reads one file."""

    def __init__(self, file: str, read_record: RecordReader) -> None:
        self._file = _shown(file)
        name = Path(self._file).name
        self._stem = "stdin" if file == STANDARD_INPUT else name.split(".")[0] or name
        self._by_name = file.lower().endswith(_LINE_NAMES)
        self._read_record = read_record

    def read(self, stream: BinaryIO) -> Iterator[InputSession | Refusal]:
        lines = _lines(stream)
        first = next(lines, None)
        if first is None:
            return
        refused = self._foreign(first.data)
        if refused is not None:
            yield refused
        elif self._by_name or first.cut or _is_whole(first.data):
            yield from self._read_lines(first, lines)
        else:
            yield from self._read_document(first, lines)

    def read_log(self, path: Path) -> Iterator[InputSession | Refusal]:
        """The samples of an Inspect log that is no JSON."""
        try:
            yield from self._samples(samples_of_file(path), None)
        except (Unusable, AssayError) as error:
            yield self._refuse(None, error.message, error.remedy)

    def _read_lines(self, first: _Line, rest: Iterator[_Line]) -> Iterator[InputSession | Refusal]:
        second = next(rest, None)
        alone = second is None and not self._by_name
        yield from self._sessions(first, self._stem if alone else f"{self._stem}-{first.number}")
        if second is not None:
            yield from self._sessions(second, f"{self._stem}-{second.number}")
        for line in rest:
            yield from self._sessions(line, f"{self._stem}-{line.number}")

    def _read_document(self, first: _Line, rest: Iterator[_Line]) -> Iterator[InputSession | Refusal]:
        """A document over several lines; lines after all when the second line is whole by itself."""
        second = next(rest, None)
        if second is not None and _is_whole(second.data):
            yield from self._sessions(first, f"{self._stem}-{first.number}")
            yield from self._sessions(second, f"{self._stem}-{second.number}")
            for line in rest:
                yield from self._sessions(line, f"{self._stem}-{line.number}")
            return
        text = bytearray()
        before = 0
        for line in chain((first,), () if second is None else (second,), rest):
            if line.cut or len(text) + len(line.data) > LONGEST_LINE:
                remedy = _AS_LOG if b'"eval"' in text[:_HEAD] else _AS_LINES
                yield self._refuse(None, "The file is one JSON document of more than 16 MB", remedy)
                return
            # The blank lines that were skipped count for the line an error names.
            text += b"\n" * (line.number - before - 1) + line.data
            before = line.number
        yield from self._sessions(_Line(0, bytes(text)), self._stem)

    def _sessions(self, line: _Line, own_id: str) -> Iterator[InputSession | Refusal]:
        """A session, or the samples of an Inspect log. Line 0 stands for the whole file."""
        number, size = line.number or None, len(line.data)
        if line.cut:
            yield self._refuse(number, "The line is longer than 16 MB", _AS_LINES, size)
            return
        value = None
        try:
            value = _json(line.data, number)
            if is_inspect_log(value):
                yield from self._samples(samples_of_json(line.data), number)
            else:
                yield self._usable(value, own_id, number, size)
        except _NotJson as error:
            yield self._refuse(error.line, error.message, error.remedy, size)
        except (Unusable, AssayError) as error:
            named = _id_in(value) if isinstance(error, Unusable) else None
            yield self._refuse(number, error.message, error.remedy, size, named)
        except RecursionError:
            yield self._refuse(number, _TOO_DEEP, _LESS_DEEP, size)

    def _samples(self, samples: Iterable[Sample], number: int | None) -> Iterator[InputSession | Refusal]:
        for name, found in samples:
            if isinstance(found, Unusable):
                yield self._refuse(number, found.message, found.remedy, id_=_id_in({"id": name}))
                continue
            size = sum(len(message.text) for message in found.messages)
            yield InputSession(found.id or name, self._file, number, size, conversation=found)

    def _usable(self, value: Any, own_id: str, number: int | None, size: int) -> InputSession:
        form = value.get("format") if isinstance(value, dict) else None
        if isinstance(form, str) and form.startswith(_RECORD):
            recorded = self._read_record(value, Where(self._file, number))
            return InputSession(recorded.id, self._file, number, size, recorded=recorded)
        conversation = conversation_from(value)
        return InputSession(conversation.id or own_id, self._file, number, size, conversation=conversation)

    def _foreign(self, start: bytes) -> Refusal | None:
        """Refuse a file whose first bytes say that it is not UTF-8 text at all."""
        if start.startswith(b"\x1f\x8b"):
            return self._refuse(
                None, "The file is compressed with gzip", f"Unpack it first: gunzip {self._file}"
            )
        if start.startswith(b"PK\x03\x04"):
            return self._refuse(None, "The file is a zip archive", _UNPACKED)
        if start.startswith((b"\xff\xfe", b"\xfe\xff")) or start[1:2] == b"\0" or start[:1] == b"\0":
            return self._refuse(None, "The file is not UTF-8 text; it looks like UTF-16", "Save it as UTF-8")
        return None

    def _refuse(
        self, line: int | None, error: str, remedy: str, size: int = 0, id_: str | None = None
    ) -> Refusal:
        return Refusal(id_, self._file, line, error, remedy, size)


_TOO_DEEP = "The JSON is nested too deeply"
_LESS_DEEP = "Leave out what is nested; a session needs no more than its messages"
_FEWER = "Leave out what is not messages or deliverable, or split the session"
_VALUE = re.compile(r'"(?:[^"\\]++|\\.)*+(?:"|\Z)|[\[{]|[^\s"\[\]{},:]++', re.DOTALL)
"""A key or a value of JSON. Takes one pass whatever the text is: a text that does not end goes to the end."""
_AS_LINES = "Write each session on a line of its own, of at most 16 MB"
_AS_LOG = (
    "If it is an Inspect log, give it its other form: inspect log convert --to eval --output-dir DIR FILE"
)
_UNPACKED = "Unpack it; an Inspect log is read from a file whose name ends in .eval"
_HEAD = 4096


def _lines(stream: BinaryIO) -> Iterator[_Line]:
    """The lines that are not blank, without a byte order mark; a line past the limit is skipped over."""
    number = 0
    while data := stream.readline(LONGEST_LINE + 1):
        number += 1
        cut = len(data) > LONGEST_LINE
        if cut:
            rest = data
            while rest and not rest.endswith(b"\n"):
                rest = stream.readline(LONGEST_LINE)
            data = data[:64]
        if number == 1:
            data = data.removeprefix(_BOM)
        if data.strip():
            yield _Line(number, data, cut)


class _NotJson(ValueError):
    def __init__(self, message: str, remedy: str, line: int | None) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.line = line


def _json(data: bytes, line: int | None) -> Any:
    """The JSON value in `data`; `line` is its line, or None when it is the whole file."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        at = line or data.count(b"\n", 0, error.start) + 1
        byte = error.start - (data.rfind(b"\n", 0, error.start) + 1)
        raise _NotJson(f"Byte {byte} of the line is not UTF-8 text", "Save the file as UTF-8", at) from error
    if len(data) >= 2 * MOST_VALUES and _holds_more_values_than(MOST_VALUES, text):
        raise _NotJson(f"There are more than {MOST_VALUES:,} keys and values here", _FEWER, line)
    try:
        return json.loads(text, parse_int=_whole_number)
    except json.JSONDecodeError as error:
        at = line or error.lineno
        message = f"This is not JSON: {error.msg[:1].lower()}{error.msg[1:]}, at character {error.colno}"
        remedy = "Each line must be one JSON list or object" if line else "Correct the JSON there"
        raise _NotJson(message, remedy, at) from error
    except RecursionError as error:
        raise _NotJson(_TOO_DEEP, _LESS_DEEP, line) from error


def _holds_more_values_than(most: int, text: str) -> bool:
    """Whether the JSON in `text` has more keys, texts, numbers, words, lists and objects than `most`."""
    return next(islice(_VALUE.finditer(text), most, None), None) is not None


def _whole_number(digits: str) -> int | float:
    """A whole number of any length: one that no key of a session could mean must not stop the reading."""
    return int(digits) if len(digits) <= _LONGEST_WHOLE_NUMBER else float(digits)


def _is_whole(data: bytes) -> bool:
    """Whether the line is a JSON list or object by itself."""
    if data.lstrip()[:1] not in (b"[", b"{"):
        return False
    try:
        _json(data, None)
    except _NotJson:
        return False
    return True


def _id_in(value: Any) -> str | None:
    """The id of a session that was refused, where it has a usable one, so that the refusal can be traced."""
    given = value.get("id") if isinstance(value, dict) else None
    if isinstance(given, int) and not isinstance(given, bool):
        return str(given)
    return given if isinstance(given, str) and given.isprintable() and len(given) <= 1000 else None
