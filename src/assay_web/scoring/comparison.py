"""Two candidates beside each other, criterion by criterion, and whether they can be told apart at all."""

from dataclasses import dataclass
from typing import Literal

from django.utils.safestring import SafeString, mark_safe

from assay.record import Record
from assay.reports.findings import level_in_words, range_in_words
from assay.reports.html.plots import bar
from assay.scoring.narrative import show_level
from assay.scoring.score import CriterionScore, Interval

Apart = Literal["first", "second", "too close to call", "cannot be compared"]


@dataclass(frozen=True, slots=True)
class Side:
    """One candidate's level, with its range."""

    level: str
    range: str
    bar: SafeString


@dataclass(frozen=True, slots=True)
class Compared:
    """One criterion, or the overall score, of both."""

    title: str
    hue: str
    first: Side
    second: Side
    apart: Apart
    why: str

    @property
    def sides(self) -> tuple[Side, Side]:
        """Both, in the order of the page."""
        return self.first, self.second


def compare_records(first: Record, second: Record) -> list[Compared]:
    """The overall scores, then every criterion that both rubrics have, in the first one's order."""
    ours, theirs = first.scored_rubric, second.scored_rubric
    there = {item.criterion: item for item in second.score.criteria}
    rows = [_overall(first, second)]
    for number, item in enumerate(first.score.criteria, start=1):
        other = there.get(item.criterion)
        if other is None:
            continue
        same = ours.scale == theirs.scale and ours.criteria[item.criterion] == theirs.criteria[item.criterion]
        rows.append(_criterion(first, second, item, other, hue=(number - 1) % 8 + 1, same=same))
    return rows


def not_in_both(first: Record, second: Record) -> list[str]:
    """The criteria that only one of the two was scored on, by title."""
    titles = [{item.criterion: item.title for item in record.score.criteria} for record in (first, second)]
    odd = titles[0].keys() ^ titles[1].keys()
    return sorted((titles[0] | titles[1])[name] for name in odd)


def told_apart(
    first: float | None, first_range: Interval | None, second: float | None, second_range: Interval | None
) -> tuple[Apart, str]:
    """Who stands higher, where the intervals do not overlap. A level without an interval counts as exact."""
    if first is None or second is None:
        return "cannot be compared", "one of them is unscored"
    low, high = (first_range.low, first_range.high) if first_range else (first, first)
    other_low, other_high = (second_range.low, second_range.high) if second_range else (second, second)
    if low > other_high:
        return "first", ""
    if other_low > high:
        return "second", ""
    if first == second and first_range is None and second_range is None:
        return "too close to call", "both are at the same level"
    return "too close to call", "the intervals overlap"


def _overall(first: Record, second: Record) -> Compared:
    one, other = first.score.overall, second.score.overall
    apart, why = told_apart(
        one.value if one else None,
        one.interval if one else None,
        other.value if other else None,
        other.interval if other else None,
    )
    if first.scored_rubric != second.scored_rubric:
        apart, why = "cannot be compared", "they were scored with different rubrics"
    sides = [
        Side(
            show_level(score.overall.value) if score.overall else "no overall score",
            range_in_words(score.overall.interval) if score.overall else "",
            SafeString(),
        )
        for score in (first.score, second.score)
    ]
    return Compared("Overall", "", sides[0], sides[1], apart, why)


def _criterion(
    first: Record, second: Record, item: CriterionScore, other: CriterionScore, *, hue: int, same: bool
) -> Compared:
    apart, why = told_apart(item.level, item.interval, other.level, other.interval)
    if not same:
        apart, why = "cannot be compared", "the two versions ask it differently"
    sides = [
        Side(
            level_in_words(score),
            range_in_words(score.interval),
            mark_safe(str(bar(score, record.score.scale))),
        )
        for record, score in ((first, item), (second, other))
    ]
    return Compared(item.title, str(hue), sides[0], sides[1], apart, why)
