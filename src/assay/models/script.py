"""Scripts for the scripted model: which reply, in which pieces, how fast, and what goes wrong on purpose."""

import json
from pathlib import Path
from typing import Any, Literal, Self

import yaml
from pydantic import ConfigDict, Field, ValidationError, model_validator

from assay.errors import UserMistake, Where
from assay.frozen import Frozen
from assay.models.replies import Tokens

Fault = Literal[
    "stall",
    "rate_limited",
    "server_error",
    "http_error",
    "half_stream",
    "no_ending",
    "garbled",
    "invalid_json",
    "wrong_schema",
    "out_of_range",
    "refusal",
    "empty",
    "cut_off",
]
"""What can go wrong on purpose. After `after_chunks` pieces, `stall` falls silent and `half_stream` hangs up;
`no_ending` closes the stream properly and never ends the reply; `garbled` breaks the stream's own JSON. Of a
whole answer, `stall` sends nothing and `half_stream` half.
`rate_limited`, `server_error` and `http_error` answer 429, 500 and `status`. `invalid_json`, `wrong_schema`
and `out_of_range` spoil a structured answer. `refusal`, `empty` and `cut_off` end the reply that way."""

_STATUS = {"rate_limited": 429, "server_error": 500}
_EXAMPLE = 'The smallest script is `replies: [{text: "Hello, how can I help?"}]`'


class When(Frozen):
    """Which requests a reply answers; all that is given must hold."""

    says: str | None = Field(default=None, description="Text that the last user message holds, in any case.")
    purpose: str | None = Field(default=None, description="What the call is for, as the gateway names it.")
    call: int | None = Field(default=None, ge=1, description="The number of the request, counted from 1.")

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.says is None and self.purpose is None and self.call is None:
            raise ValueError("when needs at least one of says, purpose and call")
        return self

    def fits(self, said: str, purpose: str, call: int) -> bool:
        """Whether a request is one of these."""
        return (
            (self.says is None or self.says.lower() in said.lower())
            and (self.purpose is None or self.purpose == purpose)
            and (self.call is None or self.call == call)
        )


class ScriptedReply(Frozen):
    """One reply. With `when` it answers what fits; without, it takes its turn in the order of the file."""

    model_config = ConfigDict(populate_by_name=True)

    when: When | None = None
    times: int | None = Field(
        default=None, ge=1, description="How often a reply with `when` may answer; None for always."
    )
    text: str = ""
    structured: Any = Field(default=None, alias="json", description="A value to answer with, as JSON text.")
    chunks: int | tuple[str, ...] | None = Field(
        default=None, description="The pieces themselves, or how many to cut the text into; None for one."
    )
    first_delay: float = Field(default=0.0, ge=0, description="Seconds before the first piece.")
    delay: float = Field(default=0.0, ge=0, description="Seconds before each further piece.")
    usage: Tokens | None = Field(default=None, description="Token counts to report; None reports none.")
    fault: Fault | None = None
    after_chunks: int = Field(default=1, ge=0, description="Pieces sent before a stall or half_stream.")
    status: int | None = Field(default=None, ge=300, le=599, description="The status of an http_error.")
    retry_after: float | str | None = Field(
        default=None, description="Retry-After of an error: seconds, or an HTTP date."
    )

    @model_validator(mode="after")
    def _parts_fit_together(self) -> Self:
        if (self.fault == "http_error") != (self.status is not None):
            raise ValueError("status belongs to fault: http_error, and http_error needs a status")
        if isinstance(self.chunks, int) and self.chunks < 1:
            raise ValueError("chunks must be at least 1, or the list of pieces")
        if isinstance(self.chunks, tuple) and (self.text or self.structured is not None):
            raise ValueError("chunks as a list is the reply itself, so text and json must be left out")
        if self.text and self.structured is not None:
            raise ValueError("a reply has either text or json")
        if self.times is not None and self.when is None:
            raise ValueError("times belongs to a reply with when")
        return self

    @property
    def error_status(self) -> int | None:
        """The HTTP status of a fault that turns the request away, else None."""
        return self.status or _STATUS.get(self.fault or "")

    @property
    def pieces(self) -> tuple[str, ...]:
        """The text in the pieces it is streamed in."""
        if isinstance(self.chunks, tuple):
            return self.chunks
        text, count = self._content(), self.chunks or 1
        size = max(1, -(-len(text) // count))
        return tuple(text[start : start + size] for start in range(0, len(text), size))

    def _content(self) -> str:
        match self.fault:
            case "empty" | "refusal":
                return ""
            case "invalid_json":
                return '{"level": 3, "why": "this answer stops in the mid'
            case "wrong_schema":
                return '{"unexpected": true}'
            case "out_of_range":
                return json.dumps(_out_of_range(self.structured or {"level": 0}))
        if self.structured is not None:
            return json.dumps(self.structured, ensure_ascii=False)
        return self.text


class Script(Frozen):
    """A whole script."""

    model: str = Field(default="scripted", min_length=1, description="The name the model is served under.")
    after_last: Literal["repeat", "restart", "refuse"] = Field(
        default="refuse",
        description="Once the replies without `when` are used up: give the last one again, begin again with "
        "the first, or answer 400 and say so.",
    )
    takes_schema: bool = Field(
        default=True, description="Whether `response_format` is accepted; otherwise it is answered with 400."
    )
    takes_seed: bool = Field(
        default=True, description="Whether `seed` is accepted; otherwise it is answered with 400."
    )
    replies: tuple[ScriptedReply, ...] = Field(min_length=1)


def load_script(path: Path) -> Script:
    """Read a script from YAML or JSON.

    Raises:
        UserMistake: the file cannot be read or is not a script.
    """
    try:
        text = path.read_text("utf-8")
        value = json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
    except (OSError, UnicodeDecodeError) as error:
        raise UserMistake(
            f"The script cannot be read: {error}", remedy=_EXAMPLE, where=Where(path)
        ) from error
    except json.JSONDecodeError as error:
        raise UserMistake(
            f"The script is not JSON: {error.msg}", remedy=_EXAMPLE, where=Where(path, error.lineno)
        ) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else None
        raise UserMistake("The script is not YAML", remedy=_EXAMPLE, where=Where(path, line)) from error
    return _read(value, path)


def _read(value: object, path: Path) -> Script:
    try:
        return Script.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        raise UserMistake(
            f"In the script, {place}: {first['msg']}", remedy=_EXAMPLE, where=Where(path)
        ) from error


def _out_of_range(value: Any) -> Any:
    """The same value with every number far beyond any scale."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return 9999
    if isinstance(value, list | tuple):
        return [_out_of_range(item) for item in value]
    if isinstance(value, dict):
        return {name: _out_of_range(item) for name, item in value.items()}
    return value
