"""Sessions scored again with the judges of now: what it would take, and a worker that asks for them."""

from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings
from tests.people import Cast, invited, make_cast
from tests.web.judges.errands import done, fresh
from tests.web.judges.pages import actions, made
from tests.web.scoring.finished import finished, scored

from assay_web.audit.models import Action, AuditEvent
from assay_web.caps import Cap
from assay_web.jobs import attempts, errands
from assay_web.jobs.attempts import MOST_TAKEOVERS, Problem
from assay_web.jobs.models import Errand, ScoringJob
from assay_web.judges import again, services
from assay_web.judges.choice import chosen_now


@pytest.fixture
def cast(db: None) -> Cast:
    """The cast; nothing here waits for another thread."""
    return make_cast()


@pytest.fixture
def author(cast: Cast) -> Client:
    return cast.signed_in(cast.author)


def test_a_stage_is_scored_again_with_its_judges_of_now(
    cast: Cast, author: Client, settings: Settings
) -> None:
    settings.CONFIGURATION = replace(settings.CONFIGURATION, caps={"judge": Cap("judge", tokens=1_000)})
    judge, sessions = made(cast), [scored(cast.mara).session, scored(cast.noor, "weak").session]
    services.choose(cast.stage, cast.owner, [judge], offline=True)
    address = reverse("judges:again_stage", args=[cast.stage.public_id])
    shown = author.get(address).content.decode()
    assert "What it takes for 2 sessions" in shown
    assert "20 – 40" in shown, "two sessions, five criteria, two passes, and each answer asked for again"
    assert "That is less than it takes" in shown
    choice = chosen_now(cast.stage).choice
    assert choice is not None
    for _ in range(2):
        author.post(address, {"choice": choice.public_id})
    errand = Errand.objects.get()
    assert not ScoringJob.objects.filter(reason__startswith="judges ").exists()
    assert "0 of 2 sessions" in author.get(address).content.decode()
    assert done(errand) is None
    asked = ScoringJob.objects.filter(reason__startswith="judges ")
    assert set(asked.values_list("session", flat=True)) == {session.pk for session in sessions}
    assert asked.count() == 2
    shown = author.get(address).content.decode()
    assert "All 2 sessions were asked for" in shown
    assert "could not be scored" not in shown
    asked.filter(session=sessions[0]).update(status="failed", problem="The judge's key is not taken")
    shown = author.get(address).content.decode()
    assert "One session that was asked for could not be scored." in shown
    assert "an owner can try again" in shown
    operations = cast.signed_in(cast.owner).get(reverse("jobs:operations")).content.decode()
    assert "with the judges chosen since" in operations
    assert actions().count("rescore_asked") == 2


@pytest.fixture
def asked_again(cast: Cast, author: Client, monkeypatch: pytest.MonkeyPatch) -> Errand:
    """Five sessions of a stage, of which a worker is to ask for two at a time."""
    monkeypatch.setattr(again, "AT_A_TIME", 2)
    for number in range(5):
        finished(invited(cast.stage, f"Person{number} Example"))
    services.choose(cast.stage, cast.owner, [made(cast)], offline=True)
    choice = chosen_now(cast.stage).choice
    assert choice is not None
    author.post(reverse("judges:again_stage", args=[cast.stage.public_id]), {"choice": choice.public_id})
    return Errand.objects.get()


def asked_for() -> int:
    return ScoringJob.objects.filter(reason__startswith="judges ").values("session").distinct().count()


def test_a_worker_that_takes_over_goes_on_after_the_last_piece(asked_again: Errand) -> None:
    assert errands.take_up(asked_again.pk, 1)
    assert errands.go_on(asked_again.pk, 1) is True
    assert (asked_for(), fresh(asked_again).done) == (2, 2)
    attempts.abandon(asked_again.pk, 1, Errand)
    assert errands.go_on(asked_again.pk, 1) is False, "the errand has gone on without that worker"
    assert done(asked_again, attempt=2) is None
    assert (asked_for(), fresh(asked_again).done, fresh(asked_again).status) == (5, 5, "done")
    assert ScoringJob.objects.filter(reason__startswith="judges ").count() == 5


