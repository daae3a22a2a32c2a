"""Checks of the file itself: its bytes, its fields, its hashes and its seal."""

from datetime import datetime

from assay.canonical import canonical_json
from assay.errors import UserMistake
from assay.record.checks.answer import Answer
from assay.record.file import PARTS, Record, hashes_of, json_from, record_bytes, record_from


def bytes_are_canonical(data: bytes) -> Answer:
    """The bytes are the canonical JSON of what they say, and one newline."""
    try:
        canonical = canonical_json(json_from(data)) + b"\n"
    except UserMistake as error:
        return Answer(False, error.message)
    if data == canonical:
        return Answer(True, f"{len(data)} bytes")
    layout = "its spaces, line breaks, order of keys or form of numbers are not those that Assay writes"
    return Answer(False, f"{layout}: {_first_difference(data, canonical)}")


def fields_fit(data: bytes) -> tuple[Answer, Record | None]:
    """Every field is there, none is foreign, each has a value of its own type; with the record when so."""
    try:
        value = json_from(data)
        record = record_from(value)
        given, rewritten = canonical_json(value) + b"\n", record_bytes(record)
    except UserMistake as error:
        return Answer(False, error.message), None
    if given != rewritten:
        # Reading fills in what is left out and turns "3" into 3; a record is written in full and exactly.
        return Answer(False, _first_difference(given, rewritten)), None
    if not _is_a_time(record.made_at):
        return Answer(False, f"made_at: there is no such time as {record.made_at}"), None
    return Answer(True, ""), record


def hashes_now(record: Record) -> dict[str, str | None]:
    """The hashes block as the record's content gives it today."""
    return hashes_of(record.model_dump(mode="json", exclude={"hashes"}))


def parts_match_their_hashes(record: Record, now: dict[str, str | None]) -> Answer:
    """Each part has the content that its hash stands for."""
    written = record.hashes.model_dump()
    for part in PARTS:
        if now[part] != written[part]:
            return Answer(False, f"{part} was changed after the record was made, or its hash was")
    return Answer(True, f"{sum(written[part] is not None for part in PARTS)} parts")


def seal_matches(record: Record, now: dict[str, str | None]) -> Answer:
    """The seal stands for this header and these parts."""
    if now["seal"] != record.hashes.seal:
        return Answer(
            False,
            "the seal does not stand for this content: format, version, time, session or a part differs",
        )
    return Answer(True, record.hashes.seal)


def _is_a_time(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _first_difference(data: bytes, canonical: bytes) -> str:
    pairs = enumerate(zip(data, canonical, strict=False))
    at = next((place for place, (a, b) in pairs if a != b), min(len(data), len(canonical)))
    found = data[max(0, at - 20) : at + 20].decode("utf-8", "replace")
    return f"byte {at} is not as Assay writes it, near “{found}”"
