"""The scripted model: a real HTTP server on this machine that answers from a script, faults included.

    python -m assay.models.scripted replies.yaml --port 8080

It speaks /v1/models and /v1/chat/completions, streaming and whole, as any OpenAI-compatible endpoint does.
"""

import argparse
import asyncio
import atexit
import json
import threading
from collections import deque
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from aiohttp import web

from assay.errors import UserMistake
from assay.models.script import Script, ScriptedReply, load_script

_DONE = b"data: [DONE]\n\n"
_LARGEST_REQUEST = 16 * 2**20
_FINISH = {"cut_off": "length", "no_ending": None}


@dataclass(frozen=True, slots=True)
class SeenRequest:
    """A chat request as it arrived; `number` counts them from 1, header names are in lower case."""

    number: int
    body: dict[str, Any]
    headers: dict[str, str]

    @property
    def messages(self) -> list[dict[str, str]]:
        """The conversation that was sent."""
        messages: list[dict[str, str]] = self.body.get("messages", [])
        return messages

    @property
    def purpose(self) -> str:
        """What the gateway said the call is for."""
        return self.headers.get("x-assay-purpose", "")

    @property
    def last_said(self) -> str:
        """The text of the last user message."""
        said = (one.get("content") for one in reversed(self.messages) if one.get("role") == "user")
        return str(next(said, "") or "")


class ScriptedModel:
    """What the server knows: the script, where it stands in it, and what it has seen.

    `calls` counts chat requests, `stalled` those now silent on purpose, `disconnects` those whose client
    left before the reply was finished; `requests` keeps the last `keep` of them.
    """

    def __init__(
        self,
        script: Script,
        *,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        keep: int = 1000,
    ) -> None:
        self.script = script
        self.calls = 0
        self.stalled = 0
        self.disconnects = 0
        self.requests: deque[SeenRequest] = deque(maxlen=keep)
        self._sleep = sleep
        self._in_turn = [reply for reply in script.replies if reply.when is None]
        self._on_cue = [reply for reply in script.replies if reply.when is not None]
        self._used = [0] * len(self._on_cue)
        # Written out once, so that many streams at a time cost little more than their writes.
        self._lines = {id(reply): _lines(script.model, reply) for reply in script.replies}
        self._answers = {id(reply): _answer(script.model, reply) for reply in script.replies}
        self._next = 0

    def app(self) -> web.Application:
        """The web application, to be served in any event loop."""
        app = web.Application(client_max_size=_LARGEST_REQUEST)
        app.router.add_get("/v1/models", self._models)
        app.router.add_post("/v1/chat/completions", self._chat)
        return app

    async def _models(self, _: web.Request) -> web.Response:
        entry = {"id": self.script.model, "object": "model", "created": 0, "owned_by": "assay"}
        return web.json_response({"object": "list", "data": [entry]})

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        body = await _read_body(request)
        if body is None:
            return _refusal(400, "the request is not a chat request in JSON")
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.calls += 1
        seen = SeenRequest(self.calls, body, headers)
        self.requests.append(seen)
        if "response_format" in body and not self.script.takes_schema:
            return _refusal(400, "response_format is not supported by this model")
        if "seed" in body and not self.script.takes_seed:
            return _refusal(400, "seed is not supported by this model")
        reply = self._choose(seen)
        if reply is None:
            return _refusal(400, f"the script has no reply left for request {seen.number}")
        try:
            return await self._answer(request, reply, body)
        except (asyncio.CancelledError, ConnectionError):
            self.disconnects += 1
            raise

    def _choose(self, seen: SeenRequest) -> ScriptedReply | None:
        for place, reply in enumerate(self._on_cue):
            used_up = reply.times is not None and self._used[place] >= reply.times
            if reply.when and not used_up and reply.when.fits(seen.last_said, seen.purpose, seen.number):
                self._used[place] += 1
                return reply
        return self._take_turn()

    def _take_turn(self) -> ScriptedReply | None:
        if self._next >= len(self._in_turn):
            if not self._in_turn or self.script.after_last == "refuse":
                return None
            self._next = 0 if self.script.after_last == "restart" else len(self._in_turn) - 1
        self._next += 1
        return self._in_turn[self._next - 1]

    async def _answer(
        self, request: web.Request, reply: ScriptedReply, body: dict[str, Any]
    ) -> web.StreamResponse:
        if reply.error_status is not None:
            after = {} if reply.retry_after is None else {"Retry-After": _written(reply.retry_after)}
            # An error that somebody wrote by its status says nothing of its cause.
            said = "error" if reply.fault == "http_error" else f"scripted {reply.fault}"
            return _refusal(reply.error_status, said, after)
        if not body.get("stream"):
            return await self._whole(request, reply)
        with_usage = bool((body.get("stream_options") or {}).get("include_usage"))
        return await self._streamed(request, reply, _end(self.script.model, reply, with_usage))

    async def _whole(self, request: web.Request, reply: ScriptedReply) -> web.StreamResponse:
        for number in range(max(1, len(reply.pieces))):
            if seconds := reply.delay if number else reply.first_delay:
                await self._sleep(seconds)
        if reply.fault == "stall":
            await self._stall()
        if reply.fault == "half_stream":
            return await _half(request, self._answers[id(reply)])
        return web.Response(body=self._answers[id(reply)], content_type="application/json")

    async def _streamed(self, request: web.Request, reply: ScriptedReply, end: bytes) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        lines = self._lines[id(reply)]
        breaks = reply.fault in ("stall", "half_stream")
        await self._write(response, reply, lines[: reply.after_chunks] if breaks else lines)
        if reply.fault == "stall":
            await self._stall()
        if reply.fault == "half_stream":
            _hang_up(request)
            return response
        if reply.fault != "no_ending":
            await response.write(end)
        return response

    async def _write(self, response: web.StreamResponse, reply: ScriptedReply, lines: list[bytes]) -> None:
        if reply.first_delay:
            await self._sleep(reply.first_delay)
        if not reply.delay:
            await response.write(b"".join(lines))
            return
        for number, line in enumerate(lines):
            if number:
                await self._sleep(reply.delay)
            await response.write(line)

    async def _stall(self) -> None:
        self.stalled += 1
        try:
            await asyncio.Event().wait()
        finally:
            self.stalled -= 1


