"""Ratings a second: a judge over many sessions, beside other ways to ask the same endpoint as often.

    python bench/judging.py [--sessions 200] [--at-once 64] [--peers PYTHON] [--memory]

A scripted endpoint, in a process of its own on this machine, answers every request after 100 ms. Each way
asks it about `--sessions` sessions and six criteria, in a process of its own, `--at-once` calls at a time:

- assay: `assay.scoring.judge_batch`, every answer read, checked and on the disk before it counts;
- openai: a bare loop over the `openai` client, which keeps and checks nothing;
- inspect: Inspect AI's `model_graded_qa`; deepeval: DeepEval's `GEval`, both as their documentation has it.

`--peers` names a Python that has `openai`, `inspect-ai` and `deepeval`; without it only assay is measured.
`--memory` then judges ten and a hundred times as many sessions, without a delay, and prints what they took.
"""

import argparse
import asyncio
import json
import os
import resource
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).parents[1]
EXERCISE = "labeling-assistant"
CRITERIA = 6
DELAY = 0.1
QUOTE = "First write the label guide with five labels"
ANSWERS = {
    "assay": json.dumps(
        {"quotes": [{"turn": 0, "text": QUOTE}], "reason": "A plan first.", "level": 3, "unscored": None}
    ),
    "openai": "3",
    "inspect": "The plan is there.\n\nGRADE: C",
    "deepeval": json.dumps({"score": 7, "reason": "A plan first.", "steps": ["Look for a plan."]}),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--sessions", type=int, default=200)
    parser.add_argument("--at-once", type=int, default=64)
    parser.add_argument("--peers", default="")
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--one", choices=list(ANSWERS), help=argparse.SUPPRESS)
    parser.add_argument("--address", help=argparse.SUPPRESS)
    wishes = parser.parse_args()
    if wishes.one:
        print(json.dumps(measured(wishes.address, wishes.sessions, wishes.at_once)))
        return
    print(
        f"{wishes.sessions} sessions, {CRITERIA} criteria, {wishes.at_once} calls at a time, {DELAY:g} s each"
    )
    ways = list(ANSWERS) if wishes.peers else ["assay"]
    found = {way: _run(way, wishes, wishes.sessions, DELAY) for way in ways}
    for way, seen in found.items():
        _show(way, seen, found["assay"])
    for times in (1, 10, 100) if wishes.memory else ():
        _show("assay", _run("assay", wishes, wishes.sessions * times, 0.0), found["assay"])


def _run(way: str, wishes: argparse.Namespace, sessions: int, delay: float) -> dict[str, Any]:
    """One way, in a process of its own, against an endpoint of its own."""
    own = way == "assay"
    script = str(Path(__file__) if own else ROOT / "bench" / "judging_peers.py")
    with (
        tempfile.TemporaryDirectory(prefix="assay-bench-") as folder,
        endpoint(folder, way, delay) as address,
    ):
        command = [sys.executable if own else wishes.peers, script, "--one", way, "--address", address]
        command += ["--sessions", str(sessions), "--at-once", str(wishes.at_once)]
        environ = {**os.environ, "OPENAI_API_KEY": "none", "DEEPEVAL_TELEMETRY_OPT_OUT": "YES"}
        if own:
            environ["PYTHONPATH"] = str(ROOT / "src")
        done = subprocess.run(command, cwd=folder, env=environ, check=True, stdout=subprocess.PIPE, text=True)
    seen: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return seen


def _show(way: str, seen: dict[str, Any], assay: dict[str, Any]) -> None:
    rate = seen["ratings"] / seen["seconds"]
    ratio = assay["ratings"] / assay["seconds"] / rate
    print(
        f"{way:9} {seen['ratings']:7,} ratings in {seen['seconds']:7.1f} s: {rate:6.0f} a second"
        f" (assay: {ratio:.1f} times that), processor {seen['processor']:.1f} s, {seen['megabytes']:.0f} MB"
    )


@contextmanager
def endpoint(folder: str, way: str, delay: float) -> Iterator[str]:
    """The scripted endpoint, which answers as this way wants it."""
    script = Path(folder) / "replies.yaml"
    usage = {"prompt": 900, "completion": 60}
    reply = {"text": ANSWERS[way], "first_delay": delay, "usage": usage}
    script.write_text(json.dumps({"model": "scripted", "after_last": "restart", "replies": [reply]}))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    process = subprocess.Popen(
        [sys.executable, "-m", "assay.models.scripted", str(script), "--port", str(port)],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait_for(f"http://127.0.0.1:{port}/v1/models")
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(address: str) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with suppress(URLError, ConnectionError):
            urlopen(address, timeout=5).close()
            return
        time.sleep(0.05)
    raise SystemExit("the endpoint did not start")


def measured(address: str, sessions: int, at_once: int) -> dict[str, Any]:
    """A judge over so many sessions; ratings, seconds, processor seconds and the most memory in MB."""
    from assay.models.gateway import open_gateway
    from assay.scoring.judge.settings import read_judge
    from assay.scoring.judge_batch import AnswerFile, Pace, judge_sessions

    settings = read_judge(f"scripted@{address}")
    began, processor = time.perf_counter(), time.process_time()
    with AnswerFile(Path("answers.sqlite3")) as answers:
        standing = asyncio.run(
            judge_sessions(open_gateway, cases(sessions), settings, answers, Pace(at_once), begun=at_once)
        )
    if standing.failed or standing.stopped:
        raise SystemExit(f"not everything was answered: {standing}")
    return {
        "ratings": standing.ratings,
        "seconds": time.perf_counter() - began,
        "processor": time.process_time() - processor,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def cases(sessions: int) -> Iterator[Any]:
    """Sessions of a shipped exercise with six criteria, each different."""
    from assay.library.exercises import find_exercise
    from assay.scoring.raters import Case
    from assay.session.transcript import DeliverableVersion, Transcript, Turn

    exercise = find_exercise(EXERCISE)
    criteria = dict(exercise.rubric.criteria)
    criteria["sixth"] = next(iter(criteria.values()))
    rubric = exercise.rubric.model_copy(update={"criteria": dict(list(criteria.items())[:CRITERIA])})
    for number in range(sessions):
        said = [
            f"{QUOTE}. Then label every review of the list, and mark what is unsure. Case {number}.",
            "Here is a guide with five labels, and a table with the sixteen reviews. " * 12,
            "Row 4 is ironic: it praises the box and complains about the tool. Make it negative and say why.",
            "You are right. I have changed row 4 to negative, since the praise is ironic. " * 6,
            "Check every row against the guide once more, and list those where two labels would do.",
            "Rows 7 and 12 could be neutral or mixed. " * 6,
        ]
        turns = [
            Turn(index=place, role="assistant" if place % 2 else "user", text=text)
            for place, text in enumerate(said)
        ]
        deliverable = DeliverableVersion(text=f"# Guide {number}\n" + "| row | label |\n" * 16, after_turn=5)
        yield Case(Transcript(turns=tuple(turns), deliverable=(deliverable,)), rubric, exercise)


if __name__ == "__main__":
    main()
