"""`assay score --judge`: what a person who has a judge asked sees."""

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.library.models.conftest import Serve, serve
from tests.library.scoring.judge_batch.sessions import AGAIN, ANSWER, EXERCISE, criteria, save

from assay.cli import main
from assay.cli.score import Asking
from assay.cli.score_judges import calls_at_once
from assay.scoring.judge.settings import read_judge

__all__ = ["serve"]

ROOT = Path(__file__).parents[3]
Score = Callable[..., tuple[int, str, str]]


@pytest.fixture
def score(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Score:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    save(tmp_path / "sessions.jsonl", 3)

    def call(*arguments: str, files: str = "sessions.jsonl") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["assay", "score", files, "--exercise", EXERCISE, *arguments])
        with pytest.raises(SystemExit) as stopped:
            main()
        out, errors = capfd.readouterr()
        code = stopped.value.code
        return code if isinstance(code, int) else 0, out, errors

    return call


def test_the_levels_are_the_judges_and_a_second_call_asks_nothing(score: Score, serve: Serve) -> None:
    server = serve(ANSWER, **AGAIN)
    judge = ("--judge", f"scripted@{server.base_url}")
    code, out, errors = score(*judge)
    assert code == 0
    assert re.search(r"s0 +3\.0 ", out)
    assert f"{3 * criteria()} answers; " in errors
    code, out, errors = score(*judge)
    assert (code, server.calls) == (0, 3 * criteria())
    assert f"nothing to ask about 3 sessions, {3 * criteria()} answers are kept from before" in errors
    assert re.search(r"s0 +3\.0 ", out)


def test_an_estimate_asks_and_scores_nothing(score: Score, serve: Serve) -> None:
    server = serve(ANSWER, **AGAIN)
    code, out, errors = score("--judge", f"scripted@{server.base_url}", "--estimate")
    assert (code, out, server.calls) == (0, "", 0)
    assert f"{3 * criteria()} to {6 * criteria()} calls about 3 sessions" in errors


def test_the_offline_judge_rates_beside_a_judge_only_where_it_is_named(score: Score, serve: Serve) -> None:
    judge = ("--judge", f"scripted@{serve(ANSWER, **AGAIN).base_url}")
    alone = score(*judge, "--json")[1]
    both = score(*judge, "--judge", "offline", "--json")[1]
    assert '"indicators"' not in alone
    assert '"indicators"' in both


def test_sessions_from_a_pipe_cannot_be_judged(score: Score, serve: Serve) -> None:
    code, _, errors = score("--judge", f"scripted@{serve(ANSWER, **AGAIN).base_url}", files="-")
    assert code == 2
    assert "Save them to a file first" in errors


def test_a_judge_whose_key_is_refused_is_said_and_nothing_is_scored(score: Score, serve: Serve) -> None:
    server = serve({"fault": "http_error", "status": 401}, **AGAIN)
    code, out, errors = score("--judge", f"scripted@{server.base_url}")
    assert (code, out) == (2, "")
    assert "does not accept the key" in errors


def test_calls_that_fail_are_said_and_their_sessions_are_refused_not_scored(
    score: Score, serve: Serve
) -> None:
    down = {"fault": "server_error", "when": {"says": "list 1"}}
    server = serve(down, ANSWER, **AGAIN)
    code, out, errors = score("--judge", f"scripted@{server.base_url}?timeout=1", "--json")
    assert code == 1
    assert f"{criteria()} calls failed: " in errors
    assert "what was answered is kept" in errors
    lines = [json.loads(line) for line in out.splitlines()]
    assert ["error" in line for line in lines] == [False, True, False]
    assert "has not answered all" in lines[1]["error"]


def test_an_answer_of_no_use_is_unscored_which_is_no_error(score: Score, serve: Serve) -> None:
    cut = {"fault": "cut_off", "text": "", "when": {"says": "list 1"}}
    server = serve(cut, ANSWER, **AGAIN)
    code, out, _ = score("--judge", f"scripted@{server.base_url}", "--json")
    assert code == 0
    assert out.count("cut off at its length limit") >= criteria()


def test_a_judge_that_is_no_judge_is_refused_with_its_form(score: Score) -> None:
    code, _, errors = score("--judge", "openai:gpt-4.1-mini passes=99")
    assert code == 2
    assert "passes" in errors


def test_every_judge_and_every_option_of_the_guide_is_one(
    score: Score, monkeypatch: pytest.MonkeyPatch
) -> None:
    guide = (ROOT / "docs/guide/judges.md").read_text(encoding="utf-8")
    judges = [quoted or bare for quoted, bare in re.findall(r"--judge (?:'([^']+)'|([^\s`,]+))", guide)]
    assert len(judges) > 8
    for judge in judges:
        if judge not in ("offline", "MODEL", "judge.yaml", "MODEL@https://HOST/v1"):
            read_judge(judge, {})
    monkeypatch.setenv("COLUMNS", "200")
    options = set(re.findall(r"`(--[a-z-]+)", guide))
    assert len(options) >= 6
    shown = score("--help")[1]
    assert options <= set(re.findall(r"--[a-z-]+", shown))
    for option in re.findall(r"^\| `(\w+=\w+)`", guide, re.MULTILINE):
        read_judge(f"embedded {option}", {})


def test_the_embedded_model_is_asked_one_call_at_a_time() -> None:
    asking = Asking(None, 64, None, None, None, only_estimate=False)
    assert calls_at_once(read_judge("embedded", {}), asking) == 1
    assert calls_at_once(read_judge("openai:m", {}), asking) == 64


def test_the_embedded_model_is_said_to_be_no_judge(score: Score) -> None:
    errors = score("--judge", "embedded", "--estimate")[2]
    assert "too small to judge: its levels mean nothing" in errors
