"""How mistakes, and what the candidate does about them, are found in the messages."""

import re
from collections.abc import Iterator

from assay.scoring.indicators.reading import Message, Reading, likeness
from assay.scoring.indicators.signs.finding import (
    Finder,
    either,
    lead,
    mark,
    repeats_of_messages,
    sentences,
    shared_with_reply,
    without_citations,
)
from assay.scoring.indicators.signs.sign import Mark
from assay.scoring.indicators.text import Sentence

FAULT = (
    r"\b(?:does|did|do|is|are|was|were|has|have|could|can|would|will|should)(?: not|n't)\b"
    r"|\b(?:wrong|incorrect|inaccurate|false|mistaken|invalid|missing|missed|omitted|ignored"
    r"|ignores|forgot|forgotten|"
    r"overlooked|left out|leaves out|skipped|dropped|drops|invented|made up|makes up|hallucinated"
    r"|contradicts?|mix(?:es|ed) up|confus(?:es|ed)|misread|misses|lost|swapped|duplicated?|"
    r"fails?|failed|failing|crash(?:es|ed)|(?<!-)breaks|broken|bug|error|stops?(?!-)|timing out|off by)\b"
    r"|\b(?:is|are|was|looks?) (?:way |a bit |slightly )?off(?= ?[,.;!?]|$)"
    r"|\bno, |\bnot (?:what|the|a|in|true|right|supported|mentioned|from)\b|\bnowhere\b"
    r"|\bnever (?:said|says|mention\w*|happened|asked)\b|\bstill\b|\btoo (?:long|short|vague"
    r"|formal|casual|broad|early|strict|harsh|generous|high|low)\b"
    r"|\binstead of\b|\bshould(?:'ve| have)? (?:be|been|say|read|return|have)\b|\b(?:i|we) (?:said"
    r"|asked for|meant|mean|wanted)\b"
    r"|\byou (?:said|wrote|put|used|changed|added|dropped|counted|gave|claim\w*|marked|labelled"
    r"|labeled|tagged|listed|quoted|promised|included|assumed|turned|treated|left|kept|missed"
    r"|forgot)\b"
    r"|\bit(?:'s| is| keeps?) (?:\w+ ){0,2}(?:\w+ing)\b|\bbut (?:it|the|that|this|in|line|section"
    r"|ticket|i|only|your|row|paragraph|there)\b"
)
CAUSE = (
    r"\bbecause\b|\bdue to\b|(?:^|[,;:] )since (?:the|it|you|we|there|a)\b|\bthe (?:reason|cause|problem"
    r"|issue|mistake|error|bug|fault) (?:is|was|being|comes|lies)\b|\bcaused by\b|\bcomes from\b"
    r"|\bthat(?:'s| is) why\b"
    r"|\byou (?:\w+ )?(?:double[- ]counted|counted \w+ twice|mixed up|confused|conflated"
    r"|took \w+ from|read (?:the|it)|treated|assumed|applied|used|looked at|swapped|included)\b"
    r"|\b(?:applies|applied|counted|added) (?:\w+ )?twice\b|\bwhich (?:is|was) (?:the|for|about"
    r"|from)\b"
)
EXPECTED = (
    r"\b(?:should|must|ought to|needs? to|supposed to) (?:be|have|say|read|return|give|equal|go|come"
    r"|start|end|stay|mention|include|use|cover|produce)\b|\bnot [^,.;]{1,40},? but\b|\binstead of\b"
    r"|\brather than\b|\bexpected\b|==|->|=>|\bi (?:want|wanted|meant|mean)\b|\bthe (?:right"
    r"|correct) (?:\w+ )?(?:is|one|label|number|figure|value|answer)\b"
)
_BARE_FAULT = re.compile(
    r"(?:(?:no|nope|wrong|incorrect|not (?:working|right|correct|good)|still (?:wrong|not (?:right"
    r"|working))|what the \w+|try again)[.!?]*$"
    r"|(?:but |no,? )?(?:that|this|it)(?:'s| is| was| does| did)? ?(?:still )?(?:not|n't|isn't"
    r"|wasn't|doesn't|didn't|wrong|incorrect|bad|false|broken)\b"
    r"|(?:the |your )?(?:code|answer|result|output) is (?:still )?(?:incorrect|wrong|not))"
)
_FAULT = re.compile(FAULT)
_OPENING = r"(?:(?:and|so|ok|then|now|please|also|next)[,]? )*"
_QUESTION = re.compile(_OPENING + r"(?:how|what|why|is there|can (?:i|we|you)|does|do|is|are|which|where) ")
_ORDER = re.compile(
    _OPENING + r"(?:check|write|get|create|generate|make|find|code|python|pandas|given|list|show|give|sort"
    r"|add|use|draft) "
)
_ABOUT_REPLY = re.compile(r"\b(?:you|your|wrong|wrongly|incorrect|mistake)\b")
_ABOUT_RESULT = re.compile(r"\b(?:you|your|wrong|wrongly|incorrect|but|instead of|mistake|it's|still|no,)\b")


