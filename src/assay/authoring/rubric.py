"""Rubrics: criteria with weights, levels of a stated scale fixed by words and an example, and hard rules."""

from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from assay.authoring.mistakes import misplaced
from assay.authoring.rules import Rule
from assay.frozen import Frozen

Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$", max_length=64)]


class Scale(Frozen):
    """The whole levels a criterion is rated on. A scale travels with every number made on it."""

    min: int = Field(default=0, ge=0, description="The lowest level.")
    max: int = Field(default=4, ge=1, le=10, description="The highest level.")

    @model_validator(mode="after")
    def _is_ascending(self) -> Self:
        if self.min >= self.max:
            raise misplaced(
                f"the scale's min ({self.min}) must be below its max ({self.max})",
                "min",
                remedy="Write the lowest level as min and the highest as max",
            )
        return self

    @property
    def levels(self) -> range:
        """Every whole level, lowest first."""
        return range(self.min, self.max + 1)


class Level(Frozen):
    """The anchor of one level: the words and the example that fix it."""

    words: str = Field(min_length=1, description="What a session at this level looks like.")
    example: str | None = Field(default=None, description="Something a candidate at this level would write.")


class Criterion(Frozen):
    """One thing that is rated, by itself, on the rubric's scale."""

    title: str = Field(default="", description="The name people see; made from the id when left out.")
    asks: str = Field(min_length=1, description="The question a rater answers.")
    weight: float = Field(
        default=1.0, gt=0, le=100, description="Share in the overall score, relative to the others."
    )
    severity: Literal["normal", "serious"] = Field(
        default="normal", description="A low level on a serious criterion is listed first in every report."
    )
    signs: str | None = Field(
        default=None,
        description="The family of signs that the offline judge uses; the criterion's id when left out.",
    )
    levels: dict[int, Level] = Field(description="Level number to anchor; a bare text is the level's words.")
    unscored_when: str | None = Field(
        default=None, description="When this criterion cannot be rated at all, in words."
    )

    @field_validator("levels", mode="before")
    @classmethod
    def _bare_words_are_a_level(cls, value: object) -> object:
        if not isinstance(value, dict):
            return value
        return {
            # JSON has only text keys, and strict validation takes "3" for no whole number.
            int(key) if isinstance(key, str) and key.isdecimal() and len(key) < 4 else key: (
                {"words": level} if isinstance(level, str) else level
            )
            for key, level in value.items()
        }


class Rubric(Frozen):
    """How sessions of an exercise are rated."""

    rubric: Identifier | None = Field(default=None, description="The rubric's own id.")
    scale: Scale = Field(default_factory=Scale, description="The scale of every criterion.")
    criteria: dict[Identifier, Criterion] = Field(min_length=1, description="Criterion id to criterion.")
    rules: tuple[Rule, ...] = Field(default=(), description="Hard checks made by code.")

    @model_validator(mode="after")
    def _levels_are_on_the_scale(self) -> Self:
        for name, criterion in self.criteria.items():
            outside = [level for level in criterion.levels if level not in self.scale.levels]
            if outside:
                scale = f"{self.scale.min} to {self.scale.max}"
                raise misplaced(
                    f"criterion {name} has level {outside[0]}, outside its scale {scale}",
                    "criteria",
                    name,
                    "levels",
                    outside[0],
                    remedy="Remove the level, or widen the scale",
                )
        return self

    @model_validator(mode="after")
    def _caps_are_on_the_scale(self) -> Self:
        for index, rule in enumerate(self.rules):
            cap = rule.on_fail.cap_overall
            if cap is not None and not self.scale.min <= cap <= self.scale.max:
                raise misplaced(
                    f"rule {rule.id} caps the overall score at {cap:g}, outside its scale "
                    f"{self.scale.min} to {self.scale.max}",
                    "rules",
                    index,
                    "on_fail",
                    "cap_overall",
                    remedy="Cap at a level of the scale below its highest, or remove cap_overall",
                )
        return self

    @model_validator(mode="after")
    def _rules_name_criteria(self) -> Self:
        for index, rule in enumerate(self.rules):
            target = rule.on_fail.auto_fail
            if target is not None and target not in self.criteria:
                raise misplaced(
                    f"rule {rule.id} fails criterion {target}, which this rubric does not have",
                    "rules",
                    index,
                    "on_fail",
                    "auto_fail",
                    remedy=f"Name one of its criteria: {', '.join(self.criteria)}",
                )
        return self

    def title_of(self, criterion: str) -> str:
        """The name people see for a criterion id."""
        return self.criteria[criterion].title or criterion.replace("_", " ").replace("-", " ").capitalize()