def test_a_piece_that_is_done_wipes_out_what_failed_before_it(asked_again: Errand) -> None:
    errands.take_up(asked_again.pk, 1)
    errands.fail_errand(asked_again.pk, 1, Problem("the disk was busy", passing=True))
    assert (fresh(asked_again).failures, fresh(asked_again).problem) == (1, "the disk was busy")
    errands.take_up(asked_again.pk, 2)
    errands.go_on(asked_again.pk, 2)
    assert (fresh(asked_again).failures, fresh(asked_again).problem) == (0, "")


def test_workers_that_die_far_apart_over_a_long_errand_do_not_have_it_given_up(asked_again: Errand) -> None:
    errands.take_up(asked_again.pk, 1)
    for _ in range(2):
        assert [attempts.take_over(asked_again.pk, 1, Errand) for _ in range(MOST_TAKEOVERS)] == [
            True
        ] * MOST_TAKEOVERS
        assert errands.go_on(asked_again.pk, 1) is True
    assert (fresh(asked_again).takeovers, fresh(asked_again).done) == (0, 4)
    assert not [attempts.take_over(asked_again.pk, 1, Errand) for _ in range(MOST_TAKEOVERS + 1)][-1]
    assert "workers died over this work" in fresh(asked_again).problem


def test_sessions_are_not_asked_for_with_judges_that_are_chosen_no_more(
    cast: Cast, author: Client, asked_again: Errand
) -> None:
    errands.take_up(asked_again.pk, 1)
    errands.go_on(asked_again.pk, 1)
    services.choose(cast.stage, cast.owner, [], offline=True)
    problem = done(asked_again)
    assert problem is not None
    assert "Other judges were chosen" in problem.words
    assert (asked_for(), fresh(asked_again).status) == (2, "failed")
    event = AuditEvent.objects.get(action=Action.ERRAND_FAILED)
    assert (event.actor, event.subject) == ("system", f"stage:{cast.stage.public_id}")
    assert event.data == {"job": asked_again.public_id}


def test_a_person_lets_scoring_again_that_failed_go_on_where_it_was(
    cast: Cast, author: Client, asked_again: Errand
) -> None:
    address = reverse("judges:again_stage", args=[cast.stage.public_id])
    errands.take_up(asked_again.pk, 1)
    errands.go_on(asked_again.pk, 1)
    errands.fail_errand(asked_again.pk, 1, Problem("the disk was full", passing=False))
    shown = author.get(address).content.decode()
    assert "the disk was full" in shown
    assert "2 of 5 sessions were asked for" in shown
    assert "Go on with the rest" in shown
    choice = chosen_now(cast.stage).choice
    assert choice is not None
    author.post(address, {"choice": choice.public_id})
    assert fresh(asked_again).done == 2
    assert done(asked_again, attempt=2) is None
    assert (asked_for(), fresh(asked_again).done) == (5, 5)


def test_scoring_again_is_refused_when_others_were_chosen_meanwhile(cast: Cast, author: Client) -> None:
    scored(cast.mara)
    services.choose(cast.stage, cast.owner, [made(cast)], offline=True)
    address = reverse("judges:again_stage", args=[cast.stage.public_id])
    response = author.post(address, {"choice": "another"})
    assert "has changed meanwhile" in response.content.decode()
    assert not ScoringJob.objects.filter(reason__startswith="judges ").exists()


def test_one_session_is_scored_again_by_whoever_rates(cast: Cast) -> None:
    session = scored(cast.mara).session
    services.choose(cast.stage, cast.owner, [made(cast)], offline=True)
    choice = chosen_now(cast.stage).choice
    assert choice is not None
    reviewer = cast.signed_in(cast.reviewer)
    address = reverse("judges:again_session", args=[session.public_id])
    assert "What it takes for one session" in reviewer.get(address).content.decode()
    reviewer.post(address, {"choice": choice.public_id})
    assert ScoringJob.objects.get(reason__startswith="judges ").session == session
