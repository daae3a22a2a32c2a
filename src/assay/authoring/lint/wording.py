"""Comparing texts by their words: what the checks mean by the same, nearly the same, and copied at length."""

import re
from collections.abc import Iterable, Iterator

_PLAIN = str.maketrans("‘’“”‐‑–—−", "''\"\"-----")
_WORD = re.compile(r"\w+(?:['’]\w+)*")


def word_set(text: str) -> frozenset[str]:
    """The words of a list written as one text."""
    return frozenset(text.split())


_NUMBER_WORDS = word_set(
    "zero one two three four five six seven eight nine ten first second third once twice single both half"
)

STOP_WORDS = word_set(
    "a an and are as at be been but by can did do does for from had has have he her his how if in "
    "into is it its may might of on onto or our out over she so some than that the their them then "
    "there these they this those to under up was were what when where which while who whose will with "
    "would you your"
)
NEGATIONS = word_set("no not never none neither nor nothing without cannot isn't doesn't don't")
QUANTIFIERS = word_set("all every each any only always whole entire")
INTENSIFIERS = word_set(
    "very quite fairly rather somewhat slightly highly extremely really more less better worse mostly "
    "largely generally usually often sometimes rarely particularly especially exceptionally "
    "moderately consistently strongly weakly considerably somehow truly much most least best"
)

GRADES = word_set(
    "poor weak bad fair ok okay average medium good great excellent strong outstanding satisfactory "
    "unsatisfactory acceptable unacceptable adequate inadequate low high basic advanced expert "
    "beginner novice competent proficient exemplary developing limited partial"
)


def words(text: str) -> list[str]:
    """The words of a text in order, in lower case, without punctuation."""
    return [word.replace("’", "'") for word in _WORD.findall(text.casefold())]


def content(text: str) -> list[str]:
    """The words that carry meaning, cut to their stems, so that `checks` and `checked` are one."""
    return [_stem(word) for word in words(text) if word not in STOP_WORDS]


def same(first: str, second: str) -> bool:
    """Whether two texts have the same words in the same order."""
    return words(first) == words(second)


def similarity(first: str, second: str) -> float:
    """Shared content words as a share of all content words (Jaccard), 0 to 1."""
    one, other = set(content(first)), set(content(second))
    return len(one & other) / len(one | other) if one | other else 0.0


def indistinguishable(first: str, second: str, *, threshold: float = 0.8) -> bool:
    """Whether nearly all content words are shared and no difference is one of number, extent or negation."""
    return similarity(first, second) >= threshold and not any(map(_decides, difference(first, second)))


def difference(first: str, second: str) -> set[str]:
    """Content words that only one of the two texts has."""
    return set(content(first)) ^ set(content(second))


def _decides(word: str) -> bool:
    # Two levels may share a sentence and differ in one such word, and be told apart well by it.
    return bool(re.search(r"\d", word)) or word in NEGATIONS | QUANTIFIERS | _NUMBER_WORDS


def runs(text: str, length: int) -> Iterator[tuple[str, ...]]:
    """Every run of `length` consecutive words."""
    found = words(text)
    return (tuple(found[at : at + length]) for at in range(len(found) - length + 1))


def copied(original: str, into: str, length: int) -> str:
    """The first run of at least `length` words of `original` that stands in `into`, as long as it goes on.

    Empty when there is none. A shorter original counts when all of it, and at least four words, stands there.
    """
    source = words(original)
    length = min(length, max(len(source), 4))
    standing = set(runs(into, length))
    starts = [at for at in range(len(source) - length + 1) if tuple(source[at : at + length]) in standing]
    if not starts:
        return ""
    end = starts[0]
    for at in starts:
        if at > end + 1:
            break
        end = at
    return " ".join(source[starts[0] : end + length])


def holds(text: str, phrase: str) -> bool:
    """Whether a text holds a phrase as rules and ledgers look for one.

    Case, white space and the shape of quotes and dashes do not matter; a phrase begins where a word begins,
    its last word may go on, and a number may not: `€149` is not in `€1490`.
    """
    sought = _folded(phrase)
    if not sought:
        return False
    before = r"(?<!\d)(?<!\d[.,])" if sought[0].isdecimal() else r"(?<!\w)" if sought[0].isalpha() else ""
    after = r"(?!\d)" if sought[-1].isdecimal() else ""
    return re.search(before + re.escape(sought) + after, _folded(text)) is not None


def _folded(text: str) -> str:
    return " ".join(text.casefold().translate(_PLAIN).split())


def holds_any(text: str, phrases: Iterable[str]) -> bool:
    """Whether a text holds at least one of the phrases."""
    return any(holds(text, phrase) for phrase in phrases)


def _stem(word: str) -> str:
    for ending in ("ing", "ied", "ies", "ed", "es", "ly", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word.removesuffix("s") if len(word) > 3 and not word.endswith("ss") else word
