"""A real site in a process of its own, candidates before it, and a fuse that kills it at any point.

The points are found by watching, not listed: the request, each commit of the database before and after, each
piece of the model, each part of an answer. So none is missed when the site is built differently.
"""

import http.client
import json
import os
import signal
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from tests.crash.installations import SCRIPT, Installation, Running
from tests.web.ground.operator import free_port

PATIENCE = 60
FEW, MANY = 3, 60
REPLY = "one two three four"
REPLIES = f'after_last: repeat\nreplies: [{{text: "{REPLY}", chunks: 3, delay: 0.02}}]\n'
DIE_AT, POINTS, KEYS, DEATHS = b"x-die-at", "/points", "keys.json", "deaths"
_TOKEN = "c" * 32

Asgi = Callable[..., Awaitable[Any]]


def prepare_many_candidates() -> None:
    """Migrate, and start sessions of so many candidates that each death of the site can have its own."""
    prepare_candidates(MANY)


def prepare_candidates(number: int = FEW) -> None:
    """Migrate, and start sessions of some candidates, whose browsers' keys lie in a file."""
    from django.conf import settings
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    from tests.people import invited, make_cast

    from assay_web.session.access import cookie_name
    from assay_web.session.links import exchange, new_link
    from assay_web.session.start import start_session

    home: Path = settings.CONFIGURATION.home
    (home / SCRIPT).write_text(REPLIES, encoding="utf-8")
    stage, keys = make_cast().stage, []
    for place in range(number):
        invitation = invited(stage, f"Candidate{place} Example")
        start_session(invitation)
        _, key = exchange(new_link(invitation))
        keys.append((invitation.public_id, f"{cookie_name(invitation.public_id)}={key}"))
    (home / KEYS).write_text(json.dumps(keys), encoding="utf-8")


class Told(NamedTuple):
    """What a site answered; `whole` is False when it died over it."""

    status: int
    text: str
    whole: bool

    def json(self) -> dict[str, Any]:
        """The answer, where it is JSON."""
        assert self.status == 200, self.text
        found: dict[str, Any] = json.loads(self.text)
        return found


NOTHING = Told(0, "", whole=False)


@dataclass(slots=True)
class Site:
    """The site of an installation; started, killed and started again."""

    installation: Installation
    port: int = field(default_factory=free_port)
    running: Running | None = None

    def start(self, *, ahead: float = 0.0, again: bool = False, silent_after: float | None = None) -> None:
        """Start it and wait until it listens.

        Args:
            ahead: seconds by which its clock is ahead, as if it had been off for so long.
            again: start it again whenever it dies, as the system's service manager does.
            silent_after: seconds of silence that are an outage to it, for a test that waits for one.
        """
        do = serve_again if again else serve
        self.running = self.installation.start(do, self.port, ahead, silent_after)
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            assert self.running.process.is_alive(), "the site ended by itself"
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return
            time.sleep(0.01)
        raise AssertionError("the site does not answer")

    def kill(self) -> None:
        """End it as a power cut would."""
        assert self.running is not None
        with suppress(ProcessLookupError):
            os.killpg(self.running.process.pid, signal.SIGKILL)
        assert self.running.ended() == -signal.SIGKILL

    def wait_for_deaths(self, number: int) -> None:
        """Wait until it has died so often, each time at once and by itself."""
        deaths, end = self.installation.home / DEATHS, time.monotonic() + PATIENCE
        while (found := deaths.read_text(encoding="utf-8") if deaths.exists() else "") != "9\n" * number:
            assert time.monotonic() < end, f"instead of {number} deaths by the fuse there were: {found!r}"
            time.sleep(0.01)

    def candidate(self, number: int) -> "Candidate":
        """The browser of one of the candidates."""
        keys = json.loads((self.installation.home / KEYS).read_text(encoding="utf-8"))
        public_id, cookie = keys[number]
        return Candidate(self, f"/c/{public_id}/", cookie)

    def points(self) -> list[str]:
        """What was passed since the last request that asked for it."""
        found: list[str] = json.loads(ask(self.port, "GET", POINTS).text)
        return found


@dataclass(frozen=True, slots=True)
class Candidate:
    """A candidate's browser."""

    site: Site
    base: str
    cookie: str

    def state(self) -> dict[str, Any]:
        """Where the session stands, as the page is told, once the site is there."""
        end = time.monotonic() + PATIENCE
        while (told := self._ask("GET", f"{self.base}state?tab=tab-1")) == NOTHING:
            assert time.monotonic() < end, "the site does not answer"
            time.sleep(0.01)
        return told.json()

    def call(self, name: str, *, die_at: int | None = None, **body: Any) -> Told:
        """Post JSON."""
        return self._ask("POST", self.base + name, json.dumps({"tab": "tab-1", **body}), die_at)

    def say(self, text: str, message: str, *, die_at: int | None = None) -> Told:
        """Send a message, and read the reply as far as it comes."""
        return self.call("messages", die_at=die_at, text=text, message=message)

    def say_until_answered(self, text: str, message: str) -> None:
        """Send a message, again where need be, and ask for its reply until it has come: as the page does."""
        end = time.monotonic() + PATIENCE
        while self.say(text, message) == NOTHING:
            assert time.monotonic() < end, "the site does not answer"
            time.sleep(0.01)
        while (state := self.state())["waiting"] or state["unanswered"]:
            assert time.monotonic() < end, "no reply came"
            self.call("reply")

    def _ask(self, method: str, path: str, body: str | None = None, die_at: int | None = None) -> Told:
        headers = {"Cookie": f"{self.cookie}; csrftoken={_TOKEN}", "X-CSRFToken": _TOKEN}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if die_at is not None:
            headers[DIE_AT.decode()] = str(die_at)
        return ask(self.site.port, method, path, body, headers)


