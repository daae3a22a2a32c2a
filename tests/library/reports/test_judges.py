"""What reports say of LLM judges: passes, spread, quotes made up, and partiality."""

import io

import pytest
from rich.console import Console
from tests.library.record.sessions import MADE_AT, a_record, a_session
from tests.library.scoring.judge.asked import Heard

from assay.record import Record, build_record
from assay.reports.html import html_report
from assay.reports.judges import judge_in_words, passes_in_words
from assay.reports.markdown import markdown_report
from assay.reports.terminal import print_report
from assay.scoring.judge.settings import read_judge
from assay.scoring.pipeline import score_case
from assay.scoring.raters import Case


def judged(judge: str, *levels: int | None) -> Record:
    return judged_by(judging(judge, *levels))


def judging(judge: str, *levels: int | None) -> Heard:
    said = tuple(
        {
            "quotes": [{"turn": 0, "text": "First list the facts"}, {"turn": 0, "text": "never said so"}],
            "reason": "Facts before text",
            "level": level,
            "unscored": None if level is not None else "Nothing bears on it",
        }
        for level in levels
    )
    return Heard(read_judge(judge, {}), said)


def judged_by(*judges: Heard) -> Record:
    session = a_session()
    case = Case(transcript=session.transcript, rubric=session.exercise.rubric, exercise=session.exercise)
    scored = score_case(case, judges)
    return build_record(
        session_id="s-mara-1", case=case, scored=scored, events=session.events, made_at=MADE_AT
    )


def in_terminal(record: Record) -> str:
    shown = io.StringIO()
    print_report(record, Console(file=shown, width=100))
    return " ".join(shown.getvalue().split())


FORMS = [in_terminal, markdown_report, lambda record: str(html_report(record))]


@pytest.mark.parametrize("form", FORMS)
def test_every_report_says_what_a_judge_said_pass_by_pass_and_how_much_of_it_stood(form: object) -> None:
    text = form(judged("openai:some-model passes=3", 3, 1, 2)).replace("\\", "")  # type: ignore[operator]
    assert "openai:some-model said" in text
    assert "fabrication rate of 50%" in text
    assert "Answered by some-model-2026." in text
    assert "spread" in text


@pytest.mark.parametrize("form", FORMS)
def test_of_several_raters_every_report_says_who_gives_which_reason_at_which_level(form: object) -> None:
    record = judged_by(judging("openai:lenient", 4), judging("openai:strict", 1))
    text = form(record).replace("\\", "")  # type: ignore[operator]
    assert "penai:lenient, level 4.0: Facts before text" in text


def test_passes_that_were_left_out_are_told_with_the_reason() -> None:
    record = judged("openai:some-model passes=3", 3)
    told = passes_in_words(record.score.criteria[0], record.score.scale)
    assert told == [
        "openai:some-model said 3.0, 3.0 in 2 passes; median 3.0, spread 0.0; "
        "1 more could not have moved the median and was not asked for."
    ]


def test_a_single_pass_is_told_by_its_level_alone() -> None:
    record = judged("openai:some-model", 3)
    assert passes_in_words(record.score.criteria[0], record.score.scale) == []


@pytest.mark.parametrize("form", FORMS)
def test_every_report_says_above_the_score_that_the_embedded_model_is_no_judge(form: object) -> None:
    text = form(judged("embedded", 3)).replace("\\", "")  # type: ignore[operator]
    warning = "Levels of the embedded model mean nothing"
    assert text.index(warning) < text.index("out of 4")
    assert "No judge: a model this small cannot judge" in text
    assert warning not in form(judged("openai:some-model", 3))  # type: ignore[operator]


def test_the_record_says_that_the_embedded_model_is_no_judge() -> None:
    assert judged("embedded", 3).raters[0].calibration.startswith("no judge: ")


def test_a_judge_of_the_assistants_family_is_flagged() -> None:
    session = a_record()
    assert judge_in_words(session, session.raters[0]) == []
    record = judged("openai:gpt-4.1-mini", 3)
    events = [
        event.model_copy(update={"data": {**event.data, "model": "openai:gpt-4o"}})
        if event.seq == 0
        else event
        for event in record.events
    ]
    of_one_family = record.model_copy(update={"events": tuple(events)})
    assert any("both of the gpt family" in told for told in judge_in_words(of_one_family, record.raters[0]))
    assert not any("family" in told for told in judge_in_words(record, record.raters[0]))
