"""Somebody reads a report and takes from it what it says, and no more."""

import io
from collections.abc import Iterable

import pytest
from rich.console import Console
from tests.library.record.sessions import MADE_AT, a_record, an_exercise
from tests.library.reports.reading import read_page

from assay.record import Record, build_record
from assay.reports.findings import WORDS_NOT_READ, story, verdict_in_words
from assay.reports.html import html_report
from assay.reports.markdown import markdown_report
from assay.reports.terminal import print_report
from assay.scoring.pipeline import score_case
from assay.scoring.raters import Case, Rater
from assay.scoring.ratings import Proposal, Quote, RaterIdentity
from assay.scoring.score import Cap, Overall, Score
from assay.session.transcript import DeliverableVersion, Transcript, Turn


class Signs:
    """A rater that stands where the offline judge does."""

    identity = RaterIdentity(kind="indicators", name="offline signs", version="1")

    def __init__(self, level: float | None) -> None:
        self._level = level

    def rate(self, case: Case) -> Iterable[Proposal]:
        for name in case.rubric.criteria:
            if self._level is None:
                yield Proposal(criterion=name, unscored="the candidate wrote in German")
            else:
                quote = Quote(turn=0, text="First list", sign="steps_laid-out")
                yield Proposal(criterion=name, level=self._level, quotes=(quote,), reason="Two signs")


def record_of(rater: Rater, deliverable: str | None = None, *, rules: list[object] | None = None) -> Record:
    rubric = an_exercise().rubric.model_dump(mode="json")
    if rules is not None:
        rubric["rules"] = rules
    versions = () if deliverable is None else (DeliverableVersion(text=deliverable, after_turn=0),)
    said = Turn(index=0, role="user", text="First list the facts, then wait.")
    case = Case(
        Transcript(turns=(said,), deliverable=versions), type(an_exercise().rubric).model_validate(rubric)
    )
    return build_record(session_id="chat", case=case, scored=score_case(case, (rater,)), made_at=MADE_AT)


def forms(record: Record) -> dict[str, str]:
    kept = io.StringIO()
    print_report(record, Console(file=kept, width=100))
    html = " ".join(text for tag, text in read_page(html_report(record)).texts if tag != "style")
    shown = {"html": html, "md": markdown_report(record).replace("\\", ""), "terminal": kept.getvalue()}
    return {name: " ".join(text.split()) for name, text in shown.items()}


def test_a_reader_finds_no_section_on_rules_where_none_applies() -> None:
    for name, text in forms(record_of(Signs(3))).items():
        assert "0 of 0" not in text, name
        assert "Rules" not in text.replace("Rules, checked by code", ""), name


def test_a_reader_sees_by_which_sign_each_quote_was_found() -> None:
    for name, text in forms(record_of(Signs(3))).items():
        assert "steps laid out" in text, name


def test_a_reader_is_told_whose_words_stand_beside_a_level() -> None:
    by_signs, by_people = forms(record_of(Signs(3))), forms(a_record())
    for name in ("html", "md"):
        assert "The rubric's words for level 3" in by_signs[name]
        assert "The rubric's words for level 2, just below" in by_people[name]
        assert WORDS_NOT_READ in by_signs[name]
        assert WORDS_NOT_READ not in by_people[name]


FORBID = {"check": "deliverable_forbids", "says": "No Monday.", "phrases": ["Monday"]}


@pytest.mark.parametrize(
    ("consequence", "level", "says"),
    [
        ({}, 3, "It is shown only: it does not change the score."),
        ({"cap_overall": 2.0}, 3, "It caps the overall score at 2.0. "),
        ({"cap_overall": 2.0}, 1, "It caps the overall score at 2.0, which the criteria do not exceed"),
        ({"cap_overall": 2.0}, None, "It would cap the overall score at 2.0, and there is none."),
        ({"auto_fail": "planning"}, 3, "It sets Planning to 0.0."),
    ],
)
def test_a_reader_sees_what_a_failed_rule_did_to_the_score(
    consequence: dict[str, object], level: float | None, says: str
) -> None:
    rule = {"id": "no-monday", **FORBID, "on_fail": consequence}
    for name, text in forms(record_of(Signs(level), "Open on Monday.", rules=[rule])).items():
        assert says in text, name


def test_a_reader_sees_which_of_two_caps_holds() -> None:
    rules: list[object] = [
        {"id": f"cap-{ceiling}", **FORBID, "on_fail": {"cap_overall": float(ceiling)}} for ceiling in (1, 2)
    ]
    for name, text in forms(record_of(Signs(3), "Open on Monday.", rules=rules)).items():
        assert "It caps the overall score at 1.0. " in text, name
        assert "It caps the overall score at 2.0, and another rule caps it lower." in text, name


def test_a_reader_of_a_session_in_another_language_is_told_once() -> None:
    record = record_of(Signs(None))
    for name, text in forms(record).items():
        assert text.count("the candidate wrote in German") + text.count("The candidate wrote in German") <= 2
        assert "No criterion is scored: the candidate wrote in German." in text, name
    told = [text for text in story(record.score) if "German" in text]
    assert told == [
        "Planning, Checking what came back and Awareness are not scored: the candidate wrote in German."
    ]


def capped_score(value: float, threshold: float, verdict: str) -> Score:
    overall = Overall(value=value, before_caps=3.5, caps=(Cap(rule="r", says="No.", ceiling=value),))
    return Score.model_validate(
        {
            "scale": {"min": 0, "max": 4},
            "overall": overall,
            "criteria": (),
            "threshold": threshold,
            "verdict": verdict,
        }
    )


@pytest.mark.parametrize(
    ("value", "verdict", "says"),
    [
        (2.0, "below", "Below the threshold of 2.5 (capped): a failed rule allows at most 2.0"),
        (2.5, "above", "Capped at the threshold of 2.5: a failed rule allows no more"),
        (
            2.5,
            "too close to call",
            "Capped at the threshold of 2.5: a failed rule allows no more, and a person decides",
        ),
        (3.0, "above", "Above the threshold of 2.5, and clear of it"),
    ],
)
def test_a_reader_sees_that_a_rule_and_not_the_work_decided(value: float, verdict: str, says: str) -> None:
    assert verdict_in_words(capped_score(value, 2.5, verdict)) == says


def test_a_reader_sees_what_a_person_left_unscored_and_why() -> None:
    for name, text in forms(a_record()).items():
        assert "Ines left Awareness unscored: no private data came up." in text, name
