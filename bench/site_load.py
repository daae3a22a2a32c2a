"""Hundreds of candidates at once on one machine: what the site adds to a reply, and what it costs to save.

    python bench/site_load.py [--replies 900] [--candidates 600] [--processes 2] [--postgresql]

A real site runs on a fresh installation, as `--processes` processes over which browsers are spread as a proxy
spreads them, beside the scripted endpoint and a process of browsers, all on this machine. Three phases, in
one run:

1. the endpoint alone: `--replies` replies of 40 pieces begin within 10 s, asked for directly;
2. the site: the same through candidates' sessions, while 100 others type and autosave;
3. `--candidates` candidates type, autosave, and hand in within one minute.

Printed are times to the first piece for 1 and 2 and what the site adds, autosaves and submits, and a count of
everything that has to be in the database afterwards.
"""

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

import psutil

ROOT = Path(__file__).parents[1]
PIECES, FIRST_DELAY, DELAY = 40, 0.2, 0.05
WITHIN_REPLIES, WITHIN_SUBMITS = 10.0, 60.0
TYPING, WARM_UP = 100, 20
SHOWN = (50, 95, 99)
START_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Place:
    """A scratch installation: its folder, and the environment of its processes."""

    folder: Path
    environ: dict[str, str]
    sites: tuple[str, ...]
    endpoint: str


class Meter:
    """Processor seconds of the endpoint and of the site since the last look."""

    def __init__(self, endpoint: psutil.Process, sites: Sequence[psutil.Process]) -> None:
        self._processes = {"endpoint": [endpoint], "site": list(sites)}
        self._before = self._read()

    def since(self) -> dict[str, float]:
        now = self._read()
        passed = {name: now[name] - self._before[name] for name in now}
        self._before = now
        return passed

    def _read(self) -> dict[str, float]:
        return {
            name: sum(sum(one.cpu_times()[:2]) for one in family) for name, family in self._processes.items()
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--replies", type=int, default=900)
    parser.add_argument("--candidates", type=int, default=600)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--postgresql", action="store_true")
    wishes = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="assay-bench-") as folder:
        place = prepare(Path(folder), wishes.processes, postgresql=wishes.postgresql)
        people = _people(place, wishes.replies + TYPING)
        with running(place) as (endpoint, *sites):
            report(place, people, wishes, Meter(endpoint, sites))


def prepare(folder: Path, processes: int, *, postgresql: bool) -> Place:
    """An empty installation whose assistant is a scripted endpoint on a port of its own."""
    script = folder / "replies.yaml"
    pieces = [f"piece {number} of a reply that says something " for number in range(PIECES)]
    reply = {"chunks": pieces, "first_delay": FIRST_DELAY, "delay": DELAY}
    script.write_text(json.dumps({"model": "scripted", "after_last": "restart", "replies": [reply]}))
    endpoint, *sites = (f"http://127.0.0.1:{free_port()}" for _ in range(1 + processes))
    environ = {
        **os.environ,
        "ASSAY_HOME": str(folder / "home"),
        "ASSAY_ADDRESS": sites[0],
        "ASSAY_MODEL": f"scripted@{endpoint}/v1",
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
    }
    environ.pop("DATABASE_URL", None)
    if postgresql:
        sys.path.insert(0, str(ROOT))
        from tests.postgresql import running_server

        environ["DATABASE_URL"] = running_server().fresh_database("bench")
    return Place(folder, environ, tuple(sites), f"{endpoint}/v1")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _people(place: Place, count: int) -> list[dict[str, str]]:
    file = place.folder / "people.json"
    command = [sys.executable, str(ROOT / "bench" / "site_people.py"), str(count), str(file)]
    subprocess.run(command, env=place.environ, check=True)
    people: list[dict[str, str]] = json.loads(file.read_text())
    return people


@contextmanager
def running(place: Place) -> Iterator[list[psutil.Process]]:
    """The endpoint and the processes of the site, until the block ends."""
    script = str(place.folder / "replies.yaml")
    commands = [
        [sys.executable, "-m", "assay.models.scripted", script, "--port", port_of(place.endpoint)],
        *(
            [str(Path(sys.executable).with_name("assay")), "site", "--port", port_of(one)]
            for one in place.sites
        ),
    ]
    started = [subprocess.Popen(command, env=place.environ, cwd=place.folder) for command in commands]
    try:
        for address in (f"{place.endpoint}/models", *(f"{one}/account/login/" for one in place.sites)):
            _wait_for(address)
        yield [psutil.Process(process.pid) for process in started]
    finally:
        for process in started:
            process.send_signal(signal.SIGTERM)
        for process in started:
            process.wait(30)


