"""Error ledgers: the sealed list of errors that a candidate is to find in the assistant's replies."""

from typing import Literal, Self

from pydantic import Field, model_validator

from assay.authoring.mistakes import misplaced
from assay.frozen import Frozen

ErrorKind = Literal[
    "fact",
    "arithmetic",
    "contradicts_source",
    "invented_source",
    "ignored_instruction",
    "unsafe_advice",
    "wrong_label",
    "omission",
]


class Catch(Frozen):
    """How to recognise, in a candidate's words, that an error was caught."""

    all_of: tuple[str, ...] = Field(default=(), description="Phrases that must all be there.")
    any_of: tuple[str, ...] = Field(default=(), description="Phrases of which one must be there.")

    @model_validator(mode="after")
    def _has_a_cue(self) -> Self:
        if not (self.all_of or self.any_of):
            raise misplaced(
                "a catch needs at least one phrase in all_of or any_of",
                remedy="Write what a candidate who noticed the error would say",
            )
        return self


class Fix(Frozen):
    """How to recognise, in the deliverable, that an error was fixed."""

    present: tuple[str, ...] = Field(default=(), description="Phrases the fixed deliverable holds.")
    absent: tuple[str, ...] = Field(default=(), description="Phrases the fixed deliverable no longer holds.")

    @model_validator(mode="after")
    def _has_a_cue(self) -> Self:
        if not (self.present or self.absent):
            raise misplaced(
                "a fix needs at least one phrase in present or absent",
                remedy="Write what the deliverable holds, or no longer holds, once the error is fixed",
            )
        return self


class PlantedError(Frozen):
    """One error that every candidate is shown, in the same round."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_-]*$", max_length=64, description="The error's id.")
    kind: ErrorKind = Field(description="What sort of error it is.")
    severity: Literal["minor", "major", "critical"] = Field(
        description="What missing it would cost; recall is weighted by it."
    )
    round: int = Field(ge=1, description="The round whose reply carries the error, counted from 1.")
    about: str = Field(min_length=1, description="What the reply is about when the error fits in.")
    wrong: str = Field(min_length=1, description="The wrong span, word for word as it is shown.")
    woven_in: str = Field(
        min_length=1, description="The sentence that carries the span when the model did not."
    )
    truth: str = Field(min_length=1, description="What is right, and where the material says so.")
    catch: Catch = Field(description="How to recognise that a candidate noticed it.")
    fix: Fix = Field(description="How to recognise that the deliverable is rid of it.")

    @model_validator(mode="after")
    def _sentence_carries_the_span(self) -> Self:
        if self.wrong not in self.woven_in:
            raise misplaced(
                f"woven_in must hold the wrong span word for word: {self.wrong!r}",
                "woven_in",
                remedy="Copy the wrong span into the sentence, capitals and punctuation included",
            )
        return self


class ErrorLedger(Frozen):
    """All planted errors of one exercise. Sealed: no candidate and no prompt ever holds the list."""

    exercise: str = Field(description="The exercise id that this ledger belongs to.")
    errors: tuple[PlantedError, ...] = Field(min_length=1, description="The planted errors.")
    clean_claims: tuple[str, ...] = Field(
        default=(), description="True claims that a careless reader may flag: the base for false alarms."
    )

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Self:
        seen: set[str] = set()
        for index, error in enumerate(self.errors):
            if error.id in seen:
                raise misplaced(
                    f"error id {error.id} is used twice",
                    "errors",
                    index,
                    "id",
                    remedy="Give each error its own id",
                )
            seen.add(error.id)
        return self
