"""A disk that fills up, or fails, while a candidate waits for a reply."""

import asyncio
import errno
import os
import resource
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.bots import ROOM, begin, breaks_off, get_answer, make_exercise, says
from tests.library.session.terminal import Desk, Running

from assay.errors import LimitReached, UserMistake
from assay.record import read_record
from assay.session.changes import LONGEST_OUTAGE
from assay.session.conversation import answer
from assay.session.events import Event, check_chain
from assay.session.fold import transcript_of
from assay.session.journal import Journal, MemoryStore, read_journal
from assay.session.state import state_of


class Disk(MemoryStore):
    """A store that takes nothing while it is full."""

    full = False

    def append(self, events: Sequence[Event]) -> None:
        if self.full:
            raise UserMistake("The session cannot be written: No space left on device", remedy="Free some")
        super().append(events)


@contextmanager
def failing(monkeypatch: pytest.MonkeyPatch, *calls: str) -> Iterator[None]:
    """These functions of the operating system report an input/output error."""

    def fails(*_: object) -> int:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patch:
        for call in calls:
            patch.setattr(os, call, fails)
        yield


def test_a_candidate_whose_reply_does_not_fit_on_the_disk_asks_again_without_losing_time() -> None:
    disk = Disk()
    session, wall = begin(store=disk)
    wall.wait(minutes=1)
    session.send("Four labels.", "m1")
    session.begin_reply()
    wall.wait(seconds=40)
    disk.full = True
    with pytest.raises(UserMistake, match="No space left on device"):
        session.finish_reply("Nails, screws.")
    assert session.reply_due
    assert session.state == state_of(disk.events)
    wall.wait(minutes=3)
    with pytest.raises(UserMistake, match="No space left on device"):
        session.begin_reply()
    disk.full = False
    assert get_answer(session, says("Nails.")) == "Nails. "
    assert session.seconds_left() == 9 * 60
    assert [turn.text for turn in session.transcript.turns] == ["Four labels.", "Nails. "]
    assert session.state.rounds_used == 1
    failed = next(event for event in session.events if event.kind == "reply_failed")
    assert failed.data["partial"] == "Nails, screws."
    assert "No space left on device" in failed.data["why"]
    assert session.state == state_of(disk.events)
    check_chain(session.events)


@pytest.mark.parametrize("command", ["send", "save", "submit", "outage", "clock"])
def test_whatever_the_candidate_does_once_the_disk_is_freed_is_taken(command: str) -> None:
    disk = Disk()
    session, wall = begin(store=disk)
    session.send("Four labels.", "m1")
    session.begin_reply()
    wall.wait(seconds=30)
    disk.full = True
    with pytest.raises(UserMistake):
        session.finish_reply("Nails, screws.")
    disk.full = False
    wall.wait(seconds=30)
    {
        "send": lambda: session.send("Five labels.", "m2"),
        "save": lambda: session.save_deliverable("Nails"),
        "submit": session.submit,
        "outage": lambda: session.credit_outage(55, 60, "The disk was full"),
        "clock": session.keep_time,
    }[command]()
    assert (session.state.waiting is not None) == (command == "send")
    assert session.state.charged(60) == 0
    assert [event.at for event in disk.events] == sorted(event.at for event in disk.events)
    assert session.state == state_of(disk.events)


def test_a_reply_that_is_handed_in_again_once_the_disk_is_freed_is_kept() -> None:
    disk = Disk()
    session, _ = begin(store=disk)
    session.send("Four labels.", "m1")
    session.begin_reply()
    disk.full = True
    with pytest.raises(UserMistake):
        session.finish_reply("Nails, screws.")
    disk.full = False
    session.finish_reply("Nails, screws.")
    session.keep_time()
    assert [event.kind for event in disk.events][-1] == "reply_finished"
    assert not session.reply_due


def test_someone_who_leaves_the_disk_full_for_a_day_gets_no_free_day() -> None:
    disk = Disk()
    session, wall = begin(make_exercise(limits={"minutes": 30}), store=disk)
    session.send("Four labels.", "m1")
    session.begin_reply()
    wall.wait(minutes=2)
    disk.full = True
    with pytest.raises(UserMistake):
        session.fail_reply("The endpoint stalled")
    wall.wait(minutes=24 * 60)
    disk.full = False
    with pytest.raises(LimitReached):
        session.begin_reply()
    (credit,) = session.state.credits
    assert (credit.since, credit.until, credit.reason) == (0, 120 + LONGEST_OUTAGE, "outage")


