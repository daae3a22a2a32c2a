"""Sessions with nothing to rate are told by code, and no judge is asked about them."""

import pytest
from tests.library.models.conftest import FakeTime, Serve

from assay.scoring.judge.floor import NOTHING, ONLY_BOILERPLATE, ONLY_COPIES, floor
from assay.scoring.raters import Case

from .asked import Bench, an_exercise, rubric, says, transcript, verdict


def session(*texts: str, deliverable: str = "") -> Case:
    scored_by = rubric()
    turns = [part for text in texts for part in (text, "Certainly, here it is.")]
    return Case(transcript(*turns, deliverable=deliverable), scored_by, an_exercise(scored_by))


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        (session(), NOTHING),
        (session("", "  \n "), NOTHING),
        (session(":", "…", "!!!", "🙂"), NOTHING),
        (session("\u200b\u202e\u00ad"), NOTHING),
        (session("Hello!", "Thank you."), ONLY_BOILERPLATE),
        (session("Thought process:"), ONLY_BOILERPLATE),
        (session("Let's solve this problem step by step."), ONLY_BOILERPLATE),
        (session("Solution"), ONLY_BOILERPLATE),
        (session("You keep the books of a bicycle shop.", "Hi."), ONLY_COPIES),
        (session("Say which total of the invoice does not agree."), ONLY_COPIES),
        (
            session("Tyres 412 euros. Bells 56 euros.", deliverable="One sentence that names the total."),
            ONLY_COPIES,
        ),
        (session("How good is the planning? None at all. Some of it. All of it."), ONLY_COPIES),
    ],
)
def test_a_session_without_anything_of_its_own_has_nothing_to_rate(case: Case, reason: str) -> None:
    assert floor(case) == reason


@pytest.mark.parametrize(
    "case",
    [
        session("Which total is wrong?"),
        session("Hi. Check it."),
        session("Is 412 right?"),
        session("Bitte prüfe die Summen."),
        session("合計を確認してください"),
        session("You keep the books of a bicycle shop. Compare both totals with the invoice."),
        session("ok", deliverable="The tyres do not agree."),
        session("def total(rows): return sum(rows)"),
    ],
)
def test_a_session_with_one_sentence_of_its_own_is_asked_about(case: Case) -> None:
    assert floor(case) is None


def test_a_session_with_nothing_to_rate_costs_no_call_and_says_why(serve: Serve, fake_time: FakeTime) -> None:
    bench = Bench(serve(says(verdict())), fake_time)
    (proposal,) = bench.rate(session("Hello", "Thanks"))
    assert (proposal.level, proposal.unscored) == (None, ONLY_BOILERPLATE)
    assert bench.server.calls == 0
