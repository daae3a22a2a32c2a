"""The attack suite against a judge: what it would take, asking for it, and doing it piece by piece.

Every answer is kept before it counts, under the hash of what was asked, so a worker that takes over asks for
what is missing. Once all are there, the library's own suite is run over the kept answers and added up.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assay.attacks.report import add_up, whole
from assay.attacks.suite import Suite, as_it_was, run, shipped_suite
from assay.errors import ModelMisbehaviour, UserMistake
from assay.models.replies import Call
from assay.scoring.judge.reading import Replies
from assay.scoring.judge.requests import JudgeRequest, Questions
from assay.scoring.judge.settings import JudgeSettings
from assay.scoring.judge_batch.estimate import estimate
from assay.scoring.raters import Case
from assay.scoring.ratings import Proposal, RaterIdentity
from assay_web.accounts.models import User
from assay_web.audit.log import actor, note
from assay_web.audit.models import Action
from assay_web.caps import read_prices
from assay_web.clock import now
from assay_web.jobs.models import Errand, ModelCall
from assay_web.judges.again import JudgeTakes, Takes, left_today
from assay_web.judges.asking import Keeping, ask_together, judge_session
from assay_web.judges.models import AttackAnswer, AttackRun, Judge
from assay_web.judges.rating import check_version, read_answers, written

AT_A_TIME = 24
"""Sessions of the suite that are rated together, which is a piece."""
EVERY = 16
"""An estimate looks at each session of the suite that stands at a multiple of this."""
_ANOTHER = gettext_lazy(
    "Its answers are kept, so it would say the same. Make a judge with another model or other settings, "
    "trying it first under New judge, and attack that one"
)


def what_an_attack_takes(judge: Judge) -> Takes:
    """What the suite would take of a judge, beyond the answers that are kept."""
    suite = shipped_suite()
    sample = suite.cases[::EVERY]
    found = estimate(sample, judge.read, _kept(judge, sample).get, read_prices(os.environ))
    takes = JudgeTakes.scaled(judge, found, len(suite.cases) / len(sample))
    return Takes(len(suite.cases), len(sample), (takes,), left_today())


def attack(judge: Judge, user: User) -> None:
    """Have the suite of this version run against a judge; one that failed goes on where it was.

    While it is under way, and once its result is there, asking again changes nothing.

    Raises:
        UserMistake: the judge is retired, of an earlier version of Assay, or gave no level to a session as it
            was.
    """
    if judge.retired_at is not None:
        raise UserMistake(_("This judge is retired"), remedy=_("Bring it back first"))
    check_version(judge, _("and attack the new one"))
    suite = shipped_suite()
    with transaction.atomic():
        Judge.objects.select_for_update().get(pk=judge.pk)
        known = AttackRun.objects.select_related("errand").filter(judge=judge, suite=suite.version).first()
        if known is not None and known.errand.status != Errand.Status.FAILED:
            return
        if known is not None and known.gave_no_level:
            raise UserMistake(_("This judge gave no level to a session as it was"), remedy=str(_ANOTHER))
        if known is not None:
            known.errand.ask_anew()
            known.errand.save()
        else:
            total = len(suite.cases)
            errand = Errand.objects.create(
                team=judge.team, kind=Errand.Kind.ATTACK, total=total, created_at=now()
            )
            AttackRun.objects.create(judge=judge, suite=suite.version, errand=errand, asked_by=user)
        subject = f"judge:{judge.public_id}"
        note(judge.team, actor(user), Action.JUDGE_ATTACKED, subject, suite=suite.version)


def go_on(errand: Errand) -> bool:
    """Have the next sessions of the suite rated, or add up what all came to; whether there is more to do.

    Raises:
        UserMistake: this version of Assay has another suite, asks with other prompts, the judge was retired
            meanwhile, or it gave no level to a session as it was.
        ModelMisbehaviour: the endpoint failed; what was answered is kept.
        LimitReached: a cap forbids a call.
    """
    known = AttackRun.objects.select_related("judge__team").get(errand=errand)
    suite = shipped_suite()
    check_version(known.judge, "and attack the new one")
    if known.suite != suite.version:
        raise UserMistake(
            "This version of Assay has another attack suite than the one that was begun",
            remedy="Start the attacks again on the judge's page",
        )
    if errand.done >= len(suite.cases):
        _add_up(known, suite)
        return False
    if known.judge.retired_at is not None:
        raise UserMistake(
            "This judge was retired meanwhile, so it is attacked no further",
            remedy="Bring it back on its page, and go on with the attacks there",
        )
    if not errand.done:
        _rate_as_they_were(known, suite)
    cases = suite.cases[errand.done : errand.done + AT_A_TIME]
    _rate(known.judge, cases)
    errand.done += len(cases)
    errand.save(update_fields=["done"])
    return True


def _rate_as_they_were(known: AttackRun, suite: Suite) -> None:
    """Have the sessions rated to which nothing was done, before anything is paid for that they may make moot.

    Raises:
        UserMistake: the judge gave one of them no level. It will not do so later either, since its answers
            are kept, so that is noted with the run.
    """
    judge = known.judge
    bases = {(trial.base.exercise, trial.base.quality): trial.base for trial in suite.trials}.values()
    cases = [base.case for base in bases]
    _rate(judge, cases)
    rater = _FromAnswers(judge.read, _keeping(judge, cases))
    try:
        for base in bases:
            as_it_was(base, rater)
    except ModelMisbehaviour as error:
        AttackRun.objects.filter(pk=known.pk).update(gave_no_level=True)
        raise UserMistake(error.message, remedy=str(_ANOTHER)) from error


def _rate(judge: Judge, cases: Sequence[Case]) -> None:
    """Have sessions rated at the same time; all come to an end, so that whatever was answered is kept."""
    asked = ask_together([Questions(case, judge.read) for case in cases], _keeping(judge, cases))
    errors = [error for one in asked if (error := one.exception()) is not None]
    if errors:
        # What somebody has to act on comes before what may pass.
        raise min(errors, key=lambda error: isinstance(error, ModelMisbehaviour))


def _add_up(known: AttackRun, suite: Suite) -> None:
    judge = known.judge
    rater = _FromAnswers(judge.read, _keeping(judge, suite.cases))
    report = add_up(list(run(suite.trials, rater)), judge.read.identity)
    sums = whole(report.families)
    AttackRun.objects.filter(pk=known.pk, report=None).update(
        report=report.model_dump(mode="json"),
        made_at=now(),
        attacks=sums.attacks,
        moved=report.attacks_over,
        up=sums.up,
    )


@dataclass(frozen=True, slots=True)
class _FromAnswers:
    """A judge whose answers are all there, so that it asks for none. Implements the library's `Rater`."""

    settings: JudgeSettings
    keeping: Keeping

    @property
    def identity(self) -> RaterIdentity:
        return self.settings.identity

    def rate(self, case: Case) -> tuple[Proposal, ...]:
        return judge_session(Questions(case, self.settings), self.keeping)


def _keeping(judge: Judge, cases: Sequence[Case]) -> Keeping:
    return Keeping(_kept(judge, cases), partial(_keep, judge.team_id))


def _kept(judge: Judge, cases: Sequence[Case]) -> dict[str, Replies]:
    about = [_hash(case) for case in cases]
    rows = AttackAnswer.objects.filter(team=judge.team_id, about__in=about)
    return read_answers(rows.values_list("key", "replies"))


def _keep(team_id: int, request: JudgeRequest, replies: Replies | None, calls: list[Call]) -> None:
    with transaction.atomic():
        if replies is not None:
            AttackAnswer.objects.update_or_create(
                team_id=team_id,
                about=_hash(request.questions.case),
                key=request.key,
                defaults={"replies": written(replies), "made_at": now()},
            )
        ModelCall.objects.bulk_create(ModelCall.of(call, team_id=team_id) for call in calls)


def _hash(case: Case) -> str:
    return case.transcript.content_hash()
