"""The candidate's own sentences as a list, from which a judge picks its quotes where its model cannot copy.

An endpoint that compiles the schema of an answer then cannot bring forth another quote. The evidence gate
looks every quote up all the same.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest

from assay.scoring.evidence import EvidenceGate
from assay.scoring.judge.fence import original
from assay.scoring.judge.shown import Shown
from assay.scoring.ratings import Quote

Listed = tuple[tuple[int | None, tuple[str, ...]], ...]
"""Sentences by the turn in which they stand; None is the deliverable."""

LONGEST_SENTENCE = 200
"""Characters of a listed sentence as shown, marks included, at most: a longer one is listed in parts."""

MOST_SENTENCES = 200
"""Sentences that are listed, at most."""

MOST_LISTED = 8_000
"""Bytes of all listed sentences together, at most: an endpoint has to compile them."""

_ENDS = re.compile(r"\n|(?<=[.!?])(?=\s)|(?<=[。！？])(?![.!?。！？])")
"""Where a sentence ends: a full stop within a number or an address is followed by no white space."""
_SPACE = re.compile(r"\s")
_MARK = re.compile("⟦[^⟧]*⟧")
_WORD = re.compile(r"[^\W_]{2}")


def listed(shown: Shown, gate: EvidenceGate) -> tuple[Listed, tuple[str, ...]]:
    """The sentences of what a judge is shown of the candidate's words, and in words how many were left out.

    Only what the gate finds and a reader sees is listed: of every message the first sentence, then the
    second, as long as there is room.
    """
    own = {turn: tuple(dict.fromkeys(_sentences(turn, text, gate))) for turn, text in shown.own}
    rounds = zip_longest(*own.values())
    order = [(turn, text) for texts in rounds for turn, text in zip(own, texts, strict=True) if text]
    kept: dict[int | None, list[str]] = {turn: [] for turn in own}
    room = MOST_LISTED
    for number, (turn, text) in enumerate(order):
        room -= len(text.encode())
        if room < 0 or number == MOST_SENTENCES:
            cut = f"of {len(order):,} sentences of the candidate's, only {number:,} could be quoted"
            return _listed(kept), (cut,)
        kept[turn].append(text)
    return _listed(kept), ()


def _listed(kept: Mapping[int | None, Sequence[str]]) -> Listed:
    return tuple((turn, tuple(texts)) for turn, texts in kept.items() if texts)


def _sentences(turn: int | None, text: str, gate: EvidenceGate) -> Iterator[str]:
    for sentence in _ENDS.split(text):
        for part in _parts(sentence):
            if _WORD.search(_MARK.sub("", part)) and gate.locate(Quote(turn=turn, text=original(part))):
                yield part


def _parts(text: str) -> Iterator[str]:
    """A text in parts that are not too long: up to the end of a word where there is one, no mark halved."""
    while text := text.strip():
        end = len(text) if len(text) <= LONGEST_SENTENCE else _end_of_part(text)
        yield text[:end]
        text = text[end:]


def _end_of_part(text: str) -> int:
    spaces = [found.start() for found in _SPACE.finditer(text, 0, LONGEST_SENTENCE + 1)]
    if spaces:
        return spaces[-1]
    opened = text.rfind("⟦", 0, LONGEST_SENTENCE)
    halved = opened >= 0 and text.find("⟧", opened) >= LONGEST_SENTENCE
    return opened if halved else LONGEST_SENTENCE
