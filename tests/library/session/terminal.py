"""A real `assay try` process, its files, and a scripted model for it to talk to."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from tests.bots import make_exercise

from assay.session.events import Event
from assay.session.journal import read_journal

DEADLINE = 60.0
COMMAND = (sys.executable, "-c", "from assay.cli import main; main()", "try")
SOURCES = Path(__file__).parents[3] / "src"


class Desk:
    """A folder with an exercise, a script and kept sessions."""

    def __init__(self, folder: Path, replies: Sequence[Mapping[str, Any]] = (), **exercise: Any) -> None:
        self.folder = folder
        self.sessions = folder / "sessions"
        self.record = folder / "record.json"
        self.exercise = folder / "shelf-labels"
        self.exercise.mkdir()
        content = make_exercise(**exercise).model_dump(mode="python", exclude_none=True)
        plain = yaml.safe_dump(json_like(content), sort_keys=False)
        (self.exercise / "exercise.yaml").write_text(plain, encoding="utf-8")
        self.script = folder / "script.yaml"
        self.say(*(replies or [{"text": "Noted."}]))

    def say(self, *replies: Mapping[str, Any]) -> None:
        """What the model says from now on."""
        script = {"after_last": "repeat", "replies": [dict(reply) for reply in replies]}
        self.script.write_text(yaml.safe_dump(script), encoding="utf-8")

    def start(self, *options: str) -> list[str]:
        """The command for a new session."""
        return [*COMMAND, str(self.exercise), "--model", f"scripted:{self.script}", *self.common(), *options]

    def resume(self, *options: str) -> list[str]:
        """The command that goes on with the only session there is."""
        return [*COMMAND, "--resume", self.journal.stem, *self.common(), *options]

    def common(self) -> list[str]:
        return ["--sessions", str(self.sessions), "--out", str(self.record)]

    @property
    def journal(self) -> Path:
        (path,) = self.sessions.glob("*.jsonl")
        return path

    @property
    def events(self) -> tuple[Event, ...]:
        return read_journal(self.journal).events

    def recorded(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(self.record.read_text(encoding="utf-8"))
        return content


def json_like(value: Any) -> Any:
    """Tuples as lists, so that YAML can write them."""
    if isinstance(value, dict):
        return {key: json_like(item) for key, item in value.items()}
    return [json_like(item) for item in value] if isinstance(value, list | tuple) else value


def surroundings() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(SOURCES), "COLUMNS": "100", "PYTHONUTF8": "1"}


def finish(
    command: Sequence[str], typed: str, without: Sequence[str] = ()
) -> subprocess.CompletedProcess[str]:
    """Run to the end with everything typed beforehand, without these environment variables."""
    return subprocess.run(
        command,
        input=typed,
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        env={name: value for name, value in surroundings().items() if name not in without},
        check=False,
    )


class Running:
    """A process that runs while a test watches what it writes."""

    def __init__(self, command: Sequence[str]) -> None:
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=surroundings(),
        )
        self.output = b""
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        while piece := os.read(self.process.stdout.fileno(), 4096):
            self.output += piece

    def type(self, text: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(text.encode())
        self.process.stdin.flush()

    def until(self, words: str, count: int = 1) -> None:
        """Wait until the process has written these words so often."""
        self._wait(lambda: self.output.count(words.encode()) >= count, f"{words!r} was not written")

    def until_written(self, size: int) -> None:
        """Wait until the process has written so many bytes, or has ended."""
        self._wait(lambda: len(self.output) >= size or self.process.poll() is not None, "too little came")

    def interrupt(self) -> None:
        self.process.send_signal(signal.SIGINT)

    def kill(self) -> str:
        """End it at once; what it had written."""
        self.process.kill()
        return self.end()

    def end(self) -> str:
        """Wait for the end; what it had written."""
        if self.process.stdin is not None:
            self.process.stdin.close()
        self.process.wait(DEADLINE)
        self._reader.join(DEADLINE)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return self.output.decode(errors="replace")

    def _wait(self, is_done: Any, complaint: str) -> None:
        until = time.monotonic() + DEADLINE
        while not is_done():
            if time.monotonic() > until or (self.process.poll() is not None and not self._reader.is_alive()):
                assert is_done(), f"{complaint}; so far: {self.output.decode(errors='replace')}"
                return
            self._reader.join(0.002)
