"""What a session was scored, in the words of Inspect AI: one score a criterion, and one overall."""

from typing import TYPE_CHECKING, Any

from assay.record import Record
from assay.scoring.score import CriterionScore, Interval

if TYPE_CHECKING:
    from inspect_ai.scorer import Score

OVERALL = "assay/overall"
"""The name of the overall score. No criterion can have it: an id has no slash."""

UNSCORED = "unscored"
"""The reason that Inspect is given for a score without a level; the explanation has the reason in words."""


def scores_of(record: Record) -> dict[str, "Score"]:
    """The record's scores by criterion, in the rubric's order, and the overall score last."""
    scores = {score.criterion: _criterion(record, score) for score in record.score.criteria}
    return {**scores, OVERALL: _overall(record)}


def _criterion(record: Record, score: CriterionScore) -> "Score":
    metadata = {
        "title": score.title,
        "weight": score.weight,
        "scale": record.score.scale.model_dump(mode="json"),
        "interval": _plain(score.interval),
        "serious": score.serious,
        "evidence": [quote.model_dump(mode="json") for quote in score.evidence],
        "raters": [
            {**rating.rater.model_dump(mode="json"), "level": rating.level, "unscored": rating.unscored}
            for rating in record.ratings
            if rating.criterion == score.criterion
        ],
    }
    return _score(score.level, score.unscored, "\n".join(score.reasons), metadata)


def _overall(record: Record) -> "Score":
    score = record.score
    metadata: dict[str, Any] = {
        "scale": score.scale.model_dump(mode="json"),
        "weights": {one.criterion: one.weight for one in score.criteria},
        "threshold": score.threshold,
        "verdict": score.verdict,
    }
    if score.overall is not None:
        metadata |= {
            "before_caps": score.overall.before_caps,
            "interval": _plain(score.overall.interval),
            "caps": [cap.model_dump(mode="json") for cap in score.overall.caps],
        }
    value = score.overall.value if score.overall else None
    return _score(value, score.unscored, "\n".join(score.narrative), metadata)


def _score(value: float | None, unscored: str | None, words: str, metadata: dict[str, Any]) -> "Score":
    from inspect_ai.scorer import Score

    if value is None:
        return Score.unscored(reason=UNSCORED, explanation=unscored, metadata=metadata)
    return Score(value=value, explanation=words, metadata=metadata)


def _plain(interval: Interval | None) -> dict[str, Any] | None:
    return interval.model_dump(mode="json") if interval else None
