"""Finding a passage of a reply by its words."""

import re
from collections.abc import Sequence

from assay.session.transcript import Turn

Passage = tuple[int, int, int]
"""Index of the turn, and where the passage begins and ends in it, in code points."""


def find_passage(turns: Sequence[Turn], quote: str) -> Passage | None:
    """The latest reply that holds these words, and where; None when no reply does.

    White space may differ, as it does when a passage is copied from a screen; nothing else may.
    """
    words = quote.split()
    if not words:
        return None
    pattern = re.compile(r"\s+".join(re.escape(word) for word in words))
    for turn in reversed(turns):
        found = pattern.search(turn.text) if turn.role == "assistant" else None
        if found:
            return turn.index, found.start(), found.end()
    return None
