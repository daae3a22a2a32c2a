"""What the tests of baselines share: an assistant over real HTTP, and a worker that does what is asked."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from pytest_django import Settings

from assay.models.script import Script
from assay.models.scripted import ScriptedServer
from assay_web.baselines.models import Baseline
from assay_web.jobs import attempts
from assay_web.jobs.attempts import Plan, Problem
from assay_web.jobs.models import ScoringJob

REPLY = "## Guide\n\nFive labels at most: quality, delivery, care.\n\n| id | label | reason |\n|---|---|---|"


class Assistant(ScriptedServer):
    """An assistant that says the same again and again, with what a test puts before it."""

    def __init__(self, *first: dict[str, object]) -> None:
        replies = [*first, {"text": REPLY}]
        super().__init__(Script.model_validate({"after_last": "repeat", "replies": replies}), keep=1000)

    def serve(self, settings: Settings, options: str = "") -> str:
        """Be the assistant of the installation; the model setting."""
        setting = f"scripted@{self.base_url}{options}"
        settings.CONFIGURATION = replace(settings.CONFIGURATION, model=setting)
        return setting


@pytest.fixture
def assistant(settings: Settings) -> Iterator[Assistant]:
    """The assistant of the installation."""
    with Assistant() as server:
        server.serve(settings)
        yield server


def attempt(job: ScoringJob, number: int = 1) -> Problem | None:
    """Attempt a job as a worker does, step by step; what went wrong."""
    plan = attempts.begin(job.pk, number)
    if isinstance(plan, Problem):
        attempts.fail(job.pk, number, plan)
        return plan
    assert isinstance(plan, Plan), plan
    for rater in plan.raters:
        assert attempts.rate(plan, rater) is None
    assert attempts.settle(plan, job.pk, number) is None
    return None


def jobs_of(baseline: Baseline) -> list[ScoringJob]:
    """The jobs of a baseline's runs that wait, in their order."""
    waiting = ScoringJob.objects.filter(session__baseline_run__baseline=baseline, status="queued")
    return list(waiting.order_by("pk"))


def work_off(baseline: Baseline) -> None:
    """Do all that waits for a baseline."""
    for job in jobs_of(baseline):
        assert attempt(job, job.attempts + 1) is None
