"""Model settings: one string says which model answers, where it runs, and how it is sampled.

Nothing here reaches a network or loads an HTTP library, so a setting can be checked when a program starts.
"""

import os
import re
from collections.abc import Mapping
from typing import Literal
from urllib.parse import parse_qsl, urlsplit

from pydantic import Field, ValidationError

from assay.errors import UserMistake
from assay.frozen import Frozen

OPENAI_ADDRESS = "https://api.openai.com/v1"
EMBEDDED_CONTEXT_TOKENS = 8192
"""Tokens that the embedded model reads and writes at most in one call: what it was trained on."""

FORMS = (
    "Give the model in one of these forms: `embedded`; `scripted:replies.yaml`; `openai:gpt-4.1-mini`; "
    "`llama3.2@http://localhost:11434/v1`; `http://localhost:8000/v1` where one model is served. "
    "Options follow a question mark: `openai:gpt-4.1-mini?temperature=0.2&max_tokens=400&seed=7&timeout=60`"
)
_KEY_REMEDY = "Put the key into the environment variable ASSAY_API_KEY and leave it out of the model setting"
LOOKS_LIKE_A_KEY = re.compile(r"\b((sk|gsk|xai|hf)[-_]|AIza)[A-Za-z0-9_-]{16,}")
"""Keys of the usual providers, known by how they begin."""
_KEY_OPTIONS = {"key", "api_key", "apikey", "token", "access_token", "password", "secret"}


class ModelSetting(Frozen):
    """Which model answers and how. `str()` writes it back as a string that reads to the same setting."""

    form: Literal["embedded", "scripted", "openai", "endpoint"]
    model: str | None = Field(
        default=None, description="The name to ask for; None where the endpoint serves exactly one."
    )
    base_url: str | None = Field(default=None, description="Where the endpoint's paths begin.")
    script: str | None = Field(default=None, description="The script file of a scripted model.")
    temperature: float | None = Field(default=None, ge=0, le=2)
    top_p: float | None = Field(default=None, gt=0, le=1)
    max_tokens: int | None = Field(default=None, ge=1, description="The longest reply, in tokens.")
    seed: int | None = Field(default=None, ge=0)
    timeout: float | None = Field(
        default=None, gt=0, allow_inf_nan=False, description="Seconds that one whole call may take."
    )
    context_tokens: int | None = Field(
        default=None, ge=1, description="Tokens of prompt and reply together; None where it is not known."
    )

    def __str__(self) -> str:
        options = {name: getattr(self, name) for name in _OPTIONS}
        if self.form == "embedded" and self.context_tokens == EMBEDDED_CONTEXT_TOKENS:
            del options["context_tokens"]
        query = "&".join(f"{name}={_written(value)}" for name, value in options.items() if value is not None)
        return self._address() + (f"?{query}" if query else "")

    def _address(self) -> str:
        match self.form:
            case "embedded":
                return "embedded"
            case "scripted":
                return f"scripted:{self.script}"
            case "openai":
                return f"openai:{self.model}"
            case "endpoint":
                return f"{self.model}@{self.base_url}" if self.model else str(self.base_url)


def _written(value: float) -> str:
    """A number so that it reads back as the same: in few digits where they hold it, or else in all."""
    if isinstance(value, int):
        return str(value)
    short = f"{value:g}"
    # A plus sign in a query is read as a space.
    return (short if float(short) == value else repr(value)).replace("e+", "e")


_OPTIONS = ("temperature", "top_p", "max_tokens", "seed", "timeout", "context_tokens")


def read_setting(text: str, environ: Mapping[str, str] | None = None) -> ModelSetting:
    """Read a model setting such as `openai:gpt-4.1-mini?temperature=0.2`.

    Args:
        text: the setting; `FORMS` lists the forms.
        environ: where OPENAI_BASE_URL is looked up; the process environment when None.

    Raises:
        UserMistake: the string has none of the forms, a bad option, or a credential in it.
    """
    environ = os.environ if environ is None else environ
    _refuse_credentials(text)
    address, _, query = text.strip().partition("?")
    fields = _read_address(address, environ)
    try:
        return ModelSetting.model_validate(fields | _read_options(query))
    except ValidationError as error:
        first = error.errors()[0]
        option = ".".join(str(part) for part in first["loc"])
        raise UserMistake(
            f"The option {option} of the model setting {text!r} is not usable: {first['msg']}", remedy=FORMS
        ) from error


