"""What can go wrong with a request, and what it means: try again, or who has to do what."""

import re
import traceback
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from assay.errors import AssayError, ModelMisbehaviour, UserMistake
from assay.models.setting import ModelSetting
from assay.models.timing import retry_after

_ANOTHER = "Try again in a while, or choose another model"
_RETRIED = (408, 425, 429)
_TOO_SLOW = (408, 504, 524)
_HTTP_LIBRARY = "aiohttp"
_SCHEMA_REFUSALS = (400, 404, 415, 422, 501)
_SEED_REFUSALS = (400, 422, 501)
_SEED = re.compile(r"(?<![a-z0-9-])seeds?(?![a-z0-9-])", re.IGNORECASE)
"""The option, and no model that is called seed-something."""
_SAYING_NOTHING = """
    a allowed an and are argument arguments at bad be body by cannot code contains content could detail
    details entity error errors extra failed false field fields for found implemented in input inputs
    invalid is it its malformed message missing msg no none not null object of one option options or
    param parameter parameters params permitted please processed properties property reason recognised
    recognized refused rejected request requests server some status supplied supported syntax that the
    this to true type unexpected unknown unprocessable unrecognised unrecognized unsupported valid
    validation value values was were with wrong you your
"""
"""Words of an error that names nothing which a request could be refused for."""


class HalfReply(ModelMisbehaviour):
    """A reply broke off after some of its text had been read; `partial` is that text."""

    def __init__(self, message: str, *, partial: str, remedy: str = _ANOTHER) -> None:
        super().__init__(message, remedy=remedy)
        self.partial = partial


class SchemaRefused(UserMistake):
    """The endpoint does not take a JSON schema for its answer."""


class TimedOut(Exception):
    """The gateway's own watch ran out while it waited for the endpoint."""

    def __init__(self, kind: Literal["first", "stall", "total"], seconds: float) -> None:
        super().__init__(kind)
        self.kind = kind
        self.seconds = seconds


class Refused(Exception):
    """The endpoint answered with an HTTP status that is no success.

    `said` is its message, fit to be shown. `words` is all it said of the error, `location` where it redirects
    to and `retry_after` that header; like `said` they are without the key, and empty where it said nothing.
    """

    def __init__(
        self, status: int, said: str, *, words: str = "", location: str = "", retry_after: str = ""
    ) -> None:
        super().__init__(said)
        self.status, self.said, self.words = status, said, words
        self.location, self.retry_after = location, retry_after


class Unreached(Exception):
    """There was no connection to the endpoint; the message says why, without the key."""


class Unreadable(Exception):
    """What answered is no HTTP server."""


class BrokeOff(Exception):
    """A reply that was begun is none: lost, without an ending, or no reply in part. The message says how."""


class Cancelled(Exception):
    """The reader asked to stop."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to do about a failed request. `after` is the pause that the endpoint asked for, in seconds."""

    failure: AssayError
    again: bool = False
    after: float | None = None


def judge(
    error: Exception, setting: ModelSetting, model: str, *, now: datetime, with_schema: bool = False
) -> Verdict:
    """Say what a failed request means.

    Raises:
        Exception: `error` itself, when neither the endpoint nor the HTTP library brought it about.
    """
    match error:
        case AssayError():
            verdict = Verdict(error)
        case TimedOut(kind="total", seconds=seconds):
            verdict = Verdict(_too_slow(seconds))
        case TimedOut(seconds=seconds):
            verdict = Verdict(_stalled(setting, seconds), again=True)
        case Refused():
            verdict = _judge_status(error, setting, model, now=now, with_schema=with_schema)
        case Unreached():
            verdict = Verdict(_unreachable(error, setting), again=True)
        case BrokeOff():
            failure = ModelMisbehaviour(f"The reply broke off: {error}", remedy=_ANOTHER)
            verdict = Verdict(failure, again=True)
        case _ if isinstance(error, Unreadable) or _from_http_library(error):
            verdict = Verdict(_unreadable(setting), again=True)
        case _:
            raise error
    return verdict


def turned_away(error: Exception) -> bool:
    """Whether the endpoint refused the request outright, so that no work was done or billed for it."""
    return isinstance(error, Refused | Unreached)


def too_slow_for_whole(error: Exception) -> bool:
    """Whether the endpoint, or a proxy before it, needed longer for a whole reply than was waited for."""
    return isinstance(error, TimedOut) or (isinstance(error, Refused) and error.status in _TOO_SLOW)


