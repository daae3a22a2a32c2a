"""Quadratic weighted kappa and its bootstrap interval, as the benchmarks use them."""

from collections.abc import Sequence

import numpy as np

from assay.scoring import agreement


def weighted_kappa(ones: Sequence[float], others: Sequence[float]) -> float:
    """Quadratic weighted kappa, see `assay.scoring.agreement.weighted_kappa`; NaN where it is not defined."""
    found = agreement.weighted_kappa(zip(ones, others, strict=True))
    return float("nan") if found is None else found


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
