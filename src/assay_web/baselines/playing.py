"""A run of a baseline, done by a worker: one call, and the whole session kept at once, or nothing of it."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from functools import partial

from django.db import connection, transaction

from assay.authoring.exercise import Exercise
from assay.models.gateway import open_gateway
from assay.models.replies import Call
from assay.models.setting import ModelSetting, read_setting
from assay.session.assistant import room_of, with_longest_reply
from assay.session.baseline import play_alone
from assay.session.engine import Session
from assay_web.baselines.models import BaselineRun
from assay_web.clock import now
from assay_web.jobs.models import ModelCall
from assay_web.jobs.spend import SharedBudget
from assay_web.session.drive import keep
from assay_web.session.exercises import exercise_of
from assay_web.session.models import CandidateSession
from assay_web.session.store import RowStore


def play(session: CandidateSession) -> None:
    """Have the assistant do the session of a run alone. Done again, or twice at once, it has one effect.

    Whoever dies over it leaves nothing behind but the call that was under way.

    Raises:
        ModelMisbehaviour: the model failed; it can be tried again.
        UserMistake: its key, name or options are not usable, or the exercise does not fit into its context.
        LimitReached: a cap forbids the call.
    """
    run = BaselineRun.objects.select_related("baseline", "session").get(session=session)
    exercise = exercise_of(run.baseline.exercise_version_id)
    calls: list[Call] = []
    if not connection.in_atomic_block:
        # Whoever waits for a model for minutes holds no connection meanwhile.
        connection.close()
    try:
        played = asyncio.run(_played(run, exercise, calls.append))
    finally:
        # What was paid for is noted, whatever becomes of the session.
        _note(session, calls)
    with transaction.atomic():
        _keep(session.pk, played)


async def _played(run: BaselineRun, exercise: Exercise, record: Callable[[Call], None]) -> Session:
    setting, budget = _setting(run), SharedBudget(lambda: run.session_id)
    async with open_gateway(setting, budget=budget, record=record) as gateway:
        return await play_alone(
            exercise,
            run.baseline.line,
            "author" if run.baseline.own_line else "exercise",
            session=run.session.public_id,
            model=run.baseline.model if setting.seed is None else str(setting),
            ask=partial(gateway.stream, purpose="assistant"),
            room=room_of(setting),
            wall=now,
        )


def _setting(run: BaselineRun) -> ModelSetting:
    """The assistant's setting. One with a seed is given another seed each run, so that runs can differ."""
    setting = with_longest_reply(read_setting(run.baseline.model))
    if setting.seed is None:
        return setting
    return setting.model_copy(update={"seed": setting.seed + run.number - 1})


def _keep(session_id: int, played: Session) -> None:
    """Write the session down, unless another worker has done so meanwhile."""
    row = CandidateSession.objects.select_for_update().get(pk=session_id)
    if row.length:
        return
    store = RowStore(row)
    store.append(played.events)
    # It counts as under way for this moment, so that its end is noted as any other session's is.
    row.status = CandidateSession.Status.RUNNING
    row.started_at = datetime.fromisoformat(played.state.started)
    keep(row, Session(played.exercise, store, now, kept=played.state))


def _note(session: CandidateSession, calls: list[Call]) -> None:
    ModelCall.objects.bulk_create(
        ModelCall.of(call, team_id=session.team_id, session_id=session.pk) for call in calls
    )
