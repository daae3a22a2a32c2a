"""Fit the offline judge's table of points on sessions with reference ratings.

    python bench/fit_levels.py [--data DIR] [--write]

Without --write the fitted table is printed; with it, src/assay/scoring/indicators/levels.yaml is replaced.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import yaml

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from bench.kappa import weighted_kappa  # noqa: E402
from bench.rated_sessions import CRITERIA, DEFAULT_DATA, RatedSession, load  # noqa: E402

from assay.scoring.indicators.levels import (  # noqa: E402
    LOWEST,
    FamilyTable,
    LevelsTable,
    counted,
    level_of,
    points_for,
)
from assay.scoring.indicators.signs import FAMILIES  # noqa: E402

STRENGTHS = (4.0, 8.0, 16.0, 32.0)
SPREADS = (1.0, 1.15, 1.3)
WITHIN = 0.03
"""Settings whose weighted kappa comes this near the best count as equal, and the strongest pull is taken."""
STEP = 0.25
# A sign that counts for nothing would be no sign: each adds or takes at least one step.
DIRECTIONS = {"up": (STEP, np.inf), "down": (-np.inf, -STEP), "neither": (0.0, 0.0)}
TABLE = ROOT / "src" / "assay" / "scoring" / "indicators" / "levels.yaml"
PRIOR = ROOT / "bench" / "prior_points.yaml"


def prior() -> LevelsTable:
    """The table set from the anchors' words alone."""
    return LevelsTable.model_validate(yaml.safe_load(PRIOR.read_text("utf-8")))


def scored(sessions: Sequence[RatedSession], family: str) -> list[RatedSession]:
    """Those sessions that raters and judge both score."""
    return [one for one in sessions if one.median(family) is not None and not one.unscored[family]]


def predict(table: FamilyTable, family: str, session: RatedSession) -> float:
    """The level a table gives a session."""
    return level_of(table.start + sum(points_for(table, FAMILIES[family], session.marks[family]).values()))


def folds(
    sessions: Sequence[RatedSession], count: int | None = None
) -> Iterator[tuple[list[RatedSession], list[RatedSession]]]:
    """Training and test sessions; nobody is in both. One participant at a time, or `count` folds."""
    people = sorted({session.participant for session in sessions})
    parts = [[person] for person in people] if count is None else [people[at::count] for at in range(count)]
    for part in parts:
        yield (
            [s for s in sessions if s.participant not in part],
            [s for s in sessions if s.participant in part],
        )


def fit_family(sessions: Sequence[RatedSession], family: str) -> FamilyTable:
    """Choose strength and spread by five folds within these sessions, then fit on all of them."""
    rated = scored(sessions, family)

    def value(strength: float, spread: float) -> float:
        truth: list[float] = []
        guess: list[float] = []
        for train, test in folds(rated, 5):
            table = _fit(train, family, strength, spread)
            truth += [float(session.median(family) or 0) for session in test]
            guess += [predict(table, family, session) for session in test]
        return weighted_kappa(truth, guess)

    choices = [(value(strength, spread), strength, spread) for strength in STRENGTHS for spread in SPREADS]
    best = max(choices)[0]
    near = [choice for choice in choices if choice[0] >= best - WITHIN]
    _, strength, spread = max(near, key=lambda choice: (choice[1], choice[0]))
    return _fit(rated, family, strength, spread)


def _fit(rated: Sequence[RatedSession], family: str, strength: float, spread: float) -> FamilyTable:
    """Least squares drawn towards the prior, each sign held to its direction, in quarter points."""
    before = prior().families[family]
    signs = FAMILIES[family]
    x = np.array([[counted(s.marks[family][sign.id], sign.cap) for sign in signs] for s in rated])
    y = np.array([float(s.median(family) or 0) for s in rated])
    wished = np.array([before.points[sign.id] for sign in signs])
    bounds = [DIRECTIONS[sign.push] for sign in signs]
    weights = _descend(x, y, wished, bounds, strength) * spread
    weights = np.round(weights / STEP) * STEP
    start = max(LOWEST, float(np.round(np.mean(y - x @ weights) / STEP) * STEP))
    points = {sign.id: float(weight) + 0.0 for sign, weight in zip(signs, weights, strict=True)}
    return FamilyTable(start=start + 0.0, points=points, sessions=len(rated))


def _descend(
    x: np.ndarray, y: np.ndarray, wished: np.ndarray, bounds: list[tuple[float, float]], strength: float
) -> np.ndarray:
    """Coordinate descent on the centred problem."""
    centred, target = x - x.mean(axis=0), y - y.mean()
    gram, moment = centred.T @ centred, centred.T @ target
    weights = wished.copy()
    for _ in range(60):
        for at, (low, high) in enumerate(bounds):
            rest = moment[at] - gram[at] @ weights + gram[at, at] * weights[at]
            weights[at] = min(high, max(low, (rest + strength * wished[at]) / (gram[at, at] + strength)))
    return weights


def cross_validated(sessions: Sequence[RatedSession], family: str) -> list[tuple[RatedSession, float]]:
    """Every session that both score, with the level from a table fitted without its participant."""
    rated = scored(sessions, family)
    return [
        (session, predict(table, family, session))
        for train, test in folds(rated)
        for table in [fit_family(train, family)]
        for session in test
    ]


def fit(sessions: Sequence[RatedSession]) -> LevelsTable:
    """The whole table: fitted families with their measured agreement, the others from the anchors."""
    families = dict(prior().families)
    for family in CRITERIA:
        pairs = cross_validated(sessions, family)
        truth = np.array([float(session.median(family) or 0) for session, _ in pairs])
        guess = np.array([level for _, level in pairs])
        families[family] = fit_family(sessions, family).model_copy(
            update={
                "qwk": round(weighted_kappa(truth.tolist(), guess.tolist()), 2),
                "error": round(float(np.sqrt(np.mean((truth - guess) ** 2))), 2),
            }
        )
    return LevelsTable(
        fitted_on=f"{len(sessions)} programming chats rated by language models", families=families
    )


def written(table: LevelsTable) -> str:
    """The table as the file that ships."""
    head = (
        "# How signs become a level; written by bench/fit_levels.py. To check a level by hand: "
        "begin with the start, add\n"
        "# each sign's points for its first mark and half of them for each further one up to its "
        "cap (docs/reference/signs.md),\n"
        "# keep the sum within 0 and 4, and round to the nearest half, ties downward.\n"
    )
    return head + yaml.safe_dump(table.model_dump(exclude_none=True), sort_keys=False, width=110)


def main() -> None:
    """Fit and print, or replace the shipped table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="directory with the rated sessions")
    parser.add_argument("--write", action="store_true", help="replace the shipped table")
    options = parser.parse_args()
    text = written(fit(load(options.data)))
    if options.write:
        TABLE.write_text(text, "utf-8")
    print(text)


if __name__ == "__main__":
    main()
