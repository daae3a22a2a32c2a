"""A question is put together once, and finds what its query finds."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.people import invited, make_cast

from assay_web.clock import now
from assay_web.session.models import CandidateSession, SessionEvent
from assay_web.session.start import start_session
from assay_web.session.statements import Question

COLUMNS = [field.attname for field in CandidateSession._meta.concrete_fields]


@pytest.fixture
def sessions(db: None) -> list[CandidateSession]:
    stage = make_cast().stage
    return [start_session(invited(stage, name)) for name in ("Ines Alvarez", "Otto Brandt")]


def test_it_finds_for_each_value_what_the_query_finds_with_times_and_json_as_they_were_written(
    sessions: list[CandidateSession],
) -> None:
    CandidateSession.objects.filter(pk=sessions[1].pk).update(writer_seen_at=now() + timedelta(seconds=1))
    question = Question(lambda pk: CandidateSession.objects.filter(pk=pk).values_list(*COLUMNS))
    for session in [*sessions, *reversed(sessions)]:
        assert question.ask(session.pk) == list(
            CandidateSession.objects.filter(pk=session.pk).values_list(*COLUMNS)
        )
    assert question.ask(sessions[-1].pk + 1) == []


def test_what_the_query_always_says_is_told_apart_from_what_it_is_asked_with(
    sessions: list[CandidateSession],
) -> None:
    def write(kind: str, session_id: int) -> object:
        events = SessionEvent.objects.filter(kind=kind, session=session_id)
        return events.exclude(kind="greeted").values_list("seq", "kind")

    question = Question(write)  # type: ignore[arg-type]
    assert question.ask("session_started", sessions[1].pk) == [(0, "session_started")]
    assert question.ask("greeted", sessions[0].pk) == []
    assert question.ask("' OR 1=1 --", sessions[0].pk) == []


def test_it_asks_the_database_once(sessions: list[CandidateSession]) -> None:
    question = Question(lambda pk: CandidateSession.objects.filter(pk=pk).values_list("pk"))
    with CaptureQueriesContext(connection) as asked:
        assert question.ask(sessions[0].pk) == [(sessions[0].pk,)]
    assert len(asked) == 1
