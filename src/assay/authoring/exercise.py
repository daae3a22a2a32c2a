"""Exercises: what a candidate works on. Immutable; the content hash is the version."""

from typing import Literal, Self

from pydantic import Field, model_validator

from assay.authoring.ledger import ErrorLedger
from assay.authoring.mistakes import misplaced
from assay.authoring.rubric import Identifier, Rubric
from assay.frozen import Frozen


class Material(Frozen):
    """Something the candidate is given to work from: tickets, reviews, a log, a policy page."""

    id: Identifier = Field(description="The material's id.")
    title: str = Field(min_length=1, description="The name above the material.")
    text: str = Field(
        min_length=1, description="The material itself; in a file, `file: NAME` reads it from beside it."
    )
    format: Literal["text", "markdown", "csv", "json", "sql", "log"] = Field(
        default="markdown", description="How the material is shown."
    )


class Deliverable(Frozen):
    """What the candidate hands in."""

    asks: str = Field(min_length=1, description="What it must hold and look like, as the candidate reads it.")
    format: Literal["text", "markdown", "csv", "json", "sql"] = Field(
        default="markdown", description="What the editor and the rules take the deliverable for."
    )
    starts_with: str = Field(default="", description="What the editor holds at the start.")


class Conversation(Frozen):
    """How the assistant behaves."""

    greets_first: bool = Field(default=False, description="The assistant speaks first.")
    greeting: str = Field(default="", description="Its first words; needed when it greets first.")
    invents_missing_details: bool = Field(
        default=False, description="The assistant fills gaps such as names and dates instead of asking."
    )
    assistant_notes: str = Field(
        default="", description="What the assistant may know beyond the brief. Never rubric or ledger."
    )

    @model_validator(mode="after")
    def _a_greeter_has_a_greeting(self) -> Self:
        if self.greets_first and not self.greeting.strip():
            raise misplaced(
                "`greets_first` is on, so `greeting` must say the assistant's first words",
                "greets_first",
                remedy="Write a greeting, or set greets_first: false",
            )
        return self


class Limits(Frozen):
    """How long a session may take. One round is one candidate message plus one reply."""

    minutes: float = Field(
        default=25, gt=0, le=480, description="Minutes; the model's own time is not charged."
    )
    rounds: int = Field(default=12, ge=1, le=200, description="Candidate messages with their replies.")
    grace_seconds: float = Field(
        default=10, ge=0, le=120, description="Seconds past the limit for what is already in flight."
    )
    retake_on_timeout: bool = Field(
        default=True, description="One fresh start when time ran out before much was sent."
    )
    retake_below_rounds: int = Field(
        default=2, ge=0, description="'Before much was sent': fewer rounds than this."
    )


class Exercise(Frozen):
    """A whole exercise, with its rubric and, in error-detection style, its error ledger."""

    exercise: Identifier = Field(description="The exercise's id.")
    title: str = Field(min_length=1, max_length=120, description="The name that everyone sees.")
    summary: str = Field(min_length=1, max_length=300, description="One or two sentences for a list.")
    field: str = Field(default="general", description="The kind of work, such as support or research.")
    language: str = Field(
        default="en", pattern=r"^[a-z]{2,3}$", description="ISO 639 code of the candidate's texts."
    )
    style: Literal["standard", "error_detection"] = Field(
        default="standard",
        description="In error_detection the candidate's task is to find errors in what the assistant says.",
    )
    goal: str = Field(min_length=1, description="What the candidate is to achieve, in a sentence or two.")
    scenario: str = Field(min_length=1, description="The situation the candidate is in.")
    materials: tuple[Material, ...] = Field(default=(), description="What candidate and assistant work from.")
    deliverable: Deliverable = Field(description="What the candidate hands in.")
    conversation: Conversation = Field(default_factory=Conversation, description="How the assistant behaves.")
    limits: Limits = Field(default_factory=Limits, description="How long a session may take.")
    threshold: float | None = Field(
        default=None, description="The overall score people look at twice, on the rubric's scale."
    )
    rubric: Rubric = Field(description="How sessions are rated; in a file, the name of the rubric's file.")
    ledger: ErrorLedger | None = Field(
        default=None, description="The planted errors; in a file, the name of the ledger's file."
    )

    @model_validator(mode="after")
    def _style_fits_the_ledger(self) -> Self:
        if self.ledger is not None and self.style != "error_detection":
            raise misplaced(
                "only an exercise with style: error_detection may have a ledger",
                "ledger",
                remedy="Set style: error_detection, or remove the ledger",
            )
        if self.ledger is not None and self.ledger.exercise != self.exercise:
            raise misplaced(
                f"the ledger belongs to {self.ledger.exercise}, not to {self.exercise}",
                "ledger",
                "exercise",
                remedy=f"Write exercise: {self.exercise} in the ledger if it is the right one",
            )
        return self

    @model_validator(mode="after")
    def _threshold_is_on_the_scale(self) -> Self:
        scale = self.rubric.scale
        if self.threshold is not None and not scale.min <= self.threshold <= scale.max:
            raise misplaced(
                f"threshold {self.threshold} is outside the scale {scale.min} to {scale.max}",
                "threshold",
                remedy="Name a score on the rubric's scale",
            )
        return self

    @property
    def version(self) -> str:
        """The content hash, by which everything refers to this exercise."""
        return self.content_hash()
