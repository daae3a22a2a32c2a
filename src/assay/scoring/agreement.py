"""How far two raters agree beyond chance."""

from collections.abc import Iterable
from math import fsum, isfinite

from assay.errors import UserMistake


def weighted_kappa(pairs: Iterable[tuple[float, float]]) -> float | None:
    """Quadratic weighted kappa of two raters (Cohen, 1968), from -1 to 1; it has no unit.

    One minus the mean squared difference of their levels over the sessions, divided by the mean squared
    difference over all pairings of one rater's levels with the other's. The weights are squared differences
    on the declared scale; its width cancels out. 1 is the same level throughout, 0 what chance would give. A
    rater who gives one level throughout makes it 0 at most, whatever the other does.

    Args:
        pairs: the levels that both gave one session, in levels, one pair a session.

    Returns:
        None where it is not defined: there is no session, or both give one and the same level throughout.

    Raises:
        UserMistake: a level is no finite number.
    """
    rows = [(float(one), float(other)) for one, other in pairs]
    levels = {level for row in rows for level in row}
    if not all(map(isfinite, levels)):
        raise UserMistake(
            "A level is not a finite number", remedy="Leave out sessions that a rater gave no level"
        )
    # Where there is one level, the rounding of a mean can make up a variance.
    if len(levels) < 2:
        return None
    number = len(rows)
    one_mean, other_mean = (fsum(row[at] for row in rows) / number for at in (0, 1))
    seen = fsum((one - other) ** 2 for one, other in rows) / number
    # The mean over all pairings: both variances, and the squared distance of the means.
    chance = (
        fsum((one - one_mean) ** 2 + (other - other_mean) ** 2 for one, other in rows) / number
        + (one_mean - other_mean) ** 2
    )
    return 1 - seen / chance if chance > 0 else None
