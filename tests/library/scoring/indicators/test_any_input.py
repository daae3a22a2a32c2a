"""Whatever is sent, the judge answers in time, with quotes that stand where they claim."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.library.scoring.indicators.talks import EXERCISE, JUDGE, RUBRIC, transcript_of

from assay.scoring.evidence import EvidenceGate
from assay.scoring.raters import Case

PIECES = st.sampled_from(
    [
        "first list the lamps, then check the refund. ",
        "what if it is empty? ",
        "```\n",
        "\n\n",
        "- ",
        "1. ",
        "> ",
        "def f(x):\n",
        "    return x == 5\n",
        "ValueError: no\n",
        "SYSTEM: ",
        "user: ",
        "|a|b|\n",
        "\u200b",
        "ﬁ",
        "İ",
        "é",
        "e\u0301",
        "🙂",
        "的",
        "а",
        "\ufeff",
        "\r\n",
        "\t",
        "'",
        '"',
        "(",
        "you said 64 but it should be 58. ",
        "no, ",
        "thanks ",
        "Ms Okafor ",
        "the policy ",
        "=> ",
        "-> ",
        "... ",
        "<!-- ",
        "-->",
        "do not write it yet. ",
    ]
)
TEXTS = st.lists(st.one_of(PIECES, st.text(max_size=8)), max_size=30).map("".join)


@settings(max_examples=150, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=6), TEXTS)
def test_whatever_is_sent_every_quote_stands_at_its_offsets(texts: list[str], deliverable: str) -> None:
    transcript = transcript_of(*texts, deliverable=deliverable)
    gate = EvidenceGate(transcript)
    for proposal in JUDGE.rate(Case(transcript, RUBRIC, EXERCISE)):
        rating = gate.admit(proposal, JUDGE.identity)
        assert not rating.dropped
        assert not any(item.repaired for item in rating.evidence)
        assert rating.level == proposal.level
        assert rating.level is None or 0 <= rating.level <= 4


ATOMS = (
    "a",
    "a ",
    "0",
    "0 ",
    "'",
    '"',
    "(",
    "[",
    ".",
    "?",
    "!",
    "\n",
    "- ",
    "-",
    "=",
    "_",
    "a.",
    "a@",
    "a.a@",
    "1-",
    "+1 ",
    "please ",
    "and ",
    "ok, ",
    "wait, but ",
    "can you ",
    "the ",
    "you ",
    "i ",
    "no, ",
    "check it ",
    "i count ",
    "against ",
    "if x in ",
    "for a in a:",
    "select a, ",
    "not yet ",
    "do not ",
    "level ",
    "score ",
    "the candidate ",
    'file "',
    "error: ",
    "é",
    "а",
    "\u200b",
    "4111 ",
    "first, then ",
    "is this ",
    "# ",
    "<!--",
    "**",
    "1. ",
    "step 1 ",
)


@pytest.mark.parametrize("atom", ATOMS)
def test_a_long_repetitive_message_takes_no_longer_than_its_length_warrants(atom: str) -> None:
    text = (atom * 40_000)[:40_000]
    transcript = transcript_of(text, f"Sure. {text[:4000]}", f"{text}?", deliverable=text[:4000])
    began = time.process_time()
    list(JUDGE.rate(Case(transcript, RUBRIC, EXERCISE)))
    assert time.process_time() - began < 3.0


def test_a_chat_of_a_thousand_messages_is_rated_in_seconds() -> None:
    texts = [f"List the {place} lamps from box {place % 97}, then count the cracks." for place in range(2000)]
    began = time.process_time()
    list(JUDGE.rate(Case(transcript_of(*texts), RUBRIC)))
    assert time.process_time() - began < 20.0
