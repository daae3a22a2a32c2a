"""A baseline with judges and caps: rated again as a session was, and held to what the assistant may use."""

from dataclasses import replace

import pytest
from pytest_django import Settings
from tests.judge_endpoint import Endpoint
from tests.people import Cast
from tests.web.baselines.conftest import Assistant, attempt, jobs_of, work_off
from tests.web.jobs.sessions import hand_in
from tests.web.judges.conftest import cast, committed, database_of_threads, endpoint, judge

from assay.errors import UserMistake
from assay_web.baselines import services
from assay_web.baselines.queries import levels_alone
from assay_web.caps import Cap
from assay_web.jobs import attempts
from assay_web.jobs.attempts import Problem
from assay_web.jobs.models import Spend
from assay_web.judges.models import Judge
from assay_web.judges.services import choose
from assay_web.scoring.models import SessionScore

__all__ = ["cast", "committed", "database_of_threads", "endpoint", "judge"]


def test_a_baseline_that_others_rated_is_rated_again_as_the_session_was(
    cast: Cast, assistant: Assistant, judge: Judge, endpoint: Endpoint
) -> None:
    baseline = services.ask_for_baseline(cast.stage, cast.author, runs=2)
    work_off(baseline)
    choose(cast.stage, cast.owner, [judge], offline=True)
    job = hand_in(cast.mara)
    assert attempt(job) is None
    browser = cast.signed_in(cast.reviewer)
    address = f"/results/sessions/{job.session.public_id}/"
    before = browser.get(address).content.decode()
    assert "The assistant alone was rated by others than this session." in before
    assert "rated as this session was" in before
    asked = endpoint.calls
    browser.post(f"/results/sessions/{job.session.public_id}/rate-baseline")
    work_off(baseline)
    assert endpoint.calls > asked
    after = browser.get(address).content.decode()
    assert "rated by others" not in after
    assert "ssistant alone" in after
    assert assistant.calls == 2
    kept = SessionScore.objects.filter(session__baseline_run__baseline=baseline)
    assert (kept.count(), kept.filter(current=True).count()) == (4, 2)
    again = browser.post(f"/results/sessions/{job.session.public_id}/rate-baseline", follow=True)
    assert "All runs are rated so already." in again.content.decode()
    assert jobs_of(baseline) == []


def test_runs_whose_judge_fails_say_why_and_are_tried_again(
    cast: Cast, assistant: Assistant, judge: Judge, endpoint: Endpoint
) -> None:
    baseline = services.ask_for_baseline(cast.stage, cast.author, runs=1)
    work_off(baseline)
    choose(cast.stage, cast.owner, [judge], offline=True)
    job = hand_in(cast.mara)
    assert attempt(job) is None
    assert services.rate_as(job.session, baseline, cast.reviewer) == 1
    with pytest.raises(UserMistake, match="being made or rated"):
        services.rate_as(job.session, baseline, cast.reviewer)
    jobs_of(baseline)[0].delete()
    assert services.rate_as(job.session, baseline, cast.reviewer) == 1
    [failing] = jobs_of(baseline)
    attempts.begin(failing.pk, 1)
    attempts.fail(failing.pk, 1, Problem("The judge's key is not taken", passing=False))
    author = cast.signed_in(cast.author)
    page = author.get(f"/stages/{cast.stage.public_id}/baseline").content.decode()
    assert "The judge&#x27;s key is not taken" in page
    assert "Try the failed run again" in page
    author.post(f"/stages/{cast.stage.public_id}/baseline/retry")
    work_off(baseline)
    result = cast.signed_in(cast.reviewer).get(f"/results/sessions/{job.session.public_id}/").content.decode()
    assert "rated by others" not in result


def test_other_raters_for_one_session_change_nothing_for_the_whole_stage(
    cast: Cast, assistant: Assistant, judge: Judge, endpoint: Endpoint
) -> None:
    baseline = services.ask_for_baseline(cast.stage, cast.author, runs=2)
    work_off(baseline)
    before = levels_alone(cast.stage, cast.version)
    assert before is not None
    assert len(before.notes) == 1
    assert before.notes[0].startswith("The offline judge reads what was typed")
    choose(cast.stage, cast.owner, [judge], offline=True)
    after = levels_alone(cast.stage, cast.version)
    assert after is not None
    assert after.levels == before.levels
    assert "rated by others than those who rate this stage now" in " ".join(after.notes)
    job = hand_in(cast.mara)
    assert attempt(job) is None
    choose(cast.stage, cast.owner, [], offline=True)
    services.rate_as(job.session, baseline, cast.reviewer)
    work_off(baseline)
    assert levels_alone(cast.stage, cast.version) == before


def test_a_run_counts_against_the_caps_of_candidates_sessions(
    cast: Cast, assistant: Assistant, settings: Settings
) -> None:
    settings.CONFIGURATION = replace(settings.CONFIGURATION, caps={"day": Cap("day", tokens=500)})
    baseline = services.ask_for_baseline(cast.stage, cast.author, runs=1)
    [job] = jobs_of(baseline)
    problem = attempt(job)
    assert problem is not None
    assert not problem.passing
    assert "ASSAY_DAY_TOKENS is reached" in problem.words
    job.refresh_from_db()
    assert job.status == "failed"
    assert assistant.calls == 0
    assert Spend.objects.get().refused == 1
