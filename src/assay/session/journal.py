"""Where a session's events are kept: an append-only file, one event a line, on disk before anything goes on.

A process can die at any point. What it may leave behind is a last line that is not whole; that line was
never acknowledged, so it is cut off, and the reader is told. Anything else that does not fit the chain of
hashes was changed by somebody, and the file is refused with the line that shows it.
"""

import fcntl
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Self

from pydantic import ValidationError

from assay.canonical import canonical_json
from assay.errors import UserMistake, Where
from assay.session.event_data import wrong_with
from assay.session.events import ChainBroken, Event, check_chain, head_of, talk_of

_CHANGED = "Restore the file from a copy; a session whose past was changed is not continued"
_NOT_OURS = "Restore the file from a copy, or open it with the version of Assay that wrote it"


class EventStore(Protocol):
    """Keeps the events of one session, in order, for good."""

    @property
    def events(self) -> Sequence[Event]:
        """Everything kept so far."""
        ...

    @property
    def length(self) -> int:
        """How many events are kept."""
        ...

    @property
    def head(self) -> str:
        """The hash of the last one; that of the beginning where there is none."""
        ...

    @property
    def talk(self) -> Sequence[Event]:
        """All of them but the saved versions of the deliverable."""
        ...

    def append(self, events: Sequence[Event]) -> None:
        """Keep these events; they are safe when this returns, and when it raises none of them counts."""
        ...


class MemoryStore:
    """Keeps events for as long as the process lives. Implements `EventStore`."""

    def __init__(self, events: Sequence[Event] = ()) -> None:
        self._events = list(events)

    @property
    def events(self) -> Sequence[Event]:
        """Everything kept so far."""
        return tuple(self._events)

    @property
    def length(self) -> int:
        """How many events are kept."""
        return len(self._events)

    @property
    def head(self) -> str:
        """The hash of the last one."""
        return head_of(self._events)

    @property
    def talk(self) -> Sequence[Event]:
        """All of them but the saved versions of the deliverable."""
        return talk_of(self._events)

    def append(self, events: Sequence[Event]) -> None:
        """Keep these events."""
        self._events.extend(events)


@dataclass(frozen=True, slots=True)
class JournalContent:
    """What a journal file holds: its events, how many bytes are whole, and what was found at its end."""

    events: tuple[Event, ...]
    whole_bytes: int
    note: str | None


def read_journal(path: Path) -> JournalContent:
    """Read a journal without changing it.

    Raises:
        UserMistake: there is no such file, it holds no event, or a line was changed, dropped or moved, or
            is not what an event of its kind holds; the line is named.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UserMistake(
            f"This session cannot be read: {error.strerror}", remedy="Check the name", where=Where(path)
        ) from error
    *lines, rest = content.split(b"\n")
    events = [_event(path, number, line) for number, line in enumerate(lines, start=1)]
    _check(path, events)
    if not events:
        raise UserMistake(
            "This file holds no session", remedy="It broke off before it began; start anew", where=Where(path)
        )
    whole = len(content) - len(rest)
    note = None
    if rest:
        note = (
            f"The last line of {path.name} was not whole ({len(rest)} bytes, never confirmed) and was cut off"
        )
    return JournalContent(tuple(events), whole, note)


class Journal(MemoryStore):
    """One session's file, held by one process at a time; its events are in memory too."""

    def __init__(self, path: Path, descriptor: int, content: JournalContent) -> None:
        super().__init__(content.events)
        self.path = path
        self.note = content.note
        self._descriptor = descriptor
        self._end = content.whole_bytes
        self._torn = False

    @classmethod
    def create(cls, path: Path) -> Self:
        """Begin a new file.

        Raises:
            UserMistake: the file exists, or cannot be made.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        except FileExistsError as error:
            raise UserMistake(
                "This session exists already", remedy="Resume it, or choose another name", where=Where(path)
            ) from error
        except OSError as error:
            raise _unwritable(path, error) from error
        try:
            _lock(path, descriptor)
            _sync_folder(path.parent)
        except BaseException as error:
            os.close(descriptor)
            if isinstance(error, OSError):
                raise _unwritable(path, error) from error
            raise
        return cls(path, descriptor, JournalContent((), 0, None))

    @classmethod
    def open(cls, path: Path) -> Self:
        """Go on with a file; a last line that is not whole is cut off, and `note` says so.

        Raises:
            UserMistake: as `read_journal`, or the session is open in another process.
        """
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        except OSError as error:
            raise UserMistake(
                f"This session cannot be opened: {error.strerror}",
                remedy="Check the name",
                where=Where(path),
            ) from error
        try:
            _lock(path, descriptor)
            content = read_journal(path)
            if content.note:
                os.ftruncate(descriptor, content.whole_bytes)
                os.fsync(descriptor)
        except BaseException:
            os.close(descriptor)
            raise
        return cls(path, descriptor, content)

    def append(self, events: Sequence[Event]) -> None:
        """Write these events and wait until they are on disk.

        Raises:
            UserMistake: the disk did not take them; the file is as it was before. Where not even that could
                be done, what is left of them is cut off before the next events are written.
        """
        block = b"".join(canonical_json(event.model_dump(mode="json")) + b"\n" for event in events)
        try:
            self._cut_back()
            self._torn = True
            _write(self._descriptor, block, self._end)
            os.fsync(self._descriptor)
        except BaseException as error:
            with suppress(OSError):
                self._cut_back()
            if isinstance(error, OSError):
                raise _unwritable(self.path, error) from error
            raise
        self._torn = False
        self._end += len(block)
        super().append(events)

    def _cut_back(self) -> None:
        if self._torn:
            os.ftruncate(self._descriptor, self._end)
            self._torn = False

    def close(self) -> None:
        """Let go of the file, so that another process may open it."""
        os.close(self._descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def _event(path: Path, number: int, line: bytes) -> Event:
    try:
        return Event.model_validate_json(line)
    except ValidationError as error:
        raise UserMistake(
            "This line is not an event as it was written", remedy=_CHANGED, where=Where(path, number)
        ) from error


def _check(path: Path, events: Sequence[Event]) -> None:
    try:
        check_chain(events)
    except ChainBroken as broken:
        raise UserMistake(
            f"The events do not hold together: {broken.why}",
            remedy=_CHANGED,
            where=Where(path, broken.seq + 1),
        ) from broken
    for event in events:
        if wrong := wrong_with(event):
            raise UserMistake(
                f"This session cannot be read: {wrong}", remedy=_NOT_OURS, where=Where(path, event.seq + 1)
            )


def _lock(path: Path, descriptor: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise UserMistake(
            "This session is open in another place",
            remedy="Go on there, or close it first",
            where=Where(path),
        ) from error


def _write(descriptor: int, block: bytes, offset: int) -> None:
    done = 0
    while done < len(block):
        done += os.pwrite(descriptor, block[done:], offset + done)


def _sync_folder(folder: Path) -> None:
    """Make the new file's name as durable as its content."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unwritable(path: Path, error: OSError) -> UserMistake:
    return UserMistake(
        f"The session cannot be written: {error.strerror}",
        remedy="Free some disk space or choose another folder; nothing that was confirmed is lost",
        where=Where(path),
    )
