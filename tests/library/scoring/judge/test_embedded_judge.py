"""The real embedded model as a judge: worthless levels, on quotes that stand in the session all the same."""

import pytest

from assay.models.gateway import open_gateway
from assay.scoring.evidence import EvidenceGate
from assay.scoring.judge.rater import LlmJudge
from assay.scoring.judge.settings import read_judge
from assay.scoring.raters import Case
from assay.scoring.ratings import Rating

from .asked import CHECK, PLAN, a_case

ODD = 'Say "total" for <|it|>, not 50 % \\n of ⟦it⟧: ünïcode\u200b 総計 🙂\t| a | b |.'


def ratings(case: Case, options: str) -> list[Rating]:
    settings = read_judge(f"embedded{options}", {})
    judge = LlmJudge(settings, open_gateway=lambda model: open_gateway(model, environ={}))
    gate = EvidenceGate(case.transcript)
    return [gate.admit(proposal, judge.identity) for proposal in judge.rate(case)]


def test_even_a_model_that_cannot_judge_gives_levels_with_quotes_that_stand_there() -> None:
    case = a_case("planning", "checking", texts=(f"{PLAN} {ODD}", "The totals are 398 and 56.", CHECK))
    rated = ratings(case, " form=all retries=0")
    assert [rating.criterion for rating in rated] == ["planning", "checking"]
    assert any(rating.level is not None for rating in rated)
    check(rated, case)


@pytest.mark.slow
def test_asked_in_several_passes_about_nothing_but_oddities_it_makes_no_quote_up_either() -> None:
    case = a_case(texts=(ODD, "Yes.", f"{ODD} {CHECK}"))
    rated = ratings(case, " passes=2 early_stop=off dissent=on retries=0")
    assert len({rating.judged.seed for rating in rated if rating.judged}) == len(rated) >= 2
    assert any(rating.level is not None for rating in rated)
    check(rated, case)


@pytest.mark.slow
def test_left_to_write_its_quotes_it_is_held_to_the_gate_like_every_judge() -> None:
    (rating,) = ratings(a_case(), "?max_tokens=250 quotes=free retries=0")
    assert rating.level is None or rating.evidence
    assert (rating.level is None) == (rating.unscored is not None)


def check(rated: list[Rating], case: Case) -> None:
    for rating in rated:
        assert rating.judged is not None
        assert rating.judged.by == "schema"
        assert rating.dropped == ()
        assert rating.rater.calibration.startswith("no judge: ")
        assert rating.unscored or (rating.level in case.rubric.scale.levels and rating.evidence)
