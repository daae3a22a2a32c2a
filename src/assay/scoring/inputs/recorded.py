"""What a record brings to a new scoring: what people said of the session, where the rubric still asks it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from assay.authoring.rubric import Rubric
from assay.scoring.raters import Case
from assay.scoring.ratings import Proposal, Quote, RaterIdentity, Rating


@dataclass(frozen=True, slots=True)
class RecordedPerson:
    """A person whose ratings a record holds. Implements `assay.scoring.raters.Rater`."""

    identity: RaterIdentity
    proposals: tuple[Proposal, ...]

    def rate(self, case: Case) -> Iterable[Proposal]:
        """What the person said, about the criteria of the case's rubric."""
        return (proposal for proposal in self.proposals if proposal.criterion in case.rubric.criteria)


def people_in(
    ratings: Sequence[Rating], rated_on: Rubric, rubric: Rubric, anew: Iterable[str] = ()
) -> tuple[tuple[RecordedPerson, ...], tuple[str, ...]]:
    """The people whose ratings can be taken over, and notes on what was left out.

    A person's rating is taken over where the criterion and the scale are the same word for word: the level
    that was given is a level of nothing else.

    Args:
        ratings: all ratings of the record.
        rated_on: the rubric they were made on.
        rubric: the rubric that the session is scored with now.
        anew: names of people whose ratings are given anew, and go before those of the record.
    """
    again = set(anew)
    by_person: dict[RaterIdentity, list[Rating]] = {}
    for rating in ratings:
        if rating.rater.kind == "person":
            by_person.setdefault(rating.rater, []).append(rating)
    people: list[RecordedPerson] = []
    notes: list[str] = list(_judges_left_out(ratings))
    for person, given in by_person.items():
        if person.name in again:
            notes.append(f"what {person.name} says in the record was left out: the ratings file says it anew")
            continue
        kept = [rating for rating in given if _is_the_same(rating.criterion, rated_on, rubric)]
        left_out = [rating.criterion for rating in given if rating not in kept]
        if left_out:
            what = ", ".join(left_out)
            notes.append(f"{person.name}'s rating of {what} was left out: it was made on another rubric")
        if kept:
            people.append(RecordedPerson(person, tuple(_said(rating) for rating in kept)))
    return tuple(people), tuple(notes)


def _judges_left_out(ratings: Sequence[Rating]) -> Iterator[str]:
    names = dict.fromkeys(rating.rater.name for rating in ratings if rating.rater.kind == "judge")
    return (f"the ratings of {name}, an LLM judge, were left out: a judge is asked anew" for name in names)


def _is_the_same(criterion: str, one: Rubric, other: Rubric) -> bool:
    ours, theirs = one.criteria.get(criterion), other.criteria.get(criterion)
    return ours is not None and theirs is not None and one.scale == other.scale and ours == theirs


def _said(rating: Rating) -> Proposal:
    """The rating as its person made it, quotes that were dropped included."""
    quotes = [Quote(turn=e.turn, text=e.quote, start=e.start, sign=e.sign) for e in rating.evidence]
    return Proposal(
        criterion=rating.criterion,
        level=rating.level,
        quotes=(*quotes, *rating.dropped),
        reason=rating.reason,
        unscored=rating.unscored,
        error=rating.error,
    )
