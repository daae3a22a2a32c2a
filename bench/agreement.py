"""Agreement of the offline judge with the reference raters, beside what it has to beat.

    python bench/agreement.py [--data DIR] [--table crossvalidated|shipped]

crossvalidated: every session is rated by a table that was fitted without its participant.
shipped: the table in the repository is measured as it is; use this on sessions it was not fitted on.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, combinations_with_replacement
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from bench.error_correlation import PairedErrors, correlations  # noqa: E402
from bench.fit_levels import cross_validated, folds, predict, scored  # noqa: E402
from bench.kappa import clustered_interval, kappa, weighted_kappa  # noqa: E402
from bench.rated_sessions import CRITERIA, DEFAULT_DATA, RatedSession, load  # noqa: E402

from assay.scoring.indicators.levels import shipped_levels  # noqa: E402

Pairs = list[tuple[RatedSession, float]]
HEAD = (
    "| criterion | n | judge | 95 % | rounded | shipped table | raters | length only | constant | "
    "exact | within 1 | mean diff | scored: n both / judge / raters / neither | scored kappa |\n"
    "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|"
)


@dataclass(frozen=True)
class Agreement:
    """What is reported of one criterion."""

    criterion: str
    n: int
    judge: float
    interval: tuple[float, float]
    rounded: float
    shipped: float
    raters: float
    length: float
    constant: float
    exact: float
    adjacent: float
    difference: float
    coverage: tuple[int, int, int, int]
    coverage_kappa: float

    def row(self) -> str:
        """One line of the table; a dash where a figure has no meaning."""
        low, high = self.interval
        figures = (self.rounded, self.shipped, self.raters, self.length, self.constant)
        cells = [
            self.criterion,
            str(self.n),
            f"**{_figure(self.judge)}**",
            f"{_figure(low)} to {_figure(high)}",
            *map(_figure, figures),
            f"{self.exact:.0%}",
            f"{self.adjacent:.0%}",
            f"{self.difference:+.2f}",
            " / ".join(map(str, self.coverage)),
            _figure(self.coverage_kappa),
        ]
        return f"| {' | '.join(cells)} |"


def _figure(value: float) -> str:
    return "–" if np.isnan(value) else f"{value:.2f}"


def whole(level: float) -> float:
    """A half level as a whole one, downward, as the raters' median is rounded."""
    return float(level // 1)


def truth_of(pairs: Pairs, criterion: str) -> list[float]:
    """The raters' medians."""
    return [float(session.median(criterion) or 0) for session, _ in pairs]


def between_raters(sessions: Sequence[RatedSession], criterion: str) -> float:
    """Mean weighted kappa over the pairs of raters, each over the sessions both scored."""
    names = sorted({rater for session in sessions for rater in session.ratings})
    values = []
    for one, other in combinations(names, 2):
        both = [
            (s.ratings[one].get(criterion), s.ratings[other].get(criterion))
            for s in sessions
            if {one, other} <= s.ratings.keys()
        ]
        known = [(a, b) for a, b in both if a is not None and b is not None]
        values.append(weighted_kappa([a for a, _ in known], [b for _, b in known]))
    return float(np.nanmean(values))


def _cut(lengths: np.ndarray, cuts: Sequence[float], rising: bool) -> np.ndarray:
    levels = np.searchsorted(np.asarray(cuts), lengths, side="right")
    return (levels if rising else 4 - levels).astype(float)


def best_cuts(lengths: np.ndarray, levels: np.ndarray) -> tuple[tuple[float, ...], bool]:
    """Four cut points on log characters, and the direction, with the best weighted kappa."""
    places = np.unique(np.quantile(lengths, np.linspace(0, 1, 11)))
    choices = [
        (weighted_kappa(levels.tolist(), _cut(lengths, cuts, rising).tolist()), cuts, rising)
        for cuts in combinations_with_replacement([-np.inf, *places, np.inf], 4)
        for rising in (True, False)
    ]
    _, cuts, rising = max((c for c in choices if not np.isnan(c[0])), key=lambda choice: choice[0])
    return tuple(cuts), rising


def length_only(sessions: Sequence[RatedSession], criterion: str) -> Pairs:
    """Cross-validated levels from nothing but how much was written."""
    pairs: Pairs = []
    for train, test in folds(sessions):
        lengths = np.log([max(1, s.characters) for s in train])
        cuts, rising = best_cuts(lengths, np.array([float(s.median(criterion) or 0) for s in train]))
        levels = _cut(np.log([max(1, s.characters) for s in test]), cuts, rising)
        pairs += list(zip(test, levels.tolist(), strict=True))
    return pairs


def constant(sessions: Sequence[RatedSession], criterion: str) -> float:
    """Weighted kappa of always giving the commonest level, which is nought by construction."""
    levels = [float(s.median(criterion) or 0) for s in sessions]
    return weighted_kappa(levels, [max(set(levels), key=levels.count)] * len(levels))


def by_shipped_table(sessions: Sequence[RatedSession], criterion: str) -> Pairs:
    """The sessions that both score, with the level from the table in the repository."""
    table = shipped_levels().families[criterion]
    return [(session, predict(table, criterion, session)) for session in scored(sessions, criterion)]


def measure(sessions: Sequence[RatedSession], criterion: str, pairs: Pairs) -> Agreement:
    """Everything that is reported of one criterion; `pairs` are the levels to be measured."""
    rated = scored(sessions, criterion)
    shipped = by_shipped_table(sessions, criterion)
    truth, guess = np.array(truth_of(pairs, criterion)), np.array([level for _, level in pairs])
    plain = np.array([whole(level) for level in guess])
    by_length = length_only(rated, criterion)
    judge_scores = [not s.unscored[criterion] for s in sessions]
    raters_score = [s.median(criterion) is not None for s in sessions]
    both = list(zip(judge_scores, raters_score, strict=True))
    return Agreement(
        criterion=criterion,
        n=len(pairs),
        judge=weighted_kappa(truth.tolist(), guess.tolist()),
        interval=clustered_interval(truth.tolist(), guess.tolist(), [s.participant for s, _ in pairs]),
        rounded=weighted_kappa(truth.tolist(), plain.tolist()),
        shipped=weighted_kappa(truth_of(shipped, criterion), [level for _, level in shipped]),
        raters=between_raters(sessions, criterion),
        length=weighted_kappa(truth_of(by_length, criterion), [level for _, level in by_length]),
        constant=constant(rated, criterion),
        exact=float(np.mean(truth == plain)),
        adjacent=float(np.mean(np.abs(truth - plain) <= 1)),
        difference=float(np.mean(guess - truth)),
        coverage=(
            both.count((True, True)),
            both.count((True, False)),
            both.count((False, True)),
            both.count((False, False)),
        ),
        coverage_kappa=kappa(judge_scores, raters_score),
    )


SAYS = {
    "crossvalidated": "Every session is rated by a table that was fitted without its participant.",
    "shipped": "The table in the repository is measured as it is; nothing is fitted here. On sessions that "
    "neither the table nor the signs were made from, this is how well the judge does on unseen sessions. On "
    "the sessions it was fitted on, it is too good to be true.",
}


def errors_of(rated: dict[str, Pairs]) -> PairedErrors:
    """Judge minus raters, in levels, by criterion and session."""
    return {
        criterion: {session.id: level - float(session.median(criterion) or 0) for session, level in pairs}
        for criterion, pairs in rated.items()
    }


def print_correlations(sessions: Sequence[RatedSession], rated: dict[str, Pairs]) -> None:
    """How far the judge's errors on two criteria of one session go together."""
    people = {session.id: session.participant for session in sessions}
    print("\n| errors of one session on | sessions | correlation | 95 % |\n|---|---|---|---|")
    for found in correlations(errors_of(rated), people):
        low, high = found.interval
        print(f"| {found.between} | {found.n} | {_figure(found.value)} | {_figure(low)} to {_figure(high)} |")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="directory with the rated sessions")
    parser.add_argument("--table", choices=("crossvalidated", "shipped"), default="crossvalidated")
    options = parser.parse_args()
    sessions = load(options.data)
    people = len({session.participant for session in sessions})
    print(
        f"{len(sessions)} rated sessions by {people} participants; table: {options.table}. "
        f"{SAYS[options.table]}"
    )
    print(f"\n{HEAD}")
    rated: dict[str, Pairs] = {}
    levels = cross_validated if options.table == "crossvalidated" else by_shipped_table
    for criterion in CRITERIA:
        if len({session.participant for session in scored(sessions, criterion)}) < 2:
            print(f"| {criterion} | fewer than two participants are scored by judge and raters alike |")
            continue
        rated[criterion] = levels(sessions, criterion)
        print(measure(sessions, criterion, rated[criterion]).row(), flush=True)
    print_correlations(sessions, rated)


if __name__ == "__main__":
    main()
