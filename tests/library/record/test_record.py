"""Making, writing and reading a record."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from tests.library.record.sessions import (
    MADE_AT,
    CarefulPerson,
    a_record,
    a_record_from_elsewhere,
    a_session,
    an_exercise,
)

from assay.authoring.rubric import Rubric
from assay.canonical import canonical_json
from assay.errors import UserMistake
from assay.record import build_record, parse_record, read_record, verify, write_record
from assay.record.file import record_bytes
from assay.scoring.pipeline import score_case
from assay.scoring.raters import Case


def test_somebody_who_reads_a_record_back_has_the_same_record(tmp_path: Path) -> None:
    record, path = a_record(), tmp_path / "record.assay.json"
    write_record(record, path)
    assert record_bytes(read_record(path)) == path.read_bytes()
    assert read_record(path).seal == record.seal
    assert [file.name for file in tmp_path.iterdir()] == ["record.assay.json"]


def test_the_file_is_canonical_json_and_one_newline(tmp_path: Path) -> None:
    path = tmp_path / "record.assay.json"
    write_record(a_record(), path)
    data = path.read_bytes()
    assert data == canonical_json(json.loads(data)) + b"\n"


def test_the_same_session_scored_again_gives_the_same_file() -> None:
    assert record_bytes(a_record()) == record_bytes(a_record())


def test_a_reader_finds_the_exercise_whole_with_rubric_and_ledger() -> None:
    record = a_record()
    assert record.exercise == an_exercise()
    assert record.rubric is None
    assert record.hashes.exercise == an_exercise().version


def test_a_conversation_from_elsewhere_carries_its_rubric() -> None:
    record = a_record_from_elsewhere()
    assert record.exercise is None
    assert record.hashes.exercise is None
    assert record.rubric == an_exercise().rubric


def test_the_authors_order_of_criteria_survives_the_file() -> None:
    rubric = an_exercise().rubric
    assert list(rubric.criteria) != sorted(rubric.criteria)
    record = parse_record(record_bytes(a_record()))
    assert list(record.case().rubric.criteria) == list(rubric.criteria)
    exercise = record.case().exercise
    assert exercise is not None
    assert list(exercise.rubric.criteria) == list(rubric.criteria)


def test_a_session_scored_with_another_rubric_keeps_both() -> None:
    session = a_session()
    other = Rubric.model_validate({"criteria": {"planning": {"asks": "Any plan?", "levels": {}}}})
    case = Case(transcript=session.transcript, rubric=other, exercise=session.exercise)
    scored = score_case(case, (CarefulPerson(),))
    kept = scored.ratings[:1]
    assert kept[0].criterion == "planning"
    record = build_record(
        session_id="s-mara-1",
        case=case,
        scored=replace(scored, ratings=kept),
        events=session.events,
        made_at=MADE_AT,
    )
    assert record.rubric == other
    assert record.exercise == session.exercise
    assert verify(record_bytes(record)).holds


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (b"", "not JSON"),
        (b"{", "line 1, column 2"),
        (b"\xff", "not UTF-8"),
        (b"[]", "not a record"),
        (b"{}", "format"),
        (b'{"format":"assay-record/9"}', "reads assay-record/1"),
    ],
)
def test_somebody_who_gives_another_file_is_told_what_is_wrong_with_it(
    tmp_path: Path, written: bytes, told: str
) -> None:
    path = tmp_path / "other.json"
    path.write_bytes(written)
    with pytest.raises(UserMistake) as caught:
        read_record(path)
    assert told in caught.value.message
    assert caught.value.remedy
    assert str(path) in str(caught.value)


def test_somebody_who_names_no_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserMistake, match="cannot be read"):
        read_record(tmp_path / "nowhere.json")


def test_somebody_who_writes_into_no_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserMistake, match="cannot be written"):
        write_record(a_record(), tmp_path / "nowhere" / "record.assay.json")


@pytest.mark.parametrize("made_at", ["yesterday", "2026-03-02 10:15", "2026-03-02T10:15:00"])
def test_a_record_is_not_made_at_a_time_that_could_be_any_time(made_at: str) -> None:
    session = a_session()
    case = Case(transcript=session.transcript, rubric=session.exercise.rubric, exercise=session.exercise)
    with pytest.raises(UserMistake, match="made_at"):
        build_record(session_id="s", case=case, scored=score_case(case, ()), made_at=made_at)


def test_the_reference_page_names_every_field() -> None:
    page = (Path(__file__).parents[3] / "docs" / "reference" / "record-file.md").read_text("utf-8")
    content = json.loads(record_bytes(a_record()))
    parts = ("transcript", "score", "hashes")
    named = [*content, *(field for part in parts for field in content[part])]
    named += [field for part in ("events", "ratings", "raters") for field in content[part][0]]
    assert [field for field in named if f"`{field}`" not in page] == []
