"""Where a session stands with a rater, and how far it moved when its text was changed."""

from dataclasses import dataclass
from math import fsum

from pydantic import Field

from assay.frozen import Frozen
from assay.scoring.pipeline import score_case
from assay.scoring.raters import Case, Rater
from assay.scoring.score import Score


@dataclass(frozen=True, slots=True)
class Standing:
    """What the panel makes of a session, after the evidence gate. `mean` is of the scored criteria."""

    levels: dict[str, float | None]
    serious: frozenset[str]
    overall: float | None
    mean: float
    why: str = ""
    """Why criteria are unscored, each reason once."""


class Shift(Frozen):
    """How a criterion, or the overall score, moved. None where it was or became unscored."""

    name: str
    before: float | None
    after: float | None
    shift: float | None = Field(
        description="In levels. A criterion that was unscored is reckoned from the mean of the others, since "
        "that is what being left out of the mean is worth. None where it became, or stayed, unscored."
    )

    @property
    def moved(self) -> bool:
        """Whether anything changed, be it only from scored to unscored."""
        return self.before != self.after


class Movement(Frozen):
    """How a whole session moved."""

    criteria: tuple[Shift, ...]
    overall: Shift
    serious_lost: tuple[str, ...] = Field(description="Criteria that were marked serious and are no longer.")
    serious_gained: tuple[str, ...] = ()

    @property
    def shifts(self) -> tuple[float, ...]:
        """The shifts of the criteria that have one, in levels."""
        return tuple(one.shift for one in self.criteria if one.shift is not None)

    @property
    def up(self) -> float:
        """The largest shift up of a criterion or of the overall score, 0 where none went up."""
        return max((*self.shifts, self.overall.shift or 0.0, 0.0))

    @property
    def down(self) -> float:
        """The largest shift down of a criterion or of the overall score, as a positive number."""
        return max((*(-shift for shift in self.shifts), -(self.overall.shift or 0.0), 0.0))

    @property
    def moved(self) -> bool:
        """Whether anything at all changed."""
        return self.overall.moved or any(one.moved for one in self.criteria) or self._serious_moved

    @property
    def _serious_moved(self) -> bool:
        return bool(self.serious_lost or self.serious_gained)


def standing_of(case: Case, rater: Rater) -> Standing:
    """Rate a case with one rater, through gate, panel and rules."""
    score = score_case(case, [rater]).score
    return Standing(
        levels={one.criterion: one.level for one in score.criteria},
        serious=frozenset(one.criterion for one in score.criteria if one.serious),
        overall=score.overall.value if score.overall else None,
        mean=_mean(score),
        why="; ".join(dict.fromkeys(one.unscored for one in score.criteria if one.unscored)),
    )


def _mean(score: Score) -> float:
    scored = [(one.weight, one.level) for one in score.criteria if one.level is not None]
    if not scored:
        return float(score.scale.min)
    return fsum(weight * level for weight, level in scored) / fsum(weight for weight, _ in scored)


def movement(before: Standing, after: Standing) -> Movement:
    """How far a session moved between two ratings by the same rater."""
    return Movement(
        criteria=tuple(
            _shift(name, level, after.levels[name], before.mean) for name, level in before.levels.items()
        ),
        overall=_shift("overall", before.overall, after.overall, None),
        serious_lost=tuple(sorted(before.serious - after.serious)),
        serious_gained=tuple(sorted(after.serious - before.serious)),
    )


def _shift(name: str, before: float | None, after: float | None, unscored_as: float | None) -> Shift:
    start = unscored_as if before is None else before
    moved = None if after is None or start is None else round(after - start, 4)
    return Shift(name=name, before=before, after=after, shift=moved)
