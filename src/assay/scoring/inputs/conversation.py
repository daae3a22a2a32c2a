"""From one JSON value to the messages and the deliverable of a session.

Accepted are an OpenAI message list, an object with `messages` and, when there is one, `deliverable`,
and the `input` and `output` of OpenAI's Responses API; further keys are ignored. Message n is turn n,
whoever sent it; what is no message, such as a tool call by itself, is left out and counts as none.
"""

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, get_args

from assay.session.transcript import DeliverableVersion, Role, Transcript, Turn

ROLES: dict[str, Role] = {
    **{role: role for role in get_args(Role)},
    "developer": "system",
    "function": "tool",
}
"""The roles a message may have, and the transcript's word for each."""

TEXT_PARTS = {"text": "text", "input_text": "text", "output_text": "text", "refusal": "refusal"}
"""The kinds of content part that hold text, and the key they hold it under."""

PART_SEPARATOR = "\n"

_MAY_BE_SILENT = ("assistant", "tool")
_ANSWER = "_call_output"
_NO_MESSAGE = re.compile("[a-z_]+_call|reasoning|item_reference|compaction|mcp_[a-z_]+")
"""What a list of the Responses API holds beside messages and the answers of tools, by its type."""
_TOOL_CALLS = "tool calls were left out"
_MOST_NAMED = 3
"""Messages that a note names one by one."""
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")
_LIST_MESSAGES = 'Give a list of messages such as [{"role": "user", "content": "…"}]'


class Unusable(ValueError):
    """A JSON value that is not a session: what is wrong, and what to do about it."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Message:
    """One message: the transcript's role and the text that offsets count in."""

    role: Role
    text: str


@dataclass(frozen=True, slots=True)
class SavedVersion:
    """A deliverable as it was saved; `after_turn` is the last message before the save."""

    text: str
    after_turn: int


@dataclass(frozen=True, slots=True)
class Conversation:
    """A session as it was given. `id` is None where none was given; `notes` say what was left out."""

    id: str | None
    messages: tuple[Message, ...]
    deliverable: tuple[SavedVersion, ...] = ()
    notes: tuple[str, ...] = ()

    def transcript(self) -> Transcript:
        """The conversation as scoring reads it."""
        turns = tuple(
            Turn(index=index, role=message.role, text=message.text)
            for index, message in enumerate(self.messages)
        )
        versions = tuple(
            DeliverableVersion(text=version.text, after_turn=version.after_turn)
            for version in self.deliverable
        )
        return Transcript(turns=turns, deliverable=versions)


def conversation_from(value: Any) -> Conversation:
    """Read a session from a JSON value.

    Raises:
        Unusable: the value is not a session; nothing of it is guessed.
    """
    if isinstance(value, list):
        messages, notes = _messages(value)
        return Conversation(id=None, messages=messages, notes=notes)
    if not isinstance(value, dict):
        raise Unusable(f"A session cannot be {_kind(value)}", _LIST_MESSAGES)
    messages, notes = _messages(_items(value))
    return Conversation(
        id=session_id(value.get("id")),
        messages=messages,
        deliverable=_deliverable(value.get("deliverable"), len(messages)),
        notes=notes,
    )


def session_id(value: Any) -> str | None:
    """The id as text; None where none was given.

    Raises:
        Unusable: it is neither a text nor a whole number, or it cannot be written down.
    """
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        raise Unusable(f"'id' must be a text, and it is {_kind(value)}", "Write the id in quotes")
    if not value.strip():
        raise Unusable("'id' is empty", "Give the session an id, or leave the key out")
    if len(value) > 1000:
        raise Unusable(f"'id' has {len(value)} characters", "Use an id of at most 1000 characters")
    return _whole(value, "'id'")


def _items(value: dict[str, Any]) -> list[Any]:
    """What the session's messages are read from: `messages`, or what a call of the Responses API held."""
    if "messages" in value:
        return _list(value["messages"], "messages")
    if "input" not in value:
        raise _without_messages(value)
    given, told = value["input"], value.get("instructions")
    first = [{"role": "system", "content": told}] if isinstance(told, str) and told else []
    asked = [{"role": "user", "content": given}] if isinstance(given, str) else _list(given, "input")
    answered = [] if value.get("output") is None else _list(value["output"], "output")
    return [*first, *asked, *answered]


def _list(value: Any, key: str) -> list[Any]:
    if isinstance(value, list):
        return value
    raise Unusable(f"'{key}' must be a list, and it is {_kind(value)}", _LIST_MESSAGES)


def _without_messages(value: dict[str, Any]) -> Unusable:
    if "role" in value and "content" in value:
        return Unusable(
            "This is one message by itself, not a session",
            "Put all messages of the session into one list on one line",
        )
    known = ", ".join(f"'{str(key)[:30]}'" for key in list(value)[:6]) or "no keys at all"
    return Unusable(
        f"The session has no 'messages'; it has {known}", "Put its messages under the key 'messages'"
    )


def _messages(items: list[Any]) -> tuple[tuple[Message, ...], tuple[str, ...]]:
    if any(isinstance(item, list) or (isinstance(item, dict) and "messages" in item) for item in items):
        raise Unusable(
            "This is a list of sessions, not of messages",
            "Write each session on a line of its own (JSON Lines)",
        )
    messages: list[Message] = []
    left_out: dict[str, list[int]] = {}
    for index, item in enumerate(items):
        message, missing = _message(index, item)
        messages += [message] if message else []
        for what in missing:
            left_out.setdefault(what, []).append(index)
    return tuple(messages), tuple(f"{_named(where)}: {what}" for what, where in left_out.items())


