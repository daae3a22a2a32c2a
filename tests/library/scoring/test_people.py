"""People's ratings in a file: taken as given, or refused with the line."""

import json
from pathlib import Path
from typing import Any

import pytest

from assay.authoring.rubric import Rubric
from assay.errors import UserMistake
from assay.scoring.people import PeoplesRatings, read_ratings
from assay.scoring.pipeline import score_case
from assay.scoring.raters import Case
from assay.session.transcript import DeliverableVersion, Transcript, Turn

RUBRIC = Rubric.model_validate(
    {"criteria": {name: {"asks": "?", "levels": {0: "none", 4: "all"}} for name in ("plan", "check")}}
)
TRANSCRIPT = Transcript(
    turns=(
        Turn(index=0, role="user", text="First the facts, then the “text”."),
        Turn(index=1, role="assistant", text="Here are the facts."),
        Turn(index=2, role="user", text="The second total is wrong."),
    ),
    deliverable=(DeliverableVersion(text="All totals were checked.", after_turn=2),),
)


def entry(**changes: Any) -> dict[str, Any]:
    plan = {"level": 3, "quotes": [{"turn": 0, "text": "First the facts"}], "reason": "Orders the work."}
    whole = {
        "id": "mara",
        "rater": "Ines",
        "ratings": {"plan": plan, "check": {"unscored": "No reply to check."}},
    }
    return {**whole, **changes}


def rating(**changes: Any) -> dict[str, Any]:
    return entry(ratings={"plan": {"level": 3, "quotes": [{"turn": 0, "text": "First"}], **changes}})


def read(tmp_path: Path, content: str, name: str = "ratings.jsonl") -> PeoplesRatings:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    return read_ratings(path)


YAML = """\
- id: mara
  rater: Ines
  ratings:
    plan:
      level: 3
      quotes: [{turn: 0, text: First the facts}]
      reason: Orders the work.
    check: {unscored: No reply to check.}
- id: mara
  rater: Jonas
  ratings:
    plan: {level: 2, quotes: [{turn: 2, text: The second total}]}
"""


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("ratings.jsonl", f"{json.dumps(entry())}\n\n"),
        ("ratings.json", json.dumps([entry()], indent=1)),
        ("ratings.json", json.dumps(entry())),
        ("ratings.yaml", YAML),
    ],
)
def test_ratings_are_read_from_any_of_the_three_forms(tmp_path: Path, name: str, content: str) -> None:
    rater = read(tmp_path, content, name).of("mara")[0]
    assert (rater.identity.kind, rater.identity.name) == ("person", "Ines")
    plan, check = rater.rate(Case(TRANSCRIPT, RUBRIC))
    assert (plan.level, plan.reason) == (3, "Orders the work.")
    assert (check.level, check.unscored) == (None, "No reply to check.")


def test_the_peoples_median_is_the_level_and_their_quotes_are_located(tmp_path: Path) -> None:
    raters = read(tmp_path, YAML, "ratings.yaml").of("mara")
    scored = score_case(Case(TRANSCRIPT, RUBRIC), raters)
    plan = scored.score.criteria[0]
    assert plan.level == 2.5
    assert [(item.turn, item.start, item.quote) for item in plan.evidence] == [
        (0, 0, "First the facts"),
        (2, 0, "The second total"),
    ]


def test_a_quote_typed_with_plain_quotes_is_found_and_shown_as_it_stands(tmp_path: Path) -> None:
    raters = read(tmp_path, json.dumps(rating(quotes=[{"turn": 0, "text": 'the "text"'}]))).of("mara")
    (found,) = score_case(Case(TRANSCRIPT, RUBRIC), raters).score.criteria[0].evidence
    assert (found.quote, found.repaired) == ("the “text”", True)


def test_a_quote_from_the_deliverable_is_given_with_turn_null(tmp_path: Path) -> None:
    raters = read(tmp_path, json.dumps(rating(quotes=[{"turn": None, "text": "checked"}]))).of("mara")
    (found,) = score_case(Case(TRANSCRIPT, RUBRIC), raters).score.criteria[0].evidence
    assert (found.turn, found.quote) == (None, "checked")


