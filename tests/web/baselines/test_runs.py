"""An author has the assistant work alone: each run is made once, kept whole, and scored as any session is."""

import pytest
from django.http import Http404
from django.test import RequestFactory
from pytest_django import Settings
from tests.people import Cast
from tests.web.baselines.conftest import REPLY, Assistant, attempt, jobs_of, work_off
from tests.web.jobs.sessions import hand_in

from assay.errors import UserMistake
from assay.record import verify
from assay.session.baseline import baseline_mark, line_of
from assay_web.audit.models import Action, AuditEvent
from assay_web.baselines import services
from assay_web.baselines.models import Baseline, BaselineRun
from assay_web.baselines.playing import play
from assay_web.jobs.models import ModelCall, ScoringJob
from assay_web.scoring.cohort import counts_of
from assay_web.scoring.models import SessionScore
from assay_web.scoring.opened import record_of
from assay_web.session.access import seat_of_colleague
from assay_web.session.models import CandidateSession
from assay_web.session.start import start_try


def test_three_runs_are_three_calls_and_three_scored_sessions(cast: Cast, assistant: Assistant) -> None:
    baseline = services.ask_for_baseline(cast.stage, cast.author)
    assert assistant.calls == 0
    work_off(baseline)
    assert assistant.calls == 3
    scores = SessionScore.objects.filter(session__baseline_run__baseline=baseline, current=True)
    assert scores.count() == 3
    for score in scores:
        record = record_of(score)
        assert verify(bytes(score.record)).holds
        assert baseline_mark(record.events) == "exercise"
        assert [turn.text for turn in record.transcript.turns] == [line_of(cast.version.exercise()), REPLY]
        assert record.transcript.final_deliverable == REPLY
    assert ModelCall.objects.filter(team=cast.team, purpose="assistant").count() == 3


def test_the_assistant_is_set_up_as_for_a_candidate(cast: Cast, assistant: Assistant) -> None:
    work_off(services.ask_for_baseline(cast.stage, cast.author, runs=1))
    [seen] = assistant.requests
    assert seen.messages[0]["role"] == "system"
    assert "Larkmoor Home" in seen.messages[0]["content"]
    assert not any(
        criterion.asks in seen.messages[0]["content"]
        for criterion in cast.version.exercise().rubric.criteria.values()
    )


def test_an_author_gives_a_line_of_their_own(cast: Cast, assistant: Assistant) -> None:
    baseline = services.ask_for_baseline(cast.stage, cast.author, runs=1, line="  label these pls ")
    work_off(baseline)
    assert assistant.requests[0].last_said == "label these pls"
    assert baseline.own_line


def test_a_run_is_no_candidates_session(cast: Cast, assistant: Assistant) -> None:
    work_off(services.ask_for_baseline(cast.stage, cast.author))
    hand_in(cast.mara)
    counts = counts_of(cast.stage, 0)
    assert (counts.started, counts.finished) == (1, 1)
    assert not CandidateSession.objects.filter(baseline_run__isnull=False, invitation__isnull=False).exists()


def test_nobody_can_take_a_seat_in_a_run(cast: Cast, assistant: Assistant) -> None:
    baseline = services.ask_for_baseline(cast.stage, cast.author, runs=1)
    [run] = baseline.runs.all()
    request = RequestFactory().get("/")
    request.user = cast.author
    with pytest.raises(Http404):
        seat_of_colleague(request, run.session.public_id)
    assert seat_of_colleague(request, start_try(cast.stage, cast.version, cast.author).public_id).trying


def test_a_run_that_is_attempted_twice_is_made_once(cast: Cast, assistant: Assistant) -> None:
    baseline = services.ask_for_baseline(cast.stage, cast.author, runs=1)
    [run] = baseline.runs.select_related("session")
    before = CandidateSession.objects.get(pk=run.session_id)
    play(before)
    head = CandidateSession.objects.get(pk=run.session_id).head
    play(before)
    assert CandidateSession.objects.get(pk=run.session_id).head == head
    work_off(baseline)
    assert ScoringJob.objects.get(session=run.session).status == "done"
    assert SessionScore.objects.filter(session=run.session).count() == 1


