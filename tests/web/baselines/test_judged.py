"""A baseline with judges and caps: rated again as a session was, and held to what the assistant may use."""

from dataclasses import replace

from pytest_django import Settings
from tests.judge_endpoint import Endpoint
from tests.people import Cast
from tests.web.baselines.conftest import Assistant, attempt, jobs_of, work_off
from tests.web.jobs.sessions import hand_in
from tests.web.judges.conftest import cast, committed, database_of_threads, endpoint, judge

from assay_web.baselines import services
from assay_web.caps import Cap
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
