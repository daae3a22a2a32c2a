"""What one check finds, and the words that all checks share."""

from typing import Literal, NamedTuple

from pydantic import Field

from assay.frozen import Frozen
from assay.scoring.ratings import Rating

EXCERPT = 60

Unmade = Literal["cannot be made", "another version", "not reached"]
"""Why a check was not made: this kind of record has nothing it could be made on; another version of Assay,
of a judge or of the exercise stands in its way; or something before it does not hold."""


class Answer(NamedTuple):
    """Whether something holds, or None where it was not checked; what was found; and why it was not."""

    holds: bool | None
    detail: str
    unmade: Unmade | None = None


class Check(Frozen):
    """One check: `holds` is None where it was not made, and `detail` then says why."""

    name: str
    says: str
    holds: bool | None
    detail: str = ""
    unmade: Unmade | None = Field(default=None, description="What kept it from being made; null if it was.")


def cannot_be_made(detail: str) -> Answer:
    """There is nothing in a record of this kind that the check could be made on."""
    return Answer(None, detail, "cannot be made")


def left_to_another_version(detail: str) -> Answer:
    """A record of this kind allows the check, and the versions here do not."""
    return Answer(None, detail, "another version")


NOT_REACHED = Answer(None, "not checked, because something before it does not hold", "not reached")


def of_rating(rating: Rating) -> str:
    """Which rating, in words."""
    return f"rating of {rating.criterion} by {rating.rater.name}"


def level_in_words(level: float | None) -> str:
    """A level, or the word unscored."""
    return "unscored" if level is None else f"{level:g}"


def shortened(text: str, length: int = EXCERPT) -> str:
    """The beginning of a text, enough to recognise it by."""
    return text if len(text) <= length else f"{text[: length - 1]}…"
