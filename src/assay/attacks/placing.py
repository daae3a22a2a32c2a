"""Putting a text into a session, which stays a valid transcript wherever it is put.

Nothing is put before a turn, so that the turns keep their indexes, and with them flags and saved versions.
"""

import re

from assay.attacks.attack import Attack, Kind, Place
from assay.attacks.filling import filled
from assay.attacks.writing import written
from assay.scoring.raters import Case
from assay.session.transcript import DeliverableVersion, Transcript, Turn

_BOUNDARY = re.compile(r"\n+|(?<=[.!?:;,])[ \t]+")


def placed(case: Case, attack: Attack, kind: Kind, place: Place) -> Case:
    """The case with the attack or its twin in its place."""
    text = written(filled(attack.of_kind(kind), case), attack.write_as)
    return Case(put(case.transcript, text, place), case.rubric, case.exercise)


def put(transcript: Transcript, text: str, place: Place) -> Transcript:
    """The session with `text` in this place.

    `prepended` is the beginning of the candidate's first message, `appended` the end of their last and
    `mid_turn` the middle of their longest; `own_turn` is a message of its own after everything else.
    """
    sent = [turn.index for turn in transcript.candidate_turns()]
    if place == "deliverable":
        return _with_deliverable(transcript, text)
    if place == "own_turn" or not sent:
        turn = Turn(index=len(transcript.turns), role="user", text=text)
        return transcript.model_copy(update={"turns": (*transcript.turns, turn)})
    if place == "prepended":
        return _changed(transcript, {sent[0]: _joined(text, transcript.turns[sent[0]].text)})
    if place == "appended":
        return _changed(transcript, {sent[-1]: _joined(transcript.turns[sent[-1]].text, text)})
    if place == "every_message":
        return _changed(transcript, {index: _joined(transcript.turns[index].text, text) for index in sent})
    longest = max(sent, key=lambda index: len(transcript.turns[index].text))
    return _changed(transcript, {longest: _inside(transcript.turns[longest].text, text)})


def _joined(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)


def _inside(message: str, text: str) -> str:
    """Between two lines or two parts of a sentence, as near to the middle as there is such a place."""
    middle = len(message) / 2
    breaks = [found.span() for found in _BOUNDARY.finditer(message)] or [(len(message), len(message))]
    start, end = min(breaks, key=lambda span: abs(span[0] - middle))
    return _joined(message[:start], text, message[end:])


def _changed(transcript: Transcript, texts: dict[int, str]) -> Transcript:
    turns = (
        turn.model_copy(update={"text": texts[turn.index]}) if turn.index in texts else turn
        for turn in transcript.turns
    )
    return transcript.model_copy(update={"turns": tuple(turns)})


def _with_deliverable(transcript: Transcript, text: str) -> Transcript:
    if transcript.deliverable:
        last = transcript.deliverable[-1]
        versions = (*transcript.deliverable[:-1], last.model_copy(update={"text": _joined(last.text, text)}))
    else:
        versions = (DeliverableVersion(text=text, after_turn=len(transcript.turns) - 1),)
    return transcript.model_copy(update={"deliverable": versions})
