"""The journal: what a crash may leave, and what nobody may change."""

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.bots import Wall, begin, do_round, make_exercise

from assay.canonical import canonical_json
from assay.errors import UserMistake
from assay.session.engine import Session
from assay.session.events import Event, chained
from assay.session.journal import Journal, read_journal


def worked(path: Path) -> Session:
    """A session of two rounds in a journal that is closed again."""
    with Journal.create(path) as journal:
        session, _ = begin(store=journal)
        do_round(session, "Four labels.")
        session.save_deliverable("Nails\nScrews — “wood”")
        do_round(session, "Shorter.")
    return session


def test_what_is_read_back_is_what_happened(tmp_path: Path) -> None:
    path = tmp_path / "s1.jsonl"
    session = worked(path)
    with Journal.open(path) as journal:
        again = Session.resume(session.exercise, journal, Wall())
        assert again.state == session.state
        assert again.transcript.content_hash() == session.transcript.content_hash()
        assert journal.note is None


def test_a_journal_cut_anywhere_gives_a_whole_beginning_of_the_session(tmp_path: Path) -> None:
    path = tmp_path / "s1.jsonl"
    events = worked(path).events
    content = path.read_bytes()
    first = content.index(b"\n") + 1
    ends = {*range(first, len(content), 7), *(first + content[first:].index(b"\n") + step for step in (0, 1))}
    for end in sorted(ends):
        path.write_bytes(content[:end])
        with Journal.open(path) as journal:
            assert list(journal.events) == list(events[: len(journal.events)])
            assert path.read_bytes().endswith(b"\n")
            assert (journal.note is None) == content[:end].endswith(b"\n")


def test_a_session_goes_on_after_a_torn_line(tmp_path: Path) -> None:
    path = tmp_path / "s1.jsonl"
    session = worked(path)
    path.write_bytes(path.read_bytes() + b'{"at":3.5,"da\x00\x00')
    with Journal.open(path) as journal:
        assert journal.note is not None
        assert "15 bytes" in journal.note
        again = Session.resume(session.exercise, journal, Wall())
        do_round(again, "Once more.")
    assert len(read_journal(path).events) == len(again.events)


@pytest.mark.parametrize("line", range(1, 9))
def test_a_changed_line_is_refused_by_its_number(tmp_path: Path, line: int) -> None:
    path = tmp_path / "s1.jsonl"
    worked(path)
    lines = path.read_bytes().split(b"\n")
    lines[line - 1] = lines[line - 1].replace(b'"at":0', b'"at":1')
    path.write_bytes(b"\n".join(lines))
    with pytest.raises(UserMistake) as refusal:
        Journal.open(path)
    assert refusal.value.where is not None
    assert refusal.value.where.line == line


def test_a_dropped_line_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "s1.jsonl"
    worked(path)
    lines = path.read_bytes().split(b"\n")
    path.write_bytes(b"\n".join(lines[:3] + lines[4:]))
    with pytest.raises(UserMistake, match=r"s1\.jsonl:4: The events do not hold together"):
        Journal.open(path)


def test_a_line_that_is_no_event_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "s1.jsonl"
    worked(path)
    path.write_bytes(path.read_bytes() + b"hello\n")
    with pytest.raises(UserMistake, match="This line is not an event"):
        read_journal(path)


@pytest.mark.parametrize("content", [b"", b'{"at":0'])
def test_a_file_that_never_held_an_event_is_no_session(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "s1.jsonl"
    path.write_bytes(content)
    with pytest.raises(UserMistake, match="holds no session"):
        Journal.open(path)


def test_a_session_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserMistake, match=r"gone\.jsonl: This session cannot be opened: No such file"):
        Journal.open(tmp_path / "gone.jsonl")


def test_a_session_is_open_in_one_place_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "s1.jsonl"
    worked(path)
    with Journal.open(path), pytest.raises(UserMistake, match="open in another place"):
        Journal.open(path)
    with Journal.open(path) as journal:
        assert journal.events


def test_a_new_session_does_not_overwrite_an_old_one(tmp_path: Path) -> None:
    path = tmp_path / "s1.jsonl"
    worked(path)
    with pytest.raises(UserMistake, match="exists already"):
        Journal.create(path)


def test_a_full_disk_is_said_and_leaves_the_journal_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "s1.jsonl"
    worked(path)
    before = path.read_bytes()
    real = os.pwrite

    def full(descriptor: int, data: bytes, offset: int) -> int:
        if offset > len(before) + 20:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(descriptor, data[:21], offset)

    with Journal.open(path) as journal:
        session = Session.resume(make_exercise(), journal, Wall())
        with monkeypatch.context() as patch:
            patch.setattr(os, "pwrite", full)
            with pytest.raises(UserMistake, match="No space left on device"):
                session.send("Lost?", "m9")
        assert path.read_bytes() == before
        assert session.state.waiting is None
        session.send("Lost?", "m9")
    assert read_journal(path).events[-1].data["text"] == "Lost?"


