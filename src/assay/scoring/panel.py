"""The panel: what several raters of each criterion add up to.

Every combining step is a small function here, so that a score can be followed by hand:
median per criterion, weighted mean over criteria, then failed rules, then the threshold.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import fsum, sqrt
from statistics import median, variance
from typing import Literal

from assay.authoring.rubric import Criterion, Rubric, Scale
from assay.scoring.narrative import FAILED_BY_RULE, narrate
from assay.scoring.raters import Case
from assay.scoring.ratings import Evidence, Rating, RuleOutcome
from assay.scoring.score import Cap, CriterionScore, Interval, Overall, Score
from assay.scoring.voices import Voice, heard, voices_on, votes_of_judges

UNSCORED_SHARE_LIMIT = 0.25
"""When criteria with more than this share of the weight are unscored, there is no overall number."""

CONFIDENCE_Z = 1.96
"""Half-width of a 95 % interval in standard errors, under a normal approximation."""

ROUNDING_VARIANCE = 1 / 12
"""Variance that whole levels hide even where raters agree: that of an even spread over one level."""

ERROR_CORRELATION = 0.3
"""How far a rater's errors on two criteria of one session go together (halo), as a correlation.

Measured for the offline judge on 60 rated programming chats, cross-validated and pooled over the six
pairs of criteria: 0.09, 95 % interval -0.04 to 0.21 (bench/README.md). The upper end is taken and rounded
up to a tenth, since too high a value only widens intervals. Other raters are unmeasured and treated alike.
"""

DECIMALS = 4

Verdict = Literal["above", "below", "too close to call", "no threshold", "unscored"]


@dataclass(frozen=True, slots=True)
class _Noise:
    """Standard error of a criterion's level, in levels, and where it comes from."""

    error: float
    source: str


def add_up(case: Case, ratings: Sequence[Rating], outcomes: Sequence[RuleOutcome] = ()) -> Score:
    """Combine all ratings of one session and what its rules found into its score.

    Where people rated a criterion, they alone decide its level, or that it is unscored; a machine's
    rating of the same criterion stays in the record beside theirs.
    """
    rubric = case.rubric
    voices = {name: voices_on(name, ratings) for name in rubric.criteria}
    pooled = _pooled_variance(voices.values())
    noises = {name: _noise(votes, pooled, rubric.scale) for name, votes in voices.items() if votes}
    criteria = tuple(
        _criterion_score(name, rubric, voices[name], noises.get(name), ratings) for name in rubric.criteria
    )
    failed = {outcome.rule for outcome in outcomes if not outcome.held}
    judged = tuple(_after_rules(score, rubric, failed, outcomes) for score in criteria)
    overall, unscored = _overall(rubric, criteria, judged, noises, failed)
    threshold = case.exercise.threshold if case.exercise else None
    score = Score(
        scale=rubric.scale,
        overall=overall,
        unscored=unscored,
        criteria=judged,
        rules=tuple(outcomes),
        threshold=threshold,
        verdict=_verdict(overall, threshold),
    )
    return score.model_copy(update={"narrative": narrate(score, rubric)})


def _pooled_variance(panels: Iterable[Sequence[Voice]]) -> float | None:
    """Variance of one rater about its criterion's mean, pooled over criteria with at least two raters.

    Pooling matters because two raters who happen to agree on one criterion say little about its noise.
    """
    spread = [(len(votes) - 1, variance(vote.level for vote in votes)) for votes in panels if len(votes) > 1]
    freedom = sum(degrees for degrees, _ in spread)
    return fsum(degrees * value for degrees, value in spread) / freedom if freedom else None


def _noise(votes: Sequence[Voice], pooled: float | None, scale: Scale) -> _Noise:
    if len(votes) > 1 and pooled is not None:
        return _Noise(sqrt(max(pooled, ROUNDING_VARIANCE) / len(votes)), f"the spread of {len(votes)} raters")
    measured = votes[0].error
    if measured is not None:
        return _Noise(measured, "the rater's measured error")
    # A rater whose error nobody has measured is given the noise of a level drawn evenly from the scale.
    return _Noise(
        (scale.max - scale.min) / sqrt(12), "an unmeasured rater, taken as if any level were possible"
    )


def _criterion_score(
    name: str, rubric: Rubric, votes: Sequence[Voice], noise: _Noise | None, ratings: Sequence[Rating]
) -> CriterionScore:
    criterion, scale = rubric.criteria[name], rubric.scale
    spoken = [vote.rating for vote in votes]
    level = median(vote.level for vote in votes) if votes else None
    nearest = sorted(votes, key=lambda vote: abs(vote.level - (level or 0)))
    return CriterionScore(
        criterion=name,
        title=rubric.title_of(name),
        weight=criterion.weight,
        level=level,
        unscored=None if votes else _why_unscored(name, ratings),
        interval=_interval(level, noise.error, noise.source, scale) if level is not None and noise else None,
        raters=len(votes),
        evidence=_distinct_evidence(spoken),
        reasons=tuple(dict.fromkeys(vote.rating.reason for vote in nearest if vote.rating.reason)),
        serious=level is not None and _is_serious(criterion, level, scale),
        judges=votes_of_judges(name, ratings),
    )


