"""The panel: medians, weights, missing criteria, failed rules, noise and threshold, each worked by hand."""

from math import sqrt

import pytest

from assay.authoring.exercise import Deliverable, Exercise
from assay.authoring.rubric import Rubric
from assay.scoring.panel import CONFIDENCE_Z, ERROR_CORRELATION, add_up
from assay.scoring.raters import Case
from assay.scoring.ratings import Evidence, RaterIdentity, RaterKind, Rating, RuleOutcome
from assay.scoring.score import Score
from assay.session.transcript import Transcript, Turn

TRANSCRIPT = Transcript(turns=(Turn(index=0, role="user", text="Check the totals."),))
QUOTE = Evidence(turn=0, start=0, end=5, quote="Check")


def rubric(weights: dict[str, float] | None = None, **more: object) -> Rubric:
    criteria = {
        name: {"asks": "?", "weight": weight, "levels": {level: f"words {level}" for level in range(5)}}
        for name, weight in (weights or {"plan": 1, "check": 1}).items()
    }
    return Rubric.model_validate({"criteria": criteria, **more})


def rated(
    criterion: str, level: float | None, who: str = "signs", kind: RaterKind = "indicators", **more: object
) -> Rating:
    return Rating(
        rater=RaterIdentity(kind=kind, name=who),
        criterion=criterion,
        level=level,
        unscored=None if level is not None else "nothing to go by",
        evidence=(QUOTE,) if level is not None else (),
        **more,
    )


def scored(
    rub: Rubric, *ratings: Rating, threshold: float | None = None, failed: tuple[str, ...] = ()
) -> Score:
    exercise = None
    if threshold is not None:
        exercise = Exercise(
            exercise="e", title="t", summary="s", goal="g", scenario="s", deliverable=Deliverable(asks="d"),
            rubric=rub, threshold=threshold,
        )  # fmt: skip
    outcomes = tuple(
        RuleOutcome(rule=rule.id, says=rule.says, held=rule.id not in failed) for rule in rub.rules
    )
    return add_up(Case(TRANSCRIPT, rub, exercise), ratings, outcomes)


def test_the_overall_score_is_the_weighted_mean_of_the_criteria() -> None:
    score = scored(rubric({"plan": 3, "check": 1}), rated("plan", 4), rated("check", 2))
    assert score.overall is not None
    assert score.overall.value == 3.5
    assert score.scale.max == 4


def test_several_raters_count_as_their_median() -> None:
    score = scored(
        rubric({"plan": 1}), *(rated("plan", level, who) for level, who in [(1, "a"), (3, "b"), (4, "c")])
    )
    assert score.criteria[0].level == 3
    assert score.criteria[0].raters == 3


def test_people_outrank_the_machine_whose_rating_stays_beside_theirs() -> None:
    score = scored(
        rubric({"plan": 1}),
        rated("plan", 4),
        rated("plan", 1, "Ann", "person"),
        rated("plan", 2, "Bo", "person"),
    )
    assert score.criteria[0].level == 1.5
    assert score.criteria[0].raters == 2


def test_a_person_who_finds_nothing_to_rate_is_not_overruled_by_the_machine() -> None:
    score = scored(rubric({"plan": 1}), rated("plan", 4), rated("plan", None, "Ann", "person"))
    assert score.criteria[0].level is None
    assert score.criteria[0].unscored == "nothing to go by"


def test_two_raters_spread_makes_the_interval() -> None:
    score = scored(rubric({"plan": 1}), rated("plan", 2, "a"), rated("plan", 3, "b"))
    interval = score.criteria[0].interval
    assert interval is not None
    error = sqrt(0.5 / 2)  # variance of {2, 3} is 0.5; the mean of two has half of it
    assert interval.low == pytest.approx(2.5 - CONFIDENCE_Z * error, abs=1e-4)
    assert interval.source == "the spread of 2 raters"


def test_two_raters_who_agree_are_still_uncertain_by_the_rounding_to_whole_levels() -> None:
    score = scored(rubric({"plan": 1}), rated("plan", 3, "a"), rated("plan", 3, "b"), threshold=3)
    assert score.overall is not None
    assert score.overall.interval is not None
    assert score.overall.interval.low == pytest.approx(3 - CONFIDENCE_Z * sqrt(1 / 24), abs=1e-4)
    assert score.verdict == "too close to call"


def test_a_measured_error_makes_the_interval_and_the_overall_one() -> None:
    score = scored(rubric(), rated("plan", 2, error=0.5), rated("check", 2, error=0.5))
    assert score.overall is not None
    assert score.overall.interval is not None
    error = sqrt((1 - ERROR_CORRELATION) * 2 * 0.25**2 + ERROR_CORRELATION * 0.5**2)
    assert score.overall.interval.high == pytest.approx(2 + CONFIDENCE_Z * error, abs=1e-4)
    assert score.overall.interval.high == pytest.approx(2.7901, abs=1e-3)


def test_a_sentence_that_shows_two_signs_is_listed_with_both_and_once_for_raters_without_signs() -> None:
    quotes = tuple(QUOTE.model_copy(update={"sign": sign}) for sign in ("one", "other"))
    signs = rated("plan", 2).model_copy(update={"evidence": quotes})
    score = scored(rubric({"plan": 1}), rated("plan", 3, "a model", "judge"), signs)
    assert [item.sign for item in score.criteria[0].evidence] == ["one", "other"]


