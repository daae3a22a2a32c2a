"""Drawings of scores: SVG made of attributes and classes, with the numbers beside it as text."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe

from assay.authoring.rubric import Scale
from assay.reports.html.markup import Html, element
from assay.reports.html.plots import bar, dial
from assay.reports.safe import visible
from assay.scoring.narrative import show_level
from assay.scoring.score import Score
from assay_web.scoring.cohort import Spread

_HEIGHT = 56
_BASE = 60
_WIDTH = 11
"""Of a bar, in percent of the drawing: half levels of a scale of 0 to 4 stand side by side."""


@dataclass(frozen=True, slots=True)
class ReportDrawings:
    """What a candidate's report draws: the overall score, and each criterion that is scored, by its id."""

    overall: SafeString
    criteria: Mapping[str, SafeString]


def of_report(score: Score) -> ReportDrawings:
    """Levels and intervals as the team sees them drawn, without threshold and caps, which are the team's."""
    overall = None if score.overall is None else score.overall.model_copy(update={"caps": ()})
    shown = score.model_copy(update={"threshold": None, "overall": overall})
    scored = [item for item in score.criteria if item.level is not None]
    return ReportDrawings(
        overall=mark_safe(str(dial(shown))),
        criteria={item.criterion: mark_safe(str(bar(item, score.scale))) for item in scored},
    )


def histogram(spread: Spread) -> SafeString:
    """One bar a level, where the level lies on the scale and as high as it is common."""
    low, high = spread.levels[0][0], spread.levels[-1][0]
    bars: list[Html] = []
    for level, count in spread.levels:
        middle = _WIDTH / 2 + (100 - _WIDTH) * (level - low) / (high - low)
        height = round(_HEIGHT * count / spread.most, 1) if spread.most else 0
        place = {"x": f"{middle - _WIDTH / 2 + 0.5:.2f}%", "width": f"{_WIDTH - 1:.2f}%"}
        bars.append(element("rect", **place, y=_BASE - height, height=height, class_="column"))
        if float(level).is_integer():
            bars.append(
                element("text", f"{level:.0f}", x=f"{middle:.2f}%", y=_BASE + 15, text_anchor="middle")
            )
    base = element("line", x1="0%", x2="100%", y1=_BASE, y2=_BASE, class_="tick")
    drawing = element("svg", bars, base, class_="hist", height=80, aria_hidden="true", focusable="false")
    return mark_safe(str(drawing))


def range_line(value: float | None, low: float | None, high: float | None, scale: Scale) -> SafeString:
    """A score with its interval on one line; the numbers stand beside it in the page."""
    if value is None:
        return SafeString()
    parts = [element("line", x1="0%", x2="100%", y1=9, y2=9, class_="track")]
    if low is not None and high is not None:
        width = f"{_share(high, scale) - _share(low, scale):.2f}%"
        parts.append(
            element("rect", x=f"{_share(low, scale):.2f}%", y=5, width=width, height=8, class_="band")
        )
    parts.append(element("circle", cx=f"{_share(value, scale):.2f}%", cy=9, r=4, class_="point"))
    drawing = element("svg", parts, class_="small-line", height=18, aria_hidden="true", focusable="false")
    return mark_safe(str(drawing))


def in_words(spread: Spread) -> str:
    """The spread as a sentence, for whoever does not see the drawing."""
    parts = [f"{show_level(level)}: {count}" for level, count in spread.levels if count]
    if spread.unscored:
        parts.append(f"unscored: {spread.unscored}")
    return visible("; ".join(parts)) or "nobody yet"


def _share(value: float, scale: Scale) -> float:
    return 100 * (value - scale.min) / (scale.max - scale.min)
