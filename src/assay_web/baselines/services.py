"""Asking for baselines. Each change notes itself in the audit log, in its own transaction."""

from contextlib import suppress

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from assay.errors import UserMistake
from assay.models.setting import read_setting
from assay.session.assistant import brief_for, room_of, with_longest_reply
from assay.session.baseline import line_of, own_line
from assay_web.accounts.models import User
from assay_web.audit.log import actor, note
from assay_web.audit.models import Action
from assay_web.baselines.models import Baseline, BaselineRun
from assay_web.clock import now
from assay_web.jobs import services as jobs
from assay_web.jobs.ask import ask_for_scoring
from assay_web.jobs.models import ScoringJob, reason_of_choice
from assay_web.judges.choice import chosen_for_session
from assay_web.judges.models import JudgeChoice, SessionChoice
from assay_web.openings.models import Stage
from assay_web.scoring.panels import machine_keys, panel_key
from assay_web.session.exercises import exercise_of
from assay_web.session.models import CandidateSession

RUNS, MOST_RUNS = 3, 10
"""How many runs are proposed, and how many there may be."""


def ask_for_baseline(stage: Stage, user: User, *, runs: int = RUNS, line: str = "") -> Baseline:
    """Have the assistant do a stage's active exercise alone.

    Args:
        stage: the stage.
        user: who asks.
        runs: how often, 1 to `MOST_RUNS`.
        line: what the assistant is given; made from the exercise when empty.

    Raises:
        UserMistake: the stage has no active exercise, a baseline of it is under way, the line or the number
            is not usable, or the exercise does not fit into the assistant's context.
    """
    if not 1 <= runs <= MOST_RUNS:
        raise UserMistake(
            _("%(number)s is no number of runs") % {"number": runs},
            remedy=_("Choose 1 to %(most)s") % {"most": MOST_RUNS},
        )
    with transaction.atomic():
        # Whoever asks at the same time waits, and is then told that one is under way.
        stage = Stage.objects.select_for_update(of=("self",)).select_related("opening__team").get(pk=stage.pk)
        baseline = _new(stage, user, line)
        for number in range(1, runs + 1):
            _ask_for_run(baseline, number, user)
    return baseline


def _new(stage: Stage, user: User, line: str) -> Baseline:
    if stage.active_id is None:
        raise UserMistake(
            _("This stage has no active exercise"), remedy=_("Activate one, then run the assistant alone")
        )
    if open_jobs(Baseline.objects.filter(stage=stage, exercise_version=stage.active_id).first()):
        raise UserMistake(
            _("The assistant is at work on this exercise already"), remedy=_("Wait until its runs are over")
        )
    exercise = exercise_of(stage.active_id)
    setting = with_longest_reply(read_setting(settings.CONFIGURATION.model))
    brief_for(exercise, room_of(setting))
    return Baseline.objects.create(
        stage=stage,
        exercise_version_id=stage.active_id,
        line=own_line(line) if line.strip() else line_of(exercise),
        own_line=bool(line.strip()),
        model=settings.CONFIGURATION.model,
        asked_by=user,
        asked_at=now(),
    )


def open_jobs(baseline: Baseline | None) -> int:
    """How many scorings of a baseline's runs are under way or wait."""
    waiting = (ScoringJob.Status.QUEUED, ScoringJob.Status.RUNNING)
    if baseline is None:
        return 0
    return ScoringJob.objects.filter(session__in=baseline.sessions, status__in=waiting).count()


def _ask_for_run(baseline: Baseline, number: int, user: User) -> None:
    team = baseline.stage.opening.team
    session = CandidateSession.objects.create(
        team=team,
        stage=baseline.stage,
        tried_by=user,
        exercise_version_id=baseline.exercise_version_id,
        model=baseline.model,
        status=CandidateSession.Status.ENDED,
        started_at=baseline.asked_at,
    )
    BaselineRun.objects.create(baseline=baseline, number=number, session=session)
    ask_for_scoring(session, reason="ended")
    subject = f"session:{session.public_id}"
    note(team, actor(user), Action.SESSION_STARTED, subject, baseline=baseline.public_id, run=number)


def retry_failed(baseline: Baseline, user: User) -> int:
    """Have what failed tried again; how many runs."""
    failed = ScoringJob.objects.filter(session__in=baseline.sessions, status=ScoringJob.Status.FAILED)
    again = 0
    for job in failed:
        # Somebody else may have asked meanwhile.
        with suppress(UserMistake):
            jobs.retry(job, user)
            again += 1
    return again


def rate_as(session: CandidateSession, baseline: Baseline, user: User) -> int:
    """Have a baseline's runs rated by those who rate this session, so that the two can be compared.

    The scores there are stay. Runs that were rated so already are left alone.

    Returns:
        How many runs are asked for.

    Raises:
        UserMistake: no choice of judges holds for the session, so the runs cannot be given the same; runs
            are under way, or none was made.
    """
    chosen = chosen_for_session(session)
    if chosen.choice is None:
        raise UserMistake(
            _("This session ended before anybody chose who rates its stage"),
            remedy=_("Have the session scored again with the judges of now instead"),
        )
    with transaction.atomic():
        Stage.objects.select_for_update(of=("self",)).get(pk=baseline.stage_id)
        runs = _runs_at_rest(baseline)
        panel = panel_key(machine_keys(chosen))
        asked = list(runs.exclude(scores__panel=panel).order_by("pk").defer("state"))
        for run in asked:
            _ask_for_rating(run, chosen.choice)
        note(
            baseline.stage.opening.team,
            actor(user),
            Action.RESCORE_ASKED,
            f"stage:{baseline.stage.public_id}",
            baseline=baseline.public_id,
            choice=chosen.choice.public_id,
        )
    return len(asked)


def _runs_at_rest(baseline: Baseline) -> QuerySet[CandidateSession]:
    """The sessions of a baseline's runs that were made, once nothing of it is under way."""
    if open_jobs(baseline):
        raise UserMistake(
            _("Runs of the assistant alone are being made or rated"), remedy=_("Wait until they are over")
        )
    runs = CandidateSession.objects.filter(baseline_run__baseline=baseline, length__gt=0)
    if not runs.exists():
        raise UserMistake(
            _("No run of the assistant alone was made"), remedy=_("Have the failed runs tried again")
        )
    return runs


def _ask_for_rating(run: CandidateSession, choice: JudgeChoice) -> None:
    """Have one run rated by those of a choice, anew where that was asked for and came to nothing."""
    SessionChoice.objects.update_or_create(session=run, defaults={"choice": choice})
    job = ask_for_scoring(run, reason=reason_of_choice(choice.public_id))
    if job.status in (ScoringJob.Status.DONE, ScoringJob.Status.FAILED):
        job.ask_anew()
        job.save()
