"""A scripted endpoint, a clock that only tests move, and a wall around everything but this machine."""

import asyncio
import os
import socket
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple, TypeVar

import pytest

from assay.models.caps import Caps, Usage
from assay.models.gateway import Gateway
from assay.models.prices import Prices
from assay.models.replies import Call, Chunk, Reply
from assay.models.script import Script
from assay.models.scripted import ScriptedServer
from assay.models.setting import read_setting
from assay.models.timing import Retries, Timing

T = TypeVar("T")
ENVIRON = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
"""For a second Python that finds what this one does."""
HELLO = [{"role": "user", "content": "Hello"}]
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@pytest.fixture(autouse=True)
def _only_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any connection beyond the loopback interface is a failed test."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in _LOOPBACK:
            raise AssertionError(f"a test reached for the network: {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


class FakeTime:
    """A clock that moves when told to. Pauses between tries pass at once and are noted.

    Waits longer than any such pause are the gateway's own watches: they end when `advance` gets there.
    """

    def __init__(self) -> None:
        self.seconds = 0.0
        self.pauses: list[float] = []
        self._watches: list[tuple[float, asyncio.Event]] = []

    async def sleep(self, seconds: float) -> None:
        if seconds <= 25:
            self.pauses.append(seconds)
            self.seconds += seconds
            return
        over = asyncio.Event()
        self._watches.append((self.seconds + seconds, over))
        await over.wait()

    def advance(self, seconds: float) -> None:
        self.seconds += seconds
        for due, over in self._watches:
            if due <= self.seconds:
                over.set()

    def timing(self, jitter: float = 1.0) -> Timing:
        started = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
        return Timing(
            monotonic=lambda: self.seconds,
            now=lambda: started + timedelta(seconds=self.seconds),
            sleep=self.sleep,
            jitter=lambda: jitter,
        )


@pytest.fixture
def fake_time() -> FakeTime:
    return FakeTime()


Serve = Callable[..., ScriptedServer]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start scripted endpoints: `serve({"text": "Hi"}, takes_schema=False)`."""
    servers: list[ScriptedServer] = []

    def start(*replies: dict[str, Any], **options: Any) -> ScriptedServer:
        script = Script.model_validate({"replies": list(replies), **options})
        servers.append(ScriptedServer(script).start())
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


class Answer(NamedTuple):
    """An HTTP answer as it goes over the line."""

    body: bytes | str
    status: int = 200
    headers: dict[str, str] = {}  # noqa: RUF012 - nothing changes it


def stream_of(*events: str) -> Answer:
    """A stream of events that are written out by hand, and its proper end."""
    lines = "".join(f"data: {event}\n\n" for event in (*events, "[DONE]"))
    return Answer(lines, headers={"Content-Type": "text/event-stream"})


class OddEndpoint:
    """An HTTP server on this machine that answers whatever a test wants, well-behaved or not."""

    def __init__(self, answer: Callable[[BaseHTTPRequestHandler], Answer], model: str) -> None:
        self.model = model
        self.paths: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                self.rfile.read(length)
                outer.paths.append(self.path)
                body, status, headers = answer(self)
                sent = body if isinstance(body, bytes) else body.encode()
                self.send_response(status)
                for name, value in {"Content-Length": str(len(sent)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(sent)

            do_POST = do_GET  # noqa: N815 - the name that http.server looks for

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        self.base_url = f"{self.address}/v1"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


Odd = Callable[..., OddEndpoint]


@pytest.fixture
def odd() -> Iterator[Odd]:
    """Start odd endpoints: `odd(stream_of("null"))`, or `odd(function_of_the_request)`."""
    started: list[OddEndpoint] = []

    def start(
        answer: Answer | Callable[[BaseHTTPRequestHandler], Answer], *, model: str = "odd"
    ) -> OddEndpoint:
        given = answer
        started.append(OddEndpoint((lambda _: given) if isinstance(given, Answer) else given, model))
        return started[-1]

    yield start
    for endpoint in started:
        endpoint.stop()


class Line:
    """A gateway to a scripted endpoint, with all it recorded."""

    def __init__(
        self,
        server: ScriptedServer | OddEndpoint,
        fake: FakeTime,
        *,
        options: str = "",
        jitter: float = 1.0,
        environ: dict[str, str] | None = None,
        retries: Retries | None = None,
        caps: Caps | None = None,
        usage: Usage | None = None,
        prices: Prices | None = None,
    ) -> None:
        self.calls: list[Call] = []
        self.gateway = Gateway(
            read_setting((f"{server.model}@" if server.model else "") + server.base_url + options),
            timing=fake.timing(jitter),
            record=self.calls.append,
            environ=environ or {},
            retries=retries,
            caps=caps,
            usage=usage,
            prices=prices,
        )

    def run(self, work: Callable[[Gateway], Awaitable[T]]) -> T:
        async def inside() -> T:
            async with self.gateway as gateway:
                return await work(gateway)

        return asyncio.run(inside())

    def reply(self, messages: Any = HELLO) -> Reply:
        return self.run(lambda gateway: gateway.reply(messages, purpose="test"))

    def stream(self, messages: Any = HELLO) -> list[Chunk]:
        async def all_chunks(gateway: Gateway) -> list[Chunk]:
            return [chunk async for chunk in gateway.stream(messages, purpose="test")]

        return self.run(all_chunks)


async def until(condition: Callable[[], bool], seconds: float = 10) -> None:
    """Poll for something that another thread brings about."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come about in time"
        await asyncio.sleep(0)
