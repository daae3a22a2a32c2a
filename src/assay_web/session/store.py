"""Where the site keeps a session's events: rows that are only ever added.

The engine is the library's; this is its `EventStore`. Two processes that drive the same session cannot both
win: the second append finds its place in the chain taken, and is refused as the engine refuses it.
"""

from collections.abc import Sequence

from django.db import IntegrityError, transaction

from assay.errors import UserMistake
from assay.session.events import Event
from assay_web.session.models import CandidateSession, SessionEvent


class RowStore:
    """The events of one session, in the database."""

    def __init__(self, row: CandidateSession) -> None:
        self._row = row
        self._events: list[Event] | None = [] if not row.length else None

    @property
    def events(self) -> Sequence[Event]:
        """Everything kept so far, read when first asked for."""
        if self._events is None:
            self._events = [_event(row) for row in self._row.events.order_by("seq")]
        return tuple(self._events)

    def append(self, events: Sequence[Event]) -> None:
        """Keep these events; they are safe once the transaction that this runs in is committed.

        Raises:
            UserMistake: another process has gone on with the session.
        """
        rows = [SessionEvent(session=self._row, **event.model_dump()) for event in events]
        try:
            with transaction.atomic():
                SessionEvent.objects.bulk_create(rows)
        except IntegrityError as error:
            raise UserMistake(
                "This session has gone on elsewhere since it was opened here",
                remedy="Open it again to see where it stands; nothing of it is lost",
            ) from error
        self._events = [*self.events, *events] if self._events is None else [*self._events, *events]


def _event(row: SessionEvent) -> Event:
    return Event(seq=row.seq, at=row.at, kind=row.kind, data=row.data, previous=row.previous, hash=row.hash)
