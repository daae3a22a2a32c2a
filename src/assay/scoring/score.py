"""The score of a session: per criterion and overall, each with its scale and its spread."""

from typing import Literal

from pydantic import Field

from assay.authoring.rubric import Scale
from assay.frozen import Frozen
from assay.scoring.ratings import Evidence, RaterIdentity, RuleOutcome


class Interval(Frozen):
    """A range on the scale, and where it comes from."""

    low: float
    high: float
    source: str = Field(description="In words: the panel's spread, or a rater's measured error.")


class JudgeVote(Frozen):
    """What one LLM judge came to on one criterion: one voice of the panel, however often it was asked."""

    judge: RaterIdentity
    level: float | None = Field(description="Median of its passes that gave a level; null: none did.")
    passes: tuple[float | None, ...] = Field(description="Each pass's level in order; null: unscored.")
    planned: int = Field(ge=1, description="Passes planned; those that could change nothing were left out.")
    dissent: bool = Field(default=False, description="Whether its last pass argued against the first.")

    @property
    def spread(self) -> float:
        """The highest level of its passes less the lowest, in levels; 0 without two."""
        levels = [level for level in self.passes if level is not None]
        return max(levels) - min(levels) if levels else 0.0

    @property
    def unscored_share(self) -> float:
        """The share of its passes that gave no level, 0 to 1."""
        return self.passes.count(None) / len(self.passes)


class CriterionScore(Frozen):
    """What the panel adds up to on one criterion. `level` is None when it is unscored."""

    criterion: str
    title: str
    weight: float
    level: float | None
    unscored: str | None
    interval: Interval | None = None
    raters: int = Field(default=0, ge=0, description="How many raters the level is the median of.")
    evidence: tuple[Evidence, ...] = ()
    reasons: tuple[str, ...] = Field(
        default=(), description="What its raters say; first those whose level is nearest to this one."
    )
    serious: bool = Field(default=False, description="A failed rule, or a low level on a serious criterion.")
    judges: tuple[JudgeVote, ...] = Field(
        default=(),
        exclude_if=lambda judges: not judges,
        description="What each LLM judge said in its passes; left out where none was asked.",
    )


class Cap(Frozen):
    """A ceiling that a failed rule puts on the overall score."""

    rule: str
    says: str
    ceiling: float


class Overall(Frozen):
    """The overall score on `scale`. `before_caps` is the weighted mean of the scored criteria."""

    value: float
    before_caps: float
    interval: Interval | None = None
    caps: tuple[Cap, ...] = ()


class Score(Frozen):
    """All of it: what a report shows and a record proves."""

    scale: Scale
    overall: Overall | None
    unscored: str | None = Field(default=None, description="Why there is no overall number.")
    criteria: tuple[CriterionScore, ...]
    rules: tuple[RuleOutcome, ...] = ()
    threshold: float | None = None
    verdict: Literal["above", "below", "too close to call", "no threshold", "unscored"] = "no threshold"
    narrative: tuple[str, ...] = Field(
        default=(), description="Sentences, each made from a rating and its evidence."
    )