class ScriptedServer(ScriptedModel):
    """A scripted model served on a loopback port, from a thread of its own; a context manager.

    `base_url` is known once it is started.
    """

    def __init__(
        self,
        script: Script,
        *,
        port: int = 0,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        keep: int = 1000,
    ) -> None:
        super().__init__(script, sleep=sleep, keep=keep)
        self.model = script.model
        self.base_url = ""
        self._port = port
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = asyncio.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> Self:
        """Serve until `stop`.

        Raises:
            UserMistake: the port is taken.
        """
        ready: Future[int] = Future()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._serve(ready)), name="scripted-model", daemon=True
        )
        self._thread.start()
        self.base_url = f"http://127.0.0.1:{ready.result()}/v1"
        return self

    def stop(self) -> None:
        """Stop serving and drop all connections; harmless when it is not running."""
        loop, thread = self._loop, self._thread
        if loop is not None and thread is not None and thread.is_alive():
            loop.call_soon_threadsafe(self._stopping.set)
            thread.join()

    async def _serve(self, ready: "Future[int]") -> None:
        self._loop = asyncio.get_running_loop()
        runner = web.AppRunner(self.app(), access_log=None, handler_cancellation=True, shutdown_timeout=0.05)
        try:
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", self._port, backlog=2048).start()
        except (OSError, OverflowError) as error:
            await runner.cleanup()
            remedy = "Choose another port, or 0 for any free one"
            ready.set_exception(UserMistake(f"Port {self._port} cannot be used: {error}", remedy=remedy))
            return
        ready.set_result(runner.addresses[0][1])
        await self._stopping.wait()
        await runner.cleanup()


_serving: dict[Path, ScriptedServer] = {}
_serving_lock = threading.Lock()


