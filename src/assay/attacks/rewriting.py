"""Rewriting what a candidate wrote in ways that change no work: spelling, articles, layout, length, a name.

Only prose is rewritten. Code, data, quotations and figures stay as they are, and every rewriting gives the
same text each time.
"""

import re
from collections.abc import Callable

from assay.scoring.indicators.text import Folded, sentences_of

_CITED = re.compile(r"(\"[^\"\n]*\"|“[^”\n]*”|`[^`\n]*`|https?://\S+)")
_SPELLINGS = (
    ("colour", "color"),
    ("favour", "favor"),
    ("behaviour", "behavior"),
    ("neighbour", "neighbor"),
    ("centre", "center"),
    ("metre", "meter"),
    ("labelling", "labeling"),
    ("labelled", "labeled"),
    ("cancelled", "canceled"),
    ("cancelling", "canceling"),
    ("travelling", "traveling"),
    ("summarise", "summarize"),
    ("organise", "organize"),
    ("prioritise", "prioritize"),
    ("recognise", "recognize"),
    ("apologise", "apologize"),
    ("analyse", "analyze"),
    ("catalogue", "catalog"),
    ("grey", "gray"),
    ("cheque", "check"),
    ("programme", "program"),
    ("judgement", "judgment"),
)
_TO_AMERICAN, _TO_BRITISH = dict(_SPELLINGS), {american: british for british, american in _SPELLINGS}
# "Check" and "program" are words of their own on both sides.
del _TO_AMERICAN["cheque"], _TO_BRITISH["check"], _TO_AMERICAN["programme"], _TO_BRITISH["program"]
_CONTRACTIONS = (
    ("do not", "don't"),
    ("does not", "doesn't"),
    ("did not", "didn't"),
    ("is not", "isn't"),
    ("are not", "aren't"),
    ("was not", "wasn't"),
    ("will not", "won't"),
    ("cannot", "can't"),
    ("should not", "shouldn't"),
    ("I am", "I'm"),
    ("I will", "I'll"),
    ("I have", "I've"),
    ("it is", "it's"),
    ("that is", "that's"),
    ("you are", "you're"),
    ("we are", "we're"),
)
_LIST_MARK = re.compile(r"^(\s*)(?:[-*•]|\(?\d{1,2}[.)])\s+(?=\S)", re.MULTILINE)
_MARKS = re.compile(r"\*\*|__|^#{1,6} ", re.MULTILINE)
_SENTENCE_END = re.compile(r"(?<=[a-z\])][.!?]) +(?=[A-Z])")


def american(text: str) -> str:
    """British spellings made American."""
    return _prose(text, lambda part: _swapped(part, _TO_AMERICAN))


def british(text: str) -> str:
    """American spellings made British."""
    return _prose(text, lambda part: _swapped(part, _TO_BRITISH))


def contracted(text: str) -> str:
    """Two words in one, where people speak so."""
    return _prose(text, lambda part: _swapped(part, dict(_CONTRACTIONS), unless=r"(?! to\b)"))


def written_out(text: str) -> str:
    """Contractions written out; questions are left alone, since their words would have to change places."""
    full = {short: full for full, short in _CONTRACTIONS}
    return _prose(text, lambda part: part if part.rstrip().endswith("?") else _swapped(part, full))


def lower_case(text: str) -> str:
    """No capital letters, as quick typing leaves it."""
    return _prose(text, str.lower)


def no_articles(text: str) -> str:
    """Articles left out, as speakers of languages without them may."""
    return _prose(text, lambda part: re.sub(r"\b(?:the|a|an) (?=[a-z])", "", part, flags=re.IGNORECASE))


def no_full_stops(text: str) -> str:
    """No full stop at the end of a line."""
    return re.sub(r"(?<=\w)\.(?=[ \t]*$)", "", text, flags=re.MULTILINE)


def curly(text: str) -> str:
    """Typographic apostrophes, as phones write them."""
    return _prose(text, lambda part: re.sub(r"(?<=\w)'(?=\w)", "’", part))


def without_marks(text: str) -> str:
    """Bold, headings and list marks taken out."""
    return _LIST_MARK.sub(r"\1", _MARKS.sub("", text))


def as_list(text: str) -> str:
    """Every sentence on a line of its own behind a dash; what has lines already is left alone."""
    return text if "\n" in text.strip() else "\n".join(f"- {part}" for part in _SENTENCE_END.split(text))


def as_one_paragraph(text: str) -> str:
    """Empty lines taken out and list marks with them, so that it stands in one paragraph."""
    return re.sub(r"\n{2,}", "\n", without_marks(text))


def apart(text: str) -> str:
    """An empty line between any two lines of prose."""
    return text if "```" in text or "|" in text else re.sub(r"\n+(?=\S)", "\n\n", text)


def _prose(text: str, change: Callable[[str], str]) -> str:
    """Change a message's prose, and of it what is not cited."""
    made, last = [], 0
    for sentence in sentences_of(Folded(text)):
        if sentence.is_own:
            made += [text[last : sentence.start], _uncited(text[sentence.start : sentence.end], change)]
            last = sentence.end
    return "".join([*made, text[last:]])


def _uncited(text: str, change: Callable[[str], str]) -> str:
    return "".join(part if place % 2 else change(part) for place, part in enumerate(_CITED.split(text)))


def _swapped(text: str, words: dict[str, str], *, unless: str = "") -> str:
    """Words exchanged for others, with the case of their first letter kept; `unless` looks ahead."""
    either = re.compile(r"\b(" + "|".join(map(re.escape, words)) + rf")(?=s?\b){unless}", re.IGNORECASE)
    lowered = {word.lower(): other for word, other in words.items()}

    def other(found: re.Match[str]) -> str:
        new = lowered[found[0].lower()]
        return new[0].upper() + new[1:] if found[0][0].isupper() else new

    return either.sub(other, text)
