"""What the assistant is told: the exercise as the candidate knows it, and nothing of how it is scored.

A model's context is small or large; what does not fit is cut where a reader can see it, and named, so that
a session's events say what the assistant was not shown. A token is taken to be three bytes of UTF-8, which
for English prose is about a third more than it is: tables and other languages need the difference.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assay.authoring.exercise import Exercise
from assay.errors import UserMistake
from assay.models.setting import ModelSetting
from assay.session.transcript import Transcript, Turn

BYTES_PER_TOKEN = 3
MESSAGE_BYTES = 24
"""What a message costs beyond its text: the marks that a chat template puts around it."""
BRIEF_SHARE = 0.5
"""The brief takes at most this share of what the reply leaves; the conversation takes the rest."""
KEPT_AFTER_CUT = 0.7
"""A conversation that outgrows its room is cut to this share of it, so that the next rounds can follow
without another cut and an endpoint's cache of the beginning stays good."""
LEAST_CONTEXT = 512
UNKNOWN_CONTEXT_TOKENS = 16_384
"""What a model is taken to hold, prompt and reply together, where its setting does not say."""
REPLY_TOKENS = 1_024
EMBEDDED_REPLY_TOKENS = 512
"""The longest reply of the embedded model. It writes about a hundred tokens a second."""

