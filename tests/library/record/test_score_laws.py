"""Whoever forges a score, seals it anew and says that another version made it is found out by plain laws."""

import copy
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.library.record.sessions import EXERCISE, INES, MADE_AT, CarefulPerson, a_record, a_session
from tests.library.record.tampering import leaves, replacement, resealed

from assay.authoring.exercise import Exercise
from assay.errors import UserMistake
from assay.record import build_record, verify
from assay.record.file import record_bytes, record_from
from assay.scoring.pipeline import offline_raters, score_case
from assay.scoring.raters import Case
from assay.scoring.ratings import Proposal, Quote, RaterIdentity


@dataclass(frozen=True)
class SecondPerson:
    """A person who sees the planning otherwise than Ines."""

    identity: RaterIdentity = INES.model_copy(update={"name": "Tom"})  # noqa: RUF009

    def rate(self, case: Case) -> Iterable[Proposal]:
        yield Proposal(
            criterion="planning", level=4, reason="In steps", quotes=(Quote(turn=0, text="First"),)
        )


def rated_by_all() -> Any:
    """Mara's session with failed rules of both kinds, rated by two people and the offline judge."""
    rubric = copy.deepcopy(EXERCISE["rubric"])
    assert isinstance(rubric, dict)
    rubric["criteria"]["task_decomposition"] = {
        "asks": "Are there parts?",
        "weight": 10,
        "levels": {0: "None.", 4: "Many."},
    }
    rubric["rules"].append(
        {
            "id": "greets",
            "check": "deliverable_contains",
            "says": "It greets the customer by name.",
            "phrases": ["Dear Ms Olsen"],
            "on_fail": {"auto_fail": "awareness"},
        }
    )
    exercise = Exercise.model_validate({**EXERCISE, "rubric": rubric})
    session = a_session(exercise)
    case = Case(transcript=session.transcript, rubric=exercise.rubric, exercise=exercise)
    scored = score_case(case, (CarefulPerson(), SecondPerson(), *offline_raters()))
    record = build_record(
        session_id="s-mara-1", case=case, scored=scored, events=session.events, made_at=MADE_AT
    )
    assert verify(record_bytes(record)).outcome == "holds"
    return json.loads(record_bytes(record))


CONTENT: Any = rated_by_all()
PLANNING, CHECKING, AWARENESS, PARTS = range(4)
VERSIONS = st.sampled_from([CONTENT["assay"], "0.0.1", "99.0"])

Forgery = Callable[[Any], None]


def put(*path: str | int, to: Any) -> Forgery:
    """Write a value at a place of the score."""

    def forge(content: Any) -> None:
        replacement(("score", *path), to).apply(content)

    return forge


def drop(*path: str | int) -> Forgery:
    """Leave something out of the score."""

    def forge(content: Any) -> None:
        holder = content["score"]
        for step in path[:-1]:
            holder = holder[step]
        del holder[path[-1]]

    return forge


def a_quote_of_nobody(content: Any) -> None:
    words = content["transcript"]["turns"][2]["text"]
    quote = {"turn": 2, "start": 4, "end": 14, "quote": words[4:14], "sign": None, "repaired": False}
    content["score"]["criteria"][CHECKING]["evidence"].append(quote)


def a_rule_that_failed_without_applying(content: Any) -> None:
    content["score"]["rules"][1]["applies"] = False


def without_overall(content: Any) -> None:
    content["score"]["overall"] = None


def criterion(name: str, field: str, value: Any) -> Forgery:
    def forge(content: Any) -> None:
        next(c for c in content["score"]["criteria"] if c["criterion"] == name)[field] = value

    return forge


