"""The record file: what it holds, how it is sealed, written and read."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, NoReturn, Self

from pydantic import Field, ValidationError, model_validator

from assay import __version__
from assay.authoring.exercise import Exercise
from assay.authoring.rubric import Rubric
from assay.canonical import canonical_json, digest
from assay.errors import UserMistake, Where
from assay.frozen import Frozen
from assay.scoring.pipeline import Scored
from assay.scoring.raters import Case
from assay.scoring.ratings import RaterIdentity, Rating
from assay.scoring.score import Score
from assay.session.events import Event
from assay.session.transcript import Transcript

FORMAT = "assay-record/1"

PARTS = ("exercise", "rubric", "transcript", "events", "raters", "ratings", "score")
"""The parts that have a content hash of their own, in the order they are checked."""

MOST_NESTED = 64
"""Levels of lists and objects within each other that a record's JSON may have."""

_HEADER = ("format", "assay", "made_at", "session")
_TIME = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"
_REMEDY = "Give a file that Assay made, such as record.assay.json, or make the record again from the session"


_SCORE_FIRST = (
    "A record is what scoring a session leaves: score it first with assay score FILE --rubric RUBRIC "
    "--out DIR --format record, and give the file NAME.assay.json that is then in DIR"
)


class Hashes(Frozen):
    """SHA-256 of the canonical JSON of each part, and the seal over header and parts, in hexadecimal."""

    exercise: str | None = Field(description="The exercise's version; null when there is no exercise.")
    rubric: str | None = Field(description="Null when the rubric is the exercise's own.")
    transcript: str
    events: str
    raters: str
    ratings: str
    score: str
    seal: str = Field(description="Hash over the header and all part hashes: it stands for the whole file.")


class Record(Frozen):
    """A whole scored session. Two records with the same seal say the same in every field."""

    format: Literal["assay-record/1"] = Field(description="The form of this file.")
    assay: str = Field(min_length=1, description="The version of Assay that made the record.")
    made_at: str = Field(pattern=_TIME, description="When the record was made: ISO 8601 with its offset.")
    session: str = Field(min_length=1, description="The session's id.")
    exercise: Exercise | None = Field(
        description="The exercise whole, rubric and ledger included; null for conversations without one."
    )
    rubric: Rubric | None = Field(
        description="The rubric scored with, where it is not the exercise's own; else null."
    )
    transcript: Transcript
    events: tuple[Event, ...] = Field(
        description="The session's events, each hashed onto the one before; empty for conversations from "
        "elsewhere."
    )
    raters: tuple[RaterIdentity, ...] = Field(description="Who and what rated, each once.")
    ratings: tuple[Rating, ...] = Field(description="Every rating, after the evidence gate.")
    score: Score
    hashes: Hashes

    @model_validator(mode="after")
    def _has_a_rubric(self) -> Self:
        if self.exercise is None and self.rubric is None:
            raise ValueError("a record holds an exercise or a rubric, and this one holds neither")
        return self

    @property
    def seal(self) -> str:
        """The hash that stands for the whole record, as 64 hexadecimal digits."""
        return self.hashes.seal

    @property
    def title(self) -> str:
        """What people call the session: its exercise's title, or its id where it has no exercise."""
        return self.exercise.title if self.exercise else f"Conversation {self.session}"

    @property
    def scored_rubric(self) -> Rubric:
        """The rubric that the ratings are about, its criteria in the order of the score.

        Canonical JSON sorts keys, so the order that the author gave the criteria lives in the score.
        """
        rubric = self.rubric or (self.exercise.rubric if self.exercise else None)
        if rubric is None:
            raise AssertionError("a record without a rubric passed its own validation")
        order = {score.criterion: place for place, score in enumerate(self.score.criteria)}
        names = sorted(rubric.criteria, key=lambda name: order.get(name, len(order)))
        return rubric.model_copy(update={"criteria": {name: rubric.criteria[name] for name in names}})

    def case(self) -> Case:
        """What the raters were given."""
        rubric = self.scored_rubric
        exercise = self.exercise
        if exercise is not None and self.rubric is None:
            exercise = exercise.model_copy(update={"rubric": rubric})
        return Case(transcript=self.transcript, rubric=rubric, exercise=exercise)


def build_record(
    *, session_id: str, case: Case, scored: Scored, events: Sequence[Event] = (), made_at: str
) -> Record:
    """Put everything that a score rests on into one sealed record.

    Args:
        session_id: the session's id.
        case: what the raters were given.
        scored: what scoring it brought about.
        events: the session's whole chain of events; empty for a conversation from elsewhere.
        made_at: the moment of making, ISO 8601 with its offset from UTC.

    Raises:
        UserMistake: the id or time is not usable, or a text cannot be carried exactly by JSON.
    """
    own = case.exercise is not None and case.exercise.rubric == case.rubric
    content: dict[str, Any] = {
        "format": FORMAT,
        "assay": __version__,
        "made_at": made_at,
        "session": session_id,
        "exercise": _plain(case.exercise),
        "rubric": None if own else _plain(case.rubric),
        "transcript": _plain(case.transcript),
        "events": [_plain(event) for event in events],
        "raters": [_plain(rater) for rater in raters_of(scored.ratings)],
        "ratings": [_plain(rating) for rating in scored.ratings],
        "score": _plain(scored.score),
    }
    try:
        return Record.model_validate({**content, "hashes": hashes_of(content)})
    except ValidationError as error:
        raise UserMistake(
            f"The record cannot be made: {in_words(error)}",
            remedy="Give a session id, and a time such as 2026-01-31T12:00:00Z",
        ) from error


