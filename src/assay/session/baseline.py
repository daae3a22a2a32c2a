"""The assistant alone: a session in which it is given one line, and what it answers is handed in.

The session is an ordinary one, made by the engine and chained like every other. Its first event says that
nobody worked in it, so that it is taken for no person's.
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import Literal

from assay.authoring.exercise import Exercise
from assay.errors import ModelMisbehaviour, UserMistake
from assay.session.assistant import Room
from assay.session.changes import first_events
from assay.session.clock import WallClock
from assay.session.conversation import Ask, answer
from assay.session.engine import Session
from assay.session.events import Event
from assay.session.journal import MemoryStore

LONGEST_LINE = 300
"""Characters: about what a person types who adds nothing. Longer goals are cut where a sentence ends."""

LineBy = Literal["exercise", "author"]
"""Who wrote the line: the rule of `line_of`, from the exercise, or the exercise's author."""

_MESSAGE = "line"

_STOP = re.compile(r"[.?!؟][\"'”’»)]*(?= )|[。？！।][」』”]*")
_SHORTENED = re.compile(r"(^|[\s(\[])(\w|\S*\.\S+)\.$")
"""A word of one letter, or with a stop in it, before the stop: as in e.g. and z. B."""

_UNWRITABLE = ("Cc", "Cs")
"""Control characters and halves of surrogate pairs, by their general category."""

_COURSE = ["session_started", "message_sent", "reply_started", "reply_finished", "deliverable_saved", "ended"]


def line_of(exercise: Exercise) -> str:
    """The one line for an exercise: its goal, word for word, on one line.

    That is what a person who adds nothing would paste. Scenario, materials and what the deliverable asks for
    stand in the assistant's brief already; rubric and ledger are in neither. A goal of more than
    `LONGEST_LINE` characters is cut after its last whole sentence that fits, or else after a whole word.
    Verification holds runs against this: to change it is to change the format of records.
    """
    goal = " ".join(exercise.goal.split())
    if len(goal) <= LONGEST_LINE:
        return goal
    fitting = [stop.end() for stop in _STOP.finditer(goal) if stop.end() <= LONGEST_LINE]
    whole = next((end for end in reversed(fitting) if _ends_a_sentence(goal, end)), None)
    if whole is not None:
        return goal[:whole]
    return goal[: LONGEST_LINE + 1].rpartition(" ")[0] or goal[:LONGEST_LINE]


def _ends_a_sentence(text: str, end: int) -> bool:
    """Whether a stop before `end` ends a sentence, and not a shortened word.

    It is taken for a shortened word where a small letter follows, or where `_SHORTENED` says so.
    """
    return not text[end:].lstrip()[:1].islower() and not _SHORTENED.search(text[:end])


def own_line(text: str) -> str:
    """The line that an author wrote instead, without white space at its ends.

    Raises:
        UserMistake: it is empty, longer than `LONGEST_LINE` characters, not one line, or holds a character
            that cannot be typed.
    """
    line = text.strip()
    if not line:
        raise UserMistake("The line is empty", remedy="Write what a person would type, or leave it out")
    if len(line.splitlines()) > 1:
        raise UserMistake("The line is more than one line", remedy="Write it without line breaks")
    if any(unicodedata.category(character) in _UNWRITABLE for character in line):
        raise UserMistake(
            "The line holds a control character or half a character", remedy="Type it anew, without tabs"
        )
    if len(line) > LONGEST_LINE:
        raise UserMistake(
            f"The line has {len(line)} characters, and one line has at most {LONGEST_LINE}",
            remedy="Shorten it: a baseline is what comes of a person who adds nothing",
        )
    return line


async def play_alone(
    exercise: Exercise,
    line: str,
    by: LineBy,
    *,
    session: str,
    model: str,
    ask: Ask,
    room: Room,
    wall: WallClock,
) -> Session:
    """Have the assistant do an exercise alone: one line, its reply as the deliverable, submitted.

    The assistant is set up as it is for a candidate: same brief, same greeting. Nothing is kept before all
    of it is over; a run that breaks off leaves nothing but the call that was made.

    Args:
        exercise: what is worked on.
        line: what the assistant is given.
        by: who wrote the line.
        session: the session's id.
        model: the assistant's model setting, as it is to stand in the session.
        ask: the model.
        room: how much it can hold.
        wall: the wall clock.

    Raises:
        ModelMisbehaviour: the model failed or said nothing, or what it said cannot be a deliverable.
        AssayError: the model cannot be asked.
    """
    given: dict[str, str | float] = {"session": session, "model": model, "baseline": by}
    started = wall().isoformat(timespec="milliseconds")
    events = first_events(exercise, **given, time_multiplier=1.0, started=started)
    alone = Session(exercise, MemoryStore(events), wall)
    alone.send(line, _MESSAGE)
    await answer(alone, ask, lambda _: None, room)
    _hand_in(alone)
    return alone


def _hand_in(alone: Session) -> None:
    try:
        alone.save_deliverable(alone.transcript.turns[-1].text)
    except UserMistake as error:
        raise ModelMisbehaviour(
            f"The model's reply cannot be handed in: {error.message}",
            remedy="Try again, or give the model a lower max_tokens",
        ) from error
    alone.submit()


def baseline_mark(events: Sequence[Event]) -> LineBy | None:
    """Who wrote the line of a session that the assistant did alone; None for a person's."""
    mark: LineBy | None = events[0].data.get("baseline") if events else None
    return mark


def broken_baseline_law(events: Sequence[Event], exercise: Exercise | None) -> str:
    """Why a session that says it is a baseline is none; empty when it is one, or does not say so.

    Args:
        events: the whole chain, each event with usable data.
        exercise: the exercise that the session was run on; None where that version of it is not known.
    """
    by = baseline_mark(events)
    if by is None:
        return ""
    course = [event for event in events if event.kind not in ("greeted", "clock_credited")]
    if [event.kind for event in course] != _COURSE:
        wrong = "it is not one message, its reply, that handed in, and nothing else"
    else:
        _, sent, _, reply, saved, end = (event.data for event in course)
        wrong = _not_handed_in(reply["text"], saved["text"], end["by"])
        wrong = wrong or _not_the_line(sent["text"], by, exercise)
    return f"it says that the assistant worked alone, given one line, and {wrong}" if wrong else ""


def _not_handed_in(reply: str, deliverable: str, ended_by: str) -> str:
    if deliverable != reply:
        return "its deliverable is not the reply"
    return "" if ended_by == "submitted" else "it was not submitted"


def _not_the_line(text: str, by: LineBy, exercise: Exercise | None) -> str:
    if by == "author":
        return "" if _is_own_line(text) else "its message is no line that an author may give"
    wrong = exercise is not None and text != line_of(exercise)
    return "its message is not the exercise's goal" if wrong else ""


def _is_own_line(text: str) -> bool:
    try:
        return own_line(text) == text
    except UserMistake:
        return False
