"""The progress bar of a long run: on a terminal only, and on standard error."""

import json
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING
from zipfile import BadZipFile, ZipFile

from rich.console import Console

from assay.scoring.inputs import LONGEST_LINE, STANDARD_INPUT
from assay.scoring.inputs.inspect_logs import LOG_NAME, is_inspect_log

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

_BETWEEN_REDRAWS = 0.1
_BLOCK = 1 << 20
_HEAD = 4096
"""Bytes within which a log in JSON says that it is one."""


class Progress:
    """Shows sessions done, how many there are where that is known, sessions a second, and time left."""

    def __init__(
        self, console: Console, files: Sequence[str], *, what: str = "Scoring", total: int | None = None
    ) -> None:
        self._bar: Bar | None = None
        if console.is_terminal:
            self._bar = _bar(console)
            self._task = self._bar.add_task(what, total=total or count_sessions(files), rate="", note="")
        self._started = self._drawn = time.monotonic()
        self._done = 0

    def __enter__(self) -> "Progress":
        if self._bar:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar:
            self._bar.stop()

    def advance(self, result: object, *, note: str = "") -> None:
        """One more session is done, whatever came of it; `note` stands at the end of the line."""
        del result
        self._done += 1
        now = time.monotonic()
        if self._bar is None or now - self._drawn < _BETWEEN_REDRAWS:
            return
        self._drawn = now
        rate = f"{self._done / max(now - self._started, 0.001):.0f}/s"
        self._bar.update(self._task, completed=self._done, rate=rate, note=note, refresh=True)


def _bar(console: Console) -> "Bar":
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}"),
        console=console,
        # Without a thread of its own: processes are forked while the bar is shown.
        auto_refresh=False,
        transient=True,
    )


def count_sessions(files: Sequence[str]) -> int | None:
    """How many sessions the files hold, told by line ends and samples; None where that cannot be told."""
    total = 0
    for file in files:
        path = Path(file)
        if file == STANDARD_INPUT or not path.is_file():
            return None
        if path.suffix.lower() in (".jsonl", ".ndjson"):
            with path.open("rb") as stream:
                while block := stream.read(_BLOCK):
                    total += block.count(b"\n")
        else:
            total += _samples(path)
    return total


def _samples(path: Path) -> int:
    """Samples of an Inspect log. Whatever else it is, or where it is damaged, it stands for one line: 1."""
    try:
        if path.suffix.lower() == LOG_NAME:
            with ZipFile(path) as packed:
                return sum(name.startswith("samples/") for name in packed.namelist())
        with path.open("rb") as stream:
            if b'"eval"' not in (head := stream.read(_HEAD)):
                return 1
            value = json.loads(head + stream.read(LONGEST_LINE))
    except (OSError, BadZipFile, ValueError, RecursionError):
        return 1
    samples = value.get("samples") if is_inspect_log(value) else None
    return len(samples) if isinstance(samples, list) else 1
