"""Lift: what a session's score is above what the assistant achieves alone, given one line.

All numbers are on the exercise's scale. Where either side is unscored there is no lift, and the reason.
"""

from collections import Counter
from collections.abc import Sequence
from math import hypot, pi, sqrt
from statistics import median, stdev

from pydantic import Field

from assay.authoring.rubric import Scale
from assay.frozen import Frozen
from assay.scoring.panel import DECIMALS
from assay.scoring.score import CriterionScore, Interval, Overall, Score
from assay.session.baseline import LineBy

_T = (
    *(12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228),
    *(2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093),
)
"""Student's t that 97.5 % lie below, for 1 degree of freedom and up; beyond them the last is wide enough."""

_OF_A_MEDIAN = sqrt(pi / 2)
"""A median's standard error, as a multiple of the mean's, for many normal values; for few it is smaller."""


class Alone(Frozen):
    """What the assistant comes to alone, overall or on one criterion, over several runs."""

    level: float | None = Field(description="Median of the runs that were scored; null: none was.")
    least: float | None = Field(default=None, description="The lowest run that was scored.")
    most: float | None = Field(default=None, description="The highest run that was scored.")
    low: float | None = Field(
        default=None, description="Lower end of the range, see `_alone`; null: fewer than two were scored."
    )
    high: float | None = Field(default=None, description="Upper end of the range, with `low`.")
    scored: int = Field(ge=0, description="How many runs were scored.")
    unscored: tuple[tuple[str, int], ...] = Field(
        default=(), description="Why other runs were not scored, each reason with how many it holds for."
    )

    @property
    def runs(self) -> int:
        """All runs, scored or not."""
        return self.scored + sum(number for _, number in self.unscored)


class Lift(Frozen):
    """The session's level less that of the assistant alone. The range is null where that of the latter is."""

    value: float
    low: float | None = Field(default=None, description="Lower end of the range; see `_lift`.")
    high: float | None = Field(default=None, description="Upper end of the range, with `low`.")

    @property
    def may_be_none(self) -> bool:
        """Whether there is a range and it holds 0: the session cannot be told from the assistant alone."""
        return self.low is not None and self.high is not None and self.low <= 0 <= self.high


class Beside(Frozen):
    """One number of a session beside the assistant alone. `missing` says why there is no lift."""

    alone: Alone
    lift: Lift | None
    missing: str = ""


class Baseline(Frozen):
    """What the assistant achieves alone on an exercise, as the same raters scored it in each run."""

    overall: Alone
    criteria: dict[str, Alone]


class Lifts(Frozen):
    """A whole score beside a baseline, and what a reader must know of the two."""

    overall: Beside
    criteria: dict[str, Beside]
    line: str = Field(default="", description="What the assistant alone was given.")
    by: LineBy | None = Field(default=None, description="Who wrote the line.")
    offline: bool = Field(default=False, description="Whether nobody rated but the offline judge.")
    assistant_unknown: bool = Field(
        default=False, description="Whether the session does not say which assistant it was held with."
    )


class _Point(Frozen):
    """One scored number, or why there is none."""

    value: float | None
    interval: Interval | None = None
    unscored: str = ""


def baseline_of(scores: Sequence[Score]) -> Baseline:
    """What runs of the assistant alone come to together.

    Args:
        scores: at least one, all made with one rubric.
    """
    scale, names = scores[0].scale, [item.criterion for item in scores[0].criteria]
    return Baseline(
        overall=_alone([_overall_point(score) for score in scores], scale),
        criteria={name: _alone([_criterion_point(score, name) for score in scores], scale) for name in names},
    )


def lifts_over(score: Score, baseline: Baseline) -> Lifts:
    """A session's score beside the baseline of its exercise, overall and on each criterion."""
    return Lifts(
        overall=_beside(_overall_point(score), baseline.overall),
        criteria={
            name: _beside(_criterion_point(score, name), alone) for name, alone in baseline.criteria.items()
        },
    )


def _alone(points: Sequence[_Point], scale: Scale) -> Alone:
    """The median of the scored runs, with a range that stays on the scale; one run has none.

    The range joins two errors, each side as the root of the sum of their squares. One is what the raters may
    be wrong by: the widest distance from a run's level to that end of its own interval, not divided by the
    number of runs, since the same raters err alike on texts that are alike. The other is that so few runs
    are a sample of all that the assistant would hand in: see `_sampling`.
    """
    scored = [(one.value, one.interval) for one in points if one.value is not None]
    reasons = tuple(Counter(one.unscored for one in points if one.value is None).most_common())
    if not scored:
        return Alone(level=None, scored=0, unscored=reasons)
    levels = [level for level, _ in scored]
    middle, least, most = median(levels), min(levels), max(levels)
    if len(levels) == 1:
        return Alone(level=middle, least=least, most=most, scored=1, unscored=reasons)
    off = _sampling(levels)
    below = max(level - interval.low if interval else 0.0 for level, interval in scored)
    above = max(interval.high - level if interval else 0.0 for level, interval in scored)
    return Alone(
        level=middle,
        least=least,
        most=most,
        low=round(max(float(scale.min), middle - hypot(below, off)), DECIMALS),
        high=round(min(float(scale.max), middle + hypot(above, off)), DECIMALS),
        scored=len(scored),
        unscored=reasons,
    )


def _sampling(levels: Sequence[float]) -> float:
    """How far the median of these runs may lie from that of all runs, in levels, with 95 % confidence.

    t(0.975, n - 1) * s / √n, as for a mean of normal values, times √(π/2) because it is a median.
    """
    number = len(levels)
    return _OF_A_MEDIAN * _T[min(number - 1, len(_T)) - 1] * stdev(levels) / sqrt(number)


def _beside(point: _Point, alone: Alone) -> Beside:
    if point.value is None:
        return Beside(alone=alone, lift=None, missing=f"the session is unscored: {point.unscored}")
    if alone.level is None:
        reasons = "; ".join(reason for reason, _ in alone.unscored)
        return Beside(alone=alone, lift=None, missing=f"the assistant alone is unscored: {reasons}")
    return Beside(alone=alone, lift=_lift(point.value, point.interval, alone))


def _lift(value: float, interval: Interval | None, alone: Alone) -> Lift:
    """The difference, with the range of a difference of two independent estimates that have intervals.

    Square-and-add, each side by itself (Zou and Donner 2008, Statistics in Medicine 27:1693; Newcombe 1998):
    low = d - √((a - a.low)² + (b.high - b)²), high = d + √((a.high - a)² + (b - b.low)²).
    The same raters err alike on both, which this does not count on: the range is rather too wide.
    """
    assert alone.level is not None
    difference = round(value - alone.level, DECIMALS)
    if alone.low is None or alone.high is None:
        return Lift(value=difference)
    below = value - interval.low if interval else 0.0
    above = interval.high - value if interval else 0.0
    return Lift(
        value=difference,
        low=round(value - alone.level - hypot(below, alone.high - alone.level), DECIMALS),
        high=round(value - alone.level + hypot(above, alone.level - alone.low), DECIMALS),
    )


def _overall_point(score: Score) -> _Point:
    overall: Overall | None = score.overall
    if overall is None:
        return _Point(value=None, unscored=score.unscored or "no reason was kept")
    return _Point(value=overall.value, interval=overall.interval)


def _criterion_point(score: Score, name: str) -> _Point:
    item: CriterionScore = next(item for item in score.criteria if item.criterion == name)
    if item.level is None:
        return _Point(value=None, unscored=item.unscored or "no reason was kept")
    return _Point(value=item.level, interval=item.interval)
