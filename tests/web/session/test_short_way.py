"""The calls of a page at work skip Django's middleware, but none of its checks."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from assay_web.asgi import application
from assay_web.database import in_database
from assay_web.session import replies
from assay_web.session.models import SessionEvent
from assay_web.streaming import _Open

from .conftest import Tab

pytestmark = pytest.mark.anyio

TOKEN = "c" * 32


class Line:
    """A browser's connection to the site's own ASGI application."""

    def __init__(self, tab: Tab, *, host: str = "127.0.0.1", token: str = TOKEN) -> None:
        self._tab, self._host, self._token = tab, host, token
        self.gone = asyncio.Event()
        self.heard: list[Mapping[str, Any]] = []

    async def post(self, call: str, **body: object) -> int:
        """Make a call; the status of its answer."""
        told = iter([json.dumps({"tab": self._tab.name, **body}).encode()])

        async def receive() -> dict[str, Any]:
            if (data := next(told, None)) is not None:
                return {"type": "http.request", "body": data}
            await self.gone.wait()
            return {"type": "http.disconnect"}

        async def send(message: Mapping[str, Any]) -> None:
            self.heard.append(message)

        await application(self._scope(call), receive, send)
        return int(self.heard[0]["status"])

    @property
    def headers(self) -> dict[str, str]:
        """Those of the answer."""
        return {name.decode().lower(): value.decode() for name, value in self.heard[0]["headers"]}

    @property
    def text(self) -> str:
        """What has arrived of the answer."""
        return b"".join(part.get("body", b"") for part in self.heard[1:]).decode()

    def _scope(self, call: str) -> dict[str, Any]:
        path = f"{self._tab.base}{call}"
        kept = {name: morsel.value for name, morsel in self._tab.client.cookies.items()} | {
            "csrftoken": TOKEN
        }
        headers = {
            "host": self._host,
            "content-type": "application/json",
            "cookie": "; ".join(f"{name}={value}" for name, value in kept.items()),
            "x-csrftoken": self._token,
        }
        return {
            "type": "http",
            "method": "POST",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "root_path": "",
            "scheme": "http",
            "server": ("127.0.0.1", 8000),
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        }


async def test_a_page_at_work_saves_and_its_answer_carries_the_headers_of_every_page(started: Tab) -> None:
    line = Line(started)
    assert await line.post("deliverable", text="Three labels") == 200
    assert json.loads(line.text)["kept"]
    assert line.headers["cache-control"] == "no-store"
    assert "frame-ancestors 'none'" in line.headers["content-security-policy"]
    assert (await started.state())["deliverable"] == "Three labels"


async def test_another_site_that_makes_the_browser_call_is_refused(started: Tab) -> None:
    assert await Line(started, token="d" * 32).post("submit", text="Not mine") == 403
    assert (await started.state())["ended"] is None


async def test_a_host_that_is_not_this_site_is_refused(started: Tab) -> None:
    assert await Line(started, host="elsewhere.example").post("deliverable", text="x") == 400


async def test_a_browser_that_has_no_such_session_finds_nothing(started: Tab) -> None:
    stranger = Tab(type(started.client)(), started.base, started.name)
    assert await Line(stranger).post("deliverable", text="x") == 404


async def test_a_browser_that_leaves_mid_reply_ends_its_stream_and_not_the_reply(
    started: Tab, script: Path
) -> None:
    script.write_text('replies: [{text: "one two three four five six seven eight", chunks: 8, delay: 0.05}]')
    line = Line(started)
    asking = asyncio.create_task(line.post("messages", text="Which labels?", message="m1"))
    async with asyncio.timeout(30):
        while "piece" not in line.text:
            await asyncio.sleep(0)
        line.gone.set()
        assert await asking == 200
        assert "event: over" not in line.text
        assert _Open.count == 0
        while replies._underway:
            await asyncio.sleep(0)
    finished = await in_database(lambda: SessionEvent.objects.get(kind="reply_finished"))
    assert finished.data["text"] == "one two three four five six seven eight"
