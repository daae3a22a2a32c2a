"""Scripted candidates: a reference session's candidate, at work in a real session with a real model.

The candidate's messages, saves and flags are those of the reference session, in their order; the replies
are whatever the model says now. Limits apply to a bot as they do to a person.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from assay.errors import LimitReached
from assay.session.assistant import Room
from assay.session.conversation import Ask, answer
from assay.session.engine import Session
from assay.session.passages import find_passage
from assay.session.reference import ReferenceSession


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that a scripted candidate does."""

    kind: Literal["send", "save", "flag"]
    text: str
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Watching:
    """Who is told what happens: what the candidate does, the reply in pieces, and what was left out."""

    act: Callable[[Act], None]
    reply: Callable[[str], None]
    remark: Callable[[str], None]


def acts_of(reference: ReferenceSession) -> Iterator[Act]:
    """What the candidate of a reference session does, in order."""
    for index in range(-1, len(reference.turns)):
        if index >= 0 and reference.turns[index].role == "user":
            yield Act("send", reference.turns[index].text)
        for flag in reference.flags:
            if flag.turn == index:
                yield Act("flag", flag.note, quote=flag.quote)
        for version in reference.deliverable:
            if version.after_turn == index:
                yield Act("save", version.text)


async def play(
    session: Session, reference: ReferenceSession, ask: Ask, room: Room, watching: Watching
) -> None:
    """Do everything that the reference candidate did, as far as the limits allow, and submit.

    Raises:
        AssayError: the model failed; what was done so far is in the session.
    """
    for number, act in enumerate(acts_of(reference)):
        watching.act(act)
        try:
            _do(session, act, f"bot-{number}", watching)
        except LimitReached as limit:
            watching.remark(str(limit))
            continue
        if act.kind == "send":
            await answer(session, ask, watching.reply, room)
    session.submit()


def _do(session: Session, act: Act, message: str, watching: Watching) -> None:
    if act.kind == "send":
        session.send(act.text, message)
    elif act.kind == "save":
        session.save_deliverable(act.text)
    else:
        _flag(session, act, watching)


def _flag(session: Session, act: Act, watching: Watching) -> None:
    passage = find_passage(session.transcript.turns, act.quote)
    if passage is None:
        watching.remark("Not flagged: the assistant did not say this here.")
        return
    session.flag(*passage, act.text)
