"""The ways in which signs look for something."""

import re
from collections.abc import Callable, Iterator

from assay.scoring.indicators.reading import Message, Reading
from assay.scoring.indicators.signs.sign import Mark
from assay.scoring.indicators.text import Sentence
from assay.scoring.indicators.words import ANY_WORK

Test = Callable[[Sentence, Message], bool]
Finder = Callable[[Reading], Iterator[Mark]]


def mark(message: Message, sentence: Sentence) -> Mark:
    """The whole sentence as a mark."""
    return Mark(message.index, sentence.start, sentence.end)


def lead(message: Message) -> Mark:
    """The candidate's first own sentence of a message, else its first line, else all of it."""
    found = message.asks or message.own or message.sentences
    if found:
        return mark(message, found[0])
    start = len(message.text) - len(message.text.lstrip())
    return Mark(message.index, start, start + len(message.text.strip()))


def sentences(
    pattern: str,
    *,
    content: int = 2,
    after_reply: bool = False,
    shares: int = 0,
    grounded: bool = True,
    cited: bool = True,
    unless: str | None = None,
) -> Finder:
    """Own sentences in which `pattern` is found.

    Args:
        pattern: a linear-time regular expression over folded text.
        content: how many words that carry matter the sentence needs.
        after_reply: only in messages that follow a reply.
        shares: how many of those words the sentence must have in common with that reply.
        grounded: whether it must be about the work, as the replies and the brief show it.
        cited: whether words that the sentence only cites, in quotation marks, are looked at.
        unless: no mark where this is found as well.
    """
    wanted, barred = re.compile(pattern), re.compile(unless) if unless else None

    def find(reading: Reading) -> Iterator[Mark]:
        for message in reading.messages:
            if message.repeats is not None or (after_reply and message.reply_before is None):
                continue
            for sentence in message.own:
                text = sentence.text if cited else without_citations(sentence.text)
                if len(sentence.content) < content or not wanted.search(text):
                    continue
                if barred is not None and barred.search(text):
                    continue
                if shares and shared_with_reply(sentence, message) < shares:
                    continue
                if grounded and not reading.is_about_the_work(sentence, message):
                    continue
                yield mark(message, sentence)

    return find


_CITATION = re.compile(r'"[^"\n]{1,200}"')


def without_citations(text: str) -> str:
    """The text with what stands in quotation marks taken out: others' words."""
    return _CITATION.sub('""', text)


def once_a_message(finder: Finder) -> Finder:
    """The first mark of each message only."""

    def find(reading: Reading) -> Iterator[Mark]:
        seen: set[int | None] = set()
        for found in finder(reading):
            if found.turn not in seen:
                seen.add(found.turn)
                yield found

    return find


def either(*finders: Finder) -> Finder:
    """Everything that any of them finds."""

    def find(reading: Reading) -> Iterator[Mark]:
        for finder in finders:
            yield from finder(reading)

    return find


def shared_with_reply(sentence: Sentence, message: Message) -> int:
    """How many words that carry matter, and not just any work has, it has in common with the reply before."""
    return len((sentence.content - ANY_WORK) & message.reply_before.content) if message.reply_before else 0


def material_only(message: Message, reading: Reading) -> bool:
    """Whether a message hands over code, data, errors or copied text, asks nothing and explains little.

    Code and data that have nothing to do with the work hand nothing over.
    """
    if not (reading.hands_over(message) or message.pasted):
        return False
    if reading.asks_about_the_work(message):
        return False
    return len(matter_of(message, reading)) < 5


def matter_of(message: Message, reading: Reading) -> frozenset[str]:
    """Words that carry matter in those own sentences that are about the work."""
    said = (item.content for item in message.own if reading.is_about_the_work(item, message))
    return frozenset().union(*said)


def repeats_of_messages(reading: Reading) -> Iterator[Mark]:
    """Messages sent word for word before."""
    for message in reading.messages:
        if message.repeats is not None and message.answered and message.sentences:
            yield lead(message)