LAWS: dict[str, tuple[Forgery, str]] = {
    "overall far off the scale": (put("overall", "value", to=400), "the overall score is 400"),
    "overall above its cap": (put("overall", "value", to=2.4), "the overall score is 2.4"),
    "overall below the mean": (put("overall", "value", to=0.3), "the overall score is 0.3"),
    "before caps off the scale": (put("overall", "before_caps", to=40), "before caps the score is 40"),
    "before caps above every level": (put("overall", "before_caps", to=3.6), "before caps the score is 3.6"),
    "before caps below every level": (put("overall", "before_caps", to=0.9), "before caps the score is 0.9"),
    "range above the scale": (put("overall", "interval", "high", to=4.5), "its range is not on"),
    "range below the scale": (put("overall", "interval", "low", to=-0.5), "its range is not on"),
    "range above its value": (put("overall", "interval", "low", to=1.99), "does not lie in its range"),
    "range below its value": (put("overall", "interval", "high", to=0.2), "does not lie in its range"),
    "before caps beside its levels": (
        put("overall", "before_caps", to=1.71),
        "before caps the score is 1.71",
    ),
    "no overall and no reason": (without_overall, "neither or both of an overall score"),
    "overall and a reason for none": (put("unscored", to="x"), "neither or both of an overall score"),
    "level off the scale": (criterion("checking", "level", 99), "the levels given for it are 1 to 1"),
    "level above the ratings": (criterion("planning", "level", 4.5), "given for it are 2.5 to 4"),
    "level below the ratings": (criterion("planning", "level", 2), "given for it are 2.5 to 4"),
    "level and a reason for none": (criterion("checking", "unscored", "x"), "neither or both of a level"),
    "level kept from a failed rule": (criterion("awareness", "level", 3), "a failed rule sets it to 0"),
    "raters who were not there": (criterion("planning", "raters", 12), "12 raters are counted"),
    "a softer title": (criterion("checking", "title", "Great checking"), "the rubric calls it Checking what"),
    "a lighter weight": (criterion("checking", "weight", 1), "its weight is 1, and the rubric's 50"),
    "a failure played down": (criterion("awareness", "serious", False), "that it is serious, or not"),
    "a criterion played up": (criterion("planning", "serious", True), "that it is serious, or not"),
    "a reason of nobody": (criterion("checking", "reasons", ["Brilliant"]), "a reason that none of its"),
    "a quote of nobody": (a_quote_of_nobody, "a quote that none of its ratings gives"),
    "another scale": (put("scale", "max", to=10), "the score is on a scale of 0 to 10"),
    "a cap taken off": (put("overall", "caps", to=[]), "the caps on the overall score"),
    "a cap raised": (put("overall", "caps", 0, "ceiling", to=4), "the caps on the overall score"),
    "a cap of another rule": (put("overall", "caps", 0, "rule", to="short"), "the caps on the overall score"),
    "a cap in other words": (put("overall", "caps", 0, "says", to="x"), "the caps on the overall score"),
    "a rule in other words": (put("rules", 0, "says", to="x"), "the rules of the score are not those"),
    "a rule left out": (drop("rules", 0), "the rules of the score are not those"),
    "a rule that failed without applying": (a_rule_that_failed_without_applying, "and yet it failed"),
    "another threshold": (put("threshold", to=0.5), "the threshold is not the exercise's"),
    "no threshold": (put("threshold", to=None), "the threshold is not the exercise's"),
    "another verdict": (put("verdict", to="above"), "the verdict is above"),
    "no verdict": (put("verdict", to="no threshold"), "the verdict is no threshold"),
}


def of_another_version(content: Any, version: str = "0.0.1") -> Any:
    return {**copy.deepcopy(content), "assay": version}


@pytest.mark.parametrize(("forgery", "says"), LAWS.values(), ids=LAWS)
def test_a_forger_who_breaks_one_law_under_another_version_is_told_which(forgery: Forgery, says: str) -> None:
    content = of_another_version(CONTENT)
    forgery(content)
    failure = verify(resealed(content)).first_failure
    assert failure is not None
    assert failure.name == "laws"
    assert says in failure.detail


def ratings_of(content: Any, kind: str) -> list[Any]:
    return [rating for rating in content["ratings"] if rating["rater"]["kind"] == kind]


def rated_off_the_scale(content: Any) -> None:
    ratings_of(content, "person")[0]["level"] = 40


def rated_below_the_scale(content: Any) -> None:
    ratings_of(content, "person")[0]["level"] = -0.25


def rated_with_a_negative_error(content: Any) -> None:
    ratings_of(content, "person")[0]["error"] = -0.1


