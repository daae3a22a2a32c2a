"""A real browser before a real site: its own process, a scripted model, and time enough."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from tests.chromium import ARGUMENTS, find_chromium

ROOT = Path(__file__).parents[2]
PATIENCE = 60
expect.set_options(timeout=20_000)
SCRIPT = """\
after_last: repeat
replies:
  - text: "Reviews 3, 7 and 9 can be read in two ways: late delivery, a mixed verdict, and sarcasm."
    chunks: 12
    delay: 0.05
"""


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@dataclass(slots=True)
class Site:
    """A site in a process of its own, which can be killed and started again.

    The assistant follows `script` unless another `model` is set; the `drafting_model` is the assistant's
    unless it is set.
    """

    home: Path
    script: Path
    port: int = field(default_factory=free_port)
    exercise: str = "labeling-assistant"
    model: str = ""
    drafting_model: str = ""
    links: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[str] | None = None

    @property
    def address(self) -> str:
        """Where browsers reach it."""
        return f"http://127.0.0.1:{self.port}"

    def start(self, *, fresh: bool = False) -> None:
        """Start it, and wait until it answers."""
        environ = {
            **os.environ,
            "ASSAY_HOME": str(self.home),
            "ASSAY_MODEL": self.model or f"scripted:{self.script}",
            "ASSAY_ADDRESS": self.address,
            "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
        }
        environ.pop("DATABASE_URL", None)
        environ.pop("ASSAY_DRAFTING_MODEL", None)
        if self.drafting_model:
            environ["ASSAY_DRAFTING_MODEL"] = self.drafting_model
        command = [sys.executable, "-m", "tests.whole_site", str(self.port), "--exercise", self.exercise]
        self.process = subprocess.Popen(
            [*command, *(["--fresh"] if fresh else [])],
            cwd=ROOT,
            env=environ,
            stdout=subprocess.PIPE,
            text=True,
        )
        if fresh:
            assert self.process.stdout is not None
            line = self.process.stdout.readline()
            assert line, "the site stopped before it served"
            self.links = json.loads(line)
        self._wait_until_it_answers()

    def kill(self) -> None:
        """End it as a power cut would."""
        if self.process is None:
            return
        self.process.kill()
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()
        self.process = None

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            assert self.process is not None
            assert self.process.poll() is None, "the site stopped by itself"
            try:
                urllib.request.urlopen(f"{self.address}/static/assay.css", timeout=5).close()
                return
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        raise AssertionError("the site does not answer")


@pytest.fixture
def site(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Site]:
    """A fresh site, ended with the test; its exercise is another one where a test asks for that."""
    script = tmp_path / "replies.yaml"
    script.write_text(SCRIPT, encoding="utf-8")
    exercise = getattr(request, "param", "labeling-assistant")
    site = Site(tmp_path / "home", script, exercise=exercise)
    try:
        site.start(fresh=True)
        yield site
    finally:
        site.kill()


@pytest.fixture
def browser() -> Iterator[Browser]:
    """A Chromium. Each test has its own, since the driver's event loop must not outlive its test."""
    chromium = find_chromium()
    if chromium is None:
        pytest.skip("no Chromium was found: make chromium installs one")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(chromium), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A fresh profile of the browser; a script that fails on a page fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 860})
    context.set_default_timeout(20_000)
    problems: list[str] = []
    context.on("weberror", lambda error: problems.append(str(error.error)))
    yield context
    context.close()
    assert problems == []


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A tab."""
    return context.new_page()
