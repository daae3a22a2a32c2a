"""The drawing of how far two judges lie apart: SVG made of attributes and classes."""

from collections.abc import Mapping
from math import ceil

from django.utils.safestring import SafeString, mark_safe

from assay.reports.html.markup import Html, element

_HEIGHT, _BASE, _LEAST = 30, 32, 2
_REACH = 4


def differences(counts: Mapping[float, int]) -> SafeString:
    """One bar a difference in levels, from less than the other on the left to more on the right."""
    if not counts:
        return SafeString()
    reach = max(_REACH, ceil(max(abs(one) for one in counts)))
    most, step = max(counts.values()), 100 / (2 * reach + 1)
    bars: list[Html] = []
    for difference, count in sorted(counts.items()):
        height = max(_LEAST, round(_HEIGHT * count / most, 1))
        left = (difference + reach) * step
        bars.append(
            element(
                "rect", x=f"{left + 0.5:.2f}%", width=f"{step - 1:.2f}%", y=_BASE - height, height=height,
                class_="column",
            )
        )  # fmt: skip
    base = element("line", x1="0%", x2="100%", y1=_BASE, y2=_BASE, class_="tick")
    marks = [
        element(
            "text",
            f"{at:+d}" if at else "0",
            x=f"{(at + reach + 0.5) * step:.2f}%",
            y=_BASE + 13,
            text_anchor="middle",
        )
        for at in (-reach, 0, reach)
    ]
    drawing = element(
        "svg", bars, base, marks, class_="hist apart", height=48, aria_hidden="true", focusable="false"
    )
    return mark_safe(str(drawing))
