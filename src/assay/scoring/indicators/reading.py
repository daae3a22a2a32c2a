"""Reading a session: the candidate's messages with what came before each of them.

A sign never looks at a message alone. It sees which sentences are the candidate's own, which were
pasted from the brief, the rubric or a reply, what the assistant had just said, and what was asked before.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from assay.scoring.indicators.asks import (
    EMPTY_LINE,
    ask_in,
    is_discounted,
    opens_foreign_turn,
    told_of_others,
)
from assay.scoring.indicators.language import foreign_words
from assay.scoring.indicators.sources import Source
from assay.scoring.indicators.text import Folded, Sentence, content_words, sentences_of, words_of
from assay.scoring.indicators.words import ANY_WORK
from assay.session.transcript import Transcript

_TYPED = 12
# Fewer different words than this may come again by chance.
_TELLING = 3
# One subject word in so many must stand in the brief for a session to be about the exercise.
_ON_TOPIC = 12
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
        return frozenset(_key([sentence]) for sentence in self.sentences)

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
        """Whether next to nothing in the candidate's own words is about the exercise, if there is one."""
        subject = frozenset().union(*(item.subject for one in self.messages for item in one.own))
        return self.has_brief and len(subject & self.brief.content) * _ON_TOPIC < len(subject)

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

    def asks_about_the_work(self, message: Message) -> list[Sentence]:
        """What a message asks for that is about the work."""
        return [item for item in message.asks if self.is_about_the_work(item, message)]

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


@dataclass
class _Heard:
    """What has been said so far, and what a candidate may paste from."""

    brief: Source
    anchors: Source
    messages: list[Message] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    seen: dict[str, Message] = field(default_factory=dict)

    def holds(self, sentence: Sentence) -> bool:
        """Whether a sentence was taken from the brief, the rubric or a recent reply."""
        words = sentence.words
        if any(source.holds(words) or source.says(words) for source in (self.brief, self.anchors)):
            return True
        key = _key([sentence])
        return len(words) > 6 and any(key in reply.joined for reply in self.replies[-4:])

    def said_before(self, sentences: list[Sentence]) -> Message | None:
        """The earlier message that this one repeats: all of it stood there, word for word."""
        same = self.seen.get(_key(sentences))
        if same is not None:
            return same
        now = {_key([item]) for item in sentences}
        if len(frozenset().union(*(item.content for item in sentences))) < _TELLING:
            return None
        return next((one for one in self.messages[-40:] if now <= one.keys), None)


def read_session(
    transcript: Transcript, brief: Source, anchors: Source, has_brief: bool, *, errors_shown: bool = False
) -> Reading:
    """Read every message of the candidate in its place."""
    heard = _Heard(brief, anchors)
    pending: list[str] = []
    for turn in transcript.turns:
        if turn.role == "assistant":
            pending.append(turn.text)
        elif turn.role == "user" and turn.text.strip():
            answered = bool(pending)
            heard.replies += [Reply("\n".join(pending))] if answered else []
            pending = []
            message = _read_message(turn.index, turn.text, answered, heard)
            heard.messages.append(message)
            heard.seen.setdefault(_key(message.sentences), message)
    last = Reply("\n".join(pending)) if pending else None
    return Reading(
        messages=tuple(heard.messages),
        brief=brief,
        has_brief=has_brief,
        deliverable=transcript.final_deliverable,
        replies=(*heard.replies, *([last] if last else [])),
        last_reply=last,
        errors_shown=errors_shown,
    )


def _key(sentences: Iterable[Sentence]) -> str:
    return " ".join(word for sentence in sentences for word in sentence.words)


def _read_message(index: int, text: str, answered: bool, heard: _Heard) -> Message:
    sentences = sentences_of(Folded(text))
    own, pasted, material = _sort_out(text, sentences, heard)
    # What stands beside a pasted text, such as its heading, is no search query.
    copied = sum(len(sentence.words) for sentence in pasted)
    beside = [] if copied > 20 and copied > 2 * sum(len(sentence.words) for sentence in own) else own
    return Message(
        index=index,
        place=len(heard.messages),
        text=text,
        sentences=tuple(sentences),
        own=tuple(own),
        pasted=tuple(pasted),
        material=tuple(material),
        asks=tuple(sentence for sentence in own if ask_in(sentence, beside)),
        reply_before=heard.replies[-1] if heard.replies else None,
        answered=answered,
        repeats=heard.said_before(sentences),
    )


def _sort_out(
    text: str, sentences: list[Sentence], heard: _Heard
) -> tuple[list[Sentence], list[Sentence], list[Sentence]]:
    """The candidate's own sentences, those pasted from elsewhere, and other material; each sentence once."""
    own: list[Sentence] = []
    pasted: list[Sentence] = []
    material: list[Sentence] = []
    said = {_key([sentence]) for message in heard.messages[-12:] for sentence in message.own}
    again: list[Sentence] = []
    told = told_of_others(sentences, text)
    here: set[str] = set()
    for sentence in _spoken_as_oneself(text, sentences):
        key = _key([sentence])
        if not key or key in here:
            continue
        here.add(key)
        if sentence.kind == "quoted":
            continue
        if not sentence.is_own:
            material.append(sentence)
        elif sentence.start in told or is_discounted(sentence) or _is_foreign(sentence):
            continue
        elif heard.holds(sentence):
            pasted.append(sentence)
        else:
            (again if key in said else own).append(sentence)
    # A whole message of a dozen words was typed, if in the words of the brief; it hands nothing over.
    copied = sum(len(item.words) for item in pasted)
    if copied <= _TYPED and not material and not any(item.content for item in own):
        own, pasted = [*own, *pasted], []
    # A short message may be sent again as a whole; said again beside something new, it counts no second time.
    return own or [item for item in again if len(item.words) < 8], pasted, material


def _spoken_as_oneself(text: str, sentences: list[Sentence]) -> Iterator[Sentence]:
    """Sentences outside paragraphs that pretend to be somebody else's turn."""
    foreign, last_end = False, 0
    for sentence in sentences:
        new_paragraph = EMPTY_LINE.search(text, last_end, sentence.start) is not None
        last_end = sentence.end
        foreign = opens_foreign_turn(sentence) or (foreign and not new_paragraph)
        if not foreign:
            yield sentence


def _is_foreign(sentence: Sentence) -> bool:
    """Whether a sentence is in a language the signs do not cover."""
    other, english = foreign_words(sentence.words)
    unread = sum(1 for char in sentence.text if char.isalpha() and not char.isascii())
    return (other >= 2 and other > english) or unread * 3 > len(sentence.text)
