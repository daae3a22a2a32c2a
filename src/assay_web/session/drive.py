"""Driving a session that lives in the database: one command, one transaction, under one lock.

The rules of a session are the library's. Here stand what a site adds: the row is locked, the events are kept
in the same transaction as the columns drawn from them, and a session that has ended asks for its scoring in
that transaction too, so that neither can be there without the other.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from math import isfinite
from typing import TypeVar

from django.db import connection, transaction

from assay.errors import AssayError
from assay.session.engine import Session
from assay.session.state import SessionState
from assay_web.audit.log import SYSTEM, note
from assay_web.audit.models import Action
from assay_web.clock import now
from assay_web.jobs.ask import ask_for_scoring
from assay_web.session import outages
from assay_web.session.exercises import exercise_of
from assay_web.session.models import CandidateSession
from assay_web.session.remembered import remember, remembered
from assay_web.session.statements import Question, update
from assay_web.session.store import RowStore

Result = TypeVar("Result")


def drive(session_id: int, command: Callable[[Session], Result]) -> Result:
    """Do one command on a session, and keep what it brought about.

    What the clock brought about (a warning, the end) is kept even when the command itself is refused.

    Raises:
        AssayError: as the command does.
    """
    return drive_row(session_id, lambda _, session: command(session))


def drive_row(session_id: int, command: Callable[[CandidateSession, Session], Result]) -> Result:
    """Do one command on a session as `drive` does; the command sees its row too, and may change its seats.

    Raises:
        AssayError: as the command does.
    """
    refusal: AssayError | None = None
    result: Result | None = None
    # Whatever fails in here besides a refusal undoes the transaction that this is a part of.
    with transaction.atomic(savepoint=False):
        row = _locked(session_id)
        session = opened(row)
        outages.credit(row, session)
        try:
            result = command(row, session)
        except AssayError as error:
            refusal = error
        if not keep(row, session):
            update(row, CandidateSession.SEATS)
        remember(row.head, session.state, store_of(session).known_talk)
    if refusal is not None:
        raise refusal
    return result  # type: ignore[return-value]


_COLUMNS = [field.attname for field in CandidateSession._meta.concrete_fields]
_rows = Question(lambda pk: CandidateSession.objects.select_for_update().filter(pk=pk).values_list(*_COLUMNS))


def _locked(session_id: int) -> CandidateSession:
    found = _rows.ask(session_id)
    if not found:
        raise CandidateSession.DoesNotExist
    return CandidateSession.from_db(connection.alias, _COLUMNS, found[0])


def opened(row: CandidateSession) -> Session:
    """The library's session over this row's events, from the state that was kept with the last of them."""
    known = remembered(row.head)
    kept = known.state if known else SessionState.model_validate(row.state)
    store = RowStore(row, known.talk if known else None)
    return Session(exercise_of(row.exercise_version_id), store, now, kept=kept)


def store_of(session: Session) -> RowStore:
    """The rows of a session that lives in the database."""
    assert isinstance(session.store, RowStore)
    return session.store


def keep(row: CandidateSession, session: Session) -> bool:
    """Draw the row's columns from the session and write them, when anything happened in it.

    The first time that it has ended for good, its scoring is asked for.
    """
    if session.length == row.length:
        return False
    store_of(session).write()
    state = session.state
    row.length, row.head = session.length, session.head
    row.state = state.model_dump(mode="json")
    row.due_at = _due(session, row.started_at)
    over = state.ending is not None and not state.retake_offered
    if state.ending is not None:
        row.ended_at = row.started_at + timedelta(seconds=state.ending.at)
        row.ended_by = state.ending.by
    else:
        row.ended_at, row.ended_by = None, ""
    finished_now = over and row.status == CandidateSession.Status.RUNNING
    if finished_now:
        row.status = CandidateSession.Status.ENDED
    update(row)
    if finished_now:
        _finished(row)
    return True


def _finished(row: CandidateSession) -> None:
    note(row.team, SYSTEM, Action.SESSION_ENDED, f"session:{row.public_id}", by=row.ended_by)
    ask_for_scoring(row, reason="ended")


def _due(session: Session, started: datetime) -> datetime | None:
    """When somebody has to look at the clock, should the candidate's browser be gone."""
    state = session.state
    if state.ending is not None:
        # The one retake is offered for a day; after that the session counts as it is.
        return started + timedelta(seconds=state.ending.at, days=1) if state.retake_offered else None
    moment = state.limit_moment()
    if not isfinite(moment):
        return None
    return started + timedelta(seconds=moment + state.limits.grace_seconds + 1)
