"""Reading a judge's answer: whatever it says, no quote that nobody wrote reaches a report."""

import io
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from assay.record import build_record, verify
from assay.record.file import record_bytes
from assay.reports.html import html_report
from assay.reports.markdown import markdown_report
from assay.reports.terminal import print_report
from assay.scoring.judge.reading import read
from assay.scoring.judge.requests import Questions
from assay.scoring.judge.settings import read_judge
from assay.scoring.judge.verdict import Fault, Verdict, read_verdicts
from assay.scoring.panel import add_up
from assay.scoring.pipeline import Scored

from .asked import CHECK, PLAN, a_case, a_reply, verdict

CASE = a_case()
QUESTIONS = Questions(CASE, read_judge("openai:some-model"))
REQUEST = QUESTIONS.request(("planning",), 1)
INVENTED = "Quokkas verified"

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
TURNS = st.none() | st.integers(min_value=-3, max_value=6) | ANYTHING
TEXTS = st.sampled_from([PLAN, CHECK, PLAN[3:20], "The totals are 398", "412 and 56", INVENTED]) | ANYTHING
QUOTES = st.lists(st.fixed_dictionaries({"turn": TURNS, "text": TEXTS}) | ANYTHING, max_size=4)
VERDICTS = st.fixed_dictionaries(
    {},
    optional={
        "quotes": QUOTES | ANYTHING,
        "reason": st.text(max_size=30) | ANYTHING,
        "level": st.integers(min_value=-2, max_value=6) | ANYTHING,
        "unscored": st.none() | ANYTHING,
    },
)
GOOD_SHAPE = st.fixed_dictionaries(
    {
        "quotes": st.lists(
            st.fixed_dictionaries(
                {"turn": st.none() | st.integers(min_value=-1, max_value=4), "text": TEXTS.filter(bool)}
            ),
            max_size=4,
        ),
        "reason": st.text(max_size=30),
        "level": st.integers(min_value=0, max_value=4),
        "unscored": st.none(),
    }
)


def parsed(value: Any) -> Verdict | Fault:
    text = value if isinstance(value, str) else json.dumps(value)
    return read_verdicts(a_reply(text), REQUEST.form, QUESTIONS.gate)["planning"]


@settings(deadline=None, max_examples=150)
@given(VERDICTS | GOOD_SHAPE | ANYTHING | st.text(max_size=80))
def test_whatever_a_judge_says_no_quote_that_nobody_wrote_reaches_a_report(said: Any) -> None:
    text = said if isinstance(said, str) else json.dumps(said)
    (proposal,) = read(REQUEST, (a_reply(text),))
    rating = QUESTIONS.gate.admit(proposal, QUESTIONS.settings.identity)
    assert rating.level is None or rating.level in range(5)
    texts = {turn.index: turn.text for turn in CASE.transcript.turns}
    for item in rating.evidence:
        stands = CASE.transcript.final_deliverable if item.turn is None else texts[item.turn]
        assert stands[item.start : item.end] == item.quote
    score = add_up(CASE, [rating])
    assert set(score.criteria[0].evidence) <= set(rating.evidence)
    for told in (*score.narrative, *(item.quote for item in score.criteria[0].evidence)):
        if proposal.reason == "" or INVENTED not in proposal.reason:
            assert INVENTED not in told


@settings(deadline=None, max_examples=15)
@given(GOOD_SHAPE | VERDICTS)
def test_whatever_a_judge_says_makes_a_record_that_holds_and_reports_that_can_be_written(said: Any) -> None:
    (proposal,) = read(REQUEST, (a_reply(json.dumps(said)),))
    rating = QUESTIONS.gate.admit(proposal, QUESTIONS.settings.identity)
    record = build_record(
        session_id="s",
        case=CASE,
        scored=Scored(ratings=(rating,), score=add_up(CASE, [rating])),
        made_at="2026-03-02T10:15:00Z",
    )
    assert verify(record_bytes(record)).outcome == "holds"
    assert "Criterion" in markdown_report(record)
    assert html_report(record)
    print_report(record, Console(file=io.StringIO(), width=100))


def test_an_answer_in_a_fence_or_after_thoughts_is_read() -> None:
    written = json.dumps(verdict())
    for text in (
        f"```json\n{written}\n```",
        f"<think>{{level 9}}</think>\n{written}",
        f"Here it is: {written}",
    ):
        read_one = parsed(text)
        assert isinstance(read_one, Verdict), text
        assert read_one.level == 3


def test_a_whole_number_that_is_written_as_a_fraction_is_a_level() -> None:
    read_one = parsed(verdict(level=3.0))
    assert isinstance(read_one, Verdict)
    assert read_one.level == 3


@pytest.mark.parametrize(
    "broken", ["NaN", "[[[" * 5000, "9" * 5000, '{"level": 1e999}', '{"quotes": NaN}', "[]", "null", '"{}"']
)
def test_what_json_can_be_made_to_hold_is_a_fault_and_no_crash(broken: str) -> None:
    assert isinstance(parsed(broken), Fault)


def test_half_a_character_in_a_quote_or_a_reason_does_not_keep_a_rating_from_being_written() -> None:
    quotes = [{"turn": 0, "text": "First \ud800"}, {"turn": 0, "text": "First list"}]
    text = json.dumps(verdict(reason="bad \ud800 half\x00", quotes=quotes))
    (proposal,) = read(REQUEST, (a_reply(text),))
    assert proposal.level == 3
    assert proposal.content_hash()
    assert "\x00" not in proposal.reason


def test_quotes_without_end_are_a_fault() -> None:
    many = [{"turn": 0, "text": f"First {place}"} for place in range(13)]
    assert "more than 12" in str(parsed(verdict(quotes=many)))
    assert "longer than" in str(parsed(verdict(quotes=[{"turn": 0, "text": "x" * 2001}])))


def test_the_same_quote_twice_is_one_claim() -> None:
    read_one = parsed(verdict(quotes=[{"turn": 0, "text": "First list"}] * 3))
    assert isinstance(read_one, Verdict)
    assert len(read_one.quotes) == 1
