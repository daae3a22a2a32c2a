"""Whether the assistant's model can answer at all, asked before a candidate's clock starts."""

import asyncio
import os
from collections.abc import Mapping
from datetime import UTC, datetime

from assay.errors import ModelMisbehaviour
from assay.models.setting import ModelSetting

PATIENCE = 10.0
"""Seconds that an endpoint may take to list its models."""
_CONNECT = 5.0


def check_model(setting: ModelSetting, environ: Mapping[str, str] | None = None) -> None:
    """Refuse a model that cannot be asked: no script, no key, no server, a key that is turned away.

    The embedded and the scripted model are started. A server is asked once for its list of models; one that
    answers, even to say that it has no such list, is taken to work. Nothing is generated, and nothing of an
    exercise is sent.

    Raises:
        UserMistake: the script is not usable, a key is missing or not accepted, the embedded model is not
            installed, or a bare address serves none or several models.
        ModelMisbehaviour: nothing answers there.
    """
    asyncio.run(_check(setting, os.environ if environ is None else environ))


async def _check(setting: ModelSetting, environ: Mapping[str, str]) -> None:
    from assay.models.endpoint import find_endpoint, make_client, served_model
    from assay.models.timing import Timeouts

    endpoint = await find_endpoint(setting, environ)
    if setting.form in ("embedded", "scripted"):
        return
    client = make_client(endpoint, Timeouts(connect=_CONNECT))
    try:
        async with asyncio.timeout(PATIENCE):
            if endpoint.model is None:
                await served_model(client, setting)
            else:
                await client.models()
    except TimeoutError as error:
        raise ModelMisbehaviour(
            f"{setting.base_url} does not answer within {PATIENCE:g} s",
            remedy="Check that the address is right and the server is running",
        ) from error
    except Exception as error:
        _judge(error, setting, lists_models=endpoint.model is None)
    finally:
        await client.close()


def _judge(error: Exception, setting: ModelSetting, *, lists_models: bool) -> None:
    from assay.models.failures import judge

    status = getattr(error, "status", None)
    # A key may be allowed to chat and not to list models; some servers have no list at all.
    turned_away = status == 401 and "scope" not in str(error).lower()
    if status is not None and not turned_away and not lists_models:
        return
    raise judge(error, setting, setting.model or str(setting), now=datetime.now(UTC)).failure from error