def api_key(setting: ModelSetting, environ: Mapping[str, str] | None = None) -> str | None:
    """The key to send with calls of this setting, or None where none is set or none is needed.

    ASSAY_API_KEY comes first, then OPENAI_API_KEY. The latter is withheld from plain-http addresses
    beyond this machine, so that a hosted provider's key does not cross a network in the clear.
    """
    environ = os.environ if environ is None else environ
    if setting.form in ("embedded", "scripted"):
        return None
    own = environ.get("ASSAY_API_KEY", "").strip()
    if own:
        return own
    if setting.base_url is None or not _is_private(setting.base_url):
        return None
    return environ.get("OPENAI_API_KEY", "").strip() or None


def is_loopback(address: str) -> bool:
    """Whether an http address stays on this machine."""
    return (urlsplit(address).hostname or "") in ("localhost", "127.0.0.1", "::1")


def _is_private(address: str) -> bool:
    return urlsplit(address).scheme == "https" or is_loopback(address)


def _read_address(address: str, environ: Mapping[str, str]) -> dict[str, object]:
    if address == "embedded":
        return {"form": "embedded", "context_tokens": EMBEDDED_CONTEXT_TOKENS}
    scheme, _, rest = address.partition(":")
    if scheme == "scripted" and rest:
        return {"form": "scripted", "script": rest}
    if scheme == "openai" and rest:
        base = environ.get("OPENAI_BASE_URL", "").strip() or OPENAI_ADDRESS
        return {"form": "openai", "model": rest, "base_url": _checked_url(base, "OPENAI_BASE_URL")}
    found = re.fullmatch(r"(?:(?P<model>.+)@)?(?P<url>https?://.+)", address)
    if not found:
        raise UserMistake(f"{address!r} is not a model setting", remedy=FORMS)
    return {
        "form": "endpoint",
        "model": found["model"],
        "base_url": _checked_url(found["url"], "The model setting"),
    }


def _checked_url(url: str, named: str) -> str:
    _refuse_credentials(url)
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or parts.query or parts.fragment:
        raise UserMistake(f"{named} has an address that cannot be used: {url!r}", remedy=FORMS)
    if parts.path in ("", "/"):
        raise UserMistake(
            f"{named} has an address without a path: {url!r}",
            remedy=f"Most servers answer below /v1, so try `{url.rstrip('/')}/v1`",
        )
    return url.rstrip("/")


def _read_options(query: str) -> dict[str, str]:
    try:
        pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query))
    except ValueError as error:
        raise UserMistake(
            f"The options {query!r} of the model setting cannot be read", remedy=FORMS
        ) from error
    for name, _ in pairs:
        if name not in _OPTIONS:
            known = ", ".join(_OPTIONS)
            raise UserMistake(f"A model setting has no option {name!r} (it has {known})", remedy=FORMS)
    if len({name for name, _ in pairs}) < len(pairs):
        raise UserMistake(f"The options {query!r} of the model setting name one option twice", remedy=FORMS)
    return dict(pairs)


def _refuse_credentials(text: str) -> None:
    """Refuse keys and passwords in a setting; the message must not repeat them."""
    url = re.search(r"https?://[^\s?]*", text)
    in_address = bool(url and "@" in url.group().split("/")[2])
    in_options = any(
        name.lower() in _KEY_OPTIONS for name, _ in parse_qsl(text.partition("?")[2], keep_blank_values=True)
    )
    if in_address or in_options or LOOKS_LIKE_A_KEY.search(text):
        raise UserMistake("The model setting holds a password or a key", remedy=_KEY_REMEDY)
