"""A stage with judges: they score its sessions, every answer is kept, and nothing is paid for twice."""

from dataclasses import replace

import pytest
from pytest_django import Settings
from tests.judge_endpoint import Endpoint, says, verdict
from tests.people import Cast
from tests.web.jobs.sessions import hand_in
from tests.web.judges.conftest import allow

from assay.record import verify
from assay.scoring.judge.settings import read_judge
from assay_web.caps import Cap
from assay_web.jobs import attempts
from assay_web.jobs.attempts import Plan, Problem
from assay_web.jobs.models import ModelCall, ScoringJob, Spend
from assay_web.judges import services
from assay_web.judges.models import Judge, JudgeAnswer, JudgeFigure, JudgeLevel
from assay_web.scoring.models import SessionScore, StoredRating
from assay_web.scoring.panels import installed_raters


def attempt(job: ScoringJob, number: int = 1) -> list[Problem | None]:
    """Attempt a job as a worker does, step by step; what each rater's step came to."""
    plan = attempts.begin(job.pk, number)
    assert isinstance(plan, Plan), plan
    said = []
    for rater in plan.raters:
        said.append(attempts.rate(plan, rater))
        if said[-1] is not None:
            attempts.fail(job.pk, number, said[-1])
            return said
    assert attempts.settle(plan, job.pk, number) is None
    return said


def status(job: ScoringJob) -> str:
    return ScoringJob.objects.get(pk=job.pk).status


def criteria(cast: Cast) -> list[str]:
    return list(cast.version.exercise().rubric.criteria)


def judged(cast: Cast, judge: Judge, *, offline: bool = True) -> ScoringJob:
    """Mara's session, handed in to a stage that the judge rates."""
    services.choose(cast.stage, cast.owner, [judge], offline=offline)
    return hand_in(cast.mara)


def test_a_session_of_a_stage_with_a_judge_is_scored_by_both(
    cast: Cast, judge: Judge, endpoint: Endpoint
) -> None:
    job = judged(cast, judge)
    assert attempt(job) == [None, None]
    assert status(job) == "done"
    assert endpoint.calls == JudgeAnswer.objects.count() == len(criteria(cast))
    own = StoredRating.objects.filter(rater=judge.rater)
    assert [row.criterion for row in own] == criteria(cast)
    assert {row.content["level"] for row in own} == {3.0}
    assert StoredRating.objects.count() == 2 * len(criteria(cast))
    score = SessionScore.objects.get(session=job.session)
    assert verify(bytes(score.record)).holds
    calls = ModelCall.objects.filter(session=job.session, team=cast.team, purpose="judge")
    assert calls.count() == len(criteria(cast))


def test_a_stage_may_be_rated_by_its_judge_alone(cast: Cast, judge: Judge) -> None:
    job = judged(cast, judge, offline=False)
    assert attempt(job) == [None]
    assert set(StoredRating.objects.values_list("rater", flat=True)) == {judge.rater}


def test_a_stage_for_which_nobody_chose_is_rated_offline(
    cast: Cast, judge: Judge, endpoint: Endpoint
) -> None:
    attempt(hand_in(cast.mara))
    assert set(StoredRating.objects.values_list("rater", flat=True)) == set(installed_raters())
    assert endpoint.calls == 0


def test_judges_chosen_after_a_session_ended_do_not_rate_it(
    cast: Cast, judge: Judge, endpoint: Endpoint
) -> None:
    before = hand_in(cast.mara)
    services.choose(cast.stage, cast.owner, [judge], offline=True)
    attempt(before)
    assert endpoint.calls == 0
    attempt(hand_in(cast.noor))
    assert endpoint.calls == len(criteria(cast))


def test_every_pass_of_a_judge_is_kept_and_the_figures_add_up(cast: Cast, settings: Settings) -> None:
    script = says(verdict(3), verdict(3), verdict(2), verdict(None))
    with Endpoint(script) as server:
        allow(settings, server)
        settings_of = read_judge(f"{server.setting} passes=3 early_stop=off")
        judge = services.make_judge(cast.team, cast.owner, "Thrice", settings_of)
        attempt(judged(cast, judge, offline=False))
    ratings = [row.content for row in StoredRating.objects.all()]
    assert len(ratings) == 3 * len(criteria(cast))
    figures = list(JudgeFigure.objects.filter(judge=judge))
    assert sum(one.ratings for one in figures) == len(ratings)
    assert sum(one.unscored for one in figures) == sum(one["level"] is None for one in ratings)
    assert sum(one.quotes for one in figures) == len(ratings)
    assert sum(one.tokens for one in figures) == 960 * len(ratings)
    assert sum(one.unpriced for one in figures) == len(ratings)
    assert JudgeLevel.objects.filter(judge=judge).count() == len(criteria(cast))


def test_a_second_attempt_asks_only_for_what_is_missing(cast: Cast, settings: Settings) -> None:
    script = says(verdict())
    script["replies"].insert(0, {"when": {"call": 2}, "fault": "http_error", "status": 403})
    script["replies"].insert(0, {"when": {"call": 3}, "fault": "http_error", "status": 403})
    with Endpoint(script) as server:
        allow(settings, server)
        judge = services.make_judge(cast.team, cast.owner, "Once", read_judge(server.setting))
        job = judged(cast, judge)
        _, problem = attempt(job)
        assert problem is not None
        asked = server.calls
        kept = set(JudgeAnswer.objects.values_list("key", flat=True))
        assert len(kept) == len(criteria(cast)) - 2
        assert not StoredRating.objects.filter(rater=judge.rater).exists()
        ScoringJob.objects.update(status="queued", enqueued=False)
        assert attempt(job, 2) == [None, None]
        assert server.calls == asked + 2


