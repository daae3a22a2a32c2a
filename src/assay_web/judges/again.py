"""Scoring sessions again with the judges that are chosen now: what it would take, and asking for it."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from assay.errors import UserMistake
from assay.scoring.judge.reading import Replies
from assay.scoring.judge_batch.estimate import estimate
from assay.scoring.raters import Case
from assay_web.accounts.models import User
from assay_web.audit.log import actor, note
from assay_web.audit.models import Action
from assay_web.caps import Cap, read_prices
from assay_web.clock import now
from assay_web.jobs.models import ScoringJob, Spend
from assay_web.jobs.spend import NANO, day_key
from assay_web.judges.choice import chosen_now
from assay_web.judges.models import Judge, JudgeChoice, SessionChoice
from assay_web.judges.rating import kept_answers
from assay_web.openings.models import Stage
from assay_web.scoring.panels import case_of
from assay_web.session.models import CandidateSession

SAMPLE = 8
"""Sessions that an estimate is made from, the latest; the others are taken to be like them."""
AT_A_TIME = 500


@dataclass(frozen=True, slots=True)
class JudgeTakes:
    """What one judge would take for all sessions, as a range; cost is None where no price is known."""

    judge: Judge
    calls: tuple[int, int]
    tokens: tuple[int, int]
    cost: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Left:
    """What is left today of the cap on judges; None where that is not capped."""

    tokens: int | None
    dollars: float | None


@dataclass(frozen=True, slots=True)
class Takes:
    """What scoring again would take. `sampled` sessions were looked at, of all `sessions`."""

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
    judges = tuple(_takes(judge, cases, answers, share) for judge in chosen_now(stage).judges)
    return Takes(number, len(sample), judges, _left())


def _takes(judge: Judge, cases: Iterable[Case], answers: Mapping[str, Replies], share: float) -> JudgeTakes:
    found = estimate(cases, judge.read, answers.get, read_prices(os.environ))
    return JudgeTakes(
        judge,
        calls=(round(found.calls[0] * share), round(found.calls[1] * share)),
        tokens=(round(found.tokens[0] * share), round(found.tokens[1] * share)),
        cost=None if found.cost is None else (found.cost[0] * share, found.cost[1] * share),
    )


def _left() -> Left | None:
    cap: Cap | None = settings.CONFIGURATION.caps.get("judge")
    if cap is None:
        return None
    used = Spend.objects.filter(scope=day_key(cap, now().date())).first() or Spend()
    return Left(
        None if cap.tokens is None else max(0, cap.tokens - used.tokens),
        None if cap.spend is None else max(0.0, cap.spend - used.nanodollars / NANO),
    )


def score_again(stage: Stage, sessions: QuerySet[CandidateSession], user: User, choice_id: str) -> int:
    """Have these sessions of a stage scored with its judges of now; how many. The scores there are stay.

    Asking again for the same choice changes nothing.

    Raises:
        UserMistake: nobody has chosen judges for the stage, others were chosen meanwhile, or none has ended.
    """
    with transaction.atomic():
        Stage.objects.select_for_update().get(pk=stage.pk)
        choice = chosen_now(stage).choice
        if choice is None or choice.public_id != choice_id:
            raise UserMistake(
                _("Who rates this stage has changed meanwhile"), remedy=_("Look at the estimate again")
            )
        rows = list(sessions.order_by("pk").values_list("pk", "exercise_version_id"))
        if not rows:
            raise UserMistake(_("No session has ended yet"), remedy=_("Wait until one has"))
        _ask(stage, choice, rows)
        note(
            stage.opening.team,
            actor(user),
            Action.RESCORE_ASKED,
            f"stage:{stage.public_id}",
            sessions=len(rows),
            choice=choice.public_id,
        )
    return len(rows)


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
                reason=f"judges {choice.public_id} asked for",
                created_at=moment,
            )
            for session, version in rows
        ],
        batch_size=AT_A_TIME,
        ignore_conflicts=True,
    )
