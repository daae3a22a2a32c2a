"""What one event of a stream, or a whole answer, says, checked: it is whatever the endpoint sent."""

from typing import Literal, NamedTuple

from assay.models.failures import BrokeOff
from assay.models.replies import Tokens, counted
from assay.models.wording import Halves, well_formed


class Piece(NamedTuple):
    """What one event of the stream added, or a whole answer holds; all text in it is well formed."""

    text: str = ""
    refusal: str = ""
    finish_reason: str | None = None
    model: str | None = None
    usage: Tokens | None = None


class PieceReader:
    """Reads the events of one stream in their order, or one whole answer."""

    def __init__(self) -> None:
        self._text, self._refusal = Halves(), Halves()

    def read(self, event: object, holder: Literal["delta", "message"]) -> Piece:
        """The piece that an event adds; `event` is its JSON, and `holder` where its words are.

        A model name or token counts that are not usable count as not given.

        Raises:
            BrokeOff: the event is no part of a chat reply.
        """
        if not isinstance(event, dict):
            raise BrokeOff("a part of it was not an event of a chat reply")
        choice = _choice(event.get("choices"))
        # Some servers send a last event without a delta.
        words = _part(choice, holder)
        return Piece(
            text=self._text.add(_words(words, "content")),
            refusal=self._refusal.add(_words(words, "refusal")),
            finish_reason=well_formed(_words(choice, "finish_reason")) or None,
            model=_name(event.get("model")),
            usage=_tokens(event.get("usage")),
        )

    def rest(self) -> Piece:
        """What the end of the stream left over."""
        return Piece(text=self._text.rest(), refusal=self._refusal.rest())


Json = dict[str, object]
_NOTHING: Json = {}


def _choice(choices: object) -> Json:
    if choices is None or choices == []:
        return _NOTHING
    if not isinstance(choices, list) or not isinstance(choices[0], dict):
        raise _unusable("choices")
    return choices[0]


def _part(whole: Json, field: str) -> Json:
    value = whole.get(field)
    if value is not None and not isinstance(value, dict):
        raise _unusable(field)
    return value or _NOTHING


def _words(part: Json, field: str) -> str:
    value = part.get(field)
    if value is not None and not isinstance(value, str):
        raise _unusable(field)
    return value or ""


def _name(value: object) -> str | None:
    return well_formed(value) if isinstance(value, str) else None


def _tokens(usage: object) -> Tokens | None:
    if not isinstance(usage, dict):
        return None
    return counted(usage.get("prompt_tokens"), usage.get("completion_tokens"))


def _unusable(field: str) -> BrokeOff:
    return BrokeOff(f"a part of it had a `{field}` that no chat reply has")