def test_an_endpoint_that_is_down_lets_the_job_rest_until_it_is_back(cast: Cast, settings: Settings) -> None:
    with Endpoint() as server:
        allow(settings, server)
        port = int(server.base_url.rsplit(":", 1)[1].split("/")[0])
        judge = services.make_judge(cast.team, cast.owner, "Away", read_judge(f"{server.setting}?timeout=1"))
        job = judged(cast, judge)
    _, problem = attempt(job)
    assert problem is not None
    assert problem.passing
    assert status(job) == "queued"
    with Endpoint(port=port) as server:
        assert attempt(job, 2) == [None, None]
        assert server.calls == len(criteria(cast))
    assert status(job) == "done"


def test_a_wrong_key_fails_the_job_and_says_so(cast: Cast, settings: Settings) -> None:
    script = says(verdict())
    script["replies"] = [{"fault": "http_error", "status": 401}]
    with Endpoint(script) as server:
        allow(settings, server)
        judge = services.make_judge(cast.team, cast.owner, "Locked", read_judge(server.setting))
        job = judged(cast, judge)
        _, problem = attempt(job)
    assert problem is not None
    assert not problem.passing
    assert "key" in problem.words
    assert status(job) == "failed"


def test_calls_of_judges_carry_the_judges_key_and_no_other(
    cast: Cast, judge: Judge, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSAY_API_KEY", "the-assistants")
    monkeypatch.setenv("ASSAY_JUDGE_API_KEY", "the-judges")
    attempt(judged(cast, judge))
    assert {seen.headers["authorization"] for seen in endpoint.requests} == {"Bearer the-judges"}


def test_a_cap_that_is_reached_fails_the_job_and_what_was_answered_is_kept(
    cast: Cast, settings: Settings
) -> None:
    long = {"usage": {"prompt": 12_000, "completion": 500}}
    with Endpoint(says(verdict(), **long)) as server:
        allow(settings, server)
        settings.CONFIGURATION = replace(
            settings.CONFIGURATION, judge_concurrency=1, caps={"judge": Cap("judge", tokens=30_000)}
        )
        judge = services.make_judge(cast.team, cast.owner, "Capped", read_judge(server.setting))
        _reaches_its_cap(cast, judge, server, settings)


def _reaches_its_cap(cast: Cast, judge: Judge, endpoint: Endpoint, settings: Settings) -> None:
    job = judged(cast, judge)
    _, problem = attempt(job)
    assert problem is not None
    assert not problem.passing
    assert "ASSAY_JUDGE_DAY_TOKENS is reached" in problem.words
    assert status(job) == "failed"
    kept = JudgeAnswer.objects.count()
    assert 0 < kept < len(criteria(cast))
    assert kept == endpoint.calls
    assert Spend.objects.get(scope__startswith="judge:").refused > 0
    settings.CONFIGURATION = replace(settings.CONFIGURATION, caps={})
    ScoringJob.objects.update(status="queued", enqueued=False)
    assert attempt(job, 2) == [None, None]
    assert endpoint.calls == len(criteria(cast))


def test_a_verdict_that_is_no_use_is_unscored_with_its_reason_and_counts(
    cast: Cast, settings: Settings
) -> None:
    with Endpoint(says({"level": 17})) as server:
        allow(settings, server)
        judge = services.make_judge(cast.team, cast.owner, "Odd", read_judge(server.setting))
        attempt(judged(cast, judge, offline=False))
    reasons = {row.content["unscored"] for row in StoredRating.objects.all()}
    assert len(reasons) == 1
    assert "could not be used" in reasons.pop()
    assert SessionScore.objects.get().overall is None


def test_quotes_of_an_answer_that_was_not_used_count_in_the_figures(cast: Cast, settings: Settings) -> None:
    with Endpoint(says(verdict(17, "words that nobody wrote"), verdict(3))) as server:
        allow(settings, server)
        judge = services.make_judge(cast.team, cast.owner, "Odd at first", read_judge(server.setting))
        attempt(judged(cast, judge, offline=False))
    figures = list(JudgeFigure.objects.filter(judge=judge))
    assert sum(one.quotes for one in figures) == len(criteria(cast)) + 1
    assert sum(one.dropped for one in figures) == 1


def test_a_session_in_which_there_is_nothing_to_rate_costs_no_call(
    cast: Cast, judge: Judge, endpoint: Endpoint
) -> None:
    from assay_web.session.drive import drive
    from assay_web.session.start import start_session

    services.choose(cast.stage, cast.owner, [judge], offline=True)
    row = start_session(cast.mara)
    drive(row.pk, lambda session: session.submit())
    attempt(ScoringJob.objects.get(session=row))
    assert endpoint.calls == 0
    assert StoredRating.objects.filter(rater=judge.rater).count() == len(criteria(cast))
