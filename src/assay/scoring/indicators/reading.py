"""A session as signs see it: the candidate's messages with what came before each of them.

A sign never looks at a message alone. It sees which sentences are the candidate's own, which were
pasted from the brief, the rubric or a reply, what the assistant had just said, and what was asked before.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from assay.scoring.indicators.asks import is_bare
from assay.scoring.indicators.sources import Source
from assay.scoring.indicators.text import Folded, Sentence, content_words, words_of
from assay.scoring.indicators.words import ANY_WORK

# So many words of code or data are not shared by chance.
_SHARED = 2
# One subject word in so many must stand in the brief for a session to be about the exercise.
_ON_TOPIC = 12
# One in so many, and at least two, where a single ask is so.
_PLAINLY = 4
# A search query is two words; a task that comes with a brief cannot be handed on in so few.
_LEAST_WORDS, _LEAST_ON_A_BRIEF = 2, 5
_APOLOGY = re.compile(
    r"\bapolog(?:y|ies|i[sz]e)\b|\bsorry\b|\bmy mistake\b|\bi (?:made|misread|misunderstood|missed"
    r"|overlooked)\b"
    r"|\b(?:good|nice) catch\b|\boversight\b|\byou(?:'re| are) (?:absolutely |quite "
    r"|completely )?(?:right|correct)\b"
    r"|\bthanks? (?:you )?for (?:pointing|catching|flagging)"
)


# An apology inside a drafted letter is the letter's and not the assistant's.
_LETTER = re.compile(r"\b(?:dear|subject:|(?:hi|hello) \w+,)")


@dataclass(frozen=True)
class Reply:
    """What the assistant said between two of the candidate's messages."""

    text: str = ""

    @cached_property
    def folded(self) -> str:
        """The reply as signs see it."""
        return Folded(self.text).text

    @cached_property
    def content(self) -> frozenset[str]:
        """Its words that carry matter."""
        return content_words(self.folded)

    @cached_property
    def joined(self) -> str:
        """Its words in a row, to find pasted sentences in."""
        return " ".join(words_of(self.folded))

    @property
    def gives_way(self) -> bool:
        """Whether the assistant owns up to a mistake in its first lines."""
        return bool(_APOLOGY.search(_LETTER.split(self.folded[:400])[0]))


@dataclass(frozen=True)
class Message:
    """One message of the candidate, read in its place.

    `reply_before` is the latest reply; `answered` tells whether it came since the message before.
    """

    index: int
    place: int
    text: str
    sentences: tuple[Sentence, ...]
    own: tuple[Sentence, ...]
    pasted: tuple[Sentence, ...]
    material: tuple[Sentence, ...]
    asks: tuple[Sentence, ...]
    reply_before: Reply | None
    answered: bool
    repeats: "Message | None"

    @cached_property
    def content(self) -> frozenset[str]:
        """Words that carry matter in the candidate's own sentences."""
        return frozenset().union(*(sentence.content for sentence in self.own))

    @cached_property
    def ask_content(self) -> frozenset[str]:
        """Words that carry matter in what is asked for."""
        return frozenset().union(*(sentence.content for sentence in self.asks))

    @cached_property
    def keys(self) -> frozenset[str]:
        """Its sentences, word by word."""
        return frozenset(key_of([sentence]) for sentence in self.sentences)

    @property
    def codes(self) -> list[Sentence]:
        """Lines of code."""
        return [sentence for sentence in self.sentences if sentence.kind == "code"]

    @property
    def errors(self) -> list[Sentence]:
        """Lines of an error message."""
        return [sentence for sentence in self.sentences if sentence.kind == "error"]


