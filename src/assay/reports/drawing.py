"""A scale drawn in characters, for the terminal and for Markdown."""

from assay.authoring.rubric import Scale
from assay.scoring.score import Interval


def track(
    scale: Scale,
    width: int,
    *,
    value: float | None,
    interval: Interval | None,
    threshold: float | None = None,
) -> str:
    """One line of `width` characters: thin along the scale, thick over the interval, a dot at the value.

    A threshold is a dashed upright stroke; where the value falls on it, the value is what is drawn. A
    threshold that lies off the scale, as one may that was set for another rubric, is left out; of anything
    else only what lies on the scale is drawn.
    """
    cells = ["─"] * width
    if interval is not None:
        for cell in range(_cell(interval.low, scale, width), _cell(interval.high, scale, width) + 1):
            cells[cell] = "━"
    if threshold is not None and scale.min <= threshold <= scale.max:
        cells[_cell(threshold, scale, width)] = "┊"
    if value is not None:
        cells[_cell(value, scale, width)] = "●"
    return "".join(cells)


def _cell(value: float, scale: Scale, width: int) -> int:
    within = min(max(value, scale.min), scale.max)
    return round((within - scale.min) / (scale.max - scale.min) * (width - 1))
