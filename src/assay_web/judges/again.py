"""Scoring sessions again with the judges that are chosen now: what it would take, and asking for it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Self

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from assay.errors import UserMistake
from assay.scoring.judge_batch.estimate import Estimate, estimate
from assay_web.accounts.models import User
from assay_web.audit.log import actor, note
from assay_web.audit.models import Action
from assay_web.caps import Cap, read_prices
from assay_web.clock import now
from assay_web.jobs.models import Errand, ScoringJob, Spend, reason_of_choice
from assay_web.jobs.spend import NANO, day_key
from assay_web.judges.choice import chosen_now
from assay_web.judges.models import Judge, JudgeChoice, ScoringAgain, SessionChoice
from assay_web.judges.rating import kept_answers
from assay_web.openings.models import Stage
from assay_web.scoring.panels import case_of
from assay_web.session.models import CandidateSession

SAMPLE = 8
"""Sessions that an estimate is made from, the latest; the others are taken to be like them."""
AT_A_TIME = 500
"""Sessions that are asked for in one transaction."""


@dataclass(frozen=True, slots=True)
class JudgeTakes:
    """What one judge would take for all sessions, as a range; cost is None where no price is known."""

    judge: Judge
    calls: tuple[int, int]
    tokens: tuple[int, int]
    cost: tuple[float, float] | None

    @classmethod
    def scaled(cls, judge: Judge, found: Estimate, share: float) -> Self:
        """What it would take, where an estimate is of a sample and all are so many times as much."""
        return cls(
            judge,
            calls=(round(found.calls[0] * share), round(found.calls[1] * share)),
            tokens=(round(found.tokens[0] * share), round(found.tokens[1] * share)),
            cost=None if found.cost is None else (found.cost[0] * share, found.cost[1] * share),
        )


@dataclass(frozen=True, slots=True)
class Left:
    """What is left today of the cap on judges; None where that is not capped."""

    tokens: int | None
    dollars: float | None


@dataclass(frozen=True, slots=True)
class Takes:
    """What rating sessions would take. `sampled` sessions were looked at, of all `sessions`."""

    sessions: int
    sampled: int
    judges: tuple[JudgeTakes, ...]
    left: Left | None

    @property
    def tokens(self) -> int:
        """The fewest that all judges together would use."""
        return sum(one.tokens[0] for one in self.judges)

    @property
    def is_beyond_the_cap(self) -> bool:
        """Whether even the fewest tokens or dollars are more than is left today."""
        if self.left is None:
            return False
        dollars = sum(one.cost[0] for one in self.judges if one.cost)
        return (self.left.tokens is not None and self.tokens > self.left.tokens) or (
            self.left.dollars is not None and dollars > self.left.dollars
        )


def ended_sessions(stage: Stage) -> QuerySet[CandidateSession]:
    """The sessions of a stage that can be scored again: candidates', and ended."""
    return CandidateSession.objects.filter(
        stage=stage, status=CandidateSession.Status.ENDED, invitation__isnull=False
    )


def what_it_takes(stage: Stage, sessions: QuerySet[CandidateSession]) -> Takes:
    """What scoring these sessions of a stage with its judges of now would take, beyond what is kept."""
    number = sessions.count()
    sample = list(sessions.order_by("-pk").defer("state")[:SAMPLE])
    cases = [case_of(session, session.exercise_version_id) for session in sample]
    answers = kept_answers(*sample)
    share = number / len(sample) if sample else 0.0
    prices = read_prices(os.environ)
    judges = tuple(
        JudgeTakes.scaled(judge, estimate(cases, judge.read, answers.get, prices), share)
        for judge in chosen_now(stage).judges
    )
    return Takes(number, len(sample), judges, left_today())


def left_today() -> Left | None:
    """What is left today of the cap on judges; None where there is none."""
    cap: Cap | None = settings.CONFIGURATION.caps.get("judge")
    if cap is None:
        return None
    used = Spend.objects.filter(scope=day_key(cap, now().date())).first() or Spend()
    return Left(
        None if cap.tokens is None else max(0, cap.tokens - used.tokens),
        None if cap.spend is None else max(0.0, cap.spend - used.nanodollars / NANO),
    )


def score_again(stage: Stage, sessions: QuerySet[CandidateSession], user: User, choice_id: str) -> int:
    """Have these few sessions of a stage scored with its judges of now; how many. The scores there are stay.

    Asking again for the same choice changes nothing.

    Raises:
        UserMistake: nobody has chosen judges for the stage, others were chosen meanwhile, or none has ended.
    """
    with _asked_for(stage, sessions, user, choice_id) as (choice, number):
        _ask(stage, choice, list(sessions.order_by("pk").values_list("pk", "exercise_version_id")))
    return number