def ask(
    port: int, method: str, path: str, body: str | None = None, headers: dict[str, str] | None = None
) -> Told:
    """Ask a site for something; what came of it, if it lived."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        try:
            return Told(response.status, response.read().decode(), whole=True)
        except http.client.IncompleteRead as cut:
            return Told(response.status, cut.partial.decode(errors="replace"), whole=False)
    except (OSError, http.client.HTTPException):
        return NOTHING
    finally:
        connection.close()


def serve(port: int, ahead: float, silent_after: float | None) -> None:
    """Serve an installation until killed, as `assay site` does, with shorter patience for the dead."""
    os.setpgrp()
    _prepare_to_serve(ahead, silent_after)
    _serve(port)


def serve_again(port: int, ahead: float, silent_after: float | None) -> None:
    """The same, and again whenever it dies; everything is imported once."""
    os.setpgrp()
    _prepare_to_serve(ahead, silent_after)
    from django.conf import settings

    import assay_web.urls  # noqa: F401

    deaths: Path = settings.CONFIGURATION.home / DEATHS
    while True:
        child = os.fork()
        if not child:
            _serve(port)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        with deaths.open("a", encoding="utf-8") as file:
            file.write(f"{status}\n")


def _serve(port: int) -> None:
    from assay_web.commands.children import run_site

    run_site("127.0.0.1", port, until_parent_ends=False)


def _prepare_to_serve(ahead: float, silent_after: float | None) -> None:
    set_clock_ahead(ahead)
    if silent_after is not None:
        from assay_web.session import outages

        outages.SILENT_AFTER, outages.BEAT_SECONDS = timedelta(seconds=silent_after), silent_after / 10
    from assay_web.session import replies

    for name, seconds in (("LOST_AFTER_SECONDS", 0.3), ("BEAT_SECONDS", 0.1), ("POLL_SECONDS", 0.02)):
        assert hasattr(replies, name)
        setattr(replies, name, seconds)
    _lay_fuse()


def set_clock_ahead(seconds: float) -> None:
    """Let the installation's time in this process be ahead of the machine's."""
    from contextvars import ContextVar

    from assay_web import clock

    clock._clock = ContextVar("clock", default=lambda: datetime.now(UTC) + timedelta(seconds=seconds))


@dataclass(slots=True)
class _Fuse:
    passed: list[str] = field(default_factory=list)
    at: int = 0
    lit: bool = False

    def light(self, at: int) -> None:
        self.passed, self.at, self.lit = [], at, True

    def point(self, name: str) -> None:
        """A point of the work: here the process may be told to die."""
        if self.lit:
            self.passed.append(name)
            if len(self.passed) == self.at:
                os.kill(os.getpid(), signal.SIGKILL)


_fuse = _Fuse()


def _lay_fuse() -> None:
    from django.db.backends.base.base import BaseDatabaseWrapper

    import assay_web.asgi
    from assay.models.gateway import Gateway

    commit, stream = BaseDatabaseWrapper.commit, Gateway.stream

    def watched_commit(self: BaseDatabaseWrapper) -> None:
        _fuse.point("before a commit")
        commit(self)
        _fuse.point("after a commit")

    async def watched_stream(self: Gateway, *args: Any, **kwargs: Any) -> AsyncIterator[Any]:
        _fuse.point("before the model is asked")
        async for chunk in stream(self, *args, **kwargs):
            _fuse.point("a piece of the reply")
            yield chunk
        _fuse.point("after the last piece")

    BaseDatabaseWrapper.commit = watched_commit  # type: ignore[method-assign]
    Gateway.stream = watched_stream  # type: ignore[method-assign, assignment]
    assay_web.asgi.application = _watched(assay_web.asgi.application)  # type: ignore[assignment]


def _watched(application: Asgi) -> Asgi:
    async def watched(scope: dict[str, Any], receive: Asgi, send: Asgi) -> None:
        if scope.get("path") == POINTS:
            await _tell(send)
            return
        die_at = dict(scope.get("headers", ())).get(DIE_AT)
        if die_at is None:
            await application(scope, receive, send)
            return
        _fuse.light(int(die_at))
        _fuse.point("the request arrives")

        async def watched_receive() -> Any:
            message = await receive()
            _fuse.point("its body is read")
            return message

        async def watched_send(message: dict[str, Any]) -> None:
            _fuse.point(f"before {_named(message)}")
            await send(message)
            _fuse.point(f"after {_named(message)}")

        await application(scope, watched_receive, watched_send)

    return watched


def _named(message: dict[str, Any]) -> str:
    body = message.get("body", b"").decode()
    return body.partition("\n")[0] or str(message["type"])


async def _tell(send: Asgi) -> None:
    said = json.dumps(_fuse.passed).encode()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": said})
