"""What a candidate's page is told of its session: all it needs to draw itself, and nothing of the scoring."""

from functools import lru_cache
from typing import Any

from assay.session.engine import Session
from assay.session.transcript import Turn
from assay_web.markdown import render

RENDERED = 1024
"""Replies whose HTML a process remembers: the same ones are shown at every look at a running session."""


def standing(session: Session) -> dict[str, Any]:
    """Where the session stands, as plain JSON. Times are in seconds and are the server's."""
    conversation = session.conversation
    return {
        **without_talk(session),
        "turns": [turn_of(turn) for turn in conversation.turns],
        "flags": [flag.model_dump(mode="json") for flag in conversation.flags],
    }


def without_talk(session: Session) -> dict[str, Any]:
    """Where the session stands without what was said; no event has to be read for it."""
    state = session.state
    waiting = state.waiting is not None
    return {
        "attempt": state.attempt,
        "length": session.length,
        "deliverable": session.deliverable,
        "seconds_left": round(session.seconds_left(), 1),
        "clock_runs": not waiting and state.ending is None,
        "warning_seconds": state.warning_seconds(),
        "credited_seconds": round(state.credited_for("outage"), 1),
        "rounds": state.limits.rounds,
        "rounds_used": state.rounds_used,
        "waiting": waiting,
        "unanswered": state.unanswered is not None,
        "ended": state.ending.by if state.ending else None,
        "retake_offered": state.retake_offered,
    }


def turn_of(turn: Turn) -> dict[str, Any]:
    """A message, with the assistant's Markdown as safe HTML."""
    if turn.role == "user":
        return {"index": turn.index, "role": "user", "text": turn.text}
    return reply_of(turn.index, turn.text)


def reply_of(index: int, text: str) -> dict[str, Any]:
    """A reply of the assistant."""
    return {"index": index, "role": "assistant", "text": text, "html": _html(text)}


@lru_cache(RENDERED)
def _html(text: str) -> str:
    return str(render(text))