def serve_script(path: Path) -> ScriptedServer:
    """The server of a script file: started on first use, then the same one until the process ends.

    Raises:
        UserMistake: the file is not a script.
    """
    key = path.expanduser().resolve()
    with _serving_lock:
        if key not in _serving:
            server = ScriptedServer(load_script(key)).start()
            atexit.register(server.stop)
            _serving[key] = server
        return _serving[key]


async def _read_body(request: web.Request) -> dict[str, Any] | None:
    try:
        body = await request.json()
    except ValueError:
        return None
    usable = isinstance(body, dict) and isinstance(body.get("messages"), list)
    return body if usable and all(isinstance(one, dict) for one in body["messages"]) else None


def _frame(model: str, kind: str) -> dict[str, Any]:
    return {"id": "scripted", "object": kind, "created": 0, "model": model}


def _event(model: str, choices: list[dict[str, Any]], **more: object) -> bytes:
    value = {**_frame(model, "chat.completion.chunk"), "choices": choices, **more}
    return b"data: " + json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n\n"


def _lines(model: str, reply: ScriptedReply) -> list[bytes]:
    if reply.fault == "garbled":
        return [b'data: {"choices": [\n\n']
    deltas = [{"content": piece} for piece in reply.pieces]
    refusal = _refused(reply)
    if refusal is not None:
        deltas.append({"refusal": refusal})
    return [_event(model, [{"index": 0, "delta": delta, "finish_reason": None}]) for delta in deltas]


def _answer(model: str, reply: ScriptedReply) -> bytes:
    if reply.fault == "garbled":
        return b'{"choices": ['
    message = {"role": "assistant", "content": "".join(reply.pieces), "refusal": _refused(reply)}
    choice = {"index": 0, "message": message, "finish_reason": _finish(reply)}
    value = {**_frame(model, "chat.completion"), "choices": [choice]}
    return json.dumps(value | ({"usage": _usage(reply)} if reply.usage else {})).encode()


async def _half(request: web.Request, answer: bytes) -> web.StreamResponse:
    """Send half of an answer and hang up."""
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    response.content_length = len(answer)
    await response.prepare(request)
    await response.write(answer[: len(answer) // 2])
    _hang_up(request)
    return response


def _end(model: str, reply: ScriptedReply, with_usage: bool) -> bytes:
    last = _event(model, [{"index": 0, "delta": {}, "finish_reason": _finish(reply)}])
    usage = _event(model, [], usage=_usage(reply)) if reply.usage and with_usage else b""
    return last + usage + _DONE


def _finish(reply: ScriptedReply) -> str | None:
    return _FINISH.get(reply.fault or "", "stop")


def _refused(reply: ScriptedReply) -> str | None:
    return (reply.text or "I cannot help with that.") if reply.fault == "refusal" else None


def _usage(reply: ScriptedReply) -> dict[str, int]:
    assert reply.usage is not None
    usage = reply.usage
    return {
        "prompt_tokens": usage.prompt,
        "completion_tokens": usage.completion,
        "total_tokens": usage.total,
    }


def _refusal(status: int, message: str, headers: dict[str, str] | None = None) -> web.Response:
    error = {"message": message, "type": "error", "code": status}
    return web.json_response({"error": error}, status=status, headers=headers)


def _written(retry_after: float | str) -> str:
    return retry_after if isinstance(retry_after, str) else f"{retry_after:g}"


def _hang_up(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.close()


def main(arguments: list[str] | None = None) -> None:
    """Serve a script from the command line until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m assay.models.scripted", description="Serve a script.")
    parser.add_argument("file", type=Path, help="the script, YAML or JSON")
    parser.add_argument("--port", type=int, default=0, help="the loopback port; any free one by default")
    given = parser.parse_args(arguments)
    try:
        server = ScriptedServer(load_script(given.file), port=given.port, keep=0).start()
    except UserMistake as error:
        parser.exit(error.exit_code, f"{error}\n")
    print(f"Serving {given.file} as {server.model}@{server.base_url} (Ctrl-C stops)", flush=True)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        server.stop()


if __name__ == "__main__":
    main()
