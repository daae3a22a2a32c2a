"""The panel exactly at its boundaries: one step to either side changes what a reader is told."""

from collections.abc import Mapping

import pytest
from tests.library.scoring.test_panel import QUOTE, TRANSCRIPT, rated, rubric, scored

from assay.authoring.rubric import Rubric
from assay.scoring.panel import add_up
from assay.scoring.raters import Case
from assay.scoring.ratings import Evidence, Rating, RuleOutcome
from assay.scoring.score import Score

SURE = 0.0
"""A rater whose error is 0 makes an interval of one point, so that boundaries can be hit exactly."""


def serious(low: int, high: int) -> Rubric:
    levels = {level: f"words {level}" for level in range(low, high + 1)}
    check = {"asks": "?", "severity": "serious", "levels": levels}
    return Rubric.model_validate({"scale": {"min": low, "max": high}, "criteria": {"check": check}})


@pytest.mark.parametrize(
    ("low", "high", "level", "is_serious"),
    [
        (0, 4, 0, True), (0, 4, 1, True), (0, 4, 1.5, False), (0, 4, 2, False),
        (1, 5, 1, True), (1, 5, 2, True), (1, 5, 2.2, False), (1, 5, 2.5, False),
        (0, 2, 0.5, True), (0, 2, 1, False),
        (1, 3, 1.5, True), (1, 3, 2, False),
        (0, 10, 2.5, True), (0, 10, 3, False),
    ],
)  # fmt: skip
def test_a_serious_criterion_is_raised_up_to_a_quarter_of_its_scale_and_not_beyond(
    low: int, high: int, level: float, is_serious: bool
) -> None:
    score = scored(serious(low, high), rated("check", level, error=SURE))
    assert score.criteria[0].serious is is_serious


def test_an_ordinary_criterion_is_never_raised_however_low() -> None:
    assert not scored(rubric({"plan": 1}), rated("plan", 0, error=SURE)).criteria[0].serious


def test_a_serious_criterion_that_nobody_could_rate_is_not_raised() -> None:
    assert not scored(serious(0, 4), rated("check", None)).criteria[0].serious


@pytest.mark.parametrize(
    ("level", "verdict"), [(2.4999, "below"), (2.5, "above"), (2.5001, "above"), (4, "above"), (0, "below")]
)
def test_a_sure_score_is_above_from_the_threshold_on(level: float, verdict: str) -> None:
    score = scored(rubric({"plan": 1}), rated("plan", level, error=SURE), threshold=2.5)
    assert score.verdict == verdict


def at_interval(low: float, high: float, threshold: float) -> str:
    """The verdict on a score whose interval is this; found with the error that makes it so."""
    error = (high - low) / 2 / 1.96
    score = scored(rubric({"plan": 1}), rated("plan", (low + high) / 2, error=error), threshold=threshold)
    assert score.overall is not None
    assert score.overall.interval is not None
    assert (score.overall.interval.low, score.overall.interval.high) == (low, high)
    return score.verdict


@pytest.mark.parametrize(
    ("threshold", "verdict"),
    [
        (1.4999, "above"),
        (1.5, "above"),
        (1.5001, "too close to call"),
        (2.4999, "too close to call"),
        (2.5, "too close to call"),
        (2.5001, "below"),
    ],
)
def test_a_score_is_called_where_the_whole_interval_lies_on_one_side(threshold: float, verdict: str) -> None:
    assert at_interval(1.5, 2.5, threshold) == verdict


@pytest.mark.parametrize("level", [None, 2])
def test_without_a_threshold_nothing_is_called(level: float | None) -> None:
    assert scored(rubric({"plan": 1}), rated("plan", level)).verdict == "no threshold"


def test_without_an_overall_score_nothing_is_compared_with_the_threshold() -> None:
    assert scored(rubric({"plan": 1}), rated("plan", None), threshold=2.5).verdict == "unscored"


@pytest.mark.parametrize(("missing", "is_scored"), [(24.9, True), (25, True), (25.1, False)])
def test_up_to_a_quarter_of_the_weight_may_be_missing(missing: float, is_scored: bool) -> None:
    rub = rubric({"plan": 100 - missing, "check": missing})
    score = scored(rub, rated("plan", 2), rated("check", None))
    assert (score.overall is not None) is is_scored


def fails(criterion: str, rule: str, says: str) -> dict[str, object]:
    return {"id": rule, "says": says, "check": "limits_kept", "on_fail": {"auto_fail": criterion}}


LEAK = fails("check", "leak", "No personal data.")
TOLD = fails("check", "told", "Say who it is for.")
ELSEWHERE = fails("plan", "other", "In time.")
LATER = Evidence(turn=0, start=6, end=9, quote="the")
TOTALS = Evidence(turn=0, start=10, end=16, quote="totals")


def failed(
    rules: list[dict[str, object]], shown: Mapping[str, tuple[Evidence, ...]], *ratings: Rating
) -> Score:
    rub = rubric(rules=rules)
    outcomes = [
        RuleOutcome(rule=rule.id, says=rule.says, held=rule.id not in shown, evidence=shown.get(rule.id, ()))
        for rule in rub.rules
    ]
    return add_up(Case(TRANSCRIPT, rub), ratings, outcomes)


def test_a_criterion_that_a_rule_fails_shows_what_broke_the_rule_before_what_raters_quoted() -> None:
    score = failed([LEAK], {"leak": (LATER,)}, rated("plan", 3), rated("check", 4, reason="It checks."))
    check = score.criteria[1]
    assert check.level == 0
    assert check.evidence == (LATER, QUOTE)
    assert check.reasons == ("Failed by rule: No personal data.", "It checks.")
    assert check.interval is None
    assert score.criteria[0].evidence == (QUOTE,)


def test_a_quote_that_a_rater_and_a_rule_share_is_shown_once() -> None:
    score = failed([LEAK], {"leak": (QUOTE,)}, rated("plan", 3), rated("check", 4))
    assert score.criteria[1].evidence == (QUOTE,)


def test_only_the_rules_that_failed_a_criterion_bring_their_quotes_to_it() -> None:
    shown = {"leak": (LATER,), "other": (TOTALS,)}
    score = failed([LEAK, ELSEWHERE], shown, rated("plan", 3), rated("check", 4))
    plan, check = score.criteria
    assert (plan.evidence, check.evidence) == ((TOTALS, QUOTE), (LATER, QUOTE))


def test_two_rules_that_fail_a_criterion_both_say_so_and_both_show_why() -> None:
    shown = {"leak": (LATER,), "told": (TOTALS,)}
    check = failed([LEAK, TOLD], shown, rated("plan", 3), rated("check", 4)).criteria[1]
    assert check.evidence == (LATER, TOTALS, QUOTE)
    assert check.reasons == ("Failed by rule: No personal data.", "Failed by rule: Say who it is for.")


def test_an_unscored_criterion_that_a_rule_fails_has_a_level_and_the_rules_quote() -> None:
    check = failed([LEAK], {"leak": (LATER,)}, rated("plan", 3), rated("check", None)).criteria[1]
    assert (check.level, check.unscored, check.serious) == (0, None, True)
    assert check.evidence == (LATER,)
