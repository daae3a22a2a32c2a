"""The operations page: queue, failures, workers, models and spend."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings
from tests.judge_attacks import begun
from tests.people import Cast, invited
from tests.web.jobs.sessions import asked_job, hand_in
from tests.web.judges.pages import made

from assay_web.audit.models import Action, AuditEvent
from assay_web.caps import Cap
from assay_web.clock import now
from assay_web.jobs.models import Errand, ModelCall, ScoringJob, Spend, Worker
from assay_web.jobs.queries import FEW, queue, spend
from assay_web.judges.models import Judge, ScoringAgain
from assay_web.judges.services import choose
from assay_web.session.start import start_session

WHY = "The judge is away. Try again"


def shown(cast: Cast, **asked: str) -> str:
    return cast.signed_in(cast.owner).get("/operations/", asked).content.decode()


@pytest.fixture
def failed(cast: Cast) -> ScoringJob:
    """Mara's session, whose scoring failed."""
    job = asked_job(cast)
    job.status, job.problem, job.attempts, job.failures, job.enqueued = "failed", WHY, 4, 4, True
    job.finished_at = now()
    job.save()
    return job


def again(cast: Cast, judge: Judge) -> Errand:
    """All sessions of the stage, asked to be scored again with a judge, which no worker has begun."""
    choice = choose(cast.stage, cast.owner, [judge], offline=True)
    assert choice is not None
    errand = Errand.objects.create(team=cast.team, kind=Errand.Kind.AGAIN, total=3, created_at=now())
    ScoringAgain.objects.create(choice=choice, errand=errand)
    return errand


def call(cast: Cast, **fields: object) -> None:
    values: dict[str, object] = {
        "team": cast.team,
        "at": now(),
        "purpose": "draft",
        "setting": "api:some-model",
        "outcome": "complete",
        "seconds": 2.0,
        "attempts": 1,
        "prompt_tokens": 100,
        "completion_tokens": 50,
        "cost": 0.25,
    }
    ModelCall.objects.create(**(values | fields))


def test_only_an_owner_sees_operations_and_retries(cast: Cast, failed: ScoringJob) -> None:
    for user in (cast.recruiter, cast.author, cast.reviewer, cast.interviewer, cast.viewer):
        client = cast.signed_in(user)
        assert client.get("/operations/").status_code == 403
        assert client.post(f"/operations/{failed.public_id}/retry").status_code == 403
    assert Client().get("/operations/").status_code == 302
    assert Client().post(f"/operations/{failed.public_id}/retry").status_code == 302
    assert cast.signed_in(cast.stranger).post(f"/operations/{failed.public_id}/retry").status_code == 404
    failed.refresh_from_db()
    assert failed.status == "failed"


def test_an_owner_sees_why_a_scoring_failed_and_has_it_tried_again(cast: Cast, failed: ScoringJob) -> None:
    assert WHY in shown(cast)
    assert "Mara Lindqvist" in shown(cast)
    cast.signed_in(cast.owner).post(f"/operations/{failed.public_id}/retry")
    failed.refresh_from_db()
    assert (failed.status, failed.enqueued, failed.failures) == ("queued", False, 0)
    assert AuditEvent.objects.get(action=Action.JOB_RETRIED).data == {"job": failed.public_id}


def test_retrying_what_has_not_failed_changes_nothing(cast: Cast) -> None:
    job = asked_job(cast)
    ScoringJob.objects.filter(pk=job.pk).update(status="running", enqueued=True)
    answer = cast.signed_in(cast.owner).post(f"/operations/{job.public_id}/retry", follow=True)
    assert "has not failed" in answer.content.decode()
    job.refresh_from_db()
    assert (job.status, job.enqueued) == ("running", True)


def test_another_team_sees_nothing_of_it(cast: Cast, failed: ScoringJob) -> None:
    call(cast, setting="api:secret-model")
    theirs = cast.signed_in(cast.stranger).get("/operations/").content.decode()
    assert WHY not in theirs
    assert "secret-model" not in theirs