_ASKS_ABOUT_LIMITS = re.compile(
    r"\brounds?\b|\btime (?:is )?(?:left|remain)|\bhow (?:much (?:more )?time|long)\b|\bdeadline\b"
    r"|\b(?:minutes|messages|turns|prompts)\b[^.?!]{0,30}\b(?:left|remain|have)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Room:
    """How much a model can hold, in tokens: all of it, and what is kept for the reply."""

    context_tokens: int
    reply_tokens: int

    @property
    def size(self) -> int:
        """What is left for the prompt, in bytes of UTF-8.

        Raises:
            UserMistake: the context is too small to hold a brief and a conversation.
        """
        left = self.context_tokens - self.reply_tokens
        if left < LEAST_CONTEXT:
            raise UserMistake(
                f"A context of {self.context_tokens} tokens with {self.reply_tokens} of them for the reply "
                "is too small for a session",
                remedy=f"Choose a model or a setting that leaves at least {LEAST_CONTEXT} tokens",
            )
        return left * BYTES_PER_TOKEN


def with_longest_reply(setting: ModelSetting) -> ModelSetting:
    """The assistant's setting, with a longest reply where it names none."""
    if setting.max_tokens is not None:
        return setting
    longest = EMBEDDED_REPLY_TOKENS if setting.form == "embedded" else REPLY_TOKENS
    return setting.model_copy(update={"max_tokens": longest})


def room_of(setting: ModelSetting) -> Room:
    """How much the model of a setting can hold."""
    return Room(
        context_tokens=setting.context_tokens or UNKNOWN_CONTEXT_TOKENS,
        reply_tokens=with_longest_reply(setting).max_tokens or REPLY_TOKENS,
    )


@dataclass(frozen=True, slots=True)
class Prompt:
    """What the model is sent, and what it is not shown because it did not fit."""

    messages: tuple[dict[str, str], ...]
    cuts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Left:
    """What the candidate has left, told to the assistant when they ask about it."""

    rounds: int
    seconds: float


def prompt_for(exercise: Exercise, transcript: Transcript, left: Left, room: Room) -> Prompt:
    """The messages that ask the model for the next reply.

    The system message depends on the exercise and the room alone, so it stays the same for a whole session.

    Raises:
        UserMistake: the room is too small for this exercise.
    """
    brief, brief_cuts = brief_for(exercise, room)
    recent, talk_cuts = _recent(transcript.turns, room.size - _size(brief))
    messages = [{"role": "system", "content": brief}, *_alternating(recent)]
    if messages[-1]["role"] == "user" and _wants_to_know(messages[-1]["content"], exercise.language):
        messages[-1] = {"role": "user", "content": messages[-1]["content"] + _told(left)}
    return Prompt(tuple(messages), (*brief_cuts, *talk_cuts))


def brief_for(exercise: Exercise, room: Room) -> tuple[str, tuple[str, ...]]:
    """The system message in its share of the room, and what was cut of it.

    Raises:
        UserMistake: the parts that are never cut leave too little for a conversation.
    """
    brief, cuts = system_prompt(exercise, int(room.size * BRIEF_SHARE))
    if room.size - _size(brief) < LEAST_CONTEXT * BYTES_PER_TOKEN // 2:
        raise UserMistake(
            f"The brief of {exercise.exercise} does not fit into {room.context_tokens} tokens of context",
            remedy="Choose a model with a larger context, or shorten goal, deliverable and assistant_notes",
        )
    return brief, cuts


def system_prompt(exercise: Exercise, most: int) -> tuple[str, tuple[str, ...]]:
    """The assistant's brief in at most about `most` bytes, and what was cut of it.

    It is made of title, goal, scenario, materials, deliverable, conversation behaviour and language.
    Rubric, rules, threshold and ledger have no way into it. Scenario and materials give way, the longest
    first; the rest is always whole.
    """
    elastic = {"The situation": exercise.scenario.strip()}
    elastic.update({f"Material: {material.title}": material.text.strip() for material in exercise.materials})
    head = (
        f"{_ROLE}\n\n# Your work\n{_manner(exercise)}\n\n# The task: {exercise.title}\n"
        f"{exercise.goal.strip()}\n\n# What the person hands in\n{exercise.deliverable.asks.strip()}"
    )
    titles = sum(_size(title) + 5 for title in elastic)
    shares = _shares([_size(text) for text in elastic.values()], most - _size(head) - titles)
    sections, cuts = [head], []
    for (title, text), share in zip(elastic.items(), shares, strict=True):
        shown = cut_to(text, share)
        if shown != text:
            cuts.append(f"{title}: only the beginning fits")
        sections.append(f"# {title}\n{shown}")
    return "\n\n".join(sections), tuple(cuts)


def cut_to(text: str, most: int) -> str:
    """The text, or its beginning with a line that says it was cut; about `most` bytes of UTF-8."""
    if _size(text) <= most:
        return text
    note = f"\n[Cut here to fit: this is the beginning of {len(text):,} characters.]"
    kept = text.encode()[: max(0, most - _size(note))].decode(errors="ignore")
    whole_lines = kept.rpartition("\n")[0]
    return (whole_lines if len(whole_lines) > len(kept) // 2 else kept) + note


_ROLE = (
    "You are an AI assistant. You help a person with the piece of work described here. "
    "They direct you; you answer."
)


def _manner(exercise: Exercise) -> str:
    conversation = exercise.conversation
    lines = [
        "Do what the person asks, as far as they ask. Leave decisions to them.",
        "Keep to the situation below. Politely turn down what has nothing to do with it.",
        "When a detail such as a name or a date is missing, make up a plausible one."
        if conversation.invents_missing_details
        else "When a detail such as a name or a date is missing, say so and ask. Never make one up.",
        f"Answer in the language with the ISO 639 code {exercise.language}, unless asked for another.",
        "Be brief. The person sees on their screen how many rounds and how much time are left: "
        "speak of that only when asked.",
    ]
    if conversation.assistant_notes.strip():
        lines.append(conversation.assistant_notes.strip())
    return "\n".join(f"- {line}" for line in lines)


def _size(text: str) -> int:
    return len(text.encode())


def _shares(sizes: Sequence[int], most: int) -> list[int]:
    """Divide room among texts: what is short stays whole, what is long shares the rest evenly."""
    shares = [0] * len(sizes)
    left = max(0, most)
    for position, index in enumerate(sorted(range(len(sizes)), key=lambda index: sizes[index])):
        shares[index] = min(sizes[index], left // (len(sizes) - position))
        left -= shares[index]
    return shares


def _recent(turns: Sequence[Turn], most: int) -> tuple[list[Turn], tuple[str, ...]]:
    """The latest turns that fit. Whole rounds are cut from the beginning, several at a time."""
    kept: list[Turn] = []
    for turn in turns:
        kept.append(turn)
        if _total(kept) > most:
            while len(kept) > 1 and (_total(kept) > most * KEPT_AFTER_CUT or kept[0].role != "user"):
                kept.pop(0)
    gone, cuts = len(turns) - len(kept), []
    if kept and (gone or _total(kept) > most):
        note = f"[The {gone} messages before this one were cut to fit.]\n\n" if gone else ""
        text = cut_to(kept[0].text, most - _size(note))
        if gone:
            cuts.append(f"The oldest {gone} messages of the conversation")
        if text != kept[0].text:
            cuts.append("The candidate's message: only the beginning fits")
        kept[0] = kept[0].model_copy(update={"text": note + text})
    return kept, tuple(cuts)


def _total(turns: Iterable[Turn]) -> int:
    return sum(_size(turn.text) + MESSAGE_BYTES for turn in turns)


def _alternating(turns: Iterable[Turn]) -> list[dict[str, str]]:
    """Turns as messages; two in a row by the same side, after a failed reply, become one."""
    messages: list[dict[str, str]] = []
    for turn in turns:
        if messages and messages[-1]["role"] == turn.role:
            joined = f"{messages[-1]['content']}\n\n{turn.text}"
            messages[-1] = {"role": turn.role, "content": joined}
        else:
            messages.append({"role": turn.role, "content": turn.text})
    return messages


def _wants_to_know(text: str, language: str) -> bool:
    """Whether to say what is left. The words are English; elsewhere the assistant is always told."""
    return language != "en" or _ASKS_ABOUT_LIMITS.search(text) is not None


def _told(left: Left) -> str:
    minutes = int(left.seconds // 60)
    return (
        f"\n\n[From the session, not from the person: after this one, {left.rounds} rounds and "
        f"{minutes} minutes are left. Say so only if they ask.]"
    )