def names_fault(reading: Reading) -> Iterator[Mark]:
    """What is wrong with the last reply, in words the reply uses; one mark a message."""
    for message in reading.messages:
        if message.reply_before is None or message.repeats is not None:
            continue
        strongest = max(message.own, key=lambda item: fault_in(item, message), default=None)
        if strongest is not None and fault_in(strongest, message):
            yield mark(message, strongest)


_PLAINLY_WRONG = re.compile(
    r"^[a-z]{1,3}-?\d+ no\b|\b(?:isn't|aren't|is not|are not) \w|\b(?:is|are) (?:wrong|missing)\b"
    r"|\bshould(?:'ve| have)? be\b|\byou (?:forgot|left out|mixed up|counted|missed|skipped)\b"
)
# To forbid something, to say who reads it and to order a check are not to say that something is wrong.
_FORBIDS = re.compile(
    r"(?:^|\b(?:and|but|or|so|just|also|then|now|please)|[,;:(-]) ?(?:do not|don't|never)\b"
)
_NO_FAULT = re.compile(
    r"^(?:the |our )?(?:readers?|audience)\b|^i'd (?:love|like)\b"
    r"|^(?:good|nice|great|glad|fair) (?:that|of|how) you\b"
    r"|^(?:has|have|needs?|must) (?:to )?(?:be|go|stand|stay) in\b"
    r"|(?:^|: )(?:(?:please|now|then|and|so)[,]? )*(?:compare|cross-check|recheck|double-check|verify"
    r"|read|reread|recount|quote|go through) "
)


def fault_in(item: Sentence, message: Message) -> int:
    """How plainly a sentence says what is wrong with the last reply: 2, 1, or 0 for not at all."""
    text = _FORBIDS.sub(" ", without_citations(item.text))
    if shared_with_reply(item, message) < 1 or not _is_fault(text):
        return 0
    if _PLAINLY_WRONG.search(text) and item.content:
        return 2
    return 1 if len(item.content) >= 2 and len(item.words) >= 5 else 0


def _is_fault(text: str) -> bool:
    if _NO_FAULT.search(text) or not (_FAULT.search(text) or _PLAINLY_WRONG.search(text)):
        return False
    if _QUESTION.match(text):
        return bool(_ABOUT_REPLY.search(text))
    return not _ORDER.match(text) or bool(_ABOUT_RESULT.search(text))


def correction_taken(reading: Reading) -> Iterator[Mark]:
    """A remark with matter of its own after which the assistant owned up to a mistake."""
    for message in reading.messages:
        if message.reply_before is None or message.repeats is not None or not message.own:
            continue
        answer = reading.reply_after(message)
        if answer is not None and answer.gives_way:
            said = message.reply_before.content
            remark = max(
                message.own,
                key=lambda item: (
                    bool(item.subject & said),
                    fault_in(item, message),
                    len(item.subject & said),
                ),
            )
            if len(remark.content) >= 2 and not message.errors and remark.subject & said:
                yield mark(message, remark)


