"""How many sessions a second `assay score` scores, and how much memory it needs.

    python bench/throughput.py [DATA] [--synthetic N]

DATA is a folder with `sessions.jsonl` and `rubric.yaml`. The real command runs as its own process, once to
warm up the bytecode and then `REPEATS` times for each number of workers; the median time counts. Two rates
are given: over the whole command from start to exit, and over its scoring alone, as the command says it.
Processor time beside them tells a slow program from a busy machine.
Peak memory is the largest resident set of any process of the run (`ru_maxrss`), times the number of
processes: an upper bound, because forked processes share pages. The synthetic sessions repeat the real
ones under new ids, and show whether memory grows with the file.
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
DATA = ROOT.parent / "shared" / "data" / "real-chats"
REPEATS = 5
SYNTHETIC = 20_000
WORKERS = (1, 2)
COLUMNS = (
    "sessions",
    "workers",
    "seconds",
    "processor seconds",
    "sessions a second",
    "scoring alone",
    "peak memory, MB",
)

_SAID = re.compile(r"([\d,]+) sessions?:.*; ([\d.]+) s, (\d+) a second")


@dataclass(frozen=True, slots=True)
class Run:
    """One run: seconds from start to exit, seconds of processor time, its own rate, and peak memory in MB."""

    sessions: int
    seconds: float
    processor_seconds: float
    own_rate: float
    megabytes: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("data", nargs="?", type=Path, default=DATA)
    parser.add_argument("--synthetic", type=int, default=SYNTHETIC)
    wishes = parser.parse_args()
    sessions, rubric = wishes.data / "sessions.jsonl", wishes.data / "rubric.yaml"
    if not sessions.exists() or not rubric.exists():
        sys.exit(f"{wishes.data} holds no sessions.jsonl and rubric.yaml; name the folder that does")
    with tempfile.TemporaryDirectory() as folder:
        many = Path(folder) / "synthetic.jsonl"
        write_synthetic(sessions, many, wishes.synthetic)
        print(f"Python {sys.version.split()[0]}, {len(os.sched_getaffinity(0))} processors\n")
        print(f"| {' | '.join(COLUMNS)} |")
        print(f"|{'---:|' * len(COLUMNS)}")
        measure(sessions, rubric, workers=1, folder=Path(folder))
        for workers in WORKERS:
            print(row(workers, [measure(sessions, rubric, workers, Path(folder)) for _ in range(REPEATS)]))
        for workers in WORKERS:
            print(row(workers, [measure(many, rubric, workers, Path(folder))]))


def write_synthetic(source: Path, target: Path, count: int) -> None:
    """`count` sessions: the real ones over and over, each time under new ids."""
    with target.open("w", encoding="utf-8") as stream:
        for number, session in zip(range(count), forever(source), strict=False):
            stream.write(json.dumps({**session, "id": f"{session['id']}-{number}"}) + "\n")


def forever(source: Path) -> Iterator[dict[str, object]]:
    lines = source.read_text(encoding="utf-8").splitlines()
    sessions = [json.loads(line) for line in lines]
    while sessions:
        yield from sessions


def measure(sessions: Path, rubric: Path, workers: int, folder: Path) -> Run:
    """Run the command once, with its lines going to a file."""
    out = Path(tempfile.mkdtemp(dir=folder)) / "out"
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "src"),
        "PYTHONPYCACHEPREFIX": str(folder / "cache"),
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    arguments = [
        str(sessions),
        "--rubric",
        str(rubric),
        "--out",
        str(out),
        "--workers",
        str(workers),
        "--json",
    ]
    command = [sys.executable, "-c", _WATCHED, "score", *arguments]
    started = time.perf_counter()
    done = subprocess.run(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False, env=environment
    )
    seconds = time.perf_counter() - started
    said = _SAID.search(done.stderr)
    if done.returncode or said is None:
        sys.exit(f"assay score failed: {done.stderr[-2000:]}")
    own, children, processor_seconds = (float(number) for number in done.stderr.split()[-3:])
    memory = own + (children * workers if workers > 1 else 0)
    return Run(
        sessions=int(said.group(1).replace(",", "")),
        seconds=seconds,
        processor_seconds=processor_seconds,
        own_rate=float(said.group(3)),
        megabytes=memory * _UNIT / 1e6,
    )


_UNIT = 1 if sys.platform == "darwin" else 1024
_WATCHED = """
import resource, sys
from assay.cli import main
try:
    main()
finally:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    seconds = sum(each.ru_utime + each.ru_stime for each in used)
    print(*(each.ru_maxrss for each in used), seconds, file=sys.stderr)
"""


def row(workers: int, runs: list[Run]) -> str:
    seconds = statistics.median(run.seconds for run in runs)
    cells = (
        f"{runs[0].sessions:,}",
        workers,
        f"{seconds:.2f}",
        f"{statistics.median(run.processor_seconds for run in runs):.2f}",
        f"{runs[0].sessions / seconds:.0f}",
        f"{statistics.median(run.own_rate for run in runs):.0f}",
        f"{max(run.megabytes for run in runs):.0f}",
    )
    return f"| {' | '.join(map(str, cells))} |"


if __name__ == "__main__":
    main()
