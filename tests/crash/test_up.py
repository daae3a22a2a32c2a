"""`assay up`: the site and a worker that start together, stop together, and go on after a death."""

import re
import signal
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode

import psutil
import pytest
from tests.web.ground.operator import ASSAY, environ, free_port

PATIENCE = 60


def until(what: Callable[[], object]) -> None:
    """Wait until it is so."""
    end = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.05)


class Up:
    """A running `assay up`, and what it has said."""

    def __init__(self, home: Path) -> None:
        self.said = home.parent / "said.txt"
        self.port = free_port()
        with self.said.open("wb") as out:
            self.process = subprocess.Popen(
                [*ASSAY, "up", "--port", str(self.port)],
                env=environ(home) | {"ASSAY_DEMO": "1"},
                stdout=out,
                stderr=out,
                start_new_session=True,
            )

    def text(self) -> str:
        return self.said.read_text()

    def children(self, which: str) -> list[psutil.Process]:
        """Its processes of a kind that are alive."""
        children = psutil.Process(self.process.pid).children()
        return [child for child in children if alive(child) and which in child.cmdline()]


def alive(process: psutil.Process) -> bool:
    """Whether it runs; one that has ended and that nobody has asked after does not."""
    return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)


@contextmanager
def running(home: Path) -> Iterator[Up]:
    """`assay up` with the demo's data, once it has said where it is."""
    up = Up(home)
    try:
        until(lambda: "Ctrl-C stops it" in up.text() or up.process.poll() is not None)
        assert up.process.poll() is None, up.text()
        yield up
    finally:
        up.process.kill()
        up.process.wait()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Where the installation will be."""
    return tmp_path / "home"


def test_one_command_gives_a_running_site_whose_worker_scores(home: Path) -> None:
    with running(home) as up:
        link = re.search(r"http://\S+/sign-in/\S+", up.text())
        assert link is not None
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        page = browser.open(link[0]).read().decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        assert token is not None
        browser.open(link[0], urlencode({"csrfmiddlewaretoken": token[1]}).encode())
        operations = f"http://127.0.0.1:{up.port}/operations/"
        until(
            lambda: re.search(
                r"done in 24 h</dt><dd class=\"num\">6<", browser.open(operations).read().decode()
            )
        )
        children = up.children("site") + up.children("worker")
        up.process.send_signal(signal.SIGINT)
        assert up.process.wait(PATIENCE) == 0
        assert len(children) == 2
        assert not any(alive(child) for child in children)


def test_a_worker_that_dies_is_replaced_and_nothing_outlives_a_killed_parent(home: Path) -> None:
    with running(home) as up:
        (first,) = up.children("worker")
        first.kill()
        until(lambda: [child for child in up.children("worker") if child.pid != first.pid])
        assert "another is started" in up.text()
        ours = up.children("worker") + up.children("site")
        up.process.kill()
        up.process.wait()
        until(lambda: not any(alive(child) for child in ours))
