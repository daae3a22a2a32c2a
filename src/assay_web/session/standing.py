"""What a candidate's page is told of its session: all it needs to draw itself, and nothing of the scoring."""

from typing import Any

from assay.session.engine import Session
from assay.session.transcript import Turn
from assay_web.markdown import render


def standing(session: Session) -> dict[str, Any]:
    """Where the session stands, as plain JSON. Times are in seconds and are the server's."""
    state = session.state
    waiting = state.waiting is not None
    return {
        "attempt": state.attempt,
        "length": len(session.events),
        "turns": [turn_of(turn) for turn in session.transcript.turns],
        "flags": [flag.model_dump(mode="json") for flag in session.transcript.flags],
        "deliverable": session.deliverable,
        "seconds_left": round(session.seconds_left(), 1),
        "clock_runs": not waiting and state.ending is None,
        "warning_seconds": state.warning_seconds(),
        "credited_seconds": round(sum(c.until - c.since for c in state.credits if c.reason == "outage"), 1),
        "rounds": state.limits.rounds,
        "rounds_used": state.rounds_used,
        "waiting": waiting,
        "unanswered": state.unanswered is not None,
        "ended": state.ending.by if state.ending else None,
        "retake_offered": state.retake_offered,
    }


def turn_of(turn: Turn) -> dict[str, Any]:
    """A message, with the assistant's Markdown as safe HTML."""
    shown = {"index": turn.index, "role": turn.role, "text": turn.text}
    return shown if turn.role == "user" else {**shown, "html": str(render(turn.text))}
