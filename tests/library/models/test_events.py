"""Server-sent events and their JSON are read as they are written, wherever the line cuts them."""

import json
import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.models.events import LONGEST, EventReader, read_json
from assay.models.failures import BrokeOff

MARK = b"\xef\xbb\xbf"


def read(blocks: list[bytes]) -> list[bytes]:
    reader = EventReader()
    return [event for block in blocks for event in reader.feed(block)]


def cut(stream: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted({place % (len(stream) + 1) for place in places}), len(stream)]
    return [stream[start:end] for start, end in pairwise(edges)]


def as_the_standard_says(stream: bytes) -> list[bytes]:
    """The same in another way: the whole stream at once, line by line (WHATWG HTML, 9.2.6)."""
    *lines, _unfinished = re.split(rb"\r\n|\r|\n", stream.removeprefix(MARK))
    events: list[bytes] = []
    data = b""
    for line in lines:
        if not line:
            events += [data.removesuffix(b"\n")] if data.removesuffix(b"\n") else []
            data = b""
        name, _, value = line.partition(b":")
        if name == b"data":
            data += value.removeprefix(b" ") + b"\n"
    return events


LINES = st.sampled_from(
    [
        b"data: {}",
        b"data:{}",
        b"data:  two",
        b"data",
        b"data:",
        b": comment",
        b"event: x",
        b"id: 1",
        b"data x",
        b"",
    ]
) | st.binary(max_size=12)
STREAMS = st.lists(st.tuples(LINES, st.sampled_from([b"\n", b"\r\n", b"\r", b"\n\n", b"\r\n\r\n"]))).map(
    lambda parts: b"".join(line + end for line, end in parts)
)


@settings(deadline=None)
@given(STREAMS, st.booleans(), st.lists(st.integers(min_value=0)))
def test_where_the_line_cuts_a_stream_changes_nothing(stream: bytes, marked: bool, places: list[int]) -> None:
    stream = MARK * marked + stream
    assert read(cut(stream, places)) == as_the_standard_says(stream)


@settings(deadline=None)
@given(STREAMS)
def test_a_stream_may_come_byte_by_byte(stream: bytes) -> None:
    assert read([stream[place : place + 1] for place in range(len(stream))]) == as_the_standard_says(stream)


@pytest.mark.parametrize(
    ("stream", "events"),
    [
        (b"data: one\n\ndata: two\n\n", [b"one", b"two"]),
        (b"data: one\r\n\r\ndata: two\r\r", [b"one", b"two"]),
        (b"data: first line\ndata: second\n\n", [b"first line\nsecond"]),
        (b": hello\nevent: delta\nid: 7\nretry: 9\ndata: one\n\n", [b"one"]),
        (b"data:  one blank of two\n\n", [b" one blank of two"]),
        (b"data:\n\ndata: one\n\n", [b"one"]),
        (b"data: never finished\n", []),
        (b"<html><body>Bad gateway</body></html>", []),
        (MARK + b"data: one\n\n", [b"one"]),
    ],
)
def test_an_event_is_what_the_standard_says(stream: bytes, events: list[bytes]) -> None:
    assert read([stream]) == events == as_the_standard_says(stream)


def test_a_line_of_three_megabytes_is_one_event() -> None:
    data = b"x" * 3_000_000
    stream = b"data: " + data + b"\n\ndata: next\n\n"
    blocks = [stream[place : place + 65_536] for place in range(0, len(stream), 65_536)]
    assert read(blocks) == [data, b"next"]


@pytest.mark.parametrize("line", [b"x" * 65_536, b"data: " + b"x" * 65_529 + b"\n"], ids=["one line", "many"])
def test_an_event_that_never_ends_is_not_kept_for_ever(line: bytes) -> None:
    with pytest.raises(BrokeOff, match="too long"):
        read([line] * (LONGEST // len(line) + 1))


def test_a_long_stream_of_short_events_is_never_too_long() -> None:
    reader = EventReader()
    event = b"data: " + b"x" * 65_536 + b"\n\n"
    assert all(reader.feed(event) for _ in range(LONGEST // len(event) + 2))


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@settings(deadline=None)
@given(ANY_JSON, st.booleans())
def test_json_is_read_as_it_was_written(value: object, escaped: bool) -> None:
    assert read_json(json.dumps(value, ensure_ascii=escaped).encode()) == value


@settings(deadline=None)
@given(st.binary())
def test_anything_else_is_a_value_error(data: bytes) -> None:
    try:
        read_json(data)
    except ValueError:
        return
    json.loads(data)


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"<html>", b'"\xff"', b"[" * 100_000, b"9" * 5000, b"{}{}", b"nul"],
    ids=lambda data: repr(data[:9]),
)
def test_what_is_not_json_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError):
        read_json(data)


def test_half_a_character_is_read_as_the_half_it_is() -> None:
    assert read_json(b'"\\ud83d"') == "\ud83d"