def test_a_reply_with_half_a_character_fails_and_can_be_asked_for_again() -> None:
    session, _ = begin()
    session.send("Four labels.", "m1")
    with pytest.raises(UserMistake):
        get_answer(session, says("Nails \ud83d"))
    assert session.state.waiting is None
    assert session.events[-1].data["partial"].startswith("Nails ?")
    get_answer(session, says("Nails"))
    assert session.state.rounds_used == 1


def test_a_candidate_who_presses_stop_while_the_disk_is_full_can_go_on() -> None:
    disk = Disk()
    session, _ = begin(store=disk)
    session.send("Four labels.", "m1")

    async def stop() -> None:
        shown: list[str] = []

        def press_stop(piece: str) -> None:
            shown.append(piece)
            disk.full = True
            task.cancel()

        task = asyncio.create_task(answer(session, says("Nails and screws"), press_stop, ROOM))
        with pytest.raises(UserMistake, match="No space left"):
            await task

    asyncio.run(stop())
    disk.full = False
    get_answer(session, says("Nails"))
    assert session.state.rounds_used == 1


def test_a_model_that_fails_while_the_disk_is_full_is_asked_again() -> None:
    disk = Disk()
    session, _ = begin(store=disk)
    session.send("Four labels.", "m1")
    session.begin_reply()
    session.fail_reply("The endpoint stalled")
    disk.full = True
    with pytest.raises(UserMistake, match="No space left"):
        get_answer(session, breaks_off("Nai"))
    assert session.reply_due
    disk.full = False
    get_answer(session, says("Nails"))
    assert [turn.role for turn in session.transcript.turns] == ["user", "assistant"]


@pytest.mark.parametrize("calls", [("pwrite",), ("fsync",), ("fsync", "ftruncate")], ids="+".join)
def test_a_disk_that_fails_in_any_step_of_a_write_leaves_a_journal_that_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, calls: tuple[str, ...]
) -> None:
    path = tmp_path / "s1.jsonl"
    with Journal.create(path) as journal:
        session, wall = begin(store=journal)
        session.send("Four labels.", "m1")
        session.begin_reply()
        wall.wait(seconds=5)
        with (
            failing(monkeypatch, *calls),
            pytest.raises(UserMistake, match="cannot be written: Input"),
        ):
            session.finish_reply("A reply that is longer than all that is written after it. " * 40)
        assert session.state == state_of(journal.events)
        get_answer(session, says("Nails"))
        assert session.state == state_of(read_journal(path).events)
    kept = transcript_of(read_journal(path).events).turns
    assert [turn.text for turn in kept] == ["Four labels.", "Nails "]


def test_what_a_failing_disk_left_of_a_long_event_does_not_stand_behind_a_short_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "s1.jsonl"
    with Journal.create(path) as journal:
        session, _ = begin(store=journal)
        with failing(monkeypatch, "fsync", "ftruncate"), pytest.raises(UserMistake):
            session.save_deliverable("Nails and screws. " * 100)
        session.save_deliverable("Nails")
    content = read_journal(path)
    assert content.note is None
    assert [event.data.get("text") for event in content.events] == [None, "Nails"]


def test_a_candidate_at_the_terminal_is_told_of_the_full_disk_and_goes_on_when_it_is_freed(
    tmp_path: Path,
) -> None:
    desk = Desk(tmp_path, [{"text": "nails and screws " * 200}])
    running = Running(desk.start())
    try:
        running.until("3 of 3 rounds left")
        limit_files(running, desk.journal.stat().st_size + 1_500)
        running.type("Four labels.\n")
        running.until("The session cannot be written: File too large")
        running.until("/retry asks again")
        running.type("/retry\n")
        running.until("The session cannot be written: File too large", count=2)
        limit_files(running, resource.RLIM_INFINITY)
        running.type("/retry\n/insert\n/submit\n")
        shown = running.end()
    finally:
        running.process.kill()
    assert running.process.returncode == 0, shown
    assert "No message is waiting" not in shown
    transcript = read_record(desk.record).transcript
    assert [turn.role for turn in transcript.turns] == ["user", "assistant"]
    assert state_of(desk.events).rounds_used == 1


def limit_files(running: Running, size: int) -> None:
    """From now on no file that the process writes can be larger; it is told so like of a full disk."""
    resource.prlimit(running.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
