"""Two judges beside each other, over the sessions that both have rated."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, FloatField, OuterRef, Subquery
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from assay.scoring.agreement import weighted_kappa
from assay_web.judges.drawn import differences
from assay_web.judges.models import Judge, JudgeFigure, JudgeLevel
from assay_web.session.models import CandidateSession

LATEST = 10_000
"""Levels that are compared at most, those of the sessions that were rated last."""
FEW = 10
FEWEST = 10
"""Sessions below which chance alone moves a kappa by so much that it is not shown."""


@dataclass(frozen=True, slots=True)
class CriterionCompared:
    """One criterion.

    Attributes:
        both: sessions in which both gave a level. mean: of the first judge's level less the other's.
        same: of these sessions, the percent in which they gave the same level.
        one_unscored: sessions in which only one of them gave a level.
        kappa: quadratic weighted kappa of both; None where it says nothing, and then why_not says why.
        spread: how often which difference occurs, as a drawing; words says the same.
    """

    criterion: str
    both: int
    mean: float | None
    same: float | None
    one_unscored: int
    kappa: float | None
    why_not: str
    spread: SafeString
    words: str


@dataclass(frozen=True, slots=True)
class FarApart:
    """A session in which they differ, on the criterion on which they differ most.

    How far is said and not at which levels, so that whoever is yet to rate the session stays blind.
    """

    session: CandidateSession
    criterion: str
    difference: float

    @property
    def apart(self) -> str:
        """The first judge's level less the second's, with its sign."""
        return f"{self.difference:+g}"


@dataclass(frozen=True, slots=True)
class Compared:
    """All of it. `is_all` says whether every session that both rated is in it."""

    sessions: int
    is_all: bool
    criteria: Sequence[CriterionCompared]
    far_apart: Sequence[FarApart]


@dataclass(frozen=True, slots=True)
class _Pair:
    session_id: int
    criterion: str
    first: float | None
    second: float | None

    @property
    def difference(self) -> float | None:
        return None if self.first is None or self.second is None else self.first - self.second


def compare(first: Judge, second: Judge) -> Compared:
    """Two judges of one team. Levels are the medians of each one's passes."""
    pairs = _pairs(first, second)
    names = sorted({pair.criterion for pair in pairs})
    return Compared(
        sessions=len({pair.session_id for pair in pairs}),
        is_all=len(pairs) < LATEST,
        criteria=[_criterion(name, [pair for pair in pairs if pair.criterion == name]) for name in names],
        far_apart=_far_apart(pairs),
    )


def _pairs(first: Judge, second: Judge) -> list[_Pair]:
    # From the one who rated less: no more of the other's levels are looked up than there can be pairs.
    rated = {one.pk: 0 for one in (first, second)}
    for judge_id, ratings in JudgeFigure.objects.filter(judge__in=rated).values_list("judge", "ratings"):
        rated[judge_id] += ratings
    less, more = sorted((first, second), key=lambda one: rated[one.pk])
    same = JudgeLevel.objects.filter(
        judge=more,
        session=OuterRef("session"),
        exercise_version=OuterRef("exercise_version"),
        criterion=OuterRef("criterion"),
    )
    other = Subquery(same.values("level")[:1], output_field=FloatField(null=True))
    rows = (
        JudgeLevel.objects.filter(Exists(same), judge=less)
        .annotate(other=other)
        .order_by("-pk")
        .values_list("session_id", "criterion", "level", "other")[:LATEST]
    )
    return [
        _Pair(session, name, *((own, others) if less == first else (others, own)))
        for session, name, own, others in rows
    ]


def _criterion(name: str, pairs: Sequence[_Pair]) -> CriterionCompared:
    found = [pair.difference for pair in pairs if pair.difference is not None]
    counts = Counter(found)
    kappa, why_not = _kappa(pairs)
    return CriterionCompared(
        criterion=name,
        both=len(found),
        mean=sum(found) / len(found) if found else None,
        same=100 * counts[0.0] / len(found) if found else None,
        one_unscored=sum((pair.first is None) != (pair.second is None) for pair in pairs),
        kappa=kappa,
        why_not=why_not,
        spread=differences(counts),
        words="; ".join(f"{difference:+g}: {counts[difference]}" for difference in sorted(counts)),
    )


def _kappa(pairs: Sequence[_Pair]) -> tuple[float | None, str]:
    both = [(one.first, one.second) for one in pairs if one.first is not None and one.second is not None]
    if len(both) < FEWEST:
        return None, _("fewer than %(number)s sessions") % {"number": FEWEST}
    if any(len(set(levels)) == 1 for levels in zip(*both, strict=True)):
        # It is 0 then, or not defined, however near the levels are.
        return None, _("one level throughout")
    return weighted_kappa(both), ""


def _far_apart(pairs: Sequence[_Pair]) -> list[FarApart]:
    differ = sorted(
        (pair for pair in pairs if pair.difference),
        key=lambda pair: (-abs(pair.difference or 0), -pair.session_id),
    )
    # Of each session the criterion on which they differ most.
    farthest = {pair.session_id: pair for pair in reversed(differ)}
    most = [pair for pair in differ if farthest[pair.session_id] is pair][:FEW]
    sessions = {
        row.pk: row
        for row in CandidateSession.objects.filter(pk__in=[pair.session_id for pair in most])
        .select_related("stage", "invitation__candidate", "tried_by")
        .defer("state")
    }
    return [
        FarApart(sessions[pair.session_id], pair.criterion, pair.difference)
        for pair in most
        if pair.difference is not None
    ]
