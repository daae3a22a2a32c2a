"""Finding a phrase whatever its case and white space, at its offsets in the original text.

What is folded is what the evidence gate folds, and case besides: runs of white space, typographic
quotes and dashes, composed and decomposed accents, and characters that show nothing.
"""

import re
import unicodedata
from functools import lru_cache

_INVISIBLE = "[\u00ad\u200b\ufeff]*"
_QUOTES = ("'‘’‚‛′", '"“”„‟″«»')
_DASHES = "-‐‑‒–—―−"
_ALPHABET = "A-Za-z\u00aa\u00b5\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u052f\u1e00-\u1fff"
"""Letters of the scripts that put spaces between words: Latin, Greek, Cyrillic."""


def find_phrase(text: str, phrase: str) -> tuple[int, int] | None:
    """The offsets of the first place where `phrase` stands in `text`; None when it does not.

    A phrase is found where a word begins, and its last word may go on: `purif` is in `purified`, `art` is
    not in `start`. A number may not go on: `€149` is not in `€1490`. An empty phrase stands nowhere.
    """
    pattern = _pattern(phrase)
    found = pattern.search(text) if pattern else None
    return found.span() if found else None


@lru_cache(maxsize=4096)
def _pattern(phrase: str) -> re.Pattern[str] | None:
    words = unicodedata.normalize("NFC", re.sub(_INVISIBLE, "", phrase)).split()
    if not words:
        return None
    body = rf"{_INVISIBLE}\s[\s\u00ad\u200b\ufeff]*".join(
        _INVISIBLE.join(_character(char) for char in word) for word in words
    )
    return re.compile(_before(words[0][0]) + body + _after(words[-1][-1]), re.IGNORECASE)


def _character(char: str) -> str:
    for quotes in _QUOTES:
        if char in quotes:
            return f"[{quotes}]"
    if char in _DASHES:
        return f"[{re.escape(_DASHES)}]"
    if char == "…":
        return r"(?:…|\.\.\.)"
    apart = unicodedata.normalize("NFD", char)
    return re.escape(char) if apart == char else f"(?:{re.escape(char)}|{re.escape(apart)})"


def _before(char: str) -> str:
    if char.isdecimal():
        return r"(?<!\d)(?<!\d[.,])"
    return f"(?<![{_ALPHABET}])" if re.match(f"[{_ALPHABET}]", char) else ""


def _after(char: str) -> str:
    return r"(?!\d)" if char.isdecimal() else ""
