"""Whose word counts on a criterion, and once each: the passes of one judge are one voice, not several."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from assay.scoring.ratings import RaterIdentity, Rating
from assay.scoring.score import JudgeVote


@dataclass(frozen=True, slots=True)
class Voice:
    """One rater's level on one criterion: for a judge, the median of its passes that gave a level.

    `rating` is what speaks for it in reports: of several passes, the first whose level is nearest.
    """

    level: float
    rating: Rating

    @property
    def error(self) -> float | None:
        """The rater's measured standard error, in levels; None where nobody has measured it."""
        return self.rating.error


def heard(criterion: str, ratings: Iterable[Rating]) -> list[Rating]:
    """The ratings that decide a criterion: those of people where a person was asked, else all."""
    given = [rating for rating in ratings if rating.criterion == criterion]
    return [rating for rating in given if rating.rater.kind == "person"] or given


def voices_on(criterion: str, ratings: Iterable[Rating]) -> list[Voice]:
    """A voice for every rater that gave the criterion a level, in the order of their first ratings."""
    scored = [rating for rating in heard(criterion, ratings) if rating.level is not None]
    groups: dict[object, list[Rating]] = {}
    for place, rating in enumerate(scored):
        groups.setdefault(rating.rater if rating.rater.kind == "judge" else place, []).append(rating)
    return [_voice(own) for own in groups.values()]


def _voice(own: Sequence[Rating]) -> Voice:
    level = median(levels_of(own))
    return Voice(level, min(own, key=lambda rating: abs((rating.level or 0) - level)))


def levels_of(ratings: Iterable[Rating]) -> list[float]:
    """The levels that were given."""
    return [rating.level for rating in ratings if rating.level is not None]


def votes_of_judges(criterion: str, ratings: Iterable[Rating]) -> tuple[JudgeVote, ...]:
    """For every LLM judge that was asked about a criterion: what it said in each pass, and its vote."""
    passes: dict[RaterIdentity, list[Rating]] = {}
    for rating in ratings:
        if rating.criterion == criterion and rating.judged is not None:
            passes.setdefault(rating.rater, []).append(rating)
    return tuple(_vote(judge, own) for judge, own in passes.items())


def _vote(judge: RaterIdentity, own: Sequence[Rating]) -> JudgeVote:
    order = sorted(own, key=lambda rating: rating.judged.number if rating.judged else 0)
    levels = levels_of(order)
    return JudgeVote(
        judge=judge,
        level=median(levels) if levels else None,
        passes=tuple(rating.level for rating in order),
        planned=max(rating.judged.planned for rating in order if rating.judged),
        dissent=any(rating.judged.dissent for rating in order if rating.judged),
    )
