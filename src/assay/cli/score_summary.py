"""What a person sees after a run: the report of one session, a table of a few, distributions of many."""

from collections import Counter
from dataclasses import dataclass, field

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from assay.cli.score_work import Outcome
from assay.reports.safe import one_line
from assay.scoring.inputs import Refusal
from assay.scoring.narrative import show_level

FEW = 20
"""Up to this many sessions get a row each."""

_MOST_REASONS = 3
_ID_AND_OVERALL_WIDTH = 47
_LEVEL_WIDTH = 6


@dataclass(slots=True)
class Summary:
    """Counts over a run. Its size does not depend on how many sessions there are."""

    scored: int = 0
    unscored: int = 0
    refused: int = 0
    first: list[Outcome] = field(default_factory=list)
    overall: Counter[float] = field(default_factory=Counter)
    levels: dict[str, Counter[float | None]] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    reasons: Counter[str] = field(default_factory=Counter)
    scales: set[int] = field(default_factory=set)

    @property
    def total(self) -> int:
        """All sessions, refused ones included."""
        return self.scored + self.unscored + self.refused

    def add(self, result: Outcome | Refusal) -> None:
        """Count one session."""
        if isinstance(result, Refusal):
            self.refused += 1
            return
        if result.overall is None:
            self.unscored += 1
            self.reasons[result.unscored or "no reason was given"] += 1
        else:
            self.scored += 1
            self.overall[round(result.overall, 2)] += 1
        if len(self.first) <= FEW:
            self.first.append(result)
        self.scales.add(result.scale_max)
        for criterion, level in result.levels.items():
            self.levels.setdefault(criterion, Counter())[level] += 1
            self.titles[criterion] = result.titles[criterion]

    def counted(self) -> str:
        """The counts in words."""
        words = [f"{self.total:,} {'session' if self.total == 1 else 'sessions'}: {self.scored:,} scored"]
        words += [f"{self.unscored:,} without an overall score"] if self.unscored else []
        words += [f"{self.refused:,} refused"] if self.refused else []
        return ", ".join(words)

    def show(self, console: Console) -> None:
        """Print what fits the number of sessions."""
        if not self.first:
            return
        if len(self.first) == 1 and self.first[0].record is not None:
            from assay.reports.terminal import print_report

            print_report(self.first[0].record, console)
            return
        if len(self.first) <= FEW:
            _print_few(self.first, console)
        else:
            console.print(Text(self._spread()))
            console.print(_distribution(self.levels, self.titles))
        for reason, count in self.reasons.most_common(_MOST_REASONS):
            console.print(Text(f"Without an overall score: {count:,}, because {one_line(reason)}."))
        console.print(Text(f"{self.counted()}."))
        if len(self.first) > FEW:
            hint = "--json shows every session; --out DIR --format html writes a report of each."
            console.print(Text(hint))

    def _spread(self) -> str:
        """How the overall scores lie. Never a lone average; scores on different scales are not mixed."""
        if not self.overall:
            return "No session has an overall score."
        if len(self.scales) > 1:
            return (
                "The sessions are scored on different scales, so their overall scores are not put together."
            )
        values = sorted(self.overall.elements())
        lowest, quarter, half, last, highest = (
            show_level(values[int((len(values) - 1) * share)]) for share in (0, 0.25, 0.5, 0.75, 1)
        )
        return (
            f"Overall out of {show_level(max(self.scales))}: the median is {half}, half of the sessions lie "
            f"between {quarter} and {last}, all of them between {lowest} and {highest}."
        )


def _print_few(outcomes: list[Outcome], console: Console) -> None:
    """A row for each session, the criteria numbered.

    Where the terminal is too narrow the table is printed wider than it: rich would leave columns out.
    """
    titles = {name: title for outcome in outcomes for name, title in outcome.titles.items()}
    criteria = (Column(str(number), justify="right") for number in range(1, len(titles) + 1))
    overall = Column("Overall", no_wrap=True)
    table = Table(Column("Session", overflow="fold"), overall, *criteria, box=SIMPLE_HEAD, pad_edge=False)
    for outcome in outcomes:
        cells = [_level(outcome.levels.get(name)) for name in titles]
        table.add_row(Text(one_line(outcome.id)), _overall(outcome), *cells)
    numbered = [f"{number} {one_line(title)}" for number, title in enumerate(titles.values(), start=1)]
    needed = _ID_AND_OVERALL_WIDTH + _LEVEL_WIDTH * len(titles)
    table.width = needed if console.width < needed else None
    console.print(table, crop=False, soft_wrap=console.width < needed)
    capped = ["capped: a failed rule keeps the score lower"] if any(one.capped for one in outcomes) else []
    console.print(Text(" · ".join([*numbered, "– unscored", *capped])))


def _overall(outcome: Outcome) -> str:
    if outcome.overall is None:
        return "unscored"
    value = show_level(outcome.overall) + (" capped" if outcome.capped else "")
    if outcome.low is None or outcome.high is None:
        return value
    return f"{value} ({show_level(outcome.low)} to {show_level(outcome.high)})"


def _level(level: float | None) -> str:
    return "–" if level is None else show_level(level)


def _distribution(levels: dict[str, Counter[float | None]], titles: dict[str, str]) -> Table:
    """How many sessions reached each level, criterion by criterion."""
    known = sorted({level for counts in levels.values() for level in counts if level is not None})
    columns = (Column(show_level(level), justify="right") for level in known)
    unscored = Column("unscored", justify="right")
    table = Table("Sessions at level", *columns, unscored, box=SIMPLE_HEAD, pad_edge=False)
    for criterion, counts in levels.items():
        cells = [f"{counts[level]:,}" if counts[level] else "" for level in (*known, None)]
        table.add_row(Text(one_line(titles[criterion])), *cells)
    return table