def _named(indexes: list[int]) -> str:
    if len(indexes) == 1:
        return f"message {indexes[0]}"
    named = [str(index) for index in indexes[:_MOST_NAMED]]
    more = len(indexes) - len(named)
    last = f"{more} more" if more else named.pop()
    return f"messages {', '.join(named)} and {last}"


def _message(index: int, item: Any) -> tuple[Message | None, list[str]]:
    """The message, None for what is no message, and what was left out."""
    if not isinstance(item, dict):
        raise Unusable(f"Message {index} must be an object, and it is {_kind(item)}", _LIST_MESSAGES)
    role, kind = item.get("role"), item.get("type")
    if role is None and isinstance(kind, str):
        if kind.endswith(_ANSWER):
            output = item.get("output")
            role, item = "tool", {"content": [output] if isinstance(output, dict) else output}
        elif _NO_MESSAGE.fullmatch(kind):
            is_call = kind.endswith("_call")
            return None, [_TOOL_CALLS if is_call else f"{kind} is not a message and was left out"]
    if not isinstance(role, str) or role not in ROLES:
        said = f"has the role {role[:30]!r}" if isinstance(role, str) else "has no role in words"
        raise Unusable(f"Message {index} {said}", f"Use one of the roles {', '.join(ROLES)}")
    text, left_out = _content(index, role, item)
    if item.get("tool_calls") or item.get("function_call"):
        left_out.append(_TOOL_CALLS)
    return Message(role=ROLES[role], text=_whole(text, f"Message {index}")), left_out


def _content(index: int, role: str, item: dict[str, Any]) -> tuple[str, list[str]]:
    content = item.get("content")
    if isinstance(content, str):
        return content, []
    if content is None and ROLES[role] in _MAY_BE_SILENT:
        refusal = item.get("refusal")
        return refusal if isinstance(refusal, str) else "", []
    if isinstance(content, list):
        return _joined(index, content)
    raise Unusable(
        f"The content of message {index} must be a text, and it is {_kind(content)}",
        "Give the content as a text or a list of parts; only assistant and tool messages may go without",
    )


def _joined(index: int, parts: list[Any]) -> tuple[str, list[str]]:
    """The text parts, one under the other, and which parts were left out."""
    texts: list[str] = []
    left_out: list[str] = []
    for part in parts:
        kind = part.get("type") if isinstance(part, dict) else None
        text = part if isinstance(part, str) else None
        if isinstance(part, dict) and isinstance(kind, str) and kind in TEXT_PARTS:
            text = part.get(TEXT_PARTS[kind])
        if isinstance(text, str):
            texts.append(text)
        elif isinstance(kind, str) and kind not in TEXT_PARTS:
            left_out.append(f"a part of type {_printable(kind)} is not text and was left out")
        else:
            raise Unusable(
                f"A content part of message {index} has neither a text nor a type",
                'Write text parts as {"type": "text", "text": "…"}',
            )
    return PART_SEPARATOR.join(texts), list(dict.fromkeys(left_out))


def _deliverable(value: Any, messages: int) -> tuple[SavedVersion, ...]:
    if value is None:
        return ()
    versions = value if isinstance(value, list) else [value]
    saved = tuple(_version(number, item, messages) for number, item in enumerate(versions, start=1))
    for earlier, later in pairwise(saved):
        if later.after_turn < earlier.after_turn:
            raise Unusable(
                "The versions of 'deliverable' go back in the conversation",
                "List them in the order they were saved, 'after_turn' never falling",
            )
    return saved


def _version(number: int, item: Any, messages: int) -> SavedVersion:
    """A version: a text, saved after the last message, or `{"text", "after_turn"}`."""
    text, after = item, messages - 1
    if isinstance(item, dict):
        text = item.get("text")
        after = messages - 1 if item.get("after_turn") is None else item["after_turn"]
    if not isinstance(text, str):
        raise Unusable(
            f"Version {number} of 'deliverable' must be a text, and it is {_kind(text)}",
            "Give the deliverable as a text, or a list of texts from the first version to the last",
        )
    if not isinstance(after, int) or isinstance(after, bool) or not -1 <= after < messages:
        raise Unusable(
            f"'after_turn' of version {number} of 'deliverable' names no message",
            f"Use a whole number from -1 (before any message) to {messages - 1}",
        )
    return SavedVersion(text=_whole(text, f"Version {number} of 'deliverable'"), after_turn=after)


def _whole(text: str, what: str) -> str:
    """The text, refused where it holds half a character: nothing could quote it or write it down."""
    half = _HALF_CHARACTER.search(text)
    if half is None:
        return text
    code = f"U+{ord(half.group()):04X}"
    raise Unusable(
        f"{what} holds half a character (an unpaired surrogate, {code}) at position {half.start()}",
        "Export the text again; it was probably cut in the middle of an emoji",
    )


def _printable(text: str) -> str:
    return ascii(text[:40])[1:-1] or "''"


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    names = {str: "a text", int: "a number", float: "a number", list: "a list", dict: "an object"}
    return names[type(value)]