@dataclass(frozen=True)
class Reading:
    """A whole session as signs see it. `errors_shown`: the exercise has the assistant make mistakes."""

    messages: tuple[Message, ...]
    brief: Source
    has_brief: bool
    deliverable: str = ""
    replies: tuple[Reply, ...] = ()
    last_reply: Reply | None = None
    errors_shown: bool = False

    @cached_property
    def is_too_short(self) -> bool:
        """Whether what was sent, pasted or not, holds too few words that carry matter to be rated."""
        sent = (item for one in self.messages for item in (*one.own, *one.pasted, *one.material))
        needed = _LEAST_ON_A_BRIEF if self.has_brief else _LEAST_WORDS
        return len(frozenset().union(*(item.content for item in sent))) < needed

    @cached_property
    def is_off_topic(self) -> bool:
        """Whether next to nothing in the candidate's own words is about the exercise, if there is one.

        An ask that plainly is about it stays so, whatever is sent beside it.
        """
        whole = frozenset().union(*(item.subject for one in self.messages for item in one.own))
        asks = (item.subject for one in self.messages for item in one.asks)
        return (
            self.has_brief
            and len(whole & self.brief.content) * _ON_TOPIC < len(whole)
            and not any(self._is_plainly_about_it(subject) for subject in asks)
        )

    def _is_plainly_about_it(self, subject: frozenset[str]) -> bool:
        about = len(subject & self.brief.content)
        return about >= 2 and about * _PLAINLY >= len(subject)

    @cached_property
    def asking(self) -> tuple[Message, ...]:
        """Messages that ask for something new in the candidate's own words, in order."""
        return tuple(message for message in self.messages if message.asks and message.repeats is None)

    @cached_property
    def new_asks(self) -> tuple[Message, ...]:
        """Messages that each ask for something else than those before, within what is being worked on."""
        kept: list[Message] = []
        for message in self.asking:
            earlier = kept[-40:]
            if _is_new_ask(message, earlier) and self._is_on_topic(message, earlier):
                kept.append(message)
        return tuple(kept)

    def _is_on_topic(self, message: Message, earlier: list[Message]) -> bool:
        """Whether an ask shares words with what is worked on: replies beside it, earlier asks, the brief."""
        if not earlier and not self.has_brief:
            return self._opens_the_work(message)
        if not self.asks_about_the_work(message):
            return False
        if not earlier:
            return True
        beside = [reply.content for reply in (message.reply_before, self.reply_after(message)) if reply]
        around = frozenset().union(*beside, self.brief.content, *(other.ask_content for other in earlier))
        return len(message.ask_content & around) >= (1 if len(message.ask_content) < 6 else 2)

    def _opens_the_work(self, message: Message) -> bool:
        """Whether a first ask without a brief is taken up by anything else in the session, if any."""
        others = (other.content for other in self.messages if other is not message)
        rest = frozenset().union(*(reply.content for reply in self.replies), *others)
        return not rest or any((item.subject & rest) - ANY_WORK for item in message.asks)

    @cached_property
    def _around(self) -> dict[int, frozenset[str]]:
        """By message index: the words of the replies before and after it, else of all, and of the brief."""
        return {message.index: self._beside(message) for message in self.messages}

    def _beside(self, message: Message) -> frozenset[str]:
        near = [reply for reply in (message.reply_before, self.reply_after(message)) if reply]
        return frozenset().union(self.brief.content, *(reply.content for reply in near or self.replies))

    def is_about_the_work(self, sentence: Sentence, message: Message) -> bool:
        """Whether a sentence shares its subject with the replies beside it or the brief, if there are any.

        Words that any work has do not show what a sentence is about.
        """
        around = self._around[message.index]
        needed = 1 if len(sentence.subject) < 8 else 2
        return not around or len((sentence.subject & around) - ANY_WORK) >= needed

    def hands_over(self, message: Message) -> bool:
        """Whether a message holds an error, code or data; with a brief, what shares words with the work.

        Code that is new to a conversation without a brief need not share a word with it.
        """
        held = frozenset().union(*(item.subject for item in message.material))
        shares = len((held & self._around[message.index]) - ANY_WORK) >= _SHARED
        return bool(message.material) and (shares or not self.has_brief or bool(message.errors))

    def asks_about_the_work(self, message: Message) -> list[Sentence]:
        """What a message asks for that is about the work."""
        return [item for item in message.asks if self.is_about_the_work(item, message)]

    def asks_of_it(self, message: Message) -> list[Sentence]:
        """What a message asks for, without bare words that have nothing to do with the work."""
        return [item for item in message.asks if not is_bare(item) or self.is_about_the_work(item, message)]

    def reply_after(self, message: Message) -> Reply | None:
        """What the assistant answered, None when nothing came back."""
        later = message.place + 1
        if later == len(self.messages):
            return self.last_reply
        return self.messages[later].reply_before if self.messages[later].answered else None


def _is_new_ask(message: Message, earlier: list[Message]) -> bool:
    if not message.ask_content:
        return False
    return all(likeness(message.ask_content, other.ask_content) < 0.6 for other in earlier)


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Share of common words (Jaccard), 0 to 1."""
    union = len(one | other)
    return len(one & other) / union if union else 0.0


def key_of(sentences: Iterable[Sentence]) -> str:
    """Their words in a row, by which a text that comes again is known."""
    return " ".join(word for sentence in sentences for word in sentence.words)
