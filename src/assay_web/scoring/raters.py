"""How a session was rated, laid out for the result page: by whom, and which quotes do not stand."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from assay.record import Record
from assay.reports.findings import RATER_KINDS, left_unscored, rated_by, refused_quotes, sentence
from assay.reports.judges import judge_in_words
from assay.reports.safe import visible
from assay.scoring.ratings import RaterIdentity

AT_FIRST = 3
"""Refused quotes of one rater on one criterion that are shown at once; the others are folded away."""


@dataclass(frozen=True, slots=True)
class RaterShown:
    """One rater: what it is, its name with what it contributed, and what is to be known of it."""

    kind: str
    name: str
    told: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RefusedShown:
    """A quote that does not stand where its rater said, and how often it was given."""

    words: str
    where: str
    times: int


@dataclass(frozen=True, slots=True)
class RefusedGroup:
    """The refused quotes of one rater on one criterion, each different one once. `number` counts them all."""

    rater: str
    criterion: str
    number: int
    first: tuple[RefusedShown, ...]
    more: tuple[RefusedShown, ...]


@dataclass(frozen=True, slots=True)
class Rated:
    """How a session was rated. `found` quotes stand where the rater said, and `refused` do not."""

    raters: tuple[RaterShown, ...]
    unscored: tuple[str, ...]
    found: int
    refused: int
    groups: tuple[RefusedGroup, ...]


def how_rated(record: Record) -> Rated:
    """Lay out how a record's session was rated."""
    groups = _groups(record)
    return Rated(
        raters=tuple(_rater(record, rater) for rater in record.raters),
        unscored=tuple(visible(told) for told in left_unscored(record)),
        found=sum(len(rating.evidence) for rating in record.ratings),
        refused=sum(group.number for group in groups),
        groups=groups,
    )


def _rater(record: Record, rater: RaterIdentity) -> RaterShown:
    version = f", version {rater.version[:12]}" if rater.version else ""
    told = [sentence(rater.calibration)] if rater.calibration else []
    return RaterShown(
        kind=RATER_KINDS[rater.kind],
        name=visible(f"{rater.name}{version}: {rated_by(record, rater)}."),
        told=tuple(visible(words) for words in [*told, *judge_in_words(record, rater)]),
    )


def _groups(record: Record) -> tuple[RefusedGroup, ...]:
    """In the order of the ratings; within a group, what was given most often comes first."""
    given: dict[tuple[RaterIdentity, str], Counter[tuple[int | None, str]]] = defaultdict(Counter)
    for item in refused_quotes(record):
        given[item.rater, item.criterion][item.quote.turn, item.quote.text] += 1
    return tuple(
        _group(rater.name, record.scored_rubric.title_of(criterion), quotes)
        for (rater, criterion), quotes in given.items()
    )


def _group(rater: str, criterion: str, quotes: Counter[tuple[int | None, str]]) -> RefusedGroup:
    shown = [
        RefusedShown(visible(words), "deliverable" if turn is None else f"message {turn}", times)
        for (turn, words), times in quotes.most_common()
    ]
    return RefusedGroup(
        rater=visible(rater),
        criterion=visible(criterion),
        number=quotes.total(),
        first=tuple(shown[:AT_FIRST]),
        more=tuple(shown[AT_FIRST:]),
    )
