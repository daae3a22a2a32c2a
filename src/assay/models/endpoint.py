"""From a setting to an open line: starts what runs on this machine, and opens the line to it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from assay.errors import ModelMisbehaviour, UserMistake
from assay.models.setting import ModelSetting, api_key
from assay.models.timing import Timeouts
from assay.models.wording import one_line, well_formed

if TYPE_CHECKING:
    from assay.models.client import Client


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where calls of a setting go, and what each request carries besides the conversation."""

    base_url: str
    key: str
    """Empty where none is sent."""
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


def make_client(endpoint: Endpoint, timeouts: Timeouts) -> "Client":
    """The line to an endpoint.

    Raises:
        UserMistake: its key cannot be sent, or the environment names a proxy that cannot be used.
    """
    from assay.models.client import Client

    return Client(endpoint.base_url, endpoint.key, connect=timeouts.connect)


async def served_model(client: "Client", setting: ModelSetting) -> str:
    """Ask a bare address for the one model that it serves.

    Raises:
        UserMistake: it serves none or several.
        ModelMisbehaviour: its list of models cannot be read.
        Refused, Unreached, BrokeOff, Unreadable: as `Client.models` does.
    """
    listed = await client.models()
    entries = (listed.get("data") or []) if isinstance(listed, dict) else None
    given = entries if isinstance(entries, list) else [None]
    ids = [one.get("id") if isinstance(one, dict) else None for one in given]
    names = [well_formed(name) for name in ids if isinstance(name, str) and name]
    if len(names) < len(given):
        raise ModelMisbehaviour(
            f"{setting.base_url} gives a list of models that cannot be read",
            remedy=f"Name the model to use, as in `MODEL@{setting.base_url}`",
        )
    if len(names) == 1:
        return names[0]
    if not names:
        raise UserMistake(f"{setting.base_url} serves no model", remedy="Load a model there first")
    shown = [one_line(name, client.key) for name in names]
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
    return Endpoint(server.base_url, "", server.model, names_purpose=True)


def _remote(setting: ModelSetting, environ: Mapping[str, str]) -> Endpoint:
    key = api_key(setting, environ)
    if key is None and setting.form == "openai":
        raise UserMistake(
            f"{setting} needs a key, and none is set",
            remedy="Set OPENAI_API_KEY (or ASSAY_API_KEY), or use `embedded`, which needs none",
        )
    return Endpoint(str(setting.base_url), key or "", setting.model)
