"""The journal: what a crash may leave, and what nobody may change."""

import errno
import os
from pathlib import Path

import pytest
from tests.bots import Wall, begin, do_round, make_exercise

from assay.errors import UserMistake
from assay.session.engine import Session
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


def test_journals_are_readable_by_their_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "s1.jsonl"
    worked(path)
    assert path.stat().st_mode & 0o077 == 0
