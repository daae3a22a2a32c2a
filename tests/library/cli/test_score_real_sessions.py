"""All 182 real sessions through the command line. They are not part of the project, so they may be absent."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
CHATS = Path(os.environ.get("ASSAY_DATA") or ROOT.parent / "shared" / "data") / "real-chats"

pytestmark = pytest.mark.skipif(
    not (CHATS / "sessions.jsonl").exists(), reason=f"the real sessions are not in {CHATS}; set ASSAY_DATA"
)


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    out = tmp_path_factory.mktemp("real") / "out"
    done = subprocess.run(
        [sys.executable, "-c", "from assay.cli import main; main()", "score", str(CHATS / "sessions.jsonl"),
         "--rubric", str(CHATS / "rubric.yaml"), "--out", str(out), "--json"],
        capture_output=True, timeout=120, check=False, env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    assert done.stdout == (out / "scores.jsonl").read_bytes()
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


@pytest.fixture(scope="module")
def given() -> list[dict[str, Any]]:
    lines = (CHATS / "sessions.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_every_real_session_is_scored_in_order_or_unscored_with_a_reason(
    scored: list[dict[str, Any]], given: list[dict[str, Any]]
) -> None:
    assert [line["id"] for line in scored] == [session["id"] for session in given]
    for line in scored:
        assert (line["overall"] is None) == bool(line["unscored"])
        for criterion in line["criteria"].values():
            assert (criterion["level"] is None) == bool(criterion["unscored"])


def test_the_session_in_which_the_candidate_wrote_nothing_is_unscored_with_the_reason(
    scored: list[dict[str, Any]], given: list[dict[str, Any]]
) -> None:
    silent = {s["id"] for s in given if not any(message["role"] == "user" for message in s["messages"])}
    assert len(silent) == 1
    (line,) = [line for line in scored if line["id"] in silent]
    assert line["overall"] is None
    assert line["unscored"]
    assert all(criterion["unscored"] for criterion in line["criteria"].values())


def test_each_quote_stands_verbatim_at_its_offsets_in_the_message_of_the_input(
    scored: list[dict[str, Any]], given: list[dict[str, Any]]
) -> None:
    checked = 0
    for line, session in zip(scored, given, strict=True):
        texts = [message["content"] for message in session["messages"]]
        for criterion in line["criteria"].values():
            for quote in criterion["evidence"]:
                assert texts[quote["turn"]][quote["start"] : quote["end"]] == quote["quote"]
                checked += 1
    assert checked > len(given)


def test_every_level_rests_on_a_quote_from_the_candidates_own_messages(
    scored: list[dict[str, Any]], given: list[dict[str, Any]]
) -> None:
    for line, session in zip(scored, given, strict=True):
        own = {index for index, message in enumerate(session["messages"]) if message["role"] == "user"}
        for criterion in line["criteria"].values():
            if criterion["level"] is not None:
                assert own & {quote["turn"] for quote in criterion["evidence"]}
