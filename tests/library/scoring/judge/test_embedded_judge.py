"""The real embedded model as a judge: weak, and held to the form of a verdict all the same."""

from assay.models.gateway import open_gateway
from assay.scoring.evidence import EvidenceGate
from assay.scoring.judge.rater import LlmJudge
from assay.scoring.judge.settings import read_judge

from .asked import a_case


def test_even_a_weak_model_gives_a_verdict_on_the_scale_or_an_honest_reason_for_none() -> None:
    settings = read_judge("embedded?seed=1&max_tokens=250 retries=0", {})
    judge = LlmJudge(settings, open_gateway=lambda model: open_gateway(model, environ={}))
    case = a_case()
    (proposal,) = judge.rate(case)
    assert proposal.judged is not None
    assert proposal.judged.by == "schema"
    assert proposal.judged.prompt_tokens is not None
    assert proposal.judged.prompt_tokens > 500
    rating = EvidenceGate(case.transcript).admit(proposal, judge.identity)
    if rating.level is None:
        assert rating.unscored
    else:
        assert rating.level in case.rubric.scale.levels
        assert rating.evidence
