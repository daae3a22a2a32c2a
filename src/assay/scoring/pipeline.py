"""From one case to its score: raters, evidence gate, panel, score, narrative."""

from collections.abc import Sequence
from dataclasses import dataclass

from assay.scoring.evidence import EvidenceGate
from assay.scoring.raters import Case, Rater
from assay.scoring.ratings import Rating
from assay.scoring.score import Score


@dataclass(frozen=True, slots=True)
class Scored:
    """Everything that scoring one case brings about."""

    ratings: tuple[Rating, ...]
    score: Score


def offline_raters() -> tuple[Rater, ...]:
    """The raters that need no model and no person."""
    from assay.scoring.indicators.judge import IndicatorJudge

    return (IndicatorJudge(),)


def score_case(case: Case, raters: Sequence[Rater] | None = None) -> Scored:
    """Rate `case` with every rater (the offline ones when none are given) and add up what they say."""
    from assay.scoring.panel import add_up
    from assay.scoring.rules import check_rules

    gate = EvidenceGate(case.transcript)
    chosen = offline_raters() if raters is None else raters
    ratings = tuple(gate.admit(proposal, rater.identity) for rater in chosen for proposal in rater.rate(case))
    return Scored(ratings=ratings, score=add_up(case, ratings, check_rules(case, gate)))
