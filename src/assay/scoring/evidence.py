"""The evidence gate: a quote counts only where it stands word for word.

Lookup folds what typing and rendering change without changing words: Unicode to NFC, runs of white
space to one space, typographic quotes and dashes to plain ones. Case is kept. What is stored is
always the original text between its offsets, so `text[start:end] == quote` holds for all evidence.
"""

import unicodedata
from bisect import bisect_left, bisect_right

from assay.scoring.ratings import Evidence, Proposal, Quote, RaterIdentity, Rating
from assay.session.transcript import Transcript

NO_EVIDENCE = "no verifiable evidence"

MOST_MARKS = 30
"""Marks taken together with their character; no writing needs more, and putting many in order takes long."""

_FOLD = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        "…": "...",
        "\u00ad": "",
        "\u200b": "",
        "\ufeff": "",
    }
)


class FoldedText:
    """A text made comparable, remembering where each of its characters came from."""

    def __init__(self, original: str) -> None:
        self.original = original
        pieces: list[str] = []
        self._starts: list[int] = []
        self._sources: list[tuple[int, int]] = []
        length = 0
        for start, end in _clusters(original):
            piece = unicodedata.normalize("NFC", original[start:end]).translate(_FOLD)
            if piece.isspace():
                if pieces and pieces[-1] == " ":
                    self._sources[-1] = (self._sources[-1][0], end)
                    continue
                piece = " "
            if piece:
                pieces.append(piece)
                self._starts.append(length)
                self._sources.append((start, end))
                length += len(piece)
        self.folded = "".join(pieces)

    def locate(self, needle: str, near: int | None = None) -> tuple[int, int] | None:
        """Original offsets of `needle`: the occurrence nearest to `near`, or the first; None when absent."""
        folded = FoldedText(needle).folded.strip()
        if not folded:
            return None
        spans = [self._original_span(at, at + len(folded)) for at in self._places(folded, near)]
        return min(spans, key=lambda span: abs(span[0] - (near or 0)), default=None)

    def _places(self, folded: str, near: int | None) -> list[int]:
        """Where `folded` stands: first of all, or last before and first after `near`."""
        if near is None:
            found = [self.folded.find(folded)]
        else:
            piece = bisect_left(self._sources, (near, 0))
            at = self._starts[piece] if piece < len(self._starts) else len(self.folded)
            found = [self.folded.rfind(folded, 0, at + len(folded)), self.folded.find(folded, at)]
        return [place for place in found if place >= 0]

    def _original_span(self, start: int, end: int) -> tuple[int, int]:
        first = bisect_right(self._starts, start) - 1
        last = bisect_right(self._starts, end - 1) - 1
        return self._sources[first][0], self._sources[last][1]


def _clusters(text: str) -> list[tuple[int, int]]:
    """Spans of a character with the marks and jamo after it, so that NFC never joins across spans."""
    spans: list[tuple[int, int]] = []
    for index, char in enumerate(text):
        if spans and _composes(char) and index - spans[-1][0] <= MOST_MARKS:
            spans[-1] = (spans[-1][0], index + 1)
        else:
            spans.append((index, index + 1))
    return spans


def _composes(char: str) -> bool:
    """Whether NFC may join the character to the one before: a mark, or a later part of a Hangul syllable."""
    if char < "\u0300":
        return False
    return (
        unicodedata.category(char)[0] == "M" or "\u1160" <= char <= "\u11ff" or "\ud7b0" <= char <= "\ud7fb"
    )


def _verbatim(text: str, quote: Quote) -> tuple[int, int] | None:
    """The first place where the words stand exactly as quoted, which folding a long text would confirm.

    None where they do not, where repeats have to be told apart, or where the quote would cut a mark off its
    character.
    """
    words = quote.text.strip()
    at = text.find(words) if words and quote.start is None else -1
    if at < 0 or _composes(words[0]) or _composes(text[at + len(words) : at + len(words) + 1] or " "):
        return None
    return (at, at + len(words)) if FoldedText(words).folded.strip() else None


class EvidenceGate:
    """Checks quotes against one transcript; folds each text once."""

    def __init__(self, transcript: Transcript) -> None:
        self._transcript = transcript
        self._folded: dict[int | None, FoldedText] = {}

    def locate(self, quote: Quote) -> Evidence | None:
        """The quote with its offsets, or None when it does not stand where it says."""
        text = self._text(quote.turn)
        if text is None:
            return None
        if quote.start is not None and quote.text.strip() and text.startswith(quote.text, quote.start):
            span: tuple[int, int] | None = (quote.start, quote.start + len(quote.text))
        else:
            span = _verbatim(text, quote) or self._fold(quote.turn, text).locate(quote.text, quote.start)
        if span is None:
            return None
        stands = text[span[0] : span[1]]
        return Evidence(
            turn=quote.turn,
            start=span[0],
            end=span[1],
            quote=stands,
            sign=quote.sign,
            repaired=stands != quote.text,
        )

    def admit(self, proposal: Proposal, rater: RaterIdentity) -> Rating:
        """Turn a rater's answer into a rating: quotes located or dropped, and no level without evidence.

        At least one quote must be the candidate's own words: a message of theirs, or the deliverable.
        """
        located = [(quote, self.locate(quote)) for quote in proposal.quotes]
        evidence = tuple(_unique([found for _, found in located if found is not None]))
        dropped = tuple(quote for quote, found in located if found is None)
        level, unscored = proposal.level, proposal.unscored
        if level is not None and not any(self.is_candidates(item) for item in evidence):
            level, unscored = None, NO_EVIDENCE
        return Rating(
            rater=rater,
            criterion=proposal.criterion,
            level=level,
            unscored=unscored,
            evidence=evidence,
            reason=proposal.reason,
            error=proposal.error if level is not None else None,
            dropped=dropped,
            judged=proposal.judged,
        )

    def is_candidates(self, evidence: Evidence) -> bool:
        """Whether a quote that was located is the candidate's own words: of a message, or the deliverable."""
        return evidence.turn is None or self._transcript.turns[evidence.turn].role == "user"

    def _text(self, turn: int | None) -> str | None:
        if turn is None:
            return self._transcript.final_deliverable or None
        if 0 <= turn < len(self._transcript.turns):
            return self._transcript.turns[turn].text
        return None

    def _fold(self, turn: int | None, text: str) -> FoldedText:
        if turn not in self._folded:
            self._folded[turn] = FoldedText(text)
        return self._folded[turn]


def _unique(items: list[Evidence]) -> list[Evidence]:
    """Each place once for each sign that it shows, in the rater's own order."""
    seen: dict[tuple[int | None, int, int, str | None], Evidence] = {}
    for item in items:
        seen.setdefault((item.turn, item.start, item.end, item.sign), item)
    return list(seen.values())
