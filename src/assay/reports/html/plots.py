"""The drawn parts: a dial for the overall score, a bar a criterion, a strip of the session's time.

All are SVG whose horizontal positions are shares of the width, so that they fit any column and their
letters keep their size. Each stands beside the same numbers in words.
"""

from assay.authoring.rubric import Scale
from assay.record import Record
from assay.reports.findings import clock, range_in_words
from assay.reports.html.markup import Html, element, fragment
from assay.scoring.narrative import show_level
from assay.scoring.score import CriterionScore, Interval, Score
from assay.session.state import state_of

_TRACK = 40
_BAR = 9


def dial(score: Score) -> Html:
    """The overall score on its scale, with interval, threshold and cap. For a score that has one."""
    overall = score.overall
    if overall is None:
        return Html("")
    scale = score.scale
    at = _share(overall.value, scale)
    ceiling = min((cap.ceiling for cap in overall.caps), default=None)
    return element(
        "svg",
        _hatch() if ceiling is not None else None,
        element("line", x1="0%", x2="100%", y1=_TRACK, y2=_TRACK, class_="track"),
        [_tick(level, scale) for level in scale.levels],
        _closed_off(ceiling, scale) if ceiling is not None else None,
        _interval(overall.interval, scale, _TRACK, 14),
        _threshold(score.threshold, scale),
        element("line", x1=at, x2=at, y1=_TRACK - 15, y2=_TRACK + 15, class_="needle"),
        element("circle", cx=at, cy=_TRACK, r=6, class_="point"),
        class_="dial",
        height=76,
        role="img",
        aria_label=_dial_in_words(score),
    )


def bar(item: CriterionScore, scale: Scale) -> Html:
    """One criterion's level with its interval; an empty track when it is unscored."""
    drawn: list[Html | None] = [
        element("line", x1="0%", x2="100%", y1=_BAR, y2=_BAR, class_="track"),
        *(
            element("line", x1=_share(level, scale), x2=_share(level, scale), y1=5, y2=13, class_="notch")
            for level in scale.levels
        ),
    ]
    if item.level is not None:
        at = _share(item.level, scale)
        drawn += [
            element("line", x1="0%", x2=at, y1=_BAR, y2=_BAR, class_="reach"),
            _interval(item.interval, scale, _BAR, 10),
            element("circle", cx=at, cy=_BAR, r=4.5, class_="point"),
        ]
    return element("svg", drawn, class_="bar", height=18, aria_hidden="true", focusable="false")


def time_strip(record: Record) -> Html:
    """Messages, saves and uncharged time along the session's clock; for a record with events."""
    state = state_of(record.events)
    length = max(state.last_at, 1.0)
    waits = [
        element("rect", x=_part(c.since, length), width=_part(c.until - c.since, length), y=14, height=20)
        for c in state.credits
    ]
    return element(
        "svg",
        element("line", x1="0%", x2="100%", y1=24, y2=24, class_="track"),
        element("g", waits, class_="waits"),
        [_moment(event.kind, _part(event.at, length)) for event in record.events],
        element("text", "00:00", x="0%", y=58, class_="end"),
        element("text", clock(length), x="100%", y=58, text_anchor="end", class_="end"),
        class_="strip",
        height=62,
        role="img",
        aria_label=f"The session's {clock(length)} minutes; the table below lists every event",
    )


def _moment(kind: str, at: str) -> Html | None:
    match kind:
        case "message_sent":
            return element("line", x1=at, x2=at, y1=8, y2=24, class_="sent")
        case "reply_finished" | "greeted":
            return element("line", x1=at, x2=at, y1=24, y2=36, class_="reply")
        case "deliverable_saved":
            return element("circle", cx=at, cy=24, r=2.5, class_="saved")
        case "reply_failed":
            return element("line", x1=at, x2=at, y1=24, y2=40, class_="failed")
        case _:
            return None


def _tick(level: int, scale: Scale) -> Html:
    at = _share(level, scale)
    return fragment(
        element("line", x1=at, x2=at, y1=_TRACK + 9, y2=_TRACK + 15, class_="tick"),
        element("text", str(level), x=at, y=_TRACK + 30, text_anchor="middle", class_="number"),
    )


def _interval(interval: Interval | None, scale: Scale, y: int, height: int) -> Html | None:
    """A band with an end stroke on each side."""
    if interval is None:
        return None
    low, high = _share(interval.low, scale), _share(interval.high, scale)
    top, bottom = y - height // 2, y + height // 2
    width = f"{_percent(interval.high - interval.low, scale):.3f}%"
    return element(
        "g",
        element("rect", x=low, width=width, y=top, height=height),
        element("line", x1=low, x2=low, y1=top, y2=bottom),
        element("line", x1=high, x2=high, y1=top, y2=bottom),
        class_="interval",
    )


def _threshold(threshold: float | None, scale: Scale) -> Html | None:
    """An upright stroke; a threshold off the scale, set for another rubric, is told in words only."""
    if threshold is None or not scale.min <= threshold <= scale.max:
        return None
    at, percent = _share(threshold, scale), _percent(threshold - scale.min, scale)
    anchor = "start" if percent < 15 else "end" if percent > 85 else "middle"
    return element(
        "g",
        element("line", x1=at, x2=at, y1=18, y2=_TRACK + 14),
        element("text", f"threshold {show_level(threshold)}", x=at, y=12, text_anchor=anchor),
        class_="threshold",
    )


def _hatch() -> Html:
    """The pattern that closes off what a cap does not allow."""
    stroke = element("path", d="M0 6 6 0")
    return element(
        "defs",
        element("pattern", stroke, id="hatch", width=6, height=6, patternUnits="userSpaceOnUse"),
    )


def _closed_off(ceiling: float, scale: Scale) -> Html:
    width = f"{_percent(max(scale.max - ceiling, 0), scale):.3f}%"
    return element(
        "rect", x=_share(ceiling, scale), width=width, y=_TRACK - 10, height=20, fill="url(#hatch)"
    )


def _dial_in_words(score: Score) -> str:
    overall = score.overall
    if overall is None:
        return "No overall score"
    value = show_level(overall.value, score.threshold)
    text = f"{value} on a scale from {score.scale.min} to {score.scale.max}"
    if overall.interval:
        text += f", interval {range_in_words(overall.interval, score.threshold)}"
    return text + (f"; threshold {show_level(score.threshold)}" if score.threshold is not None else "")


def _percent(length: float, scale: Scale) -> float:
    return 100 * length / (scale.max - scale.min)


def _share(value: float, scale: Scale) -> str:
    return f"{_percent(value - scale.min, scale):.3f}%"


def _part(seconds: float, length: float) -> str:
    return f"{100 * seconds / length:.3f}%"
