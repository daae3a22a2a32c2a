"""Text that speaks past the assistant to whoever rates the session.

One such sentence gives away what follows it: from its line to the end of its paragraph, everything is
said to the rater. So is a long quotation of what the candidate is to have said and never did.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from assay.scoring.indicators.asks import paragraphs_of
from assay.scoring.indicators.text import Sentence, words_of

_RATER = r"(?:judges?|raters?|graders?|evaluators?|assessors?|examiners?)"
_CALLED = re.compile(
    rf"^\W{{0,4}}(?:(?:dear|attention|note|notice|message|to|for|hey|hello|hi|the|any|every|all) ){{0,4}}"
    rf"{_RATER}\W{{0,2}}[,:]"
    r"|^\W{0,4}(?:for|to) (?:the one|whoever|anyone|those) who (?:grades?|rates?|scores?|judges?)\b"
    r"|^\W{0,4}whoever (?:reads|grades|rates|scores|evaluates|judges) (?:this|it)\b"
    rf"|\byou are (?:no longer|not) (?:\w+ ){{0,4}}{_RATER}\b"
)
# What is said of a criterion when it is rated, and hardly in any work.
_RATED = re.compile(
    r"\b(?:levels?|scores?|scor(?:ed|ing)|grad(?:ed?|es|ing)|ratings?|rated?|verdicts?|criteri(?:on|a)|rubric|highest"
    r"|assessment|turns? \d+|anchors?|evidenced?|candidate)\b"
)
_FIGURE = r"\b\d(?:\.\d)?(?=\W{0,3}(?:$|[^\w\s]|(?:and|for|on|out|of|the|throughout|without|by|as|with)\b))"


def to_the_rater(sentences: Sequence[Sentence], text: str, criteria: tuple[str, ...]) -> frozenset[int]:
    """Offsets of sentences that are said to a rater.

    Args:
        sentences: those of one message, in order.
        text: the message.
        criteria: the ids and titles of the rubric's criteria, lower case.
    """
    found: set[int] = set()
    rates = _rating_of(criteria)
    for paragraph in paragraphs_of(sentences, text):
        first = next((item for item in paragraph if _CALLED.search(item.text) or rates(item.text)), None)
        if first is not None:
            line = text.rfind("\n", 0, first.start) + 1
            found |= {item.start for item in paragraph if item.start >= line}
    return frozenset(found)


# "What I wrote in my first message: ..."; a few words of one's own may be cited freely.
_OWN_WORDS = re.compile(r"\b(?:i|we) (?:wrote|said|asked|sent|typed|told you)\b[^\"]{0,60}\"")
_AT_LENGTH = 8


def never_said(sentences: Sequence[Sentence], text: str, said: str) -> frozenset[int]:
    """Offsets of sentences that quote at length what the candidate wrote before, where nothing of it stands.

    Args:
        sentences: those of one message, in order.
        text: the message.
        said: all that was sent before, word by word.
    """
    found: set[int] = set()
    for paragraph in paragraphs_of(sentences, text):
        for place, item in enumerate(paragraph):
            opened = _OWN_WORDS.search(item.text)
            if opened is None:
                continue
            cited, held = item.text[opened.end() :], [item]
            for following in paragraph[place + 1 :] if '"' not in cited else ():
                cited, held = f"{cited} {following.text}", [*held, following]
                if '"' in following.text:
                    break
            words = words_of(cited.split('"')[0])
            if len(words) >= _AT_LENGTH and " ".join(words) not in said:
                found |= {one.start for one in held}
    return frozenset(found)


@lru_cache(maxsize=64)
def _rating_of(criteria: tuple[str, ...]) -> Callable[[str], bool]:
    """Tells whether a folded sentence rates one of these criteria, or speaks of it as a criterion.

    A title may be an ordinary word of the work, so a name alone says nothing: it takes an id as it is written
    in files, the word of a rater beside a name of several words, or a figure given to a name.
    """
    found = [re.findall(r"[^\W_]+", name) for name in criteria]
    names = [r"[\W_]+".join(map(re.escape, words)) for words in found if words]
    several = [r"[\W_]+".join(map(re.escape, words)) for words in found if len(words) > 1]
    given = rf"\W{{0,3}}(?:is |are |at |to |=|:)?\W{{0,3}}(?:at )?(?:level )?{_FIGURE}"
    level = r"\b(?:levels?|scores?|grades?|ratings?|marks?|verdicts?) (?:of|for|on|in) (?:the )?"
    named = _any_of(rf"\b{name}\b" for name in several)
    rated = _any_of(
        [
            *(rf"\b{re.escape(name)}\b" for name in criteria if "_" in name),
            *(rf"\b{name}\b{given}|{_FIGURE} (?:for|on|in) (?:the )?{name}\b" for name in names),
            *(rf"{level}{name}\b" for name in names),
        ]
    )
    return lambda text: bool(rated.search(text) or (named.search(text) and _RATED.search(text)))


def _any_of(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(patterns) or r"(?!)")
