"""`assay up` as an operator runs it: one command, a site and a worker, and what it prints."""

import os
import re
import signal
import subprocess
import time
from pathlib import Path

from tests.web.ground.operator import ASSAY, environ, free_port

START_SECONDS, STOP_SECONDS = 60, 60
LINK = r"http://127\.0\.0\.1:\d+/{place}/\S+"


class AssayUp:
    """A running `assay up`, on a free port where none is given, with these settings and no others."""

    def __init__(self, home: Path, *, port: int | None = None, **settings: str) -> None:
        self.port = port or free_port()
        self._said = home.with_name("said.txt")
        with self._said.open("wb") as out:
            self._process = subprocess.Popen(
                [*ASSAY, "up", "--port", str(self.port)],
                env=environ(home) | settings,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait_until_it_says_where_it_is(self) -> None:
        """Wait for the last line of what is printed at the start."""
        until = time.monotonic() + START_SECONDS
        while "Ctrl-C stops it" not in self.said:
            assert self._process.poll() is None, self.said
            assert time.monotonic() < until, f"it does not start: {self.said}"
            time.sleep(0.05)

    @property
    def said(self) -> str:
        """What the terminal shows so far."""
        return self._said.read_text(encoding="utf-8")

    @property
    def sign_in_link(self) -> str:
        """The link that signs the team's owner in."""
        return self._printed("sign-in")

    @property
    def invitation_link(self) -> str:
        """The link that makes a candidate of whoever opens it."""
        return self._printed("i")

    def _printed(self, place: str) -> str:
        found = re.findall(LINK.format(place=place), self.said)
        assert len(found) == 1, self.said
        return str(found[0])

    def stop(self) -> None:
        """Press Ctrl-C; whatever does not stop by itself is ended, with all that it started."""
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            raise
