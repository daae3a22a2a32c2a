"""The assistant alone: a session in which it is given one line, and what it answers is handed in.

The session is an ordinary one, made by the engine and chained like every other. Its first event says that
nobody worked in it, so that it is taken for no person's.
"""

from collections.abc import Sequence
from typing import Literal

from assay.authoring.exercise import Exercise
from assay.errors import UserMistake
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
_SENTENCE_ENDS = (". ", "? ", "! ", "。", "？", "！")


def line_of(exercise: Exercise) -> str:
    """The one line for an exercise: its goal, word for word, on one line.

    That is what a person who adds nothing would paste. Scenario, materials and what the deliverable asks for
    stand in the assistant's brief already; rubric and ledger are in neither. A goal of more than
    `LONGEST_LINE` characters is cut after its last whole sentence that fits, or else after a whole word.
    """
    goal = " ".join(exercise.goal.split())
    if len(goal) <= LONGEST_LINE:
        return goal
    head = goal[:LONGEST_LINE]
    whole = max(head.rfind(end) + len(end.rstrip()) for end in _SENTENCE_ENDS)
    if whole > 1:
        return head[:whole]
    return head.rpartition(" ")[0] or head


def own_line(text: str) -> str:
    """The line that an author wrote instead, without white space at its ends.

    Raises:
        UserMistake: it is empty, longer than `LONGEST_LINE` characters, or not one line.
    """
    line = text.strip()
    if not line:
        raise UserMistake("The line is empty", remedy="Write what a person would type, or leave it out")
    if len(line.splitlines()) > 1:
        raise UserMistake("The line is more than one line", remedy="Write it without line breaks")
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
        AssayError: the model failed or said nothing, or what it said cannot be a deliverable.
    """
    given: dict[str, str | float] = {"session": session, "model": model, "baseline": by}
    started = wall().isoformat(timespec="milliseconds")
    events = first_events(exercise, **given, time_multiplier=1.0, started=started)
    alone = Session(exercise, MemoryStore(events), wall)
    alone.send(line, _MESSAGE)
    await answer(alone, ask, lambda _: None, room)
    alone.save_deliverable(alone.transcript.turns[-1].text)
    alone.submit()
    return alone


def baseline_mark(events: Sequence[Event]) -> LineBy | None:
    """Who wrote the line of a session that the assistant did alone; None for a person's."""
    mark: LineBy | None = events[0].data.get("baseline") if events else None
    return mark


def broken_baseline_law(events: Sequence[Event]) -> str:
    """What a session that says it is a baseline does besides one line and its reply; empty when nothing."""
    if baseline_mark(events) is None:
        return ""
    kinds = [event.kind for event in events]
    replies = [event.data["text"] for event in events if event.kind == "reply_finished"]
    saved = [event.data["text"] for event in events if event.kind == "deliverable_saved"]
    if kinds.count("message_sent") > 1 or "passage_flagged" in kinds or "retake_started" in kinds:
        return "it says that the assistant worked alone, given one line, and there is more in it"
    if any(text not in replies for text in saved):
        return "it says that the assistant worked alone, and its deliverable is not the reply"
    return ""
