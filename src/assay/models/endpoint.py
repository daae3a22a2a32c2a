"""From a setting to an open line: starts what runs on this machine, and makes the SDK's client."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from assay.errors import ModelMisbehaviour, UserMistake
from assay.models.setting import NO_KEY, ModelSetting, api_key, is_loopback
from assay.models.timing import Timeouts
from assay.models.wording import one_line, well_formed

if TYPE_CHECKING:
    from openai import AsyncOpenAI


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where calls of a setting go, and what each request carries besides the conversation."""

    base_url: str
    key: str
    model: str | None
    parameters: Mapping[str, object] = field(default_factory=dict)
    """Sampling that the setting does not say and this endpoint should use all the same."""
    names_purpose: bool = False
    """Whether requests say what they are for: only a scripted model is told, since it may answer by it."""


async def find_endpoint(setting: ModelSetting, environ: Mapping[str, str]) -> Endpoint:
    """Say where a setting leads; starts the embedded or scripted model when it is not running yet.

    Raises:
        UserMistake: a key is needed and not set, a script is not usable, or the embedded model is not
            installed.
        ModelMisbehaviour: the embedded model does not start.
    """
    match setting.form:
        case "embedded":
            return await asyncio.to_thread(_embedded)
        case "scripted":
            return await asyncio.to_thread(_scripted, setting)
        case "openai" | "endpoint":
            return _remote(setting, environ)


def make_client(endpoint: Endpoint, timeouts: Timeouts) -> "AsyncOpenAI":
    """The SDK's client over aiohttp. Retries and all timeouts but the connection's are the gateway's own."""
    import openai

    http = openai.DefaultAioHttpClient(
        # A proxy set for the outside world must not be asked for this machine's own addresses.
        trust_env=not is_loopback(endpoint.base_url),
        follow_redirects=False,
    )
    return openai.AsyncOpenAI(
        api_key=endpoint.key,
        base_url=endpoint.base_url,
        http_client=http,
        max_retries=0,
        timeout=openai.Timeout(None, connect=timeouts.connect),
    )


async def served_model(client: "AsyncOpenAI", setting: ModelSetting) -> str:
    """Ask a bare address for the one model that it serves.

    Raises:
        UserMistake: it serves none or several.
        ModelMisbehaviour: its list of models cannot be read.
        openai.APIError: it did not answer.
    """
    try:
        given = [getattr(model, "id", None) async for model in client.models.list()]
    except json.JSONDecodeError:
        given = [None]
    names = [well_formed(name) for name in given if isinstance(name, str) and name]
    if len(names) < len(given):
        raise ModelMisbehaviour(
            f"{setting.base_url} gives a list of models that cannot be read",
            remedy=f"Name the model to use, as in `MODEL@{setting.base_url}`",
        )
    if len(names) == 1:
        return names[0]
    if not names:
        raise UserMistake(f"{setting.base_url} serves no model", remedy="Load a model there first")
    shown = [one_line(name, client.api_key) for name in names]
    raise UserMistake(
        f"{setting.base_url} serves {len(names)} models: {', '.join(sorted(shown))}",
        remedy=f"Name one of them, as in `{shown[0]}@{setting.base_url}`",
    )


def _embedded() -> Endpoint:
    from assay.models.embedded import SAMPLING, start_embedded

    running = start_embedded()
    return Endpoint(running.base_url, running.key, running.model, parameters=SAMPLING)


def _scripted(setting: ModelSetting) -> Endpoint:
    from assay.models.scripted import serve_script

    server = serve_script(Path(str(setting.script)))
    return Endpoint(server.base_url, NO_KEY, server.model, names_purpose=True)


def _remote(setting: ModelSetting, environ: Mapping[str, str]) -> Endpoint:
    key = api_key(setting, environ)
    if key is None and setting.form == "openai":
        raise UserMistake(
            f"{setting} needs a key, and none is set",
            remedy="Set OPENAI_API_KEY (or ASSAY_API_KEY), or use `embedded`, which needs none",
        )
    return Endpoint(str(setting.base_url), key or NO_KEY, setting.model)
