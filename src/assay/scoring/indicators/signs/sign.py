"""What a sign is: a countable thing in the candidate's own doing, and where it was found."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from assay.scoring.indicators.reading import Reading

Push = Literal["up", "down", "neither"]


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a sign fired: original offsets into a candidate's message; turn None means the deliverable."""

    turn: int | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Example:
    """A short conversation: `you` is the candidate, `ai` the assistant; `brief` is the scenario, if any.

    `errors_shown` tells that the exercise has the assistant make mistakes.
    """

    turns: tuple[tuple[Literal["you", "ai"], str], ...]
    brief: str = ""
    deliverable: str = ""
    errors_shown: bool = False


def you(*texts: str, brief: str = "") -> Example:
    """Only the candidate speaks."""
    return Example(tuple(("you", text) for text in texts), brief)


def talk(*texts: str, brief: str = "", deliverable: str = "", errors_shown: bool = False) -> Example:
    """Candidate and assistant take turns; the candidate begins."""
    speakers: tuple[Literal["you", "ai"], ...] = ("you", "ai")
    turns = tuple((speakers[place % 2], text) for place, text in enumerate(texts))
    return Example(turns, brief, deliverable, errors_shown)


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign. `cap` is the most of its marks that count; `says` finishes 'the candidate …' in a reason."""

    id: str
    family: str
    push: Push
    means: str
    says: str
    why: str
    fires: Example
    silent: Example
    find: Callable[[Reading], Iterator[Mark]]
    cap: int = 1