def test_a_rater_nobody_has_measured_is_shown_as_very_uncertain() -> None:
    score = scored(rubric({"plan": 1}), rated("plan", 2))
    interval = score.criteria[0].interval
    assert interval is not None
    assert (interval.low, interval.high) == (0, 4)
    assert "unmeasured" in interval.source


def test_a_quarter_of_the_weight_may_be_missing_but_not_more() -> None:
    weights = {"plan": 3.0, "check": 1.0}
    assert scored(rubric(weights), rated("plan", 2), rated("check", None)).overall is not None
    score = scored(rubric({"plan": 2.9, "check": 1}), rated("plan", 2), rated("check", None))
    assert score.overall is None
    assert score.unscored == "criteria with 26% of the weight are unscored: Check"
    assert score.criteria[1].unscored == "nothing to go by"


def test_a_criterion_nobody_rated_says_so() -> None:
    score = scored(rubric(), rated("plan", 2))
    assert score.criteria[1].unscored == "no rater was asked about this criterion"
    assert score.verdict == "no threshold"


def test_a_failed_rule_caps_the_overall_score_and_shows_what_it_was_before() -> None:
    capped = {
        "id": "table",
        "says": "There is a table.",
        "check": "limits_kept",
        "on_fail": {"cap_overall": 2},
    }
    score = scored(rubric(rules=[capped]), rated("plan", 4), rated("check", 3), failed=("table",))
    assert score.overall is not None
    assert (score.overall.value, score.overall.before_caps) == (2, 3.5)
    assert [cap.rule for cap in score.overall.caps] == ["table"]
    assert score.overall.interval is not None
    assert score.overall.interval.high <= 2
    assert any("Capped by a failed rule" in sentence for sentence in score.narrative)


def test_a_failed_rule_fails_its_criterion_and_is_listed_first() -> None:
    leak = {
        "id": "leak",
        "says": "No personal data.",
        "check": "no_personal_data",
        "on_fail": {"auto_fail": "check"},
    }
    score = scored(rubric(rules=[leak]), rated("plan", 4), rated("check", 4), failed=("leak",))
    assert score.criteria[1].level == 0
    assert score.criteria[1].serious
    assert score.overall is not None
    assert (score.overall.value, score.overall.before_caps) == (2, 4)
    assert score.narrative[1].startswith("Serious: Check 0.0 of 4.0: Failed by rule: No personal data")


def test_a_cap_does_not_make_a_sure_score_look_unsure() -> None:
    capped = {
        "id": "table",
        "says": "There is a table.",
        "check": "limits_kept",
        "on_fail": {"cap_overall": 2.5},
    }
    sure = rated("plan", 3.8, error=0.2)
    score = scored(rubric({"plan": 1}, rules=[capped]), sure, threshold=2.4, failed=("table",))
    assert score.overall is not None
    assert score.overall.interval is not None
    assert (score.overall.interval.low, score.overall.interval.high) == (2.5, 2.5)
    assert score.verdict == "above"


def test_a_failed_rule_does_not_turn_missing_ratings_into_a_number() -> None:
    leak = {
        "id": "leak",
        "says": "No personal data.",
        "check": "no_personal_data",
        "on_fail": {"auto_fail": "check"},
    }
    score = scored(rubric({"plan": 1, "check": 3}, rules=[leak]), failed=("leak",))
    assert score.overall is None
    assert score.criteria[1].serious


def test_a_rule_that_held_changes_nothing() -> None:
    capped = {
        "id": "table",
        "says": "There is a table.",
        "check": "limits_kept",
        "on_fail": {"cap_overall": 2},
    }
    score = scored(rubric(rules=[capped]), rated("plan", 4), rated("check", 4))
    assert score.overall is not None
    assert score.overall.value == 4
    assert not score.overall.caps


@pytest.mark.parametrize(
    ("threshold", "verdict"),
    [(0.5, "above"), (2.0, "too close to call"), (2.1, "too close to call"), (3.5, "below")],
)
def test_a_score_within_its_noise_of_the_threshold_is_left_to_a_person(
    threshold: float, verdict: str
) -> None:
    score = scored(rubric({"plan": 1}), rated("plan", 2, error=0.5), threshold=threshold)
    assert score.verdict == verdict


def test_a_low_level_on_a_serious_criterion_is_listed_first() -> None:
    rub = rubric()
    serious = rub.criteria["check"].model_copy(update={"severity": "serious"})
    rub = rub.model_copy(update={"criteria": {**rub.criteria, "check": serious}})
    score = scored(rub, rated("plan", 4), rated("check", 1))
    assert score.narrative[1].startswith("Serious: Check 1.0 of 4.0")


def test_every_sentence_about_a_criterion_carries_a_quote_or_says_it_is_not_scored() -> None:
    score = scored(
        rubric({"plan": 3, "check": 1}), rated("plan", 2, reason="Two steps are named."), rated("check", None)
    )
    assert "Plan 2.0 of 4.0: Two steps are named, as in “Check”." in score.narrative
    assert "Check is not scored: nothing to go by." in score.narrative
    assert "Level 3 of Plan would be: words 3." in score.narrative
