"""Where the site keeps a session's events: rows that are only ever added.

The engine is the library's; this is its `EventStore`. Two processes that drive the same session cannot both
win: the second finds its place in the chain taken, and is refused as the engine refuses it. What the row of
the session says of its events is enough to add one; they are read only when somebody asks for them.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import IntegrityError

from assay.errors import UserMistake
from assay.session.events import GENESIS, Event, talk_of
from assay_web.session.models import CandidateSession, SessionEvent
from assay_web.session.statements import Question, insert


class RowStore:
    """The events of one session, in the database."""

    def __init__(self, row: CandidateSession, talk: tuple[Event, ...] | None = None) -> None:
        """The events behind a row; `talk` is its talk up to the row's head, where that is known."""
        self._row = row
        self._kept = row.length
        self._head = row.head or GENESIS
        self._fresh: list[Event] = []
        self._talk = talk if row.length else ()

    @property
    def length(self) -> int:
        """How many events are kept."""
        return self._kept + len(self._fresh)

    @property
    def head(self) -> str:
        """The hash of the last one."""
        return self._fresh[-1].hash if self._fresh else self._head

    @property
    def events(self) -> Sequence[Event]:
        """Everything kept so far."""
        return (*_read(_all.ask(self._row.pk)), *self._fresh)

    @property
    def talk(self) -> Sequence[Event]:
        """All of them but the saved versions of the deliverable."""
        if self._talk is None:
            self._talk = (*_read(_talk.ask(self._row.pk)), *talk_of(self._fresh))
        return self._talk

    @property
    def known_talk(self) -> tuple[Event, ...] | None:
        """The talk as far as it was read; None where nobody has asked for it."""
        return self._talk

    def append(self, events: Sequence[Event]) -> None:
        """Take these events; they are kept by `write`, and safe once its transaction is committed."""
        self._fresh.extend(events)
        if self._talk is not None:
            self._talk += talk_of(events)

    def write(self) -> None:
        """Write what was added, in the transaction that the row was locked in.

        Raises:
            UserMistake: another process has gone on with the session. Nothing of the transaction may be kept.
        """
        rows = [SessionEvent(session=self._row, **event.model_dump()) for event in self._fresh]
        try:
            insert(rows)
        except IntegrityError as error:
            raise UserMistake(
                "This session has gone on elsewhere since it was opened here",
                remedy="Open it again to see where it stands; nothing of it is lost",
            ) from error
        self._kept, self._head, self._fresh = self.length, self.head, []


_COLUMNS = tuple(Event.model_fields)
_all = Question(
    lambda session_id: SessionEvent.objects.filter(session=session_id).order_by("seq").values_list(*_COLUMNS)
)
_talk = Question(
    lambda session_id: (
        SessionEvent.objects.filter(session=session_id)
        .exclude(kind="deliverable_saved")
        .order_by("seq")
        .values_list(*_COLUMNS)
    )
)


def _read(rows: Iterable[tuple[Any, ...]]) -> tuple[Event, ...]:
    return tuple(Event(**dict(zip(_COLUMNS, row, strict=True))) for row in rows)
