"""Lift: a session beside the assistant alone, each number worked by hand."""

from math import pi, sqrt
from random import Random

import pytest
from tests.library.scoring.test_panel import rated, rubric, scored

from assay.scoring.lift import Alone, Baseline, baseline_of, lifts_over
from assay.scoring.score import Interval, Score

ONE = rubric({"plan": 1})


def session(level: float | None, error: float = 0.25) -> Score:
    return scored(ONE, rated("plan", level, error=error))


BLANK = session(2)


def measured(level: float, error: float) -> Score:
    """A score whose raters are known to err by this standard error, whatever whole levels would hide."""
    interval = Interval(low=level - 1.96 * error, high=level + 1.96 * error, source="known")
    [item] = BLANK.criteria
    assert BLANK.overall is not None
    return BLANK.model_copy(
        update={
            "overall": BLANK.overall.model_copy(update={"value": level, "interval": interval}),
            "criteria": (item.model_copy(update={"level": level, "interval": interval}),),
        }
    )


def baseline(*levels: float | None, error: float = 0.25) -> Baseline:
    return baseline_of([session(level, error) for level in levels])


def test_the_baseline_is_the_median_of_the_runs_and_lift_is_what_lies_above_it() -> None:
    lifts = lifts_over(session(3), baseline(1, 2, 1.5))
    assert lifts.criteria["plan"].alone.level == 1.5
    lift = lifts.criteria["plan"].lift
    assert lift is not None
    assert lift.value == 1.5


def test_the_range_joins_the_errors_of_the_raters_and_the_spread_of_the_runs() -> None:
    half, runs = 1.96 * 0.25, sqrt(pi / 2) * 4.303 * 0.1 / sqrt(3)
    alone = baseline(1.9, 2.1, 2).criteria["plan"]
    assert alone.low == pytest.approx(2 - sqrt(half**2 + runs**2), abs=1e-3)
    assert alone.high == pytest.approx(2 + sqrt(half**2 + runs**2), abs=1e-3)
    lift = lifts_over(session(3), baseline(1.9, 2.1, 2)).criteria["plan"].lift
    assert lift is not None
    assert lift.low == pytest.approx(1 - sqrt(half**2 + half**2 + runs**2), abs=1e-3)
    assert lift.high == pytest.approx(1 + sqrt(half**2 + half**2 + runs**2), abs=1e-3)


def test_one_scored_run_has_a_level_and_no_range_and_neither_has_the_lift_over_it() -> None:
    beside = lifts_over(session(1), baseline(None, 1)).criteria["plan"]
    assert (beside.alone.level, beside.alone.low, beside.alone.high) == (1, None, None)
    assert beside.lift is not None
    assert (beside.lift.value, beside.lift.low, beside.lift.high) == (0, None, None)
    assert not beside.lift.may_be_none


def test_more_runs_make_the_range_shorter_though_their_lowest_and_highest_lie_farther_apart() -> None:
    few, many = baseline(1.9, 2.1, 2).overall, baseline(1.8, 1.9, *[2] * 16, 2.1, 2.2).overall
    assert few.low is not None
    assert few.level == many.level
    assert many.low is not None
    assert few.low < many.low


@pytest.mark.parametrize("number", [3, 10])
@pytest.mark.parametrize(("apart", "error"), [(0.3, 0.0), (0.3, 0.1), (0.1, 0.2)])
def test_a_range_holds_the_lift_in_about_nineteen_of_twenty_cases(
    number: int, apart: float, error: float
) -> None:
    """Runs lie `apart`, and the raters err by `error` alike on all runs and by another on the session."""
    luck, held, cases = Random(1), 0, 1000
    for _ in range(cases):
        off = luck.gauss(0, error)
        alone = baseline_of([measured(1.5 + luck.gauss(0, apart) + off, error) for _ in range(number)])
        lift = lifts_over(measured(2.5 + luck.gauss(0, error), error), alone).overall.lift
        assert lift is not None
        assert lift.low is not None
        assert lift.high is not None
        held += lift.low <= 1 <= lift.high
    assert 0.93 <= held / cases <= 0.995


def test_an_end_that_the_scale_cuts_off_makes_that_side_of_the_range_shorter() -> None:
    alone = baseline(0, 0, 0).criteria["plan"]
    assert alone.low == 0
    lift = lifts_over(session(4), baseline(0, 0, 0)).criteria["plan"].lift
    assert lift is not None
    assert (lift.value, lift.high) == (4, 4)
    assert lift.low is not None
    assert lift.low < 4


def test_a_session_below_the_assistant_alone_has_a_negative_lift() -> None:
    lift = lifts_over(session(1), baseline(3, 3)).criteria["plan"].lift
    assert lift is not None
    assert (lift.value, lift.may_be_none) == (-2, False)


def test_a_lift_within_its_noise_may_be_none() -> None:
    lift = lifts_over(session(2, error=0.8), baseline(1.5, 1.5, error=0.8)).overall.lift
    assert lift is not None
    assert lift.may_be_none


def test_runs_that_are_unscored_are_counted_with_their_reason_and_make_no_number() -> None:
    alone = baseline(None, 1, None).criteria["plan"]
    assert (alone.level, alone.scored, alone.runs) == (1, 1, 3)
    assert alone.unscored == (("nothing to go by", 2),)


def test_there_is_no_lift_where_no_run_was_scored() -> None:
    beside = lifts_over(session(3), baseline(None, None)).criteria["plan"]
    assert beside.alone == Alone(level=None, scored=0, unscored=(("nothing to go by", 2),))
    assert (beside.lift, beside.missing) == (None, "the assistant alone is unscored: nothing to go by")


def test_there_is_no_lift_where_the_session_is_unscored() -> None:
    lifts = lifts_over(session(None), baseline(1))
    assert lifts.criteria["plan"].missing == "the session is unscored: nothing to go by"
    assert lifts.overall.lift is None
    assert "unscored: Plan" in lifts.overall.missing
