"""A batch that is killed, again and again, pays for no finished answer twice."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from tests.library.models.conftest import ENVIRON, Serve
from tests.library.scoring.judge_batch.sessions import (
    AGAIN,
    ANSWER,
    CALL_TOKENS,
    EXERCISE,
    cases,
    criteria,
    save,
)

from assay.models.scripted import ScriptedServer
from assay.scoring.judge.requests import prompt_hash, requests_for
from assay.scoring.judge.settings import read_judge
from assay.scoring.judge_batch import AnswerFile

AT_ONCE = 16


class Batch:
    """`assay score` with a judge, as a process that can be killed."""

    def __init__(self, server: ScriptedServer, folder: Path, sessions: int) -> None:
        self.server, self.folder, self.sessions = server, folder, sessions
        self.file = save(folder / "sessions.jsonl", sessions)
        self.answers = folder / "answers.sqlite3"
        judge = read_judge(f"scripted@{server.base_url}", {})
        self.keys = {one.prompt: one.key for case in cases(sessions) for one in requests_for(case, judge)}
        assert len(self.keys) == sessions * criteria()

    def start(self, *more: str) -> "subprocess.Popen[str]":
        command = [
            sys.executable,
            "-c",
            "from assay.cli import main; main()",
            "score",
            str(self.file),
            "--exercise",
            EXERCISE,
        ]
        command += ["--judge", f"scripted@{self.server.base_url}", "--answers", str(self.answers)]
        command += ["--concurrency", str(AT_ONCE), "--json", *more]
        return subprocess.Popen(
            command, env=ENVIRON, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def kill_after(self, calls: int, *more: str) -> None:
        """Let it ask so many more questions, and kill it."""
        until, process = self.server.calls + calls, self.start(*more)
        deadline = time.monotonic() + 60
        while self.server.calls < until and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.001)
        process.send_signal(signal.SIGKILL)
        process.communicate()

    def finished(self) -> set[str]:
        """The prompts whose answers are kept."""
        if not self.answers.exists():
            return set()
        with AnswerFile(self.answers) as answers:
            return {prompt for prompt, key in self.keys.items() if answers.get(key)}

    def asked(self, since: int) -> list[str]:
        """The prompts of all requests after the first `since`."""
        return [prompt_hash(request.messages) for request in self.server.requests if request.number > since]


def end(process: "subprocess.Popen[str]") -> tuple[int, list[dict[str, Any]], str]:
    out, errors = process.communicate(timeout=300)
    return process.returncode, [json.loads(line) for line in out.splitlines()], errors


def kill_and_go_on(serve: Serve, folder: Path, *, sessions: int, kills: int, seed: int) -> None:
    server = serve({**ANSWER, "first_delay": 0.005}, **AGAIN)
    server.requests = type(server.requests)(maxlen=None)
    batch, chance = Batch(server, folder, sessions), random.Random(seed)
    everything = len(batch.keys)
    for _ in range(kills):
        before, since = batch.finished(), server.calls
        batch.kill_after(chance.randint(1, max(1, everything // (kills + 2))))
        assert before.isdisjoint(batch.asked(since))
    before, since = batch.finished(), server.calls
    code, lines, errors = end(batch.start())
    assert code == 0, errors
    assert before.isdisjoint(batch.asked(since))
    assert batch.finished() == set(batch.keys)
    assert server.calls <= everything + kills * AT_ONCE
    assert len(lines) == sessions
    for line in lines:
        assert [len(one["ratings"]) for one in line["criteria"].values()] == [1] * criteria()
        assert {one["level"] for one in line["criteria"].values()} == {3.0}


def test_a_batch_that_is_killed_three_times_asks_no_finished_question_again(
    serve: Serve, tmp_path: Path
) -> None:
    kill_and_go_on(serve, tmp_path, sessions=30, kills=3, seed=1)


@pytest.mark.slow
def test_a_batch_of_two_thousand_ratings_survives_twenty_kills(serve: Serve, tmp_path: Path) -> None:
    seed = int(os.environ.get("ASSAY_SEED", random.randrange(10**6)))
    print(f"ASSAY_SEED={seed}")
    kill_and_go_on(serve, tmp_path, sessions=400, kills=20, seed=seed)


def test_a_cap_holds_over_kills_but_for_what_was_under_way(serve: Serve, tmp_path: Path) -> None:
    server = serve({**ANSWER, "first_delay": 0.005}, **AGAIN)
    batch, kills = Batch(server, tmp_path, 40), 2
    most = 80 * CALL_TOKENS
    for _ in range(kills):
        batch.kill_after(20, "--max-tokens", str(most))
    code, lines, errors = end(batch.start("--max-tokens", str(most)))
    assert code == 1
    assert "Stopped: This call may use" in errors
    assert server.calls * CALL_TOKENS <= most + kills * AT_ONCE * CALL_TOKENS
    assert len(batch.finished()) * CALL_TOKENS <= most
    answered = [line for line in lines if "error" not in line]
    assert 0 < len(answered) < 40
    assert all("has not answered" in line["error"] for line in lines if "error" in line)
