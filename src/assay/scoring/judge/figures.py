"""What one LLM judge's ratings of a session say about the judge."""

from collections.abc import Iterable

from pydantic import Field

from assay.frozen import Frozen
from assay.scoring.ratings import Judged, RaterIdentity, Rating


class JudgeFigures(Frozen):
    """How far a judge's word could be used, and what it took. All counts are over one set of ratings."""

    judge: RaterIdentity
    models: tuple[str, ...] = Field(description="The models that answered, as their endpoint named them.")
    answers: int = Field(ge=0, description="Ratings: criteria times passes.")
    unscored: int = Field(ge=0, description="Ratings of these without a level.")
    quotes: int = Field(
        ge=0, description="Quotes claimed, those included that stand in answers which were not used."
    )
    invented: int = Field(ge=0, description="Quotes of these that do not stand where the judge said.")
    cost: float | None = Field(description="US dollars; null where some of it is not known.")
    cuts: tuple[str, ...] = Field(description="What the judge was not shown, for lack of room.")

    @property
    def fabrication_rate(self) -> float | None:
        """The share of its quotes that do not stand where it said, 0 to 1; None where it quoted nothing."""
        return self.invented / self.quotes if self.quotes else None

    @property
    def unscored_share(self) -> float | None:
        """The share of its ratings without a level, 0 to 1; None where it gave no rating."""
        return self.unscored / self.answers if self.answers else None


def figures_of(judge: RaterIdentity, ratings: Iterable[Rating]) -> JudgeFigures:
    """The figures of one judge, from whichever ratings are its own."""
    own = [rating for rating in ratings if rating.rater == judge]
    took = [rating.judged for rating in own if rating.judged is not None]
    dropped = sum(len(rating.dropped) for rating in own)
    return JudgeFigures(
        judge=judge,
        models=tuple(dict.fromkeys(one.model for one in took if one.model)),
        answers=len(own),
        unscored=sum(rating.level is None for rating in own),
        quotes=dropped + sum(len(one.evidence) for one in own) + sum(one.unused_quotes for one in took),
        invented=dropped + sum(one.unused_invented for one in took),
        cost=_cost(took),
        cuts=tuple(dict.fromkeys(cut for one in took for cut in one.cuts)),
    )


def _cost(took: Iterable[Judged]) -> float | None:
    """What all calls cost together; criteria that were asked about in one call share what it cost."""
    costs = [None if one.cost is None else one.cost / one.together for one in took]
    known = [cost for cost in costs if cost is not None]
    return sum(known) if costs and len(known) == len(costs) else None
