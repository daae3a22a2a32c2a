"""What one event of a stream says, checked: the SDK hands over whatever the endpoint sent."""

from dataclasses import dataclass

from openai.types import CompletionUsage
from openai.types.chat import ChatCompletionChunk
from openai.types.chat.chat_completion_chunk import Choice, ChoiceDelta

from assay.models.failures import BrokeOff
from assay.models.replies import Tokens, counted
from assay.models.wording import Halves, well_formed


@dataclass(frozen=True, slots=True)
class Piece:
    """What one event of the stream added; all text in it is well formed."""

    text: str = ""
    refusal: str = ""
    finish_reason: str | None = None
    model: str | None = None
    usage: Tokens | None = None


class PieceReader:
    """Reads the events of one stream in their order."""

    def __init__(self) -> None:
        self._text, self._refusal = Halves(), Halves()

    def read(self, event: object) -> Piece:
        """The piece that an event adds.

        A model name or token counts that are not usable count as not given.

        Raises:
            BrokeOff: the event is no part of a chat reply.
        """
        if not isinstance(event, ChatCompletionChunk):
            raise BrokeOff("a part of it was not an event of a chat reply")
        choice = _choice(event.choices)
        delta = _delta(choice)
        return Piece(
            text=self._text.add(_words("content", delta and delta.content)),
            refusal=self._refusal.add(_words("refusal", delta and delta.refusal)),
            finish_reason=well_formed(_words("finish_reason", choice and choice.finish_reason)) or None,
            model=_name(event.model),
            usage=_tokens(event.usage),
        )

    def rest(self) -> Piece:
        """What the end of the stream left over."""
        return Piece(text=self._text.rest(), refusal=self._refusal.rest())


def _choice(choices: object) -> Choice | None:
    if choices is None or choices == []:
        return None
    if not isinstance(choices, list) or not isinstance(choices[0], Choice):
        raise _unusable("choices")
    return choices[0]


def _delta(choice: Choice | None) -> ChoiceDelta | None:
    # Some servers send a last event without a delta, although the SDK's types say that it is always there.
    delta: object = getattr(choice, "delta", None)
    if delta is not None and not isinstance(delta, ChoiceDelta):
        raise _unusable("delta")
    return delta


def _words(field: str, value: object) -> str:
    if value is not None and not isinstance(value, str):
        raise _unusable(field)
    return value or ""


def _name(value: object) -> str | None:
    return well_formed(value) if isinstance(value, str) else None


def _tokens(usage: object) -> Tokens | None:
    if not isinstance(usage, CompletionUsage):
        return None
    return counted(usage.prompt_tokens, usage.completion_tokens)


def _unusable(field: str) -> BrokeOff:
    return BrokeOff(f"a part of it had a `{field}` that no chat reply has")