def raters_of(ratings: Sequence[Rating]) -> tuple[RaterIdentity, ...]:
    """Who rated, each once, in the order of their first rating."""
    return tuple(dict.fromkeys(rating.rater for rating in ratings))


def hashes_of(content: dict[str, Any]) -> dict[str, str | None]:
    """The hashes block for a record's content, given as plain JSON values."""
    hashes: dict[str, str | None] = {
        part: None if content[part] is None else digest(content[part]) for part in PARTS
    }
    header = {name: content[name] for name in _HEADER}
    return {**hashes, "seal": digest({**header, "parts": hashes})}


def record_bytes(record: Record) -> bytes:
    """The file's exact bytes: canonical JSON (RFC 8785) and one final newline."""
    return canonical_json(_plain(record)) + b"\n"


def write_record(record: Record, path: Path) -> None:
    """Write the record so that a reader sees either the whole file or none.

    Raises:
        UserMistake: the file cannot be written there.
    """
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        unfinished.write_bytes(record_bytes(record))
        unfinished.replace(path)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise UserMistake(
            f"The record cannot be written: {error.strerror}",
            remedy="Name a file in a folder that exists and that you may write to",
            where=Where(path),
        ) from error


def read_record(path: Path) -> Record:
    """Read a record. Reading holds its fields against the format; `verify` holds its content to its word.

    Raises:
        UserMistake: there is no such file, or it is not a record this version can read.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UserMistake(
            f"The record cannot be read: {error.strerror}", remedy=_REMEDY, where=Where(path)
        ) from error
    return parse_record(data, Where(path))


def parse_record(data: bytes, where: Where | None = None) -> Record:
    """Make a record from a file's bytes.

    Raises:
        UserMistake: the bytes are not a record this version can read.
    """
    return record_from(json_from(data, where), where)


def json_from(data: bytes, where: Where | None = None) -> Any:
    """The JSON value in `data`.

    Raises:
        UserMistake: it is not JSON, or nested too deeply; the message names line and column.
    """
    try:
        value = json.loads(data.decode("utf-8"), parse_constant=_refuse_constant)
        _refuse_depth(value, where)
        return value
    except UnicodeDecodeError as error:
        message = f"The file is not UTF-8 text: byte {error.start} does not belong"
    except json.JSONDecodeError as error:
        message = f"The file is not JSON: {error.msg} at line {error.lineno}, column {error.colno}"
    except (ValueError, RecursionError) as error:
        message = f"The file is not JSON that can be read: {error}"
    raise UserMistake(message, remedy=_REMEDY, where=where)


def record_from(value: Any, where: Where | None = None) -> Record:
    """Make a record from a JSON value.

    Raises:
        UserMistake: a field is missing, unknown, or has a value it may not have; the message names it.
    """
    if _is_conversation(value):
        message = "This is not a record: it holds a conversation, which has not been scored"
        raise UserMistake(message, remedy=_SCORE_FIRST, where=where)
    if not isinstance(value, dict):
        message = "This is not a record: a record is a JSON object"
        raise UserMistake(message, remedy=_REMEDY, where=where)
    _refuse_depth(value, where)
    found = value.get("format")
    if isinstance(found, str) and found.startswith("assay-record/") and found != FORMAT:
        raise UserMistake(
            f"The record's format is {found[:40]}, and this version of Assay reads {FORMAT}",
            remedy="Install the version of Assay named in the record",
            where=where,
        )
    try:
        return Record.model_validate(value)
    except ValidationError as error:
        raise UserMistake(f"This is not a record: {in_words(error)}", remedy=_REMEDY, where=where) from error


def _refuse_depth(value: Any, where: Where | None) -> None:
    """Refuse what is nested beyond any record, before it brings down what works through it."""
    level = [value]
    for _ in range(MOST_NESTED):
        holders = (item for item in level if isinstance(item, dict | list))
        level = [i for item in holders for i in (item.values() if isinstance(item, dict) else item)]
        if not level:
            return
    raise UserMistake(
        f"The file is nested more than {MOST_NESTED} levels deep, and no record is",
        remedy=_REMEDY,
        where=where,
    )


def _is_conversation(value: Any) -> bool:
    messages = value.get("messages") if isinstance(value, dict) and "format" not in value else value
    if not isinstance(messages, list) or not messages:
        return False
    return all(isinstance(item, dict) and "role" in item for item in messages)


def in_words(error: ValidationError) -> str:
    """The first thing a validation found, with the place it found it at."""
    first = error.errors(include_url=False, include_context=False)[0]
    place = ".".join(str(part) for part in first["loc"]) or "the whole file"
    more = error.error_count() - 1
    return f"{place}: {first['msg']}" + (f" (and {more} more)" if more else "")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


def _plain(value: Frozen | None) -> Any:
    return None if value is None else value.model_dump(mode="json")