@pytest.mark.parametrize(
    "quote", [{"turn": 1, "text": "the facts"}, {"turn": 0, "text": "never said"}, {"turn": 9, "text": "x"}]
)
def test_a_level_whose_only_quote_is_not_the_candidates_is_unscored(
    tmp_path: Path, quote: dict[str, Any]
) -> None:
    raters = read(tmp_path, json.dumps(rating(quotes=[quote]))).of("mara")
    plan = score_case(Case(TRANSCRIPT, RUBRIC), raters).score.criteria[0]
    assert (plan.level, plan.unscored) == (None, "no verifiable evidence")


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ([], "must be an object"),
        ({"id": "a"}, "no 'rater'"),
        (entry(note="x"), "unknown key 'note'"),
        (entry(id=[]), "'id' must be a text"),
        (entry(rater=7), "'rater' must be a name"),
        (entry(rater=" "), "'rater' must be a name"),
        (entry(ratings=[]), "at least one criterion"),
        (entry(ratings={}), "at least one criterion"),
        (entry(ratings={"plan": 3}), "rating of 'plan' must be an object"),
        (rating(level=None), "either a level or a reason"),
        (rating(unscored="x"), "either a level or a reason"),
        (rating(level=True), "whole number"),
        (rating(level="3"), "whole number"),
        (rating(level=10**30), "whole number"),
        (rating(quotes=[]), "without a quote"),
        (rating(quotes=None), "without a quote"),
        (rating(quotes="x"), "'quotes' must be a list"),
        (rating(quotes=[{"text": "x"}]), "'turn' of a quote"),
        (rating(quotes=[{"turn": "0", "text": "x"}]), "'turn' of a quote"),
        (rating(quotes=[{"turn": 0, "text": " "}]), "must be a text"),
        (rating(quotes=[{"turn": 0}]), "without words"),
        (rating(quotes=[{"turn": 0, "text": "\ud800"}]), "must be a text"),
        (rating(levl=3), "unknown key 'levl'"),
    ],
)
def test_an_entry_that_cannot_be_used_is_refused_with_its_line(tmp_path: Path, value: Any, says: str) -> None:
    with pytest.raises(UserMistake) as refusal:
        read(tmp_path, "\n" + json.dumps(value))
    assert says in refusal.value.message
    assert refusal.value.remedy
    assert refusal.value.where
    assert refusal.value.where.line == 2


@pytest.mark.parametrize(
    ("changes", "says"),
    [({"plaan": {"unscored": "x"}}, "'plaan', which the rubric does not have")]
    + [
        ({"plan": {"level": level, "quotes": [{"turn": 0, "text": "x"}]}}, "which is no level")
        for level in (5, -1, 2.5)
    ],
)
def test_a_criterion_or_level_that_the_rubric_lacks_is_refused(
    tmp_path: Path, changes: dict[str, Any], says: str
) -> None:
    ratings = read(tmp_path, json.dumps(entry(ratings=changes)))
    with pytest.raises(UserMistake, match=says) as refusal:
        ratings.check(RUBRIC)
    assert refusal.value.where
    assert refusal.value.where.line == 1


def test_the_same_person_cannot_rate_a_session_twice(tmp_path: Path) -> None:
    with pytest.raises(UserMistake, match="already, on line 1"):
        read(tmp_path, f"{json.dumps(entry())}\n{json.dumps(entry())}")


@pytest.mark.parametrize(
    ("name", "content", "line"),
    [
        ("r.jsonl", "{}\n", 1),
        ("r.jsonl", f"{json.dumps(entry())}\n{{oops", 2),
        ("r.json", '[\n {"id": "a",\n  oops}\n]', 3),
        ("r.json", json.dumps([entry(), entry(rater=7)], indent=1), 21),
        ("r.yaml", YAML.replace("rater: Jonas", "rater: [1]"), 9),
        ("r.yaml", "- id: [}", 1),
    ],
)
def test_a_refusal_names_the_line_in_every_form(tmp_path: Path, name: str, content: str, line: int) -> None:
    with pytest.raises(UserMistake) as refusal:
        read(tmp_path, content, name)
    assert refusal.value.where
    assert refusal.value.where.line == line


def test_a_file_that_is_absent_or_not_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserMistake, match="cannot be read"):
        read_ratings(tmp_path / "absent.jsonl")
    path = tmp_path / "r.jsonl"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(UserMistake, match="not UTF-8"):
        read_ratings(path)