def test_a_worker_that_comes_after_the_run_was_made_asks_nothing_again(
    cast: Cast, assistant: Assistant
) -> None:
    baseline = services.ask_for_baseline(cast.stage, cast.author, runs=1)
    [run] = baseline.runs.select_related("session")
    play(run.session)
    work_off(baseline)
    assert assistant.calls == 1


def test_an_assistant_that_fails_is_tried_again_and_then_shown_with_its_reason(
    cast: Cast, settings: Settings
) -> None:
    with Assistant({"text": ""}) as server:
        server.serve(settings)
        baseline = services.ask_for_baseline(cast.stage, cast.author, runs=1)
        [job] = jobs_of(baseline)
        problem = attempt(job)
        assert problem is not None
        assert "empty reply" in problem.words
        [run] = baseline.runs.select_related("session")
        assert run.session.length == 0
        assert ModelCall.objects.count() == 1
        work_off(baseline)
    run.session.refresh_from_db()
    assert run.session.length > 0


def test_a_run_that_failed_for_good_is_tried_again_by_an_author(cast: Cast, settings: Settings) -> None:
    with Assistant({"fault": "http_error", "status": 401}) as server:
        server.serve(settings)
        baseline = services.ask_for_baseline(cast.stage, cast.author, runs=1)
        [job] = jobs_of(baseline)
        assert attempt(job) is not None
        job.refresh_from_db()
        assert job.status == "failed"
        browser = cast.signed_in(cast.author)
        page = browser.get(f"/stages/{cast.stage.public_id}/baseline").content.decode()
        assert "Try the failed run again" in page
        assert "401" in page or "key" in page
        assert "The assistant alone, run 1" in cast.signed_in(cast.owner).get("/operations/").content.decode()
        browser.post(f"/stages/{cast.stage.public_id}/baseline/retry")
        work_off(baseline)
    assert SessionScore.objects.filter(session__baseline_run__baseline=baseline).count() == 1


def test_runs_of_a_seeded_assistant_get_a_seed_each(cast: Cast, settings: Settings) -> None:
    with Assistant() as server:
        server.serve(settings, "?seed=7")
        work_off(services.ask_for_baseline(cast.stage, cast.author))
        assert [seen.body["seed"] for seen in server.requests] == [7, 8, 9]


@pytest.mark.parametrize(("runs", "line"), [(0, ""), (11, ""), (3, "x" * 301), (3, "one\ntwo")])
def test_a_wish_that_cannot_be_met_is_refused_and_nothing_is_made(
    cast: Cast, assistant: Assistant, runs: int, line: str
) -> None:
    with pytest.raises(UserMistake) as refused:
        services.ask_for_baseline(cast.stage, cast.author, runs=runs, line=line)
    assert refused.value.remedy
    assert not Baseline.objects.exists()
    assert not CandidateSession.objects.exists()


def test_a_stage_without_an_active_exercise_has_no_baseline(cast: Cast, assistant: Assistant) -> None:
    cast.stage.active = None
    cast.stage.save()
    with pytest.raises(UserMistake, match="no active exercise"):
        services.ask_for_baseline(cast.stage, cast.author)


def test_asking_while_the_assistant_is_at_work_starts_nothing_more(cast: Cast, assistant: Assistant) -> None:
    baseline = services.ask_for_baseline(cast.stage, cast.author)
    with pytest.raises(UserMistake, match="at work on this exercise already"):
        services.ask_for_baseline(cast.stage, cast.author)
    work_off(baseline)
    again = services.ask_for_baseline(cast.stage, cast.author)
    assert again.pk != baseline.pk


def test_who_asked_stands_in_the_audit_log(cast: Cast, assistant: Assistant) -> None:
    baseline = services.ask_for_baseline(cast.stage, cast.author, runs=2)
    events = AuditEvent.objects.filter(action=Action.SESSION_STARTED, actor=f"user:{cast.author.pk}")
    assert [event.data for event in events.order_by("seq")] == [
        {"baseline": baseline.public_id, "run": 1},
        {"baseline": baseline.public_id, "run": 2},
    ]


def test_a_baseline_goes_with_its_stage(cast: Cast, assistant: Assistant) -> None:
    work_off(services.ask_for_baseline(cast.stage, cast.author))
    cast.stage.delete()
    assert not BaselineRun.objects.exists()
    assert not CandidateSession.objects.exists()