def score_stage_again(stage: Stage, user: User, choice_id: str) -> int:
    """The same for all ended sessions of a stage, which a worker asks for piece by piece.

    While it is under way, asking again changes nothing; one that failed goes on where it was.

    Raises:
        UserMistake: as `score_again`.
    """
    with _asked_for(stage, ended_sessions(stage), user, choice_id) as (choice, number):
        run = ScoringAgain.objects.select_related("errand").filter(choice=choice).first()
        if run is None:
            errand = Errand.objects.create(
                team_id=stage.opening.team_id, kind=Errand.Kind.AGAIN, total=number, created_at=now()
            )
            ScoringAgain.objects.create(choice=choice, errand=errand)
        elif not run.errand.is_under_way:
            if run.errand.status == Errand.Status.DONE:
                run.last, run.errand.done = 0, 0
                run.save(update_fields=["last"])
            run.errand.total = number
            run.errand.ask_anew()
            run.errand.save()
    return number


def under_way(choice: JudgeChoice | None) -> Errand | None:
    """How far a worker is with the sessions of a stage, where somebody had all scored again with a choice."""
    return Errand.objects.filter(scoring_again__choice=choice).first() if choice else None


def failed(choice: JudgeChoice) -> int:
    """How many of the sessions that were asked for with a choice could not be scored."""
    jobs = ScoringJob.objects.filter(team=choice.stage.opening.team_id, status=ScoringJob.Status.FAILED)
    return jobs.filter(reason=reason_of_choice(choice.public_id)).count()


def go_on(errand: Errand) -> bool:
    """Ask for the next sessions of a stage; whether there are more.

    Raises:
        UserMistake: others were chosen for the stage meanwhile.
    """
    run = ScoringAgain.objects.select_related("choice__stage__opening").get(errand=errand)
    stage = run.choice.stage
    with transaction.atomic():
        Stage.objects.select_for_update().get(pk=stage.pk)
        # Another worker that was taken for dead may have gone on meanwhile.
        run.refresh_from_db(fields=["last"])
        errand.refresh_from_db(fields=["done"])
        if chosen_now(stage).choice != run.choice:
            raise UserMistake(
                _("Other judges were chosen for this stage meanwhile, so not all sessions were asked for"),
                remedy=_("Have it scored again with the judges of now"),
            )
        left = ended_sessions(stage).filter(pk__gt=run.last).order_by("pk")
        rows = list(left.values_list("pk", "exercise_version_id")[:AT_A_TIME])
        if rows:
            _ask(stage, run.choice, rows)
            run.last = rows[-1][0]
            run.save(update_fields=["last"])
            errand.done += len(rows)
            errand.save(update_fields=["done"])
    return len(rows) == AT_A_TIME


@contextmanager
def _asked_for(
    stage: Stage, sessions: QuerySet[CandidateSession], user: User, choice_id: str
) -> Iterator[tuple[JudgeChoice, int]]:
    """One transaction in which the choice stays what it is; it notes that so many sessions were asked for."""
    with transaction.atomic():
        Stage.objects.select_for_update().get(pk=stage.pk)
        choice = chosen_now(stage).choice
        if choice is None or choice.public_id != choice_id:
            raise UserMistake(
                _("Who rates this stage has changed meanwhile"), remedy=_("Look at the estimate again")
            )
        number = sessions.count()
        if not number:
            raise UserMistake(_("No session has ended yet"), remedy=_("Wait until one has"))
        yield choice, number
        note(
            stage.opening.team,
            actor(user),
            Action.RESCORE_ASKED,
            f"stage:{stage.public_id}",
            sessions=number,
            choice=choice.public_id,
        )


def _ask(stage: Stage, choice: JudgeChoice, rows: list[tuple[int, int]]) -> None:
    moment = now()
    SessionChoice.objects.bulk_create(
        [SessionChoice(session_id=session, choice=choice) for session, _version in rows],
        batch_size=AT_A_TIME,
        update_conflicts=True,
        update_fields=["choice"],
        unique_fields=["session"],
    )
    ScoringJob.objects.bulk_create(
        [
            ScoringJob(
                team_id=stage.opening.team_id,
                session_id=session,
                exercise_version_id=version,
                reason=reason_of_choice(choice.public_id),
                created_at=moment,
            )
            for session, version in rows
        ],
        batch_size=AT_A_TIME,
        ignore_conflicts=True,
    )