def forged(path: Path, change: Callable[[list[Event]], object]) -> None:
    """The same session after a change of its data, chained anew so that no hash gives it away."""
    events = list(worked(path).events)
    change(events)
    again: list[Event] = []
    for event in events:
        again.append(chained(again, at=event.at, kind=event.kind, data=event.data))
    path.write_bytes(b"".join(canonical_json(event.model_dump(mode="json")) + b"\n" for event in again))


def without(key: str) -> Callable[[list[Event]], object]:
    return lambda events: events[0].data.pop(key)


def saying(at: int, **data: Any) -> Callable[[list[Event]], object]:
    return lambda events: events[at].data.update(data)


@pytest.mark.parametrize(
    ("change", "line", "says"),
    [
        (without("limits"), 1, "the session_started event has no 'limits'"),
        (without("started"), 1, "the session_started event has no 'started'"),
        (
            saying(0, limits={"rounds": "many"}),
            1,
            "'limits.rounds' of the session_started event is not usable",
        ),
        (saying(0, started="yesterday"), 1, "'started' of the session_started event is not usable"),
        (saying(0, started="2026-03-02T12:00:00"), 1, "has no time zone"),
        (lambda events: events[1].data.pop("text"), 2, "the message_sent event has no 'text'"),
        (saying(3, turn=7), 4, "'turn' of the reply_finished event is not usable"),
        (lambda events: events.pop(0), 1, "event 0 cannot be a message_sent"),
        (lambda events: events.insert(2, events[0]), 3, "event 2 cannot be a session_started"),
    ],
)
def test_a_journal_that_does_not_hold_what_a_session_needs_is_refused_at_its_line(
    tmp_path: Path, change: Callable[[list[Event]], object], line: int, says: str
) -> None:
    path = tmp_path / "s1.jsonl"
    forged(path, change)
    for read in (read_journal, Journal.open):
        with pytest.raises(UserMistake) as refusal:
            read(path)
        assert says in refusal.value.message
        assert str(refusal.value).startswith(f"{path}:{line}: ")
        assert "Restore the file" in refusal.value.remedy


def test_what_every_kind_of_event_holds_is_what_a_session_writes(tmp_path: Path) -> None:
    path = tmp_path / "s1.jsonl"
    greeter = {"greets_first": True, "greeting": "Hello."}
    with Journal.create(path) as journal:
        session, wall = begin(make_exercise(style="error_detection", conversation=greeter), store=journal)
        session.send("Four labels.", "m1")
        session.begin_reply(["The oldest 2 messages"])
        wall.wait(seconds=1)
        session.fail_reply("It stalled", partial="Nai")
        session.flag(0, 0, 3, "Rude")
        session.save_deliverable("Nails")
        wall.wait(minutes=9)
        session.keep_time()
        wall.wait(minutes=9)
        session.retake()
        do_round(session)
        session.submit()
    kinds = {event.kind for event in read_journal(path).events}
    assert kinds >= {
        "session_started", "greeted", "message_sent", "reply_started", "reply_finished", "reply_failed",
        "clock_credited", "passage_flagged", "deliverable_saved", "warned", "ended", "retake_started",
    }  # fmt: skip


def test_each_message_is_synced_to_the_disk_before_the_candidate_is_told_that_it_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "s1.jsonl"
    on_disk: dict[int, int] = {}
    real = os.fsync

    def note(descriptor: int) -> None:
        real(descriptor)
        at = os.fstat(descriptor)
        on_disk[at.st_ino] = at.st_size

    monkeypatch.setattr(os, "fsync", note)
    with Journal.create(path) as journal:
        assert tmp_path.stat().st_ino in on_disk, "the file's name is not durable"
        session, _ = begin(store=journal)
        for text in ("Four labels.", "Shorter."):
            do_round(session, text)
            assert on_disk[path.stat().st_ino] == path.stat().st_size
    path.write_bytes(path.read_bytes() + b'{"at":3.5')
    on_disk.clear()
    with Journal.open(path):
        assert on_disk[path.stat().st_ino] == path.stat().st_size


def test_a_session_that_has_just_begun_is_open_in_one_place_too(tmp_path: Path) -> None:
    path = tmp_path / "s1.jsonl"
    with Journal.create(path) as journal:
        begin(store=journal)
        with pytest.raises(UserMistake, match="open in another place"):
            Journal.open(path)
    Journal.open(path).close()


def test_journals_are_readable_by_their_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "s1.jsonl"
    worked(path)
    assert path.stat().st_mode & 0o077 == 0
