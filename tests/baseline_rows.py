"""Baselines for tests that need them as they stand later, without an assistant that is asked."""

import asyncio

from django.db import transaction
from tests.bots import ROOM, says

from assay.session.baseline import play_alone
from assay_web.baselines import playing
from assay_web.baselines.models import Baseline
from assay_web.baselines.services import ask_for_baseline
from assay_web.clock import now
from assay_web.jobs.models import ScoringJob
from assay_web.openings.models import Stage
from assay_web.scoring.services import settle_score
from assay_web.session.exercises import exercise_of

LINE = "Label the 16 reviews, at most five labels, and write the guide as a list with one example each."
REPLY = (
    "## Guide\n\n- quality: something broke. Example: the handle came off.\n- delivery: late or lost.\n\n"
    "## Table\n\n| id | label | reason |\n|---|---|---|\n| R01 | quality | praises the pan |"
)


def baseline_made(stage: Stage, *replies: str, model: str = "") -> Baseline:
    """A baseline of a stage whose runs got these replies, scored by whoever rates without a model."""
    owner = stage.opening.team.memberships.get(role="owner").user
    said = replies or (REPLY, f"{REPLY}\n\nCheck R07 yourself.", REPLY)
    baseline = ask_for_baseline(stage, owner, runs=len(said), line=LINE)
    baseline.model = model or baseline.model
    baseline.save()
    exercise = exercise_of(baseline.exercise_version_id)
    for run, text in zip(baseline.runs.select_related("session"), said, strict=True):
        played = asyncio.run(
            play_alone(
                exercise, LINE, "author", session=run.session.public_id, model=baseline.model, ask=says(text),
                room=ROOM, wall=now,
            )
        )  # fmt: skip
        with transaction.atomic():
            playing._keep(run.session_id, played)
        settle_score(run.session_id, baseline.exercise_version_id, "ended")
        ScoringJob.objects.filter(session=run.session).update(status="done", enqueued=True, finished_at=now())
    return baseline
