"""A record that was changed in any way is rejected."""

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.library.record.sessions import a_record, a_record_from_elsewhere
from tests.library.record.tampering import (
    Change,
    as_bytes,
    changed,
    every_change,
    leaves,
    other_than,
    rechained,
    replacement,
    resealed,
    value_at,
)

from assay.canonical import canonical_json
from assay.record import verify
from assay.record.file import record_bytes

FILES = {"session": record_bytes(a_record()), "elsewhere": record_bytes(a_record_from_elsewhere())}
CONTENT: dict[str, Any] = {name: json.loads(data) for name, data in FILES.items()}

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**53) + 1, 2**53 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(codec="utf-8"), max_size=12),
    st.just([]),
    st.just({}),
)


def survivors(content: Any, changes: list[Change], write: Any) -> list[str]:
    return [change.name for change in changes if verify(write(changed(content, change))).holds]


@pytest.mark.parametrize("kind", FILES)
def test_an_untouched_record_holds(kind: str) -> None:
    assert verify(FILES[kind]).first_failure is None


@pytest.mark.parametrize("kind", FILES)
def test_somebody_who_changes_any_one_place_is_found_out(kind: str) -> None:
    changes = list(every_change(CONTENT[kind]))
    assert len(changes) > 500
    assert survivors(CONTENT[kind], changes, as_bytes) == []


@settings(max_examples=400, deadline=None)
@given(data=st.data(), kind=st.sampled_from(sorted(FILES)))
def test_somebody_who_writes_any_value_over_any_leaf_is_found_out(data: st.DataObject, kind: str) -> None:
    content = CONTENT[kind]
    path = data.draw(st.sampled_from(leaves(content)))
    was = canonical_json(value_at(content, path))
    value = data.draw(scalars.filter(lambda value: canonical_json(value) != was))
    assert not verify(as_bytes(changed(content, replacement(path, value)))).holds


@settings(max_examples=400, deadline=None)
@given(data=st.data(), kind=st.sampled_from(sorted(FILES)))
def test_somebody_who_edits_raw_bytes_is_found_out(data: st.DataObject, kind: str) -> None:
    whole = FILES[kind]
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, min(len(whole), start + 4)))
    edited = whole[:start] + data.draw(st.binary(max_size=3)) + whole[end:]
    assert verify(edited).holds == (edited == whole)


@pytest.mark.parametrize("part", ["score", "transcript", "events", "raters"])
def test_a_forger_who_makes_new_hashes_for_one_changed_part_is_found_out(part: str) -> None:
    # The order of the criteria is the author's, and the score is where the file keeps it.
    changes = [
        change
        for change in every_change(CONTENT["session"], under=(part,))
        if not change.name.startswith("swap ('score', 'criteria', ") or "evidence" in change.name
    ]
    assert changes
    assert survivors(CONTENT["session"], changes, resealed) == []


def test_a_forger_who_changes_a_rating_and_makes_new_hashes_is_found_out() -> None:
    content = CONTENT["session"]
    # What a rater is said to have misquoted is checked only for not standing in the conversation.
    scored = [number for number, rating in enumerate(content["ratings"]) if rating["level"] is not None]
    paths = [
        path
        for path in leaves(content)
        if path[0] == "ratings" and path[1] in scored and "dropped" not in path
    ]
    assert len(paths) > 40
    changes = [replacement(path, other_than(value_at(content, path))) for path in paths]
    assert survivors(content, changes, resealed) == []


def test_a_forger_who_drops_or_swaps_events_and_chains_them_anew_is_found_out() -> None:
    content = CONTENT["session"]
    telling = [
        number
        for number, event in enumerate(content["events"])
        if event["kind"]
        in {"session_started", "message_sent", "reply_finished", "deliverable_saved", "ended"}
    ]
    for number in telling:
        events = content["events"]
        rest = rechained([*events[:number], *events[number + 1 :]])
        assert not verify(resealed({**content, "events": rest})).holds
    for one, two in pairwise(telling):
        events = list(content["events"])
        events[one], events[two] = events[two], events[one]
        assert not verify(resealed({**content, "events": rechained(events)})).holds


@given(st.binary(max_size=200))
def test_a_file_of_any_bytes_is_refused_without_a_fault_of_ours(data: bytes) -> None:
    assert verify(data).first_failure is not None


@given(
    st.recursive(
        scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner)
    )
)
def test_a_file_of_any_json_is_refused_without_a_fault_of_ours(value: Any) -> None:
    data = json.dumps(value).encode()
    assert verify(data).first_failure is not None


@pytest.mark.parametrize(
    "data",
    [
        b"[" * 100_000,
        b'{"format":"assay-record/1","format":"assay-record/1"}\n',
        b'{"a":' + b"9" * 5000 + b"}\n",
        b'{"a":NaN}\n',
        b'{"a":"\\ud800"}\n',
        b"\xff\xfe",
        b"\xef\xbb\xbf{}",
        b"",
    ],
    ids=[
        "deep",
        "doubled key",
        "long number",
        "NaN",
        "half a character",
        "not UTF-8",
        "byte order mark",
        "empty",
    ],
)
def test_a_file_made_to_break_readers_is_refused_in_words(data: bytes) -> None:
    failure = verify(data).first_failure
    assert failure is not None
    assert failure.detail
