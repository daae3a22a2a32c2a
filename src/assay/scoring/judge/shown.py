"""What a judge is shown: the exercise, the criteria, and the record cut to the room that its model has.

What does not fit is cut where the judge can see it, and named, so that a rating says what its judge was not
shown. The replies of the assistant give way first, and the candidate's own words only after them.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from assay.authoring.exercise import Exercise
from assay.authoring.rubric import Criterion, Rubric
from assay.scoring.judge.fence import json_line, visible
from assay.session.assistant import cut_to
from assay.session.transcript import Transcript

REPLIES_SHARE = 0.2
"""The room that replies keep where the candidate's own words alone would fill all of it."""

_CUT_NOTE = 120
"""Bytes that saying of a line that it is cut may take."""

_SPEAKERS = {"user": "candidate"}


@dataclass(frozen=True, slots=True)
class Shown:
    """The lines of a record, what was cut of them, and the share of the candidate's words that is left.

    `own` is what the lines show of the candidate's messages, by turn; None is the deliverable.
    """

    lines: tuple[str, ...]
    cuts: tuple[str, ...]
    share: float
    own: tuple[tuple[int | None, str], ...]


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of the record before it is written. `text` is the part that may be cut."""

    head: dict[str, object]
    text: str
    name: str
    is_candidates: bool

    @property
    def turn(self) -> int | None:
        """The message that it is, None for the deliverable."""
        turn = self.head["turn"]
        return turn if isinstance(turn, int) else None

    def written(self, shown: str | None = None) -> str:
        if shown is None or shown == self.text:
            return json_line({**self.head, "text": self.text})
        return json_line({**self.head, "cut": self.told(shown), "text": shown})

    def told(self, shown: str) -> str:
        if not shown:
            return f"{self.name} is not shown"
        return f"{self.name}: only the first {len(shown):,} of {len(self.text):,} characters are shown"


def session_hash(transcript: Transcript) -> str:
    """A hash over what was said and handed in, by which one session's markers differ from another's."""
    whole = hashlib.sha256()
    for turn in transcript.turns:
        whole.update(f"{turn.role}\0{turn.text}\0".encode("utf-8", "surrogatepass"))
    whole.update(transcript.final_deliverable.encode("utf-8", "surrogatepass"))
    return whole.hexdigest()


def exercise_shown(exercise: Exercise | None, most: int) -> tuple[str, tuple[str, ...]]:
    """Goal, scenario, deliverable and materials in about `most` bytes, and what was cut of them."""
    if exercise is None:
        return "There is no exercise: the conversation came from elsewhere.", ()
    head = (
        f"Title: {exercise.title}\n\nGoal: {exercise.goal.strip()}\n\n"
        f"What the candidate hands in: {exercise.deliverable.asks.strip()}"
    )
    elastic = {"The situation": exercise.scenario.strip()}
    elastic.update({f"Material, {item.title}": item.text.strip() for item in exercise.materials})
    shares = shared_out([len(text.encode()) for text in elastic.values()], most - len(head.encode()))
    parts, cuts = [head], []
    for (title, text), share in zip(elastic.items(), shares, strict=True):
        shown = cut_to(text, share)
        if shown != text:
            cuts.append(f"{title}: only the beginning fits")
        parts.append(f"## {title}\n\n{shown}")
    return "\n\n".join(parts), tuple(cuts)


def criterion_shown(name: str, rubric: Rubric, *, ascending: bool) -> str:
    """A criterion with its question, its levels in this order, and when it cannot be rated."""
    criterion = rubric.criteria[name]
    order = sorted(criterion.levels, reverse=not ascending)
    direction = "from lowest to highest" if ascending else "from highest to lowest"
    lines = [f"Criterion `{name}`: {rubric.title_of(name)}", f"Question: {criterion.asks.strip()}"]
    lines += [f"Levels, {direction}:", *(_level(level, criterion) for level in order)]
    bare = [str(level) for level in rubric.scale.levels if level not in criterion.levels]
    if bare:
        lines.append(f"Levels without words of their own, between or beyond those with: {', '.join(bare)}")
    if criterion.unscored_when:
        lines.append(f"When it cannot be rated: {criterion.unscored_when.strip()}")
    return "\n".join(lines)


def _level(level: int, criterion: Criterion) -> str:
    anchor = criterion.levels[level]
    example = f"\n  Example: {anchor.example.strip()}" if anchor.example else ""
    return f"- {level}: {anchor.words.strip()}{example}"


def record_shown(transcript: Transcript, most: int) -> Shown:
    """The turns, flags and deliverable as lines of JSON in at most `most` bytes; what is cut is named.

    Where even their beginnings do not fit, nothing is shown.
    """
    lines = list(_lines(transcript))
    written = [line.written() for line in lines]
    if (size := _size(written)) <= most:
        return Shown(tuple(written), (), 1.0, _own((line, line.text) for line in lines))
    room = most
    while room > 0:
        shown = _cut(lines, written, room)
        if (size := _size(shown.lines)) <= most:
            return shown
        # Saying what is cut takes room too: as much as it was over, the parts must lose.
        room -= max(size - most, most // 20 + 1)
    return Shown((), ("the whole record",), 0.0, ())


def _cut(lines: Sequence[_Line], written: Sequence[str], room: int) -> Shown:
    sizes = [_size([text]) for text in written]
    shares = _shares(lines, sizes, room)
    parts = [
        (line, _beginning(line, size, share)) for line, size, share in zip(lines, sizes, shares, strict=True)
    ]
    own = [(line, text) for line, text in parts if line.is_candidates]
    whole = sum(len(line.text) for line, _ in own)
    return Shown(
        lines=tuple(line.written(text) for line, text in parts if text or not line.text),
        cuts=tuple(line.told(text) for line, text in parts if text != line.text),
        share=sum(len(text) for _, text in own) / whole if whole else 1.0,
        own=_own(parts),
    )


def _own(parts: Iterable[tuple[_Line, str]]) -> tuple[tuple[int | None, str], ...]:
    return tuple((line.turn, text) for line, text in parts if line.is_candidates and "turn" in line.head)


def _size(lines: Iterable[str]) -> int:
    """Bytes of lines with their line breaks."""
    return sum(len(line.encode()) + 1 for line in lines)


def _lines(transcript: Transcript) -> Iterator[_Line]:
    for turn in transcript.turns:
        head: dict[str, object] = {"turn": turn.index, "who": _SPEAKERS.get(turn.role, turn.role)}
        yield _Line(head, visible(turn.text), f"message {turn.index}", turn.role == "user")
    for flag in transcript.flags:
        text = transcript.turns[flag.turn].text if flag.turn < len(transcript.turns) else ""
        marked = {"turn": flag.turn, "passage": visible(text[flag.start : flag.end])}
        yield _Line({"who": "candidate", "flagged": marked}, visible(flag.note), "a flag", True)
    if transcript.final_deliverable:
        head = {"turn": None, "who": "candidate, as the deliverable"}
        yield _Line(head, visible(transcript.final_deliverable), "the deliverable", True)


def _shares(lines: Sequence[_Line], sizes: Sequence[int], most: int) -> list[int]:
    """Bytes for each line: the candidate's whole where they fit beside what the replies keep."""
    own = [size for line, size in zip(lines, sizes, strict=True) if line.is_candidates]
    others = [size for line, size in zip(lines, sizes, strict=True) if not line.is_candidates]
    kept = min(sum(others), int(most * REPLIES_SHARE))
    for_own = iter(shared_out(own, most - kept))
    for_others = iter(shared_out(others, max(kept, most - sum(own))))
    return [next(for_own if line.is_candidates else for_others) for line in lines]


def _beginning(line: _Line, size: int, share: int) -> str:
    """The beginning of a text whose JSON takes about `share` of its `size` bytes; no mark is halved."""
    if share >= size:
        return line.text
    data = line.text.encode()
    kept = data[: max(0, share - _CUT_NOTE) * len(data) // size].decode(errors="ignore")
    opened = kept.rfind("⟦")
    return kept if opened < 0 or "⟧" in kept[opened:] else kept[:opened]


def shared_out(sizes: Iterable[int], most: int) -> list[int]:
    """Divide room: what is short stays whole, what is long shares the rest evenly."""
    sizes = list(sizes)
    shares, left = [0] * len(sizes), max(0, most)
    for position, index in enumerate(sorted(range(len(sizes)), key=sizes.__getitem__)):
        shares[index] = min(sizes[index], left // (len(sizes) - position))
        left -= shares[index]
    return shares
