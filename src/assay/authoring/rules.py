"""Hard rules: what code checks, and what a failed check does to the score."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

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
            raise ValueError(
                "a rule either caps the overall score or fails a criterion; write two rules for both"
            )
        return self


class _Rule(Frozen):
    id: str = Field(pattern=r"^[a-z][a-z0-9_-]*$", max_length=64)
    says: str = Field(min_length=1, description="The rule in words, as a candidate may read it.")
    on_fail: OnFail = Field(default_factory=OnFail)


class DeliverableLength(_Rule):
    """The deliverable has at least, and at most, so many words."""

    check: Literal["deliverable_length"]
    min_words: int = Field(default=1, ge=0)
    max_words: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _is_satisfiable(self) -> Self:
        if self.max_words is not None and self.max_words < self.min_words:
            raise ValueError(f"max_words ({self.max_words}) is below min_words ({self.min_words})")
        return self


class DeliverableContains(_Rule):
    """The deliverable holds each of these phrases (case and white space do not matter)."""

    check: Literal["deliverable_contains"]
    phrases: tuple[str, ...] = Field(min_length=1)


class DeliverableForbids(_Rule):
    """The deliverable holds none of these phrases (case and white space do not matter)."""

    check: Literal["deliverable_forbids"]
    phrases: tuple[str, ...] = Field(min_length=1)


class DeliverableJson(_Rule):
    """The deliverable is one JSON value; when it is an object, it has these keys."""

    check: Literal["deliverable_json"]
    required_keys: tuple[str, ...] = ()


class DeliverableTable(_Rule):
    """The deliverable holds a Markdown or CSV table with these columns and at least so many rows."""

    check: Literal["deliverable_table"]
    columns: tuple[str, ...] = Field(min_length=1)
    min_rows: int = Field(default=1, ge=0)


class NoPersonalData(_Rule):
    """No personal data of these kinds where it does not belong."""

    check: Literal["no_personal_data"]
    kinds: tuple[Literal["email", "phone", "card", "iban"], ...] = ("email", "phone", "card", "iban")
    where: Literal["messages", "deliverable", "both"] = "both"
    allowed: tuple[str, ...] = Field(
        default=(), description="Exact values that may appear, such as a public address."
    )


class LimitsKept(_Rule):
    """The session ended by submission, within its rounds and its time."""

    check: Literal["limits_kept"]


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
