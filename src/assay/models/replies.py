"""What goes to a model and what comes back: conversations, chunks, replies, and the note of every call."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import Field

from assay.errors import UserMistake
from assay.frozen import Frozen

Conversation = Sequence[Mapping[str, str]]
"""Messages as plain `{"role": ..., "content": ...}` mappings, oldest first."""

Ending = Literal["complete", "cut_off", "refused", "empty", "cancelled"]
"""How a reply ended: whole, stopped at its length limit, refused by the model, without any text, or
stopped by its reader."""

LARGEST_COUNT = 2**53 - 1
"""The largest token count that is believed: beyond it JSON carries no exact whole numbers (RFC 8785)."""

_ROLES = ("system", "developer", "user", "assistant", "tool")


class Tokens(Frozen):
    """Tokens as the endpoint counted them."""

    prompt: int = Field(ge=0)
    completion: int = Field(ge=0)

    @property
    def total(self) -> int:
        """Prompt and completion together."""
        return self.prompt + self.completion


def counted(prompt: object, completion: object) -> Tokens | None:
    """Counts as an endpoint gave them, or None unless both are whole numbers from 0 to `LARGEST_COUNT`."""
    if _is_count(prompt) and _is_count(completion):
        return Tokens.model_validate({"prompt": prompt, "completion": completion})
    return None


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST_COUNT


class Latency(Frozen):
    """Seconds since the call was made, retries and pauses included."""

    first_token: float | None = Field(default=None, description="To the first text; None if none came.")
    total: float = Field(description="To the end.")
    waited: float = Field(default=0.0, description="Of these, spent before the last attempt was sent.")


class Reply(Frozen):
    """One whole reply. What the endpoint did not say is None, never estimated."""

    text: str
    ending: Ending
    finish_reason: str | None = Field(default=None, description="The endpoint's own word for the ending.")
    refusal: str = Field(default="", description="The model's words when it refused.")
    model: str | None = Field(default=None, description="The model's name as the endpoint gave it.")
    usage: Tokens | None = None
    cost: float | None = Field(default=None, description="US dollars; None without usage or a price.")
    latency: Latency
    attempts: int = Field(default=1, ge=1, description="Requests sent for it, failed ones included.")
    structured_by: Literal["schema", "words"] | None = Field(
        default=None, description="How a structured reply was asked for; None for plain text."
    )
    seed: int | None = Field(default=None, description="The seed that was sent; None where none was.")
    notes: tuple[str, ...] = Field(default=(), description="What went other than planned, in words.")


@dataclass(frozen=True, slots=True)
class Chunk:
    """The next piece of a reply. The last one has no text and carries the whole reply."""

    text: str = ""
    reply: Reply | None = None


class Call(Frozen):
    """The note kept of one call, whatever became of it. It holds no text of the conversation."""

    purpose: str
    setting: str
    model: str | None
    outcome: Literal[Ending, "failed", "limit", "abandoned"]
    usage: Tokens | None
    cost: float | None
    latency: Latency
    attempts: int = Field(ge=0, description="Requests sent; 0 when the call was stopped before the first.")
    problem: str = Field(default="", description="What went wrong, in words.")


def checked(messages: Conversation) -> list[dict[str, str]]:
    """The conversation as fresh dictionaries.

    Raises:
        UserMistake: it is empty, or a message has no text or a role that no model knows.
    """
    if not messages:
        raise UserMistake("The conversation is empty", remedy="Send at least one message")
    for number, message in enumerate(messages):
        if message.get("role") not in _ROLES or not isinstance(message.get("content"), str):
            raise UserMistake(
                f"Message {number} is not one that a model can read",
                remedy=f'Write each as {{"role": ..., "content": text}} with a role of {", ".join(_ROLES)}',
            )
    return [{"role": message["role"], "content": message["content"]} for message in messages]


def prompt_estimate(messages: Conversation, response_format: dict[str, Any] | None = None) -> int:
    """A deliberately high estimate of the prompt's tokens: a third of its UTF-8 bytes, and 8 a message.

    The form of the answer counts, as an endpoint may put it before the model.

    English text runs at about four bytes a token, so this reserves about a third more than is used;
    it serves to reserve under a cap and to trim a conversation, and is never reported as usage.
    """
    size = sum(len(message["content"].encode("utf-8", "replace")) for message in messages)
    if response_format is not None:
        size += len(json.dumps(response_format, ensure_ascii=False).encode("utf-8", "replace"))
    return -(-size // 3) + 8 * len(messages)
