"""LLM judges on a panel: many passes of one model are one voice. Every number is worked by hand."""

from math import sqrt

import pytest
from tests.library.scoring.judge.asked import PLAN, rubric, transcript

from assay.scoring.judge.figures import figures_of
from assay.scoring.panel import CONFIDENCE_Z, ROUNDING_VARIANCE, add_up
from assay.scoring.raters import Case
from assay.scoring.ratings import Evidence, Judged, Quote, RaterIdentity, RaterKind, Rating
from assay.scoring.score import CriterionScore, Score

CASE = Case(transcript(PLAN), rubric())
QUOTE = Evidence(turn=0, start=0, end=5, quote="First")


def passes(
    judge: str, *levels: float | None, planned: int = 0, dissent: bool = False, dropped: int = 0
) -> list[Rating]:
    """What one judge said of the planning in its passes."""
    return [
        Rating(
            rater=RaterIdentity(kind="judge", name=judge, version="v1"),
            criterion="planning",
            level=level,
            unscored=None if level is not None else "it was empty",
            evidence=(QUOTE,) if level is not None else (),
            reason=f"{judge} says {level}",
            dropped=tuple(Quote(turn=0, text=f"made up {place}") for place in range(dropped)),
            judged=Judged(
                settings=judge, number=number, planned=planned or len(levels), rubric="r", prompt="p",
                dissent=dissent and number == len(levels), model=f"{judge}-2026", cost=0.5,
            ),
        )
        for number, level in enumerate(levels, start=1)
    ]  # fmt: skip


def one(kind: RaterKind, name: str, level: float) -> list[Rating]:
    return [
        Rating(
            rater=RaterIdentity(kind=kind, name=name), criterion="planning", level=level, unscored=None,
            evidence=(QUOTE,), reason=f"{name} says {level}",
        )
    ]  # fmt: skip


def planning(*groups: list[Rating]) -> CriterionScore:
    return scored(*groups).criteria[0]


def scored(*groups: list[Rating]) -> Score:
    return add_up(CASE, [rating for group in groups for rating in group])


def test_a_judges_vote_is_the_median_of_its_passes() -> None:
    item = planning(passes("a", 1, 3, 4))
    assert (item.level, item.raters) == (3, 1)
    assert item.reasons == ("a says 3",), "the pass that comes to the vote speaks for it"


def test_of_several_raters_the_one_nearest_to_their_level_is_heard_first_and_as_one_of_them() -> None:
    score = scored(one("indicators", "signs", 0), passes("a", 2), passes("b", 3))
    item = score.criteria[0]
    assert item.reasons == ("a says 2", "b says 3", "signs says 0")
    told = " ".join(score.narrative)
    assert "2.0 of 4.0, the median of 3 raters, one of whom says: a says 2" in told
    assert "signs says 0" not in told


def test_nine_passes_of_one_model_do_not_outvote_two_other_raters() -> None:
    item = planning(passes("a", *[4] * 9), passes("b", 1), one("indicators", "signs", 1))
    assert item.level == 1
    assert item.raters == 3


def test_the_interval_of_two_judges_comes_from_their_two_votes_and_not_from_their_passes() -> None:
    item = planning(passes("a", 1, 2, 3), passes("b", 4, 4, 3))
    # Votes 2 and 4: their variance is 2, and the mean of two has half of it.
    assert item.level == 3
    assert item.interval is not None
    assert item.interval.source == "the spread of 2 raters"
    assert item.interval.low == pytest.approx(max(0, 3 - CONFIDENCE_Z * sqrt(2 / 2)), abs=1e-4)


def test_many_passes_that_agree_make_a_judge_no_less_unmeasured() -> None:
    item = planning(passes("a", 3, 3, 3, 3, 3))
    assert item.interval is not None
    assert "unmeasured" in item.interval.source
    assert item.interval.high - item.interval.low > 2


def test_two_judges_that_agree_are_uncertain_by_rounding_however_often_they_were_asked() -> None:
    item = planning(passes("a", 3, 3, 3), passes("b", 3, 3, 3))
    assert item.interval is not None
    assert item.interval.low == pytest.approx(3 - CONFIDENCE_Z * sqrt(ROUNDING_VARIANCE / 2), abs=1e-4)


def test_spread_and_share_of_unscored_passes_are_kept() -> None:
    (vote,) = planning(passes("a", 1, None, 3, 4, planned=5, dissent=True)).judges
    assert vote.level == 3
    assert vote.passes == (1, None, 3, 4)
    assert vote.spread == 3
    assert vote.unscored_share == 0.25
    assert (vote.planned, vote.dissent) == (5, True)


def test_a_judge_without_any_level_has_no_voice_and_its_reason_is_told() -> None:
    item = planning(passes("a", None, None), passes("b", 2))
    assert (item.level, item.raters) == (2, 1)
    assert [vote.level for vote in item.judges] == [None, 2]
    assert planning(passes("a", None, None)).unscored == "it was empty"


def test_people_outrank_judges_whose_passes_are_told_beside_theirs() -> None:
    item = planning(passes("a", 4, 4), one("person", "Ann", 1))
    assert (item.level, item.raters) == (1, 1)
    assert [vote.passes for vote in item.judges] == [(4, 4)]


def test_two_judges_with_different_settings_are_two_raters() -> None:
    first, second = passes("a", 1), passes("a", 3)
    other = second[0].rater.model_copy(update={"version": "v2"})
    assert planning(first, [second[0].model_copy(update={"rater": other})]).raters == 2


def test_a_judges_figures_count_what_it_made_up_and_what_it_left_out() -> None:
    ratings = [*passes("a", 3, None, 2, dropped=1), *passes("b", 2)]
    figures = figures_of(ratings[0].rater, ratings)
    assert (figures.answers, figures.unscored) == (3, 1)
    assert (figures.quotes, figures.invented) == (5, 3)
    assert figures.fabrication_rate == 0.6
    assert figures.unscored_share == pytest.approx(1 / 3)
    assert figures.models == ("a-2026",)
    assert figures.cost == 1.5


def test_criteria_of_one_call_share_what_it_cost() -> None:
    ratings = passes("a", 3)
    both = [
        rating.model_copy(update={"judged": rating.judged.model_copy(update={"together": 2})})
        for rating in ratings * 2
        if rating.judged
    ]
    assert figures_of(ratings[0].rater, both).cost == 0.5


def test_a_rater_that_quoted_nothing_has_no_fabrication_rate() -> None:
    ratings = passes("a", None)
    assert figures_of(ratings[0].rater, ratings).fabrication_rate is None