def re_asked(reading: Reading) -> Iterator[Mark]:
    """The ask just before, made again with something added, or an order to change what came back."""
    for message in reading.messages:
        if message.repeats is not None or not message.answered or not message.asks:
            continue
        before = [
            other
            for other in reading.messages[max(0, message.place - 2) : message.place]
            if len(other.ask_content) >= 2
        ]
        again = any(_contains(message.ask_content, other.ask_content) for other in before)
        if again or _orders_change(message):
            yield mark(message, max(message.asks, key=lambda item: len(item.content)))


def re_asked_plainly(reading: Reading) -> Iterator[Mark]:
    """Asked again with something added, but without naming a condition that was missed."""
    contrasted = {found.turn for found in re_asked_with_contrast(reading)}
    return (found for found in re_asked(reading) if found.turn not in contrasted)


def re_asked_with_contrast(reading: Reading) -> Iterator[Mark]:
    """Asked again with the very condition that the reply had missed."""
    texts: dict[int | None, tuple[Sentence, ...]] = {
        message.index: message.asks for message in reading.messages
    }
    for found in re_asked(reading):
        if any(_CONTRAST.search(item.text) for item in texts[found.turn]):
            yield found


_CONTRAST = re.compile(
    r"\b(?:but|ignor(?:e|es|ing)|not|n't|only|instead|without|so that|exactly|even (?:if|when)"
    r"|should|must|rather|except|unless|never|too|as well|regardless|include|still)\b|n't\b"
)


def _contains(new: frozenset[str], old: frozenset[str]) -> bool:
    return len(new & old) >= 0.75 * len(old) and bool(new - old)


def _orders_change(message: Message) -> bool:
    first = message.asks[0]
    return (
        bool(_CHANGE.match(first.text)) and len(first.content) >= 3 and shared_with_reply(first, message) >= 1
    )


_CHANGE = re.compile(
    r"(?:(?:please|now|ok|okay|no|then|so|but|can you|could you|just)[,.]? )*(?:modify|change"
    r"|correct|adjust|rewrite|redo|revise|rework|rephrase|replace|remove|shorten|tighten|cut|fix"
    r"|move|swap|undo|restore|take out|drop) "
    r"(?:the|this|that|it|your|all|each|every|any|both|'|\"|line|paragraph|sentence|section|step"
    r"|point|row|label|item|#?\d)"
)


def _faulty(reading: Reading) -> set[int | None]:
    """Messages that deal with a mistake."""
    return {found.turn for found in either(names_fault, correction_taken, re_asked_with_contrast)(reading)}


def within_faulty(finder: Finder) -> Finder:
    """Only marks in messages that deal with a mistake."""

    def find(reading: Reading) -> Iterator[Mark]:
        faulty = _faulty(reading)
        return (found for found in finder(reading) if found.turn in faulty)

    return find


def instructs(reading: Reading) -> Iterator[Mark]:
    """An order or wish in a message that deals with a mistake."""
    faulty = {found.turn for found in either(names_fault, correction_taken)(reading)}
    for message in reading.messages:
        if message.index in faulty:
            orders = [
                item
                for item in message.asks
                if len(item.content) >= 2 and _INSTRUCTS.search(item.text) and not _MOVES_ON.match(item.text)
            ]
            if orders:
                yield mark(message, _nearest_to_fault(orders, message))


def _nearest_to_fault(orders: list[Sentence], message: Message) -> Sentence:
    """The order that says what to do about the fault: the first at or after it, else the last before it."""
    fault = max(message.own, key=lambda item: fault_in(item, message))
    return next((item for item in orders if item.start >= fault.start), orders[-1])


_MOVES_ON = re.compile(r"(?:ok |so |and )?(?:now|next|then|after that|part|step|last)\b")


