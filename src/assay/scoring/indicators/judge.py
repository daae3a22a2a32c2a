"""The offline judge: reads a session, finds the signs, and looks the level up in a table."""

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from assay.authoring.exercise import Exercise
from assay.authoring.rubric import Criterion, Rubric
from assay.scoring.indicators.hearing import read_session
from assay.scoring.indicators.language import COVERED, uncovered_language
from assay.scoring.indicators.levels import (
    HIGHEST,
    LOWEST,
    FamilyTable,
    LevelsTable,
    level_of,
    points_for,
    shipped_levels,
)
from assay.scoring.indicators.reading import Message, Reading
from assay.scoring.indicators.signs import (
    FAMILIES,
    family_of,
    faults,
    recovery,
    safety,
    scenario,
    verification,
)
from assay.scoring.indicators.signs.finding import lead
from assay.scoring.indicators.signs.sign import Mark, Sign
from assay.scoring.indicators.sources import Source, anchors_of, brief_of
from assay.scoring.raters import Case
from assay.scoring.ratings import Proposal, Quote, RaterIdentity

NO_MESSAGE = "the candidate sent no message"
NO_SIGN = "no-sign"
TOO_LITTLE = "too little was written to rate"
OFF_TOPIC = "hardly anything that was written is about the exercise"
LONGEST_QUOTE = 400
_NOTHING_TO_RECOVER = (
    "nothing called for recovery: no failure was reported, no ask was repeated, and the assistant "
    "owned up to no mistake"
)
_NOTHING_UNSAFE = "nothing in the scenario or the messages called for care with data or safety"
_NOTHING_TO_CHECK = "the assistant gave no reply that could have been checked"
_UNSHOWN = {
    scenario.DIFFICULTY: "no message took up a hard part of the work, and none was so plain that it shows "
    "one left out; a person or an LLM judge can score it",
    scenario.REALISM: "no message worked with the scenario in a way the signs know, and none went without "
    "it; a person or an LLM judge can score it",
    safety.FAMILY: "no message shows care with data or safety, and no reply that the candidate took called "
    "for it; a hard rule, a person or an LLM judge can score it",
}
_NO_SCENARIO = "there is no exercise whose scenario the messages could be compared with"


@cache
def _version() -> str:
    """Content hash of everything that decides a level: the signs' code and the table."""
    here = files("assay.scoring.indicators")
    parts = [item for folder in (here, here / "signs") for item in folder.iterdir()]
    named = sorted((part.name, part) for part in parts if part.name.endswith((".py", ".yaml")))
    whole = hashlib.sha256()
    for name, part in named:
        whole.update(name.encode() + b"\0" + part.read_bytes() + b"\0")
    return whole.hexdigest()[:16]


class IndicatorJudge:
    """Rates by countable signs in the candidate's own messages. Deterministic, offline, English only.

    Args:
        levels: the table to look levels up in; the shipped one when left out.
    """

    def __init__(self, levels: LevelsTable | None = None) -> None:
        self._levels = levels or shipped_levels()
        shipped = levels is None or levels == shipped_levels()
        self._identity = RaterIdentity(
            kind="indicators",
            name="offline signs",
            version=_version() if shipped else f"{_version()}+{self._levels.content_hash()[:8]}",
            calibration=self._levels.calibration,
        )
        self._brief: tuple[Exercise | None, Source] = (None, Source())
        self._anchors: tuple[Rubric | None, Source] = (None, Source())

    @property
    def identity(self) -> RaterIdentity:
        """Who rates, with the content hash of signs and table as its version."""
        return self._identity

    def rate(self, case: Case) -> Iterator[Proposal]:
        """One proposal per criterion of the rubric: a level with quotes, or why it is unscored."""
        refusal = self._refusal(case)
        reading = None if refusal else self.read(case)
        for name, criterion in case.rubric.criteria.items():
            if reading is None:
                yield Proposal(criterion=name, unscored=refusal)
            else:
                yield self._propose(name, criterion, reading, case)

    def read(self, case: Case) -> Reading:
        """The session as the signs see it."""
        if self._brief[0] is not case.exercise:
            self._brief = (case.exercise, brief_of(case.exercise))
        if self._anchors[0] is not case.rubric:
            self._anchors = (case.rubric, anchors_of(case.rubric))
        shown = case.exercise is not None and case.exercise.style == "error_detection"
        return read_session(
            case.transcript, self._brief[1], self._anchors[1], case.exercise is not None, errors_shown=shown
        )

    def _refusal(self, case: Case) -> str | None:
        texts = [turn.text for turn in case.transcript.candidate_turns() if turn.text.strip()]
        if not texts:
            return NO_MESSAGE
        scale = case.rubric.scale
        if (scale.min, scale.max) != (LOWEST, HIGHEST):
            return (
                f"the offline judge's levels are made on a scale of 0 to 4, and this rubric's is "
                f"{scale.min} to {scale.max}; "
                "a person or an LLM judge can score it"
            )
        language = uncovered_language(texts)
        if language is not None:
            return (
                f"the candidate wrote in {language}, and the offline judge covers {', '.join(COVERED)} only; "
                "a person or an LLM judge can score it"
            )
        return None

    def _propose(self, name: str, criterion: Criterion, reading: Reading, case: Case) -> Proposal:
        family = family_of(criterion.signs or name)
        if family is None:
            reason = (
                f"the offline judge has no signs for {criterion.signs or name}; a person or an LLM "
                f"judge can score it"
            )
            return Proposal(criterion=name, unscored=reason)
        idle = not_called_for(family, reading, case)
        if idle is not None:
            return Proposal(criterion=name, unscored=idle)
        marks = marks_of(family, reading)
        unshown = None if any(marks.values()) else nothing_shown(family, reading)
        if unshown is not None:
            return Proposal(criterion=name, unscored=unshown)
        table = self._levels.families[family]
        points = points_for(table, FAMILIES[family], {sign.id: len(found) for sign, found in marks.items()})
        total = table.start + sum(points.values())
        marks = _largest_first(marks, points)
        return Proposal(
            criterion=name,
            level=level_of(total),
            quotes=tuple(_quotes(marks, reading)),
            reason=_reason(table, marks, points, total),
            error=table.error,
        )


