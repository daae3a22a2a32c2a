"""Running the site and a worker as one: they start and stop together, and a dead worker is replaced."""

import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field

import typer
from django.conf import settings

from assay.errors import UserMistake
from assay_web.commands import ready

START_SECONDS = 60
STOP_SECONDS = 40
LONGEST_PAUSE = 30.0
STEADY_SECONDS = 60.0
"""A worker that ran this long is started again at once; one that keeps dying, after longer pauses."""


@dataclass(slots=True)
class Child:
    """One of the processes; killed with this one, since it watches the pipe to its standard input."""

    arguments: list[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = 0.0

    def start(self) -> None:
        """Start it, out of reach of the terminal's Ctrl-C: it is told to stop in good order."""
        command = [sys.executable, "-m", "assay_web.commands.children", *self.arguments]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)
        self.started = time.monotonic()

    def ended(self) -> int | None:
        """Its exit code, or None while it runs."""
        return self.process.poll() if self.process is not None else None

    def tell_to_stop(self) -> None:
        """Ask it to end."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait(self, until: float) -> None:
        """Wait for its end, and end it the hard way after that moment."""
        if self.process is None:
            return
        try:
            self.process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@dataclass(slots=True)
class _Stop:
    asked: threading.Event = field(default_factory=threading.Event)

    def hear(self, *_: object) -> None:
        self.asked.set()


def run_together(host: str, port: int, at_once: int) -> None:
    """Prepare everything, run both processes, and stop both on Ctrl-C.

    Raises:
        UserMistake: the port is taken, or the database cannot be used.
    """
    check_port(host, port)
    ready.migrate()
    lines = _what_to_open()
    site = Child(["site", "--host", host, "--port", str(port)])
    worker = Child(["worker", "--at-once", str(at_once)])
    stop = _Stop()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop.hear)
    try:
        site.start()
        worker.start()
        _wait_for_site(site, host, port, stop.asked)
        if not stop.asked.is_set():
            typer.echo("\n".join(lines))
        _watch(site, worker, stop.asked)
    finally:
        until = time.monotonic() + STOP_SECONDS
        for child in (site, worker):
            child.tell_to_stop()
        for child in (site, worker):
            child.wait(until)


def check_port(host: str, port: int) -> None:
    """Refuse a port that cannot be listened on.

    Raises:
        UserMistake: another process listens there, or this one may not.
    """
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            demo = f"ASSAY_ADDRESS=http://127.0.0.1:{port + 1} make demo"
            another = demo if settings.CONFIGURATION.demo else f"assay up --port {port + 1}"
            raise UserMistake(
                f"Assay cannot listen on port {port} of {host}: {(error.strerror or str(error)).lower()}",
                remedy=f"Stop what uses it, or choose another: {another}",
            ) from error


def _what_to_open() -> list[str]:
    """Say where the site is and, in the demo, make the example data and links to begin with."""
    address = settings.CONFIGURATION.address
    lines = ["", f"Assay runs at {address}", ""]
    if settings.CONFIGURATION.demo:
        from assay_web import demo

        lines += demo.prepare(typer.echo)
    else:
        from assay_web.accounts.models import User

        if not User.objects.exists():
            lines += ["Nobody has an account yet. In another terminal: assay create-owner", ""]
    return [*lines, "Ctrl-C stops it. Nothing is lost: what is under way goes on at the next start.", ""]


def _wait_for_site(site: Child, host: str, port: int, stop: threading.Event) -> None:
    reach = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and site.ended() is None and not stop.is_set():
        with suppress(OSError), socket.create_connection((reach, port), timeout=1):
            return
        stop.wait(0.1)


def _watch(site: Child, worker: Child, stop: threading.Event) -> None:
    """Look after both until they are to stop.

    Raises:
        UserMistake: the site has ended by itself.
    """
    while not stop.wait(0.3):
        if (code := site.ended()) is not None:
            raise UserMistake(
                f"The site has ended by itself, with code {code}", remedy="What it said stands above"
            )
        if (code := worker.ended()) is not None:
            _replace(worker, code, stop)


def _replace(worker: Child, code: int, stop: threading.Event) -> None:
    steady = time.monotonic() - worker.started > STEADY_SECONDS
    worker.pause = 0.0 if steady else min(LONGEST_PAUSE, worker.pause * 2 or 1.0)
    typer.echo(f"The worker ended with code {code}; another is started in {worker.pause:.0f} s", err=True)
    if not stop.wait(worker.pause):
        worker.start()
