"""Records with LLM judges: passes, prompts that can be made again, and no trace where there was no judge."""

import json
from typing import Any

import pytest
from tests.library.record.sessions import MADE_AT, CarefulPerson, a_record, a_session
from tests.library.record.tampering import replacement, resealed
from tests.library.scoring.judge.asked import Heard

from assay.record import Record, build_record, verify
from assay.record.file import record_bytes, record_from
from assay.scoring.judge.provenance import judge_prompt, judge_requests
from assay.scoring.judge.requests import prompt_hash
from assay.scoring.judge.settings import read_judge
from assay.scoring.pipeline import offline_raters, score_case
from assay.scoring.raters import Case, Rater


def said(level: int | None) -> dict[str, Any]:
    return {
        "quotes": [{"turn": 0, "text": "First list the facts"}, {"turn": 0, "text": "never said"}],
        "reason": "Facts before text",
        "level": level,
        "unscored": None if level is not None else "Nothing bears on it",
    }


def judged(options: str = "passes=3 dissent=on", *more: Rater, model: str = "") -> Record:
    """Mara's session, rated by an LLM judge and others."""
    session = a_session()
    case = Case(transcript=session.transcript, rubric=session.exercise.rubric, exercise=session.exercise)
    judge = Heard(
        read_judge(f"openai:some-model{model} {options}", {}), tuple(map(said, [3, 1, 2, None, 4, 0]))
    )
    scored = score_case(case, (judge, *more))
    return build_record(
        session_id="s-mara-1", case=case, scored=scored, events=session.events, made_at=MADE_AT
    )


def outcome(content: Any) -> tuple[str, str]:
    found = verify(resealed(content))
    return found.outcome, found.first_failure.name if found.first_failure else ""


@pytest.mark.parametrize("options", ["", "passes=3", "passes=3 dissent=on", "passes=2 early_stop=off"])
def test_a_record_with_a_judges_passes_holds_and_is_read_back_the_same(options: str) -> None:
    record = judged(options)
    found = verify(record_bytes(record))
    assert found.outcome == "holds"
    assert any("prompts made again" in check.detail for check in found.checks)
    assert record_from(json.loads(record_bytes(record))) == record


@pytest.mark.parametrize("model", ["?seed=1234567", "?context_tokens=1048576"])
def test_a_record_of_a_judge_with_large_numbers_in_its_model_holds(model: str) -> None:
    assert verify(record_bytes(judged("", model=model))).outcome == "holds"


def test_a_seed_that_this_record_gives_holds_and_so_does_none() -> None:
    record = judged("passes=2 early_stop=off")
    content = json.loads(record_bytes(record))
    for rating, request in judge_requests(record.case(), record.ratings):
        place = record.ratings.index(rating)
        assert request is not None
        content["ratings"][place]["judged"]["seed"] = request.seed
    assert outcome(content) == ("holds", "")
    del content["ratings"][0]["judged"]["seed"]
    assert outcome(content) == ("holds", "")


def test_a_panel_of_judge_person_and_offline_judge_is_added_up_again() -> None:
    assert verify(record_bytes(judged("passes=2", CarefulPerson(), *offline_raters()))).outcome == "holds"


def test_the_prompt_of_each_rating_is_made_again_from_the_record_alone() -> None:
    record = record_from(json.loads(record_bytes(judged())))
    for rating in record.ratings:
        messages = judge_prompt(record.case(), rating, record.ratings)
        assert messages is not None
        assert rating.judged is not None
        assert prompt_hash(messages) == rating.judged.prompt


def test_a_record_without_judges_has_no_trace_of_them() -> None:
    data = record_bytes(a_record())
    assert b'"judged"' not in data
    assert b'"judges"' not in data
    assert "asked" not in [check.name for check in verify(data).checks]


@pytest.mark.parametrize(
    ("path", "value", "failure"),
    [
        (("ratings", 0, "judged", "prompt"), "0" * 64, "asked"),
        (("ratings", 0, "judged", "rubric"), "0" * 64, "asked"),
        (("ratings", 0, "judged", "problems"), ["it was empty"], "asked"),
        (("ratings", 0, "judged", "settings"), "nonsense", "asked"),
        (("ratings", 0, "judged", "settings"), "/etc/judge.yaml", "asked"),
        (("ratings", 0, "judged", "number"), 2, "ratings"),
        (("ratings", 0, "judged", "number"), 9, "ratings"),
        (("ratings", 0, "judged", "seed"), 42, "asked"),
        (("ratings", 0, "judged", "seed"), -7, "fields"),
        (("ratings", 0, "judged", "unused_invented"), 9, "ratings"),
        (("ratings", 0, "level"), 0.0, "asked"),  # the dissent was shown another verdict
        (("ratings", 4, "level"), 0.0, "score"),
        (("score", "criteria", 0, "judges", 0, "passes"), [4.0, 4.0, 4.0], "score"),
        (("score", "criteria", 0, "judges"), [], "fields"),
    ],
)
def test_a_forger_who_changes_how_a_judge_was_asked_or_what_it_said_is_found_out(
    path: tuple[str | int, ...], value: object, failure: str
) -> None:
    content = json.loads(record_bytes(judged()))
    replacement(path, value).apply(content)
    assert outcome(content) == ("does not hold", failure)


def test_a_forger_who_says_another_version_made_it_is_still_held_to_the_passes() -> None:
    content = json.loads(record_bytes(judged()))
    content["assay"] = "99.0"
    content["score"]["criteria"][0]["judges"][0]["passes"] = [4.0, 4.0, 4.0]
    assert outcome(content) == ("does not hold", "laws")


def test_how_a_judge_was_asked_cannot_be_said_of_a_person() -> None:
    content = json.loads(record_bytes(judged("", CarefulPerson())))
    person = next(rating for rating in content["ratings"] if rating["rater"]["kind"] == "person")
    person["judged"] = content["ratings"][0]["judged"]
    assert outcome(content) == ("does not hold", "ratings")


def test_a_judge_that_asked_otherwise_is_left_to_its_version() -> None:
    content = json.loads(record_bytes(judged("")))
    for rating in content["ratings"]:
        rating["rater"]["version"] = "f" * 64
    for rater in content["raters"]:
        rater["version"] = "f" * 64
    for item in content["score"]["criteria"]:
        for vote in item["judges"]:
            vote["judge"]["version"] = "f" * 64
    found = verify(resealed(content))
    assert found.outcome == "holds as far as it could be checked"
    (check,) = found.left_to_another_version
    assert check.name == "asked"
    assert "asks otherwise" in check.detail
