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


class Judged(Frozen):
    """How an LLM judge came by one answer: what is needed to ask the same again, and what it took.

    `assay.scoring.judge.requests.judge_prompt` makes the very messages again, and `prompt` is their hash.
    """

    settings: str = Field(min_length=1, description="The judge's settings, as the string they are read from.")
    number: int = Field(ge=1, description="Which pass over the criterion this is, from 1.")
    planned: int = Field(ge=1, description="Passes planned over the criterion, the dissent included.")
    dissent: bool = Field(default=False, description="Whether this pass argues against the first verdict.")
    rubric: str = Field(description="Content hash of the rubric that was asked about.")
    prompt: str = Field(description="SHA-256 of the canonical JSON of the messages that were answered.")
    by: Literal["schema", "words"] = Field(
        default="schema", description="How the answer's form was asked for."
    )
    problems: tuple[str, ...] = Field(
        default=(), description="What earlier answers could not be used for; the last request says so."
    )
    cuts: tuple[str, ...] = Field(default=(), description="What it was not shown, or could not quote.")
    model: str | None = Field(default=None, description="The model that answered, as its endpoint named it.")
    seconds: float = Field(default=0.0, ge=0, description="What the call took, tries and pauses included.")
    prompt_tokens: int | None = Field(default=None, ge=0, description="As the endpoint counted them.")
    completion_tokens: int | None = Field(default=None, ge=0, description="As the endpoint counted them.")
    cost: float | None = Field(default=None, description="US dollars; null where no price is known.")
    seed: int | None = Field(
        default=None,
        ge=0,
        exclude_if=lambda seed: seed is None,
        description="The seed of the call that was answered; left out where the endpoint was sent none.",
    )
    attempts: int = Field(default=0, ge=0, description="Requests sent, failed ones included.")
    unused_quotes: int = Field(
        default=0,
        ge=0,
        exclude_if=lambda count: count == 0,
        description="Quotes in answers to the same question that were not used; left out where it is 0.",
    )
    unused_invented: int = Field(
        default=0,
        ge=0,
        exclude_if=lambda count: count == 0,
        description="Of these, quotes that do not stand where they claimed to; left out where it is 0.",
    )
    together: int = Field(
        default=1, ge=1, description="Criteria asked about in the same call, which share what it took."
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
    judged: Judged | None = Field(
        default=None,
        exclude_if=lambda judged: judged is None,
        description="How an LLM judge came by it; left out where none was asked.",
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
    judged: Judged | None = Field(
        default=None,
        exclude_if=lambda judged: judged is None,
        description="How an LLM judge came by it; left out where none was asked.",
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