def test_an_owner_is_told_when_no_worker_is_alive(cast: Cast) -> None:
    assert "No worker is alive" in shown(cast)
    Worker.objects.create(name="here:1:a", started_at=now(), seen_at=now())
    assert "No worker is alive" not in shown(cast)
    Worker.objects.update(seen_at=now() - timedelta(minutes=1))
    assert "No worker is alive" in shown(cast)
    assert "lost" in shown(cast)


def test_workers_are_counted_however_many_of_them_are_listed(cast: Cast) -> None:
    Worker.objects.bulk_create(
        Worker(name=f"here:{number}", started_at=now(), seen_at=now()) for number in range(FEW + 7)
    )
    assert f'<dt>workers alive</dt><dd class="num">{FEW + 7}</dd>' in shown(cast)


def test_an_owner_finds_every_worker_of_many_once_the_living_first(cast: Cast) -> None:
    moments = [now() - timedelta(minutes=number) for number in range(FEW + 7)]
    Worker.objects.bulk_create(
        Worker(name=f"here:{number:02}", started_at=moment, seen_at=now() if number % 2 else moment)
        for number, moment in enumerate(moments)
    )
    first, rest = shown(cast), shown(cast, workers="2")
    assert f"1 to {FEW} of {FEW + 7}" in first
    assert f"{FEW + 1} to {FEW + 7} of {FEW + 7}" in rest
    assert 'href="?workers=2#workers">Next</a>' in first
    found = re.findall(r'<td class="name">here:(\d+)</td><td><span class="tag \w+">(\w+)', first + rest)
    assert len({name for name, _ in found}) == len(found) == FEW + 7
    assert [state for _, state in found] == sorted(state for _, state in found), "the living come first"


def test_an_owner_finds_every_session_that_reached_its_cap(cast: Cast, settings: Settings) -> None:
    caps = {"session": Cap("session", tokens=1000)}
    settings.CONFIGURATION = replace(settings.CONFIGURATION, caps=caps)
    for number in range(FEW + 2):
        session = start_session(invited(cast.stage, f"Person{number} Example"))
        refused_at = now() - timedelta(minutes=number)
        Spend.objects.create(scope=f"session:{number}", session=session, refused=1, refused_at=refused_at)
    first, rest = shown(cast), shown(cast, stopped="2")
    assert f"1 to {FEW} of {FEW + 2}" in first
    assert 'href="?stopped=2#stopped">Next</a>' in first
    assert [f"Person{number} Example" in first for number in (0, FEW - 1, FEW)] == [True, True, False]
    assert re.findall(r"Person\d+ Example", rest) == [f"Person{FEW} Example", f"Person{FEW + 1} Example"]


def test_an_owner_sees_attacks_and_stages_scored_again_with_reasons_and_where_they_go_on(cast: Cast) -> None:
    judge = made(cast)
    assert "Attacks on judges" not in shown(cast)
    begun(judge, done=24, status="failed", problem=WHY)
    again(cast, judge)
    page = shown(cast)
    assert WHY in page
    assert "24 of 588 sessions" in page
    assert f'href="/judges/{judge.public_id}/#attacks">Attacks on {judge.name}<' in page
    assert (
        f'href="{reverse("judges:again_stage", args=[cast.stage.public_id])}">{cast.opening.title}: ' in page
    )
    assert page.index(WHY) < page.index("scored again</a>"), "what failed comes first"
    theirs = cast.signed_in(cast.stranger).get("/operations/").content.decode()
    assert judge.name not in theirs
    Errand.objects.filter(status="failed").update(finished_at=now() - timedelta(days=8))
    assert WHY not in shown(cast)
    Errand.objects.update(status="done")
    assert "Attacks on judges" not in shown(cast)


def test_an_owner_finds_every_errand_of_many_once(cast: Cast) -> None:
    for number in range(FEW + 2):
        begun(made(cast, f"openai:model-{number:02}"), done=number)
    first, rest = shown(cast), shown(cast, errands="2")
    assert 'href="?errands=2#errands">Next</a>' in first
    found = re.findall(r"Attacks on openai:model-(\d+)<", first + rest)
    assert sorted(found) == [f"{number:02}" for number in range(FEW + 2)]


def test_sessions_of_the_day_are_not_called_candidates_alone(cast: Cast, settings: Settings) -> None:
    settings.CONFIGURATION = replace(settings.CONFIGURATION, caps={"day": Cap("day", tokens=1000)})
    assert "<td>Sessions today</td>" in shown(cast)


