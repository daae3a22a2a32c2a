"""The assistant of these tests: a scripted model on loopback, and a browser that speaks to the site."""

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import AsyncClient
from tests.people import Cast, make_cast

from assay_web.openings.models import Invitation
from assay_web.session import assistant
from assay_web.session.access import cookie_name
from assay_web.session.links import exchange, new_link

SCRIPT = """\
after_last: repeat
replies:
  - text: "Here are three labels: one, two and three."
"""


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    """The known cast, really committed: other threads see it."""
    return make_cast()


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The assistant's script; write another one into it before the first message."""
    path = tmp_path / "replies.yaml"
    path.write_text(SCRIPT, encoding="utf-8")
    object.__setattr__(settings.CONFIGURATION, "model", f"scripted:{path}")
    assistant.setting.cache_clear()
    yield path
    assistant.setting.cache_clear()


@pytest.fixture
def anyio_backend() -> str:
    """Tests that are asynchronous run on asyncio, as the site does."""
    return "asyncio"


@dataclass(slots=True)
class Tab:
    """One tab of a candidate's browser."""

    client: AsyncClient
    base: str
    name: str = "tab-1"

    async def call(self, name: str, **body: Any) -> tuple[int, dict[str, Any]]:
        """Post JSON; status and answer."""
        response = await self.client.post(
            self.base + name, json.dumps({"tab": self.name, **body}), content_type="application/json"
        )
        return response.status_code, json.loads(response.content)

    async def state(self) -> dict[str, Any]:
        """Where the session stands, as the page is told."""
        response = await self.client.get(f"{self.base}state?tab={self.name}")
        assert response.status_code == 200, response.content
        state: dict[str, Any] = json.loads(response.content)
        return state

    async def stream(self, name: str, **body: Any) -> list[tuple[str, dict[str, Any]]]:
        """Post JSON and read the whole stream of events."""
        response = await self.client.post(
            self.base + name, json.dumps({"tab": self.name, **body}), content_type="application/json"
        )
        assert response.status_code == 200, response.content
        pieces = response.streaming_content  # type: ignore[attr-defined]
        text = b"".join([piece async for piece in pieces]).decode()
        return [event_in(block) for block in text.split("\n\n") if block]

    async def say(self, text: str, message: str) -> list[tuple[str, dict[str, Any]]]:
        """Send a message and read the reply."""
        return await self.stream("messages", text=text, message=message)

    def other(self, name: str) -> "Tab":
        """Another tab of the same browser."""
        return Tab(self.client, self.base, name)


def event_in(block: str) -> tuple[str, dict[str, Any]]:
    """One event of a stream."""
    name, data = block.split("\n")
    return name.removeprefix("event: "), json.loads(data.removeprefix("data: "))


def browser_of(invitation: Invitation) -> AsyncClient:
    """A candidate's browser that has exchanged its link."""
    found, key = exchange(new_link(invitation))
    assert found.standing == "good"
    client = AsyncClient()
    client.cookies[cookie_name(invitation.public_id)] = key
    return client


@pytest.fixture
def started(cast: Cast, script: Path) -> Tab:
    """Mara's tab, her session just started."""
    from assay_web.session.services import consent_and_start

    client = browser_of(cast.mara)
    consent_and_start(cast.mara)
    return Tab(client, f"/c/{cast.mara.public_id}/")


@pytest.fixture(autouse=True)
async def closed_gateway(anyio_backend: str) -> AsyncIterator[None]:
    """Each test has an event loop of its own, and so a gateway of its own."""
    yield
    if assistant.gateway.cache_info().currsize:
        await assistant.gateway().aclose()
    assistant.gateway.cache_clear()
    assistant._notes.clear()