def rated_twice(content: Any) -> None:
    content["ratings"].append(copy.deepcopy(ratings_of(content, "person")[0]))


def rated_what_nobody_asked(content: Any) -> None:
    content["ratings"].append({**copy.deepcopy(ratings_of(content, "person")[0]), "criterion": "charm"})


RATINGS: dict[Forgery, str] = {
    rated_off_the_scale: "level 40 is not on a scale of 0 to 4",
    rated_below_the_scale: "level -0.25 is not on a scale of 0 to 4",
    rated_with_a_negative_error: "its error of -0.1 cannot be one",
    rated_twice: "it is there twice",
    rated_what_nobody_asked: "rating of charm by Ines: the rubric has no such criterion",
}


@pytest.mark.parametrize("forgery", RATINGS, ids=lambda forgery: forgery.__name__)
@pytest.mark.parametrize("version", [CONTENT["assay"], "0.0.1"], ids=["this version", "another version"])
def test_a_forger_whose_rating_breaks_a_law_is_told_which(forgery: Forgery, version: str) -> None:
    content = of_another_version(CONTENT, version)
    forgery(content)
    failure = verify(resealed(content)).first_failure
    assert failure is not None
    assert failure.name == "ratings"
    assert RATINGS[forgery] in failure.detail


@pytest.mark.parametrize("version", [CONTENT["assay"], "0.0.1"], ids=["this version", "another version"])
def test_a_misquoted_score_is_found_out_even_where_its_ratings_are_quoted_right(version: str) -> None:
    content = of_another_version(CONTENT, version)
    quote = content["score"]["criteria"][CHECKING]["evidence"][0]
    quote["quote"] = "x" * len(quote["quote"])
    failure = verify(resealed(content)).first_failure
    assert failure is not None
    assert failure.name == "evidence"
    assert failure.detail.startswith("score of ")


OFF = st.one_of(st.floats(101, 1e12), st.floats(-1e12, -1), st.just(400), st.just(99))
"""Numbers that no scale, weight, error or range of a rubric has."""

NUMBERS = {
    "level",
    "low",
    "high",
    "value",
    "before_caps",
    "ceiling",
    "threshold",
    "weight",
    "raters",
    "error",
}


def out_of_law(field: str) -> st.SearchStrategy[float]:
    if field == "raters":
        return st.integers(50, 900)
    return st.floats(-1e12, -1e-3) if field == "error" else OFF


def places() -> list[tuple[str | int, ...]]:
    found = [path for path in leaves(CONTENT) if path[0] in ("score", "ratings") and path[-1] in NUMBERS]
    numbers = [path for path in found if path[-1] == "error" or has_number(path)]
    assert {str(path[-1]) for path in numbers} == NUMBERS
    return numbers


def has_number(path: tuple[str | int, ...]) -> bool:
    value = CONTENT
    for step in path:
        value = value[step]
    return isinstance(value, int | float) and not isinstance(value, bool)


def relabelled(content: Any, kind: str, version: str) -> None:
    """The offline judge's ratings as those of somebody who cannot be asked again."""
    for rater in [*content["raters"], *(rating["rater"] for rating in content["ratings"])]:
        if rater["kind"] == "indicators":
            rater.update(kind=kind, version=version)


@settings(max_examples=300, deadline=None)
@given(
    data=st.data(),
    version=VERSIONS,
    kind=st.sampled_from(["indicators", "judge", "person", "ledger"]),
    paths=st.lists(st.sampled_from(places()), min_size=1, max_size=8, unique=True),
)
def test_an_adversary_who_writes_numbers_beyond_any_law_and_seals_anew_is_never_told_that_it_holds(
    data: st.DataObject, version: str, kind: str, paths: list[tuple[str | int, ...]]
) -> None:
    content = of_another_version(CONTENT, version)
    if kind != "indicators":
        relabelled(content, kind, "of old")
    for path in paths:
        replacement(path, data.draw(out_of_law(str(path[-1])))).apply(content)
    assert verify(resealed(content)).outcome == "does not hold"


