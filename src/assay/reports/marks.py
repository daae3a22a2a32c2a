"""Evidence marks: each quote gets a short name, and a text is cut where marks begin and end."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from assay.scoring.ratings import Evidence
from assay.scoring.score import Score

_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Mark:
    """One piece of evidence as reports show it.

    `name` is unique in a report: the number of the criterion in the score (from 1) and a letter, as in
    `2c`; for a failed rule an R, the rule's number and a letter, as in `R1a`.
    """

    name: str
    group: int
    about: str
    evidence: Evidence

    @property
    def is_rule(self) -> bool:
        """The mark belongs to a failed rule, not to a criterion."""
        return self.name.startswith("R")


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of text under the same marks. `ends` are the marks whose last character it holds."""

    text: str
    marks: tuple[Mark, ...]
    begins: tuple[Mark, ...]
    ends: tuple[Mark, ...]


def criterion_marks(score: Score) -> tuple[tuple[Mark, ...], ...]:
    """The marks of each criterion, in the order of the score."""
    return tuple(
        tuple(
            Mark(f"{number}{letters(place)}", number, item.title, evidence)
            for place, evidence in enumerate(item.evidence)
        )
        for number, item in enumerate(score.criteria, start=1)
    )


def rule_marks(score: Score) -> tuple[tuple[Mark, ...], ...]:
    """The marks of each rule, in the order of the score; a rule that held has none."""
    return tuple(
        ()
        if rule.held
        else tuple(
            Mark(f"R{number}{letters(place)}", number, rule.says, evidence)
            for place, evidence in enumerate(rule.evidence)
        )
        for number, rule in enumerate(score.rules, start=1)
    )


def all_marks(score: Score) -> tuple[Mark, ...]:
    """Every mark of a score."""
    return tuple(mark for group in (*criterion_marks(score), *rule_marks(score)) for mark in group)


def marks_of_turn(marks: Iterable[Mark], turn: int | None) -> tuple[Mark, ...]:
    """The marks in one message, or with None those in the deliverable."""
    return tuple(mark for mark in marks if mark.evidence.turn == turn)


def segments(text: str, marks: Sequence[Mark]) -> Iterator[Segment]:
    """Cut `text` wherever a mark begins or ends; the segments' texts join up to `text` again."""
    placed = [mark for mark in marks if 0 <= mark.evidence.start < mark.evidence.end <= len(text)]
    cuts = sorted({0, len(text), *(m.evidence.start for m in placed), *(m.evidence.end for m in placed)})
    for start, end in pairwise(cuts):
        over = tuple(m for m in placed if m.evidence.start <= start and end <= m.evidence.end)
        yield Segment(
            text=text[start:end],
            marks=over,
            begins=tuple(m for m in over if m.evidence.start == start),
            ends=tuple(m for m in over if m.evidence.end == end),
        )


def letters(place: int) -> str:
    """The letter of the quote at `place`, counted from 0: a to z, then aa, ab and on."""
    head, tail = divmod(place, len(_LETTERS))
    return (letters(head - 1) if head else "") + _LETTERS[tail]
