"""The transcript of a session: a pure fold over its events."""

from collections.abc import Iterable
from typing import Literal

from assay.session.events import Event
from assay.session.transcript import DeliverableVersion, Flag, Transcript, Turn

_ROLES: dict[str, Literal["user", "assistant"]] = {
    "message_sent": "user",
    "greeted": "assistant",
    "reply_finished": "assistant",
}


def transcript_of(events: Iterable[Event]) -> Transcript:
    """The transcript that these events add up to, at any point of a session.

    Of a session with a retake it is the last attempt. The same events give an equal transcript and so an
    equal content hash, wherever and whenever they are folded. The chain of hashes is not checked here; see
    `assay.session.events.check_chain`.
    """
    turns: list[Turn] = []
    versions: list[DeliverableVersion] = []
    flags: list[Flag] = []
    ended_by: Literal["submitted", "time", "rounds", "unknown"] = "unknown"
    for event in events:
        if event.kind in _ROLES:
            turns.append(_turn(len(turns), event))
        elif event.kind == "deliverable_saved":
            versions.append(
                DeliverableVersion(text=event.data["text"], after_turn=len(turns) - 1, at=event.at)
            )
        elif event.kind == "passage_flagged":
            flags.append(_flag(event))
        elif event.kind == "ended":
            ended_by = event.data["by"]
        elif event.kind == "retake_started":
            turns, versions, flags, ended_by = [], [], [], "unknown"
    return Transcript(turns=tuple(turns), deliverable=tuple(versions), flags=tuple(flags), ended_by=ended_by)


def _turn(index: int, event: Event) -> Turn:
    return Turn(
        index=index, role=_ROLES[event.kind], text=event.data["text"], id=event.data["turn"], at=event.at
    )


def _flag(event: Event) -> Flag:
    data = event.data
    return Flag(turn=data["turn_index"], start=data["start"], end=data["end"], note=data["note"], at=event.at)