@settings(max_examples=150, deadline=None)
@given(
    names=st.lists(st.sampled_from(sorted(LAWS)), min_size=2, max_size=5, unique=True),
    version=st.sampled_from(["0.0.1", "99.0"]),
)
def test_an_adversary_who_breaks_several_laws_at_once_does_not_make_them_cancel_out(
    names: list[str], version: str
) -> None:
    content = of_another_version(CONTENT, version)
    for name in names:
        try:
            LAWS[name][0](content)
        except (TypeError, IndexError):
            continue
    assert verify(resealed(content)).outcome == "does not hold"


@pytest.mark.parametrize("kind", ["person", "judge"])
def test_a_forger_who_passes_the_judge_off_as_somebody_else_must_still_add_up_right(kind: str) -> None:
    content = of_another_version(CONTENT, CONTENT["assay"])
    relabelled(content, kind, "")
    content["score"]["overall"]["value"] = 1.9
    assert verify(resealed(content)).outcome == "does not hold"


def test_a_record_of_another_version_that_keeps_every_law_holds_as_far_as_it_could_be_checked() -> None:
    content = of_another_version(CONTENT)
    content["score"]["narrative"] = ["Told in other words."]
    verification = verify(resealed(content))
    assert verification.outcome == "holds as far as it could be checked"
    assert [check.name for check in verification.left_to_another_version] == ["score"]


def test_a_record_whose_version_alone_is_another_was_checked_whole() -> None:
    assert verify(resealed(of_another_version(CONTENT))).outcome == "holds"


@pytest.mark.parametrize(
    ("threshold", "verdict"),
    [(0.0, "above"), (4.0, "below"), (2.0, "too close to call"), (None, "no threshold")],
)
def test_a_threshold_anywhere_gives_a_verdict_that_holds(threshold: float | None, verdict: str) -> None:
    exercise = Exercise.model_validate({**EXERCISE, "threshold": threshold})
    session = a_session(exercise)
    case = Case(transcript=session.transcript, rubric=exercise.rubric, exercise=exercise)
    scored = score_case(case, (CarefulPerson(),))
    record = build_record(
        session_id="s-mara-1", case=case, scored=scored, events=session.events, made_at=MADE_AT
    )
    assert verify(record_bytes(record)).outcome == "holds"
    assert scored.score.verdict in (verdict, "too close to call")
    content = of_another_version(json.loads(record_bytes(record)))
    for other in {"above", "below", "too close to call", "no threshold", "unscored"} - {scored.score.verdict}:
        content["score"]["verdict"] = other
        failing = verify(resealed(content)).first_failure
        on_an_end = scored.score.overall is not None and threshold in (
            scored.score.overall.interval.low if scored.score.overall.interval else None,
            scored.score.overall.interval.high if scored.score.overall.interval else None,
        )
        assert (failing is not None and failing.name == "laws") or on_an_end


@pytest.mark.parametrize(
    "place", [("ratings", 0, "error"), ("events", 3, "at"), ("score", "overall", "value")]
)
def test_no_number_of_a_record_is_infinite(place: tuple[str | int, ...]) -> None:
    content = of_another_version(CONTENT)
    replacement(place, "Infinity").apply(content)
    failure = verify(resealed(content)).first_failure
    assert failure is not None
    assert failure.name == "fields"


def test_a_level_that_nobody_gave_is_found_out() -> None:
    content = of_another_version(json.loads(record_bytes(a_record())))
    criterion("awareness", "unscored", None)(content)
    criterion("awareness", "level", 3)(content)
    failure = verify(resealed(content)).first_failure
    assert failure is not None
    assert "Awareness: it has level 3, and nobody gave one" in failure.detail


def test_events_nested_too_deeply_are_refused_in_words() -> None:
    deep: Any = []
    for _ in range(260):
        deep = [deep]
    content = copy.deepcopy(CONTENT)
    content["events"][4]["data"]["about"] = deep
    data = json.dumps(content).encode()
    with pytest.raises(UserMistake, match="nested more than 64 levels deep"):
        record_from(content)
    verification = verify(data)
    assert verification.outcome == "does not hold"
    failure = verification.first_failure
    assert failure is not None
    assert "nested more than 64 levels deep" in failure.detail