def test_a_page_of_a_list_that_is_not_there_is_the_last_one(cast: Cast) -> None:
    Worker.objects.create(name="here:1:a", started_at=now(), seen_at=now())
    assert "here:1:a" in shown(cast, workers="99")
    assert "here:1:a" in shown(cast, workers="nonsense")


def test_an_owner_sees_how_models_do_and_what_they_cost(cast: Cast) -> None:
    for _ in range(3):
        call(cast, first_token_seconds=0.5)
    call(cast, outcome="failed", problem="429 too many requests", cost=None)
    page = shown(cast)
    assert "api:some-model" in page
    assert "1 (25 %)" in page
    assert "429 too many requests" in page
    assert "0.7500" in page
    assert "without one call of unknown price" in page


def test_a_page_that_leaves_out_models_says_so(cast: Cast) -> None:
    for number in range(FEW + 2):
        call(cast, setting=f"api:model-{number}")
    call(cast, setting="api:model-0")
    page = shown(cast)
    assert page.count('<td class="name">api:model-') == FEW
    assert "api:model-0<" in page, "it is the busiest"
    assert f"The busiest {FEW} of {FEW + 2}." in page


def test_what_was_spent_is_told_by_day_and_purpose_and_the_eighth_day_is_cut_where_the_week_begins(
    cast: Cast,
) -> None:
    midnight = now().replace(hour=0, minute=0, second=0, microsecond=0)
    moments = {
        0: [midnight, now()],
        1: [midnight - timedelta(microseconds=1), midnight - timedelta(days=1)],
        6: [midnight - timedelta(days=6)],
        7: [now() - timedelta(days=7) + timedelta(seconds=5)],
    }
    for at in (moment for several in moments.values() for moment in several):
        call(cast, at=at)
        call(cast, at=at, purpose="judge", cost=None)
    call(cast, at=now() - timedelta(days=7, seconds=1))
    call(cast, outcome="limit")
    told = [
        (one.day, one.purpose, one.calls, one.tokens_in, one.price, one.unpriced) for one in spend(cast.team)
    ]
    days = {ago: (midnight - timedelta(days=ago)).date() for ago in moments}
    assert told == [
        line
        for ago, several in moments.items()
        for number in [len(several)]
        for line in (
            (days[ago], "draft", number, 100 * number, 0.25 * number, 0),
            (days[ago], "judge", number, 100 * number, None, number),
        )
    ]


def test_jobs_wait_in_the_order_in_which_they_were_asked_for(cast: Cast) -> None:
    asked = {name: hand_in(invited(cast.stage, name)) for name in ("Ines Alvarez", "Otto Brandt")}
    for name, hours in (("Ines Alvarez", 1), ("Otto Brandt", 3)):
        ScoringJob.objects.filter(pk=asked[name].pk).update(created_at=now() - timedelta(hours=hours))
    running = hand_in(invited(cast.stage, "Pia Quist"))
    ScoringJob.objects.filter(pk=running.pk).update(status="running", created_at=now() - timedelta(hours=2))
    shown_jobs = queue(cast.team).under_way
    assert [job.pk for job in shown_jobs] == [asked["Otto Brandt"].pk, running.pk, asked["Ines Alvarez"].pk]


def test_the_page_takes_as_many_queries_however_much_there_is(cast: Cast) -> None:
    client = cast.signed_in(cast.owner)
    call(cast, outcome="failed", problem="away")
    asked_job(cast)
    again(cast, begun(made(cast), done=3).judge)
    Worker.objects.create(name="here:few", started_at=now(), seen_at=now())
    with CaptureQueriesContext(connection) as few:
        client.get("/operations/")
    for number in range(6):
        hand_in(invited(cast.stage, f"Person{number} Example"))
        call(cast, purpose=f"purpose {number}", outcome="failed", problem="away")
        again(cast, begun(made(cast, f"openai:{number}"), done=number).judge)
        Worker.objects.create(name=f"here:{number}", started_at=now(), seen_at=now())
    with CaptureQueriesContext(connection) as many:
        client.get("/operations/")
    assert len(many) == len(few) < 18