def refused_seed(error: Exception) -> str:
    """Why an endpoint may have refused a request for the seed in it; empty where it was for something else.

    It names the seed, or it names nothing at all: then the seed is what a call can do without most easily.
    """
    if not isinstance(error, Refused) or error.status not in _SEED_REFUSALS:
        return ""
    if not _SEED.search(error.words) and not _names_nothing(error.words):
        return ""
    return f"the endpoint refused seed ({error.status}: {error.said})"


def _names_nothing(words: str) -> bool:
    """Whether an error, marks of HTML aside, consists of words that go with any error."""
    plain = re.sub(r"<[^<>]*>", " ", words).lower()
    return set(re.findall(r"[^\W\d_]+", plain)) <= set(_SAYING_NOTHING.split())


def _judge_status(
    error: Refused, setting: ModelSetting, model: str, *, now: datetime, with_schema: bool
) -> Verdict:
    status, said = error.status, error.said
    if status == 429 and "insufficient_quota" in error.words:
        return Verdict(UserMistake("The account has no credit left", remedy="Add credit at the provider"))
    refuses_schema = with_schema and status in _SCHEMA_REFUSALS
    if status in _RETRIED or (status >= 500 and not refuses_schema):
        busy = ModelMisbehaviour(f"The endpoint answered {status}: {said}", remedy=_ANOTHER)
        return Verdict(busy, again=True, after=retry_after({"retry-after": error.retry_after}, now))
    return Verdict(_refused(error, setting, model, refuses_schema=refuses_schema))


def _refused(error: Refused, setting: ModelSetting, model: str, *, refuses_schema: bool) -> AssayError:
    status, said = error.status, error.said
    if status in (401, 403):
        return _not_allowed(setting, status)
    if _is_about_context(said):
        shorter = "Shorten the conversation, or choose a model with a longer context"
        return UserMistake(f"The prompt is too long for {model}: {said}", remedy=shorter)
    if refuses_schema and "model_not_found" not in error.words:
        return SchemaRefused(f"the endpoint refused response_format ({status}: {said})")
    if status == 404:
        remedy = f"Check the name and the address; `{setting.base_url}/models` lists what is served"
        return UserMistake(f"{model} is not served there: {said}", remedy=remedy)
    if 300 <= status < 400:
        target = error.location or "another address"
        return UserMistake(f"The endpoint redirects to {target}", remedy="Give that address instead")
    remedy = "Check the options of the model setting against what the endpoint takes"
    return UserMistake(f"The endpoint refused the request ({status}): {said}", remedy=remedy)


def _too_slow(seconds: float) -> AssayError:
    return ModelMisbehaviour(
        f"The reply was not finished after {seconds:g} s",
        remedy="Allow more time with `?timeout=`, or ask for less with `?max_tokens=`",
    )


def _stalled(setting: ModelSetting, seconds: float) -> AssayError:
    return ModelMisbehaviour(f"{setting} sent nothing for {seconds:g} s", remedy=_ANOTHER)


def _unreachable(error: Unreached, setting: ModelSetting) -> AssayError:
    return ModelMisbehaviour(
        f"{setting.base_url or setting} could not be reached: {error}",
        remedy="Check that the address is right and the server is running",
    )


def _not_allowed(setting: ModelSetting, status: int) -> AssayError:
    if setting.form == "openai":
        remedy = "Set OPENAI_API_KEY (or ASSAY_API_KEY, which comes first) to a key that may use this model"
    else:
        remedy = "Set ASSAY_API_KEY to a key that may use this model"
    return UserMistake(f"{setting.base_url or setting} does not accept the key ({status})", remedy=remedy)


def _is_about_context(said: str) -> bool:
    return any(words in said.lower() for words in ("context length", "context size", "context window"))


def unsendable() -> UserMistake:
    """The mistake of whoever gave a key or a conversation that no request can hold."""
    return UserMistake(
        "The request holds a character that cannot be sent",
        remedy="Check the key for letters outside ASCII, and the conversation for broken characters",
    )


def _unreadable(setting: ModelSetting) -> AssayError:
    return ModelMisbehaviour(
        f"{setting.base_url or setting} answered with something that is not the chat API",
        remedy="Check that the address leads to an OpenAI-compatible endpoint, or choose another model",
    )


def _from_http_library(error: Exception) -> bool:
    """Whether the HTTP library raised the error, which it may over an answer that it did not expect.

    A failed assertion is a fault of the program wherever it is raised.
    """
    if isinstance(error, AssertionError):
        return False
    modules = (frame.f_globals.get("__name__", "") for frame, _ in traceback.walk_tb(error.__traceback__))
    return any(module.partition(".")[0] == _HTTP_LIBRARY for module in modules)
