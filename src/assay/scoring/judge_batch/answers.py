"""Finished answers in a file, by the hash of their request: what stands there is never paid for again.

The file is SQLite. A thread writes it, and all that has come up while it waited for the disk is committed
together. Whoever keeps an answer is told only after that, so what is said to be kept survives any crash.
"""

import asyncio
import sqlite3
from concurrent.futures import Future
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from types import TracebackType
from typing import Self

from pydantic import TypeAdapter, ValidationError

from assay.errors import UserMistake, Where
from assay.models.replies import Reply
from assay.scoring.judge.reading import Replies

APPLICATION = 0x41737379
"""What SQLite's `application_id` says of such a file: "Assy" in ASCII."""
LAYOUT = 1
SQLITE = b"SQLite format 3\0"
_WAIT_SECONDS = 30.0
"""How long to wait for another process that writes the same file."""
_MOST_TOGETHER = 256

_replies = TypeAdapter(tuple[Reply, ...])

_Kept = tuple[str, bytes, "Future[None]"]


class AnswerFile:
    """Answers kept in one file, which several processes may use. Implements `assay.scoring.judge.Answers`.

    Use it as a context manager, or call `close`. One object belongs to one process: open it after a fork.

    Raises:
        UserMistake: the file cannot be used, or is something else.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._reading = _opened(path)
        self._waiting: SimpleQueue[_Kept | None] = SimpleQueue()
        self._writer: Thread | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Write what waits, and close the file."""
        if self._writer is not None:
            self._waiting.put(None)
            self._writer.join()
            self._writer = None
        self._reading.close()

    def get(self, key: str) -> Replies | None:
        """The replies kept under a key; None where there are none, or where they cannot be read."""
        row = self._reading.execute("SELECT replies FROM answers WHERE key = ?", (key,)).fetchone()
        if row is None:
            return None
        try:
            return _replies.validate_json(row[0])
        except ValidationError:
            # Kept by a version that wrote them otherwise: the request is simply asked again.
            return None

    def put(self, key: str, replies: Replies) -> None:
        """Keep replies; they are safe on the disk when this returns."""
        self._keep(key, replies).result()

    async def keep(self, key: str, replies: Replies) -> None:
        """Keep replies as `put` does, without holding up others meanwhile."""
        await asyncio.wrap_future(self._keep(key, replies))

    def _keep(self, key: str, replies: Replies) -> "Future[None]":
        if self._writer is None:
            self._writer = Thread(target=self._write, name="answers", daemon=True)
            self._writer.start()
        kept: Future[None] = Future()
        # What was asked to be kept is kept, even when whoever asked does not wait for it any more.
        kept.set_running_or_notify_cancel()
        self._waiting.put((key, _replies.dump_json(replies), kept))
        return kept

    def _write(self) -> None:
        database = _opened(self.path)
        try:
            while batch := self._next():
                _commit(database, batch)
        finally:
            database.close()

    def _next(self) -> list[_Kept]:
        """What waits, as soon as something does; nothing at the end."""
        first = self._waiting.get()
        batch: list[_Kept] = []
        while first is not None:
            batch.append(first)
            if len(batch) >= _MOST_TOGETHER or self._waiting.empty():
                return batch
            first = self._waiting.get()
        if batch:
            self._waiting.put(None)
        return batch


def _commit(database: sqlite3.Connection, batch: list[_Kept]) -> None:
    failure: UserMistake | None = None
    try:
        with database:
            database.executemany(
                "INSERT INTO answers (key, replies) VALUES (?, ?)"
                " ON CONFLICT (key) DO UPDATE SET replies = excluded.replies",
                [(key, replies) for key, replies, _ in batch],
            )
    except sqlite3.Error as error:
        failure = UserMistake(
            f"An answer could not be kept: {error}", remedy="Make room on the disk, and run this again"
        )
    for _, _, kept in batch:
        if failure is None:
            kept.set_result(None)
        else:
            kept.set_exception(failure)


def _opened(path: Path) -> sqlite3.Connection:
    """The file with its table.

    Raises:
        UserMistake: it cannot be used, or is something else.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if _begins(path) not in (b"", SQLITE):
            raise _unusable(path, "it is another kind of file")
        database = sqlite3.connect(path, timeout=_WAIT_SECONDS, check_same_thread=False)
        is_ours = _is_ours(database)
        if is_ours:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = FULL")
    except (OSError, sqlite3.Error) as error:
        raise _unusable(path, f"it cannot be opened: {error}") from error
    if not is_ours:
        database.close()
        raise _unusable(path, "it is another kind of file")
    return database


def _begins(path: Path) -> bytes:
    """How a file begins; nothing where there is none. SQLite itself takes a very short file for its own."""
    if not path.exists():
        return b""
    with path.open("rb") as file:
        return file.read(len(SQLITE))


def _is_ours(database: sqlite3.Connection) -> bool:
    """Whether the file holds answers; one that is new or empty is made to."""
    if _marks(database) == (0, 0):
        with database:
            database.execute("BEGIN IMMEDIATE")
            _begin(database)
    return _marks(database) == (APPLICATION, LAYOUT)


def _marks(database: sqlite3.Connection) -> tuple[int, int]:
    return (
        database.execute("PRAGMA application_id").fetchone()[0],
        database.execute("PRAGMA user_version").fetchone()[0],
    )


def _begin(database: sqlite3.Connection) -> None:
    """Make the table, unless another process has made it meanwhile or the file holds something else."""
    if database.execute("SELECT 1 FROM sqlite_master").fetchone() is None:
        database.execute("CREATE TABLE answers (key TEXT PRIMARY KEY, replies BLOB NOT NULL) WITHOUT ROWID")
        database.execute(f"PRAGMA application_id = {APPLICATION}")
        database.execute(f"PRAGMA user_version = {LAYOUT}")


def _unusable(path: Path, why: str) -> UserMistake:
    return UserMistake(
        f"Answers cannot be kept in this file: {why}",
        remedy="Name another file with --answers, or move this one away",
        where=Where(path),
    )
