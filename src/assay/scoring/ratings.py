"""What raters say: a level with evidence, or unscored with a reason."""

from typing import Literal, Self

from pydantic import Field, model_validator

from assay.frozen import Frozen

RaterKind = Literal["rules", "ledger", "indicators", "judge", "person"]


class RaterIdentity(Frozen):
    """Whoever or whatever rated, exactly enough to repeat it."""

    kind: RaterKind
    name: str = Field(min_length=1)
    version: str = Field(default="", description="Version or content hash of what the rater decides by.")
    calibration: str = Field(default="", description="What is known of its agreement with others, in words.")


class Quote(Frozen):
    """A claim that these words stand in that turn, not yet checked. `turn` None means the deliverable."""

    turn: int | None
    text: str
    start: int | None = Field(
        default=None, ge=0, description="Where the rater says it begins; used to choose among repeats."
    )
    sign: str | None = Field(default=None, description="The sign that fired here, for the offline judge.")


class Evidence(Frozen):
    """A quote that stands verbatim at its offsets. Offsets count code points of the original text."""

    turn: int | None = Field(description="Message index from 0; null: the final deliverable.")
    start: int = Field(ge=0)
    end: int = Field(gt=0)
    quote: str = Field(min_length=1)
    sign: str | None = None
    repaired: bool = Field(
        default=False, description="The rater's words differed slightly; this is what stands there."
    )


class Proposal(Frozen):
    """A rater's answer for one criterion before the evidence gate."""

    criterion: str
    level: float | None = None
    quotes: tuple[Quote, ...] = ()
    reason: str = ""
    unscored: str | None = Field(default=None, description="Why no level could be given.")
    error: float | None = Field(
        default=None,
        description="Standard error of the level in levels, where the rater's has been measured.",
    )

    @model_validator(mode="after")
    def _level_or_reason(self) -> Self:
        if (self.level is None) == (self.unscored is None):
            raise ValueError("a rating has either a level or a reason why it is unscored")
        return self


class Rating(Frozen):
    """One rater's level on one criterion of one session, or unscored; what the gate let through."""

    rater: RaterIdentity
    criterion: str
    level: float | None
    unscored: str | None
    evidence: tuple[Evidence, ...] = ()
    reason: str = ""
    error: float | None = None
    dropped: tuple[Quote, ...] = Field(
        default=(), description="Quotes that do not stand where they claimed to."
    )

    @model_validator(mode="after")
    def _level_or_reason(self) -> Self:
        if (self.level is None) == (self.unscored is None):
            raise ValueError("a rating has either a level or a reason why it is unscored")
        return self


class RuleOutcome(Frozen):
    """What one hard rule found."""

    rule: str
    says: str
    held: bool
    detail: str = ""
    evidence: tuple[Evidence, ...] = ()
    applies: bool = Field(
        default=True, description="False where the session has nothing the rule could be held against."
    )

    @property
    def state(self) -> Literal["held", "failed", "does not apply"]:
        """What a reader is told."""
        if not self.applies:
            return "does not apply"
        return "held" if self.held else "failed"