def _why_unscored(name: str, ratings: Iterable[Rating]) -> str:
    reasons = dict.fromkeys(rating.unscored for rating in heard(name, ratings) if rating.unscored)
    return "; ".join(reasons) or "no rater was asked about this criterion"


def _distinct_evidence(ratings: Iterable[Rating]) -> tuple[Evidence, ...]:
    """Every place once for each sign it shows, in the raters' own order: what weighs most comes first.

    A quote without a sign adds nothing where the same words are shown with one.
    """
    every = [evidence for rating in ratings for evidence in rating.evidence]
    signed = {(item.turn, item.start, item.end) for item in every if item.sign is not None}
    found: dict[tuple[int | None, int, int, str | None], Evidence] = {}
    for item in every:
        if item.sign is not None or (item.turn, item.start, item.end) not in signed:
            found.setdefault((item.turn, item.start, item.end, item.sign), item)
    return tuple(found.values())


def _is_serious(criterion: Criterion, level: float, scale: Scale) -> bool:
    """A serious criterion in the lowest quarter of its scale."""
    return criterion.severity == "serious" and level - scale.min <= (scale.max - scale.min) / 4


def _interval(value: float, error: float, source: str, scale: Scale) -> Interval:
    half = CONFIDENCE_Z * error
    return Interval(
        low=round(max(float(scale.min), value - half), DECIMALS),
        high=round(min(float(scale.max), value + half), DECIMALS),
        source=source,
    )


def _after_rules(
    score: CriterionScore, rubric: Rubric, failed: set[str], outcomes: Sequence[RuleOutcome]
) -> CriterionScore:
    """The criterion after auto-fail rules: the lowest level, with the rule as its first reason."""
    failing = [
        rule for rule in rubric.rules if rule.id in failed and rule.on_fail.auto_fail == score.criterion
    ]
    if not failing:
        return score
    evidence = tuple(e for o in outcomes if o.rule in {rule.id for rule in failing} for e in o.evidence)
    return score.model_copy(
        update={
            "level": float(rubric.scale.min),
            "unscored": None,
            "interval": None,
            "serious": True,
            "reasons": (*(f"{FAILED_BY_RULE}{rule.says}" for rule in failing), *score.reasons),
            "evidence": (*evidence, *(e for e in score.evidence if e not in evidence)),
        }
    )


def _overall(
    rubric: Rubric,
    before: Sequence[CriterionScore],
    after: Sequence[CriterionScore],
    noises: dict[str, _Noise],
    failed: set[str],
) -> tuple[Overall | None, str | None]:
    missing = [score for score in before if score.level is None]
    share = fsum(score.weight for score in missing) / fsum(score.weight for score in before)
    if share > UNSCORED_SHARE_LIMIT:
        names = ", ".join(score.title for score in missing)
        return None, f"criteria with {share:.0%} of the weight are unscored: {names}"
    caps = tuple(
        Cap(rule=rule.id, says=rule.says, ceiling=rule.on_fail.cap_overall)
        for rule in rubric.rules
        if rule.id in failed and rule.on_fail.cap_overall is not None
    )
    ceiling = min((cap.ceiling for cap in caps), default=float(rubric.scale.max))
    mean = _weighted_mean(after)
    error, source = _overall_error(after, noises)
    interval = _interval(mean, error, source, rubric.scale)
    overall = Overall(
        value=round(min(mean, ceiling), DECIMALS),
        before_caps=round(_weighted_mean(before), DECIMALS),
        interval=_below(interval, ceiling),
        caps=caps,
    )
    return overall, None


def _below(interval: Interval, ceiling: float) -> Interval:
    return interval.model_copy(
        update={"low": min(interval.low, ceiling), "high": min(interval.high, ceiling)}
    )


def _weighted_mean(criteria: Sequence[CriterionScore]) -> float:
    """Mean level of the scored criteria, of which there is at least one."""
    scored = [(score.weight, score.level) for score in criteria if score.level is not None]
    return fsum(weight * level for weight, level in scored) / fsum(weight for weight, _ in scored)


def _overall_error(criteria: Sequence[CriterionScore], noises: dict[str, _Noise]) -> tuple[float, str]:
    """Standard error of the weighted mean when every pair of criteria errs with `ERROR_CORRELATION`.

    With weights w summing to 1, errors s and correlation r: s² = (1 - r) Σ(w s)² + r (Σ w s)². A level
    that a failed rule has set carries no error.
    """
    scored = [score for score in criteria if score.level is not None]
    total = fsum(score.weight for score in scored)
    carried = [
        (s.weight / total, noises[s.criterion]) for s in scored if s.interval and s.criterion in noises
    ]
    parts = [weight * noise.error for weight, noise in carried]
    apart, together = fsum(part**2 for part in parts), fsum(parts) ** 2
    error = sqrt((1 - ERROR_CORRELATION) * apart + ERROR_CORRELATION * together)
    sources = dict.fromkeys(noise.source for _, noise in carried)
    return error, "; ".join(sources) or "failed rules, which have no error"


def _verdict(overall: Overall | None, threshold: float | None) -> Verdict:
    if threshold is None:
        return "no threshold"
    if overall is None:
        return "unscored"
    if overall.interval and overall.interval.low < threshold <= overall.interval.high:
        return "too close to call"
    return "above" if overall.value >= threshold else "below"
