"""The conversation and the deliverable, with the evidence marked where it stands."""

from collections.abc import Sequence

from assay.record import Record
from assay.reports.findings import clock, count, rounds_of_turns, speaker_of
from assay.reports.html.markup import Html, element, fragment
from assay.reports.marks import Mark, Segment, all_marks, marks_of_turn, segments
from assay.session.transcript import DeliverableVersion, Transcript, Turn

HUES = 8
"""So many hues before they repeat; the number beside each mark tells them apart all the same."""


def hue(mark: Mark) -> str:
    """The hue of a mark: that of its criterion, or the one kept for failed rules."""
    return "r" if mark.is_rule else str((mark.group - 1) % HUES + 1)


def marked(text: str, marks: Sequence[Mark]) -> Html:
    """`text` with its marks: each begins at an anchor and ends with a reference back to its criterion."""
    return fragment(_marked_segment(segment) for segment in segments(text, marks))


def conversation(record: Record) -> Html:
    """Every message in order, numbered from 0 as the evidence counts them."""
    marks = all_marks(record.score)
    rounds = rounds_of_turns(record)
    turns = [
        _turn(record, turn, round_, marks_of_turn(marks, turn.index))
        for turn, round_ in zip(record.transcript.turns, rounds, strict=True)
    ]
    return element(
        "section",
        element("h2", "Conversation", id="conversation"),
        element("ol", turns, class_="turns", start=0)
        if turns
        else _nothing("The conversation has no messages."),
        aria_labelledby="conversation",
        class_="reading",
    )


def deliverable(record: Record) -> Html:
    """The deliverable as handed in, marked, and how it came to be: its earlier versions."""
    versions = record.transcript.deliverable
    body: list[Html] = []
    if record.transcript.final_deliverable:
        marks = marks_of_turn(all_marks(record.score), None)
        text = record.transcript.final_deliverable
        body += [
            element("p", _saved(versions[-1], len(versions)), class_="quiet"),
            element("div", marked(text, marks), class_="text sheet", dir="auto"),
            *([_history(versions)] if len(versions) > 1 else []),
        ]
    else:
        body.append(_nothing("No deliverable was saved."))
    heading = element("h2", "Deliverable", id="deliverable")
    return element("section", heading, body, aria_labelledby="deliverable", class_="reading")


def _marked_segment(segment: Segment) -> Html:
    if not segment.marks:
        return fragment(segment.text)
    names = " ".join(mark.name for mark in segment.marks)
    hues = list(dict.fromkeys(hue(mark) for mark in segment.marks))
    single = len(hues) == 1
    return fragment(
        [element("span", id=f"mark-{mark.name}", class_="anchor") for mark in segment.begins],
        element(
            "mark",
            segment.text,
            class_=f"h{hues[0]}" if single else "several",
            style=None if single else _stripes(hues),
            data_marks=names,
        ),
        [_reference(mark) for mark in segment.ends],
    )


def _stripes(hues: Sequence[str]) -> str:
    """One band a hue, from top to bottom, where marks of several criteria overlap."""
    size = 100 / len(hues)
    bands = (f"var(--t{h}) {i * size:.1f}% {(i + 1) * size:.1f}%" for i, h in enumerate(hues))
    return f"background:linear-gradient(to bottom,{','.join(bands)})"


def _reference(mark: Mark) -> Html:
    return element(
        "a",
        mark.name,
        href=f"#quote-{mark.name}",
        class_=f"ref h{hue(mark)}",
        aria_label=f"Quote {mark.name}, for {mark.about}",
    )


def _flags(transcript: Transcript, turn: Turn) -> Html | None:
    """What the candidate flagged in a reply, and why."""
    flags = [flag for flag in transcript.flags if flag.turn == turn.index]
    if not flags:
        return None
    rows = (
        element(
            "li",
            element("strong", "Flagged "),
            element("q", turn.text[flag.start : flag.end], dir="auto"),
            element("span", flag.note, dir="auto", class_="note"),
        )
        for flag in flags
    )
    return element("ul", rows, class_="flags")


def _turn(record: Record, turn: Turn, round_: int, marks: Sequence[Mark]) -> Html:
    at = clock(turn.at) if turn.at is not None else None
    facts = [f"round {round_}" if turn.role == "user" else None, at, f"message {turn.index}"]
    return element(
        "li",
        element(
            "h3",
            speaker_of(record, turn),
            element("span", " · ".join(fact for fact in facts if fact), class_="quiet num"),
        ),
        element("div", marked(turn.text, marks), class_="text", dir="auto"),
        _flags(record.transcript, turn),
        id=f"message-{turn.index}",
        class_="own" if turn.role == "user" else "other",
    )


def _saved(version: DeliverableVersion, number: int) -> str:
    when = f" at {clock(version.at)}" if version.at is not None else ""
    after = f" after message {version.after_turn}" if version.after_turn >= 0 else " before any message"
    return f"Version {number}, saved{when}{after}, {count(len(version.text.split()), 'word', 'words')}"


def _history(versions: Sequence[DeliverableVersion]) -> Html:
    earlier = [
        element(
            "li",
            element("p", _saved(version, number), class_="quiet"),
            element("div", version.text, class_="text sheet", dir="auto"),
        )
        for number, version in enumerate(versions[:-1], start=1)
    ]
    title = count(len(earlier), "earlier version", "earlier versions")
    return element("details", element("summary", title), element("ol", earlier, class_="versions"))


def _nothing(text: str) -> Html:
    return element("p", text, class_="quiet")
