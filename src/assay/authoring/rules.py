"""Hard rules: what code checks, and what a failed check does to the score."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from assay.authoring.mistakes import misplaced
from assay.frozen import Frozen


class OnFail(Frozen):
    """What a failed rule does. With neither key set it is shown and changes no number."""

    cap_overall: float | None = Field(
        default=None, description="The overall score may not exceed this, on the rubric's scale."
    )
    auto_fail: str | None = Field(default=None, description="The criterion that drops to the lowest level.")

    @model_validator(mode="after")
    def _one_consequence(self) -> Self:
        if self.cap_overall is not None and self.auto_fail is not None:
            raise misplaced(
                "a rule either caps the overall score or fails a criterion, not both",
                remedy="Write two rules, one for each consequence",
            )
        return self


class _Rule(Frozen):
    id: str = Field(
        pattern=r"^[a-z][a-z0-9_-]*$", max_length=64, description="The rule's id, by which reports name it."
    )
    says: str = Field(min_length=1, description="The rule in words, as a candidate may read it.")
    on_fail: OnFail = Field(default_factory=OnFail, description="What a failed check does to the score.")


class DeliverableLength(_Rule):
    """The deliverable has at least, and at most, so many words."""

    check: Literal["deliverable_length"] = Field(description="Which check this is.")
    min_words: int = Field(default=1, ge=0, description="The fewest words.")
    max_words: int | None = Field(default=None, ge=1, description="The most words; no limit when left out.")

    @model_validator(mode="after")
    def _is_satisfiable(self) -> Self:
        if self.max_words is not None and self.max_words < self.min_words:
            raise misplaced(
                f"`max_words` ({self.max_words}) is below `min_words` ({self.min_words})",
                "max_words",
                remedy="Raise max_words or lower min_words",
            )
        return self


class DeliverableContains(_Rule):
    """The deliverable holds each of these phrases (case and white space do not matter)."""

    check: Literal["deliverable_contains"] = Field(description="Which check this is.")
    phrases: tuple[str, ...] = Field(min_length=1, description="Every one of them must be there.")


class DeliverableForbids(_Rule):
    """The deliverable holds none of these phrases (case and white space do not matter)."""

    check: Literal["deliverable_forbids"] = Field(description="Which check this is.")
    phrases: tuple[str, ...] = Field(min_length=1, description="None of them may be there.")


class DeliverableJson(_Rule):
    """The deliverable is one JSON value; when it is an object, it has these keys."""

    check: Literal["deliverable_json"] = Field(description="Which check this is.")
    required_keys: tuple[str, ...] = Field(default=(), description="Keys that the object has.")


class DeliverableTable(_Rule):
    """The deliverable holds a Markdown or CSV table with these columns and at least so many rows."""

    check: Literal["deliverable_table"] = Field(description="Which check this is.")
    columns: tuple[str, ...] = Field(min_length=1, description="Column titles, in any order.")
    min_rows: int = Field(default=1, ge=0, description="The fewest rows below the titles.")


class NoPersonalData(_Rule):
    """No personal data of these kinds where it does not belong."""

    check: Literal["no_personal_data"] = Field(description="Which check this is.")
    kinds: tuple[Literal["email", "phone", "card", "iban"], ...] = Field(
        default=("email", "phone", "card", "iban"), description="What to look for."
    )
    where: Literal["messages", "deliverable", "both"] = Field(
        default="both", description="The candidate's messages, the deliverable, or both."
    )
    allowed: tuple[str, ...] = Field(
        default=(), description="Exact values that may appear, such as a public address."
    )


class LimitsKept(_Rule):
    """The session ended by submission, within its rounds and its time."""

    check: Literal["limits_kept"] = Field(description="Which check this is.")


Rule = Annotated[
    DeliverableLength
    | DeliverableContains
    | DeliverableForbids
    | DeliverableJson
    | DeliverableTable
    | NoPersonalData
    | LimitsKept,
    Field(discriminator="check"),
]
