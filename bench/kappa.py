"""Quadratic weighted kappa and its bootstrap interval, as the benchmarks use them."""

from collections.abc import Sequence

import numpy as np


def weighted_kappa(ones: Sequence[float], others: Sequence[float]) -> float:
    """Quadratic weighted kappa of two raters (Cohen, 1968).

    One minus the mean squared difference over the sessions, divided by the mean squared difference over
    all pairings of the two raters' levels. The weights are squared differences on the declared scale; its
    width cancels out. NaN where both raters give one and the same level throughout or there is no session.
    """
    one, other = np.asarray(ones, float), np.asarray(others, float)
    if one.size == 0:
        return float("nan")
    seen = float(np.mean((one - other) ** 2))
    chance = float(np.mean((one[:, None] - other[None, :]) ** 2))
    return 1 - seen / chance if chance > 0 else float("nan")


def kappa(ones: Sequence[bool], others: Sequence[bool]) -> float:
    """Plain kappa of two yes-or-no codings (Cohen, 1960); for two categories it equals the weighted one."""
    return weighted_kappa([float(value) for value in ones], [float(value) for value in others])


def clustered_interval(
    ones: Sequence[float],
    others: Sequence[float],
    clusters: Sequence[str],
    *,
    draws: int = 2000,
    seed: int = 7,
) -> tuple[float, float]:
    """95 % percentile bootstrap interval of the weighted kappa; whole clusters are drawn together."""
    one, other = np.asarray(ones, float), np.asarray(others, float)
    rows: dict[str, list[int]] = {}
    for row, cluster in enumerate(clusters):
        rows.setdefault(cluster, []).append(row)
    groups = [np.asarray(group) for group in rows.values()]
    random = np.random.default_rng(seed)
    values = []
    for _ in range(draws):
        drawn = np.concatenate([groups[at] for at in random.integers(0, len(groups), len(groups))])
        value = weighted_kappa(one[drawn].tolist(), other[drawn].tolist())
        if not np.isnan(value):
            values.append(value)
    if not values:
        return float("nan"), float("nan")
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)
