"""Checks of the session: its events, the conversation they tell, and the exercise it was held on."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from assay.authoring.exercise import Exercise
from assay.errors import AssayError, UserMistake
from assay.record.checks.answer import Answer, cannot_be_made, left_to_another_version, shortened
from assay.record.checks.session_laws import broken_law
from assay.record.file import Record
from assay.session.events import ChainBroken, check_chain
from assay.session.fold import transcript_of
from assay.session.refusals import check_time_multiplier
from assay.session.state import SessionState, state_of
from assay.session.transcript import Transcript

CLOCK_SET_BACK = timedelta(hours=1)
"""How much earlier than the last event a record may say it was made. A wall clock that is set right during
a session goes back, and the session's own clock does not go with it."""


def events_are_chained(record: Record) -> Answer:
    """No event was changed, dropped, added or moved."""
    if not record.events:
        return cannot_be_made("the record holds no events: the conversation came from elsewhere")
    try:
        check_chain(record.events)
    except ChainBroken as broken:
        return Answer(False, f"at event {broken.seq}: {broken.why}")
    for before, event in pairwise(record.events):
        if event.at < before.at:
            return Answer(False, f"at event {event.seq}: it is earlier than the event before it")
    return Answer(True, f"{len(record.events)} events")


def transcript_follows_events(record: Record) -> Answer:
    """The conversation and the deliverable are what the events say, and point at messages that are there."""
    misplaced = next(_misplaced(record.transcript), None)
    if misplaced is not None:
        return Answer(False, misplaced)
    if not record.events:
        return cannot_be_made("the record holds no events to compare the conversation with")
    try:
        told = transcript_of(record.events)
        session = state_of(record.events).session
    except (AssayError, ValueError, LookupError, TypeError, AttributeError) as error:
        return Answer(False, f"the events do not tell a session: {error}")
    if session != record.session:
        return Answer(
            False, f"the events are of session {shortened(session)}, not {shortened(record.session)}"
        )
    difference = _transcript_difference(told, record.transcript)
    return Answer(False, difference) if difference else Answer(True, f"{len(told.turns)} messages")


def exercise_is_the_one_scored(record: Record) -> Answer:
    """Exercise and rubric match their hashes, the session that ran, and the criteria of the score."""
    version = record.exercise.version if record.exercise else None
    if version != record.hashes.exercise:
        return Answer(False, "the exercise is not the version that the record was made with")
    if record.rubric is not None and record.hashes.rubric != record.rubric.content_hash():
        return Answer(False, "the rubric is not the one that the record was made with")
    scored = {score.criterion for score in record.score.criteria}
    asked = set(record.scored_rubric.criteria)
    if scored != asked or len(record.score.criteria) != len(asked):
        odd = sorted(scored ^ asked) or sorted(asked)
        return Answer(False, f"the score and the rubric do not name the same criteria, such as {odd[0]}")
    ran = record.events[0].data.get("exercise_version") if record.events else None
    if ran is not None and ran != version:
        # Scoring an old session with a changed exercise is legitimate; that it happened must be seen.
        ran = shortened(str(ran), 12)
        return left_to_another_version(
            f"the session was run on version {ran} of its exercise and scored with another"
        )
    return Answer(True, f"{len(asked)} criteria")


def session_kept_its_rules(record: Record) -> Answer:
    """The session kept to its exercise's rounds and time, was credited only for waits, and ended once."""
    if not record.events:
        return cannot_be_made("the record holds no events that would say how the session went")
    try:
        start = state_of(record.events[:1])
        exercise = record.exercise if start.exercise_version == record.hashes.exercise else None
        broken = _broken_at_its_start(start, exercise) or broken_law(record.events, exercise)
        broken = broken or _made_too_early(record, start)
    except (AssayError, ValueError, LookupError, TypeError, AttributeError, OverflowError) as error:
        return Answer(False, f"the events do not tell a session: {error}")
    return Answer(False, broken) if broken else Answer(True, f"{len(record.events)} events")


def _broken_at_its_start(start: SessionState, exercise: Exercise | None) -> str:
    """A session has its exercise's limits, and extra time that the engine grants.

    What is known of another version of the exercise is only its hash, so its limits are not compared.
    """
    try:
        check_time_multiplier(start.time_multiplier)
    except UserMistake as error:
        return f"at event 0: {error.message}"
    if exercise is None:
        return ""
    if start.exercise != exercise.exercise:
        return f"at event 0: it names exercise {shortened(start.exercise)}, not {exercise.exercise}"
    return "" if start.limits == exercise.limits else "at event 0: its limits are not those of the exercise"


def _made_too_early(record: Record, start: SessionState) -> str:
    """A record is made after the last event of its session."""
    began = datetime.fromisoformat(start.started)
    last = began + timedelta(seconds=record.events[-1].at)
    if datetime.fromisoformat(record.made_at) >= last - CLOCK_SET_BACK:
        return ""
    return f"the record was made at {record.made_at}, before the session's last event"


def _misplaced(transcript: Transcript) -> Iterator[str]:
    """Messages out of order, and what points at a message or a time that there is not."""
    turns = transcript.turns
    for position, turn in enumerate(turns):
        if turn.index != position:
            yield f"message {position} says that it is number {turn.index}"
    for number, version in enumerate(transcript.deliverable, start=1):
        if version.after_turn >= len(turns):
            yield f"version {number} of the deliverable was saved after a message that is not there"
    for flag in transcript.flags:
        if flag.turn >= len(turns) or not flag.start < flag.end <= len(turns[flag.turn].text):
            yield f"a flag marks what message {flag.turn} does not hold"
    times = [turn.at for turn in turns]
    times += [version.at for version in transcript.deliverable] + [flag.at for flag in transcript.flags]
    if any(at is not None and at < 0 for at in times):
        yield "a message, a flag or a version of the deliverable has a time before the session"


def _transcript_difference(told: Transcript, written: Transcript) -> str:
    for ours, theirs in zip(told.turns, written.turns, strict=False):
        if ours != theirs:
            return f"message {theirs.index} differs from the event that recorded it"
    if len(told.turns) != len(written.turns):
        return f"the events tell of {len(told.turns)} messages, and the conversation has {len(written.turns)}"
    if told.deliverable != written.deliverable:
        return "the deliverable differs from what the events say was saved"
    if told.flags != written.flags:
        return "the flagged passages differ from what the events say was flagged"
    return "" if told == written else "how the session ended differs from what the events say"
