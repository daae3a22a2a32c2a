"""How far errors on two criteria of one session go together, with bootstrap intervals over participants."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

PairedErrors = Mapping[str, Mapping[str, float]]
"""Criterion to session id to error in levels."""


@dataclass(frozen=True)
class Correlation:
    """One pair of criteria, or all of them pooled. `n` counts sessions, for the pool pairs of errors."""

    between: str
    n: int
    value: float
    interval: tuple[float, float]


def correlation(pairs: np.ndarray) -> float:
    """Sum of products over the root of the product of the sums of squares; NaN where one error is all nought.

    Errors are taken about nought and not about their mean, as the standard errors beside them are, so that
    a lenience common to both criteria counts as going together.
    """
    ones, others = pairs[:, 0], pairs[:, 1]
    size = float(np.sqrt(np.sum(ones**2) * np.sum(others**2)))
    return float(np.sum(ones * others)) / size if size > 0 else float("nan")


def pooled(blocks: Sequence[np.ndarray]) -> float:
    """One correlation for all pairs of criteria: the mean product of errors, each over its criterion's size.

    That is the r with which s^2 = (1 - r) sum (w s)^2 + r (sum w s)^2 fits the errors as a whole.
    """
    products, sizes = 0.0, 0.0
    for block in blocks:
        if len(block):
            products += float(np.sum(block[:, 0] * block[:, 1]))
            sizes += float(np.sqrt(np.sum(block[:, 0] ** 2) * np.sum(block[:, 1] ** 2)))
    return products / sizes if sizes > 0 else float("nan")


def correlations(
    errors: PairedErrors, participants: Mapping[str, str], *, draws: int = 2000, seed: int = 7
) -> list[Correlation]:
    """Each pair of criteria over the sessions that both have, then all pairs pooled."""
    names = list(combinations(errors, 2))
    shared = [sorted(errors[one].keys() & errors[other].keys()) for one, other in names]
    blocks = [
        np.array([(errors[one][key], errors[other][key]) for key in keys]).reshape(-1, 2)
        for (one, other), keys in zip(names, shared, strict=True)
    ]
    people = sorted(set(participants.values()))
    rows = [
        {person: [at for at, key in enumerate(keys) if participants[key] == person] for person in people}
        for keys in shared
    ]
    random = np.random.default_rng(seed)
    drawn: list[list[float]] = []
    for _ in range(draws):
        chosen = [people[at] for at in random.integers(0, len(people), len(people))]
        again = [
            block[[row for person in chosen for row in places[person]]]
            for block, places in zip(blocks, rows, strict=True)
        ]
        drawn.append([*(correlation(block) for block in again), pooled(again)])
    low, high = np.nanpercentile(np.array(drawn), [2.5, 97.5], axis=0)
    values = [*(correlation(block) for block in blocks), pooled(blocks)]
    labels = [*(" and ".join(pair) for pair in names), "all pairs, pooled"]
    counts = [*(len(block) for block in blocks), sum(len(block) for block in blocks)]
    return [
        Correlation(label, n, value, (float(bottom), float(top)))
        for label, n, value, bottom, top in zip(labels, counts, values, low, high, strict=True)
    ]