def port_of(address: str) -> str:
    return str(urlsplit(address).port)


def _wait_for(address: str) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            urlopen(address, timeout=5).close()
        except (URLError, ConnectionError, TimeoutError):
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return


def report(place: Place, people: list[dict[str, str]], wishes: argparse.Namespace, meter: Meter) -> None:
    """Run the three phases and print what they measured."""
    sending, typing = people[TYPING:], people[:TYPING]
    # The first replies of a process also load what they need.
    _browse(place, meter, what="replies", people=typing[:WARM_UP], within=1.0)
    alone = _browse(place, meter, what="endpoint", people=sending, within=WITHIN_REPLIES)
    site = _browse(place, meter, what="replies", people=sending, typing=typing, within=WITHIN_REPLIES)
    handing_in = sending[: wishes.candidates]
    end = _browse(place, meter, what="submits", people=handing_in, within=WITHIN_SUBMITS)
    print(
        f"{wishes.replies} replies of {PIECES} pieces begun within {WITHIN_REPLIES:g} s; open at once: ",
        end="",
    )
    print(f"{alone['most_open']} at the endpoint alone, {site['most_open']} through the site")
    print(row("first piece, endpoint alone", alone["first_piece"]))
    print(row("first piece, through the site", site["first_piece"]))
    added = (percentile(site["first_piece"], p) - percentile(alone["first_piece"], p) for p in SHOWN)
    print(line("added by the site", added))
    print(row("whole reply, endpoint alone", alone["whole_reply"]))
    print(row("whole reply, through the site", site["whole_reply"]))
    print(row("autosave while replies stream", site["saves"]))
    print(row("autosave while all hand in", end["saves"]))
    print(row("look at the state", site["looks"] + end["looks"]))
    print(row("submit", end["submits"]))
    for name, phase in (("endpoint alone", alone), ("replies", site), ("handing in", end)):
        print(f"processor seconds, {name}:", ", ".join(f"{k} {v:.1f}" for k, v in phase["work"].items()))
        for problem in phase["problems"][:5]:
            print("problem:", problem)
    print(f"browsers late by at most {max(alone['late'] + site['late']) * 1000:.0f} ms")
    print(", ".join(f"{name}: {number}" for name, number in _kept(place).items()))


def _browse(place: Place, meter: Meter, **plan: Any) -> dict[str, Any]:
    file = place.folder / "plan.json"
    file.write_text(json.dumps({"sites": place.sites, "endpoint": place.endpoint, **plan}))
    command = [sys.executable, str(ROOT / "bench" / "site_clients.py"), str(file)]
    meter.since()
    done = subprocess.run(command, env=place.environ, check=True, capture_output=True, text=True)
    seen: dict[str, Any] = json.loads(done.stdout)
    seen["work"] = {**meter.since(), "browsers": seen["work"]}
    return seen


def percentile(values: Sequence[float], percent: float) -> float:
    """The value below which that many percent lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] if ordered else float("nan")


def row(name: str, seconds: Sequence[float]) -> str:
    return f"{line(name, (percentile(seconds, p) for p in SHOWN))}   n {len(seconds)}"


def line(name: str, seconds: Iterable[float]) -> str:
    shown = (f"p{p} {value * 1000:7.1f} ms" for p, value in zip(SHOWN, seconds, strict=True))
    return f"{name:32}" + "   ".join(shown)


def _kept(place: Place) -> dict[str, int]:
    script = (
        "import django, json; django.setup()\n"
        "from assay_web.session.models import CandidateSession as S, SessionEvent as E\n"
        "from assay_web.jobs.models import ScoringJob as J\n"
        "print(json.dumps({'replies kept': E.objects.filter(kind='reply_finished').count(),"
        "'failed': E.objects.filter(kind='reply_failed').count(),"
        "'handed in': S.objects.filter(ended_by='submitted').count(),"
        "'deliverables as handed in': sum(s.state['deliverable'].startswith('Handed in by')"
        " for s in S.objects.filter(ended_by='submitted')),"
        "'scoring jobs': J.objects.count()}))"
    )
    environ = {**place.environ, "DJANGO_SETTINGS_MODULE": "assay_web.settings"}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environ, check=True, capture_output=True, text=True
    )
    counted: dict[str, int] = json.loads(done.stdout)
    return counted


if __name__ == "__main__":
    main()