_INSTRUCTS = re.compile(
    r"\b(?:change|replace|remove|rewrite|use|add|make|keep|modify|correct|fix|put|take|leave|cut"
    r"|move|delete|update|redo|set|count|treat|label|mark|return|write|state|say|drop|swap|split"
    r"|quote|base|include|exclude|"
    r"recalculate|recompute|recount|restore|revert|want|should|must|need|please|so that|instead)\b"
)


def _remarks(message: Message, reading: Reading) -> bool:
    """Whether words of the candidate's own about the work go with it."""
    about = (item for item in message.own if reading.is_about_the_work(item, message))
    said = any(word.isalpha() for item in about for word in item.content)
    return said or bool(reading.asks_about_the_work(message))


def errors_only(reading: Reading) -> Iterator[Mark]:
    """An error message and nothing else."""
    for message in reading.messages:
        if message.errors and not _remarks(message, reading):
            yield mark(message, message.errors[0])


def errors_with_words(reading: Reading) -> Iterator[Mark]:
    """An error message with a remark or question of the candidate's own."""
    for message in reading.messages:
        if message.repeats is None and message.errors and _remarks(message, reading):
            yield mark(message, message.errors[0])


# A row of them is a line that parts one thing from another.
_COMPARES = re.compile(r"(?<!=)==(?!=)")


def failing_case(reading: Reading) -> Iterator[Mark]:
    """An assertion or comparison sent after a reply."""
    for message in reading.messages:
        if message.reply_before is None or message.repeats is not None:
            continue
        cases = [
            item
            for item in message.codes
            if item.text.startswith("assert")
            or (_COMPARES.search(item.text) and not item.text.startswith(("if", "el", "while", "return")))
        ]
        if cases and not message.errors:
            yield mark(message, cases[0])


_WHY_ASKED = re.compile(
    r"^(?:only|just|please|for) |[,:] (?:please )?(?:tell|give|show|list|name|say|keep|use)\b|\bbecause of\b"
)


def gives_cause(reading: Reading) -> Iterator[Mark]:
    """Why a reply went wrong; the reason for an ask is none."""
    for found in _CAUSES(reading):
        message = next(one for one in reading.messages if one.index == found.turn)
        item = next(one for one in message.own if one.start == found.start)
        if fault_in(item, message) or not (item in message.asks or _WHY_ASKED.search(item.text)):
            yield found


def bare_fault(reading: Reading) -> Iterator[Mark]:
    """That something is wrong, and not what."""
    for message in reading.messages:
        if message.reply_before is None:
            continue
        for item in message.own:
            if _BARE_FAULT.match(item.text) and len(item.content) <= 1 and len(message.content) <= 3:
                yield mark(message, item)
                break


def asks_back(reading: Reading) -> Iterator[Mark]:
    """An ask from further back is made again without anything new in it."""
    for message in reading.messages:
        if message.repeats is not None or not message.ask_content:
            continue
        for other in reading.messages[max(0, message.place - 40) : message.place]:
            if len(other.ask_content) >= 3 and likeness(message.ask_content, other.ask_content) >= 0.8:
                yield lead(message)
                break


CALLED_FOR = either(
    names_fault,
    re_asked,
    correction_taken,
    failing_case,
    errors_only,
    errors_with_words,
    bare_fault,
    repeats_of_messages,
    asks_back,
)


_CAUSES = within_faulty(sentences(CAUSE, content=2, after_reply=True, shares=1))


def called_for(reading: Reading) -> bool:
    """Whether anything was there to recover from, as far as the exercise, messages and replies show."""
    return reading.errors_shown or _met(reading)


def _met(reading: Reading) -> bool:
    return next(iter(CALLED_FOR(reading)), None) is not None


def took_what_came(reading: Reading) -> Iterator[Mark]:
    """The first message after a reply, where mistakes were shown and the whole session meets none."""
    if reading.errors_shown and reading.messages and not _met(reading):
        yield lead(next((message for message in reading.messages if message.answered), reading.messages[-1]))
