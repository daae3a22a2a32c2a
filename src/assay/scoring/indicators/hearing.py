"""Reading a session, message by message: whose words each sentence holds, and what it asks for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from assay.scoring.indicators.addressed import never_said, to_the_rater
from assay.scoring.indicators.asks import (
    EMPTY_LINE,
    ask_in,
    is_discounted,
    is_statement,
    opens_foreign_turn,
    paragraphs_of,
    told_of_others,
)
from assay.scoring.indicators.language import foreign_words
from assay.scoring.indicators.reading import Message, Reading, Reply, key_of
from assay.scoring.indicators.sources import Source
from assay.scoring.indicators.text import Folded, Sentence, sentences_of
from assay.session.transcript import Transcript

_TYPED = 12
# Fewer different words than this may come again by chance.
_TELLING = 3


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
        key = key_of([sentence])
        return len(words) > 6 and any(key in reply.joined for reply in self.replies[-4:])

    @property
    def all_said(self) -> str:
        """Every sentence so far, word by word."""
        return " ".join(key for message in self.messages for key in message.keys)

    def said_before(self, sentences: list[Sentence]) -> Message | None:
        """The earlier message that this one repeats: all of it stood there, word for word."""
        same = self.seen.get(key_of(sentences))
        if same is not None:
            return same
        now = {key_of([item]) for item in sentences}
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
            heard.seen.setdefault(key_of(message.sentences), message)
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


def _read_message(index: int, text: str, answered: bool, heard: _Heard) -> Message:
    sentences = sentences_of(Folded(text))
    own, pasted, material = _sort_out(text, sentences, heard)
    # What stands beside a pasted text, such as its heading, is no search query.
    copied = sum(len(sentence.words) for sentence in pasted)
    beside = [] if copied > 20 and copied > 2 * sum(len(sentence.words) for sentence in own) else own
    asks = (item for item in own if ask_in(item, beside) and not (heard.messages and is_statement(item)))
    return Message(
        index=index,
        place=len(heard.messages),
        text=text,
        sentences=tuple(sentences),
        own=tuple(own),
        pasted=tuple(pasted),
        material=tuple(material),
        asks=tuple(asks),
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
    said = {key_of([sentence]) for message in heard.messages[-12:] for sentence in message.own}
    again: list[Sentence] = []
    past = told_of_others(sentences, text) | to_the_rater(sentences, text, heard.anchors.criteria)
    past |= frozenset(_beside_foreign(sentences, text)) | never_said(sentences, text, heard.all_said)
    here: set[str] = set()
    for sentence in _spoken_as_oneself(text, sentences):
        key = key_of([sentence])
        if not key or key in here:
            continue
        here.add(key)
        if sentence.kind == "quoted":
            continue
        if not sentence.is_own:
            material.append(sentence)
        elif sentence.start in past or is_discounted(sentence) or _is_foreign(sentence):
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


def _beside_foreign(sentences: Sequence[Sentence], text: str) -> Iterator[int]:
    """Offsets of a word or two in a paragraph that is in a language which the signs do not cover."""
    for paragraph in paragraphs_of(sentences, text):
        if any(map(_is_foreign, paragraph)):
            yield from (item.start for item in paragraph if len(item.words) < 4)


def _is_foreign(sentence: Sentence) -> bool:
    """Whether a sentence is in a language the signs do not cover."""
    other, english = foreign_words(sentence.words)
    unread = sum(1 for char in sentence.text if char.isalpha() and not char.isascii())
    return (other >= 2 and other > english) or unread * 3 > len(sentence.text)
