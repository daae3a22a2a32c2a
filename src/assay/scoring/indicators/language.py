"""Which language the candidate writes in. The signs are written for English and for nothing else.

Real sessions hold code, search queries of three words and typing mistakes, which trained language
detectors refuse. So only positive evidence of another language counts: a script that English is not
written in, or function words of another language outweighing English ones.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

from assay.scoring.indicators.text import Folded, words_of
from assay.scoring.indicators.words import FOREIGN_WORDS, FUNCTION_WORDS, SHARED_WITH_ENGLISH

COVERED = ("English",)

_ENGLISH = FUNCTION_WORDS | SHARED_WITH_ENGLISH
_WORD_LANGUAGES: dict[str, tuple[str, ...]] = {}
for _name, _list in FOREIGN_WORDS.items():
    for _word in sorted(_list):
        if _word not in _ENGLISH and len(_word) > 1:
            _WORD_LANGUAGES[_word] = (*_WORD_LANGUAGES.get(_word, ()), _name)

_SCRIPTS = {
    "CYRILLIC": "a language in Cyrillic script, such as Russian",
    "CJK": "Chinese",
    "HIRAGANA": "Japanese",
    "KATAKANA": "Japanese",
    "HANGUL": "Korean",
    "ARABIC": "a language in Arabic script",
    "HEBREW": "Hebrew",
    "GREEK": "Greek",
    "DEVANAGARI": "a language in Devanagari script, such as Hindi",
    "THAI": "Thai",
    "BENGALI": "Bengali",
    "TAMIL": "Tamil",
}
_UNKNOWN = "a language that was not recognised"
_LETTERS = re.compile(r"[^\W\d_]+")
_NON_ASCII_LETTER = re.compile(r"[^\W\d_a-zA-Z]")


def _script_of(char: str) -> str | None:
    return next((script for script in _SCRIPTS if unicodedata.name(char, "").startswith(script)), None)


def _foreign_script(text: str) -> str | None:
    """The name of the language or script when other scripts make up a good part of the letters."""
    if text.isascii():
        return None
    scripts = Counter(filter(None, map(_script_of, _NON_ASCII_LETTER.findall(text[:20_000]))))
    if not scripts:
        return None
    latin = sum(1 for char in text[:20_000] if char.isalpha() and char.isascii())
    # One Chinese character carries about as much as three Latin letters.
    weight = sum(
        count * (3 if script in ("CJK", "HIRAGANA", "KATAKANA") else 1) for script, count in scripts.items()
    )
    if weight <= latin * 0.7 or weight < 6:
        return None
    if scripts.get("HIRAGANA", 0) + scripts.get("KATAKANA", 0) > 0.1 * weight:
        return _SCRIPTS["HIRAGANA"]
    return _SCRIPTS[scripts.most_common(1)[0][0]]


def _has_accent(word: str) -> bool:
    """Whether a word holds a Latin letter that English does without; look-alikes do not count."""
    return any(not char.isascii() and unicodedata.name(char, "").startswith("LATIN") for char in word)


def foreign_words(words: Iterable[str]) -> tuple[int, int]:
    """How many function words are of another language, and how many are English."""
    foreign = english = 0
    for word in words:
        if word in _ENGLISH:
            english += 1
        elif word in _WORD_LANGUAGES:
            foreign += 1
    return foreign, english


def uncovered_language(texts: Iterable[str]) -> str | None:
    """The language of a candidate's own prose when the signs do not cover it, else None."""
    prose = [text for text in texts if text.strip()]
    joined = "\n".join(prose)
    script = _foreign_script(joined)
    if script is not None:
        return script
    words = words_of(Folded(joined).text)
    foreign, english = foreign_words(words)
    accented = 0 if joined.isascii() else sum(map(_has_accent, _LETTERS.findall(joined)))
    # English borrows words and names with accents, so an accent is half the evidence that a function word is.
    evidence = foreign + accented / 2
    if (evidence >= 3 and evidence > 1.2 * english) or (foreign >= 2 and not english):
        votes = Counter(name for word in words for name in _WORD_LANGUAGES.get(word, ()))
        return votes.most_common(1)[0][0] if votes else _UNKNOWN
    plain = [word for word in words if word.isalpha() and len(word) > 1]
    if len(plain) >= 10 and english < 0.08 * len(plain):
        return _UNKNOWN
    return None
