"""Real sessions, where the data is at hand, and the worked sessions that ship."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.library.scoring.indicators.talks import JUDGE, RUBRIC

from assay.authoring.load import load_exercise
from assay.scoring.evidence import EvidenceGate
from assay.scoring.indicators.judge import NO_MESSAGE
from assay.scoring.pipeline import score_case
from assay.scoring.raters import Case
from assay.session.transcript import DeliverableVersion, Transcript, Turn

ROOT = Path(__file__).parents[4]
CHATS = ROOT.parent / "shared" / "data" / "real-chats" / "sessions.jsonl"
EXERCISES = sorted(
    path.parent for path in (ROOT / "src" / "assay" / "library" / "exercises").glob("*/exercise.yaml")
)


def transcript_in(messages: list[dict[str, Any]]) -> Transcript:
    return Transcript(
        turns=tuple(
            Turn(index=place, role=message["role"], text=message["content"])
            for place, message in enumerate(messages)
        )
    )


@pytest.fixture(scope="module")
def chats() -> list[Transcript]:
    if not CHATS.is_file():
        pytest.skip(f"the real chats are not at {CHATS}")
    rows = [json.loads(line) for line in CHATS.read_text("utf-8").splitlines() if line.strip()]
    return [transcript_in(row["messages"]) for row in rows]


def test_no_programmer_with_a_message_is_refused_and_the_silent_one_is_told_why(
    chats: list[Transcript],
) -> None:
    for chat in chats:
        sent = any(turn.text.strip() for turn in chat.candidate_turns())
        for proposal in JUDGE.rate(Case(chat, RUBRIC)):
            if not sent:
                assert proposal.unscored == NO_MESSAGE
            elif proposal.criterion in ("task_decomposition", "instruction_clarity", "verification"):
                assert proposal.level is not None


def test_every_quote_from_a_real_chat_stands_verbatim_at_its_offsets(chats: list[Transcript]) -> None:
    for chat in chats:
        gate = EvidenceGate(chat)
        for proposal in JUDGE.rate(Case(chat, RUBRIC)):
            rating = gate.admit(proposal, JUDGE.identity)
            assert not rating.dropped
            assert rating.level == proposal.level
            for item in rating.evidence:
                assert item.turn is not None
                assert chat.turns[item.turn].text[item.start : item.end] == item.quote


def test_real_chats_take_a_few_milliseconds_each(chats: list[Transcript]) -> None:
    began = time.process_time()
    for chat in chats:
        list(JUDGE.rate(Case(chat, RUBRIC)))
    assert (time.process_time() - began) / len(chats) < 0.01


def worked_session(folder: Path, quality: str) -> Transcript:
    said = yaml.safe_load((folder / "transcripts" / f"{quality}.yaml").read_text("utf-8"))
    turns = [{"role": turn["role"], "content": turn["text"]} for turn in said["turns"]]
    saved = tuple(DeliverableVersion.model_validate(version) for version in said.get("deliverable", ()))
    return transcript_in(turns).model_copy(update={"deliverable": saved})


@pytest.mark.parametrize("folder", EXERCISES, ids=lambda path: path.name)
def test_a_strong_worked_session_scores_a_level_above_the_weak_one_with_the_middling_between(
    folder: Path,
) -> None:
    exercise = load_exercise(folder)
    overall: dict[str, float] = {}
    for quality in ("weak", "middling", "strong"):
        scored = score_case(Case(worked_session(folder, quality), exercise.rubric, exercise), [JUDGE])
        assert scored.score.overall is not None, f"{quality}: {scored.score.unscored}"
        overall[quality] = scored.score.overall.value
    assert overall["strong"] >= overall["weak"] + 1.0
    assert overall["weak"] < overall["middling"] < overall["strong"]