def marks_of(family: str, reading: Reading) -> dict[Sign, list[Mark]]:
    """Where each sign of a family fired: each place once, no more than the sign's cap."""
    return {sign: list(dict.fromkeys(sign.find(reading)))[: sign.cap] for sign in FAMILIES[family]}


def not_called_for(family: str, reading: Reading, case: Case) -> str | None:
    """Why this family cannot be rated in this session, None when it can."""
    if not reading.messages:
        return NO_MESSAGE
    if reading.is_too_short or reading.is_off_topic:
        return TOO_LITTLE if reading.is_too_short else OFF_TOPIC
    if family == recovery.FAMILY and not faults.called_for(reading):
        return _NOTHING_TO_RECOVER
    if family == scenario.REALISM and not reading.has_brief:
        return _NO_SCENARIO
    if family == safety.FAMILY and not safety.called_for(reading, case.exercise):
        return _NOTHING_UNSAFE
    return None


def nothing_shown(family: str, reading: Reading) -> str | None:
    """Why a session without a single sign says nothing about this family, None when the absence itself does.

    What was measured on rated sessions includes sessions without a sign: a message that sets no limit, or a
    reply that went unchecked, is there to be quoted. Of the other families only a sign can show an absence.
    """
    if family == verification.FAMILY and not reading.replies:
        return _NOTHING_TO_CHECK
    return _UNSHOWN.get(family)


def _largest_first(marks: dict[Sign, list[Mark]], points: dict[str, float]) -> dict[Sign, list[Mark]]:
    """The signs that fired, those that moved the level most in front; readers quote the first."""
    fired = [sign for sign, found in marks.items() if found]
    order = sorted(fired, key=lambda sign: (-abs(points[sign.id]), -points[sign.id]))
    return {sign: marks[sign] for sign in order}


def _quotes(marks: dict[Sign, list[Mark]], reading: Reading) -> Iterator[Quote]:
    texts: dict[int | None, str] = {message.index: message.text for message in reading.messages}
    texts[None] = reading.deliverable
    found = [(sign.id, mark) for sign, places in marks.items() for mark in places]
    for sign, mark in found or [(NO_SIGN, lead(_where_it_is_missing(reading)))]:
        end = min(mark.end, mark.start + LONGEST_QUOTE)
        yield Quote(turn=mark.turn, text=texts[mark.turn][mark.start : end], start=mark.start, sign=sign)


def _where_it_is_missing(reading: Reading) -> Message:
    """The first message in which the candidate took a reply and went on, else the only one."""
    return next((message for message in reading.messages if message.answered), reading.messages[-1])


def _reason(table: FamilyTable, marks: dict[Sign, list[Mark]], points: dict[str, float], total: float) -> str:
    """What was seen in words, then the arithmetic that a person can check the level by."""
    if not marks:
        return (
            f"None of the signs was found, so the level is the table's start, {table.start:g}; "
            "the quote is where the candidate went on without them."
        )
    moved = [sign for sign in marks if points[sign.id]]
    said = [_said(sign, len(marks[sign])) for sign in moved or marks]
    listed = said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"
    return f"The candidate {listed}. Points: {_sum(table.start, [points[sign.id] for sign in moved], total)}."


def _sum(start: float, steps: list[float], total: float) -> str:
    """The arithmetic from the start to the level."""
    terms = "".join(f" {'+' if step > 0 else '-'} {abs(step):g}" for step in steps)
    whole = f"{start:g}{terms} = {total:g}" if steps else f"{start:g}, the start"
    if total > HIGHEST:
        return f"{whole}, capped at {HIGHEST:g}"
    if total < LOWEST:
        return f"{whole}, kept at {LOWEST:g}"
    return f"{whole}, level {level_of(total):g}"


def _said(sign: Sign, times: int) -> str:
    return sign.says if times == 1 else f"{sign.says} ({times} times)"
