"""What each report says of the checks on its record."""

import io
import json
from typing import Any

import pytest
from rich.console import Console
from tests.library.record.sessions import a_record, a_record_from_elsewhere
from tests.library.record.tampering import as_bytes, resealed
from tests.library.reports.reading import read_page

from assay.authoring.rubric import Scale
from assay.record import Record, parse_record
from assay.record.file import record_bytes
from assay.reports.checked import verified
from assay.reports.drawing import track
from assay.reports.html import html_report
from assay.reports.html.plots import dial
from assay.reports.markdown import markdown_report
from assay.reports.terminal import print_report
from assay.scoring.score import Interval

FORMS = ["terminal", "html", "md"]


def told(record: Record, form: str) -> str:
    """A report's text on one line, as its reader has it."""
    if form == "html":
        text = " ".join(text for tag, text in read_page(html_report(record)).texts if tag != "style")
    elif form == "md":
        text = markdown_report(record).replace("\\", "")
    else:
        kept = io.StringIO()
        print_report(record, Console(file=kept, width=100))
        text = kept.getvalue()
    return " ".join(text.split())


def content() -> Any:
    return json.loads(record_bytes(a_record()))


@pytest.mark.parametrize("form", FORMS)
def test_a_report_says_that_its_record_holds_and_on_whose_word_it_rests(form: str) -> None:
    text = told(a_record(), form)
    assert "It holds: all 15 checks that a record of this kind allows were made." in text
    assert "The ratings of Ines, a person, rest on judgement" in text
    assert "This record" not in text
    assert text.index("What was checked") > text.rindex("How this was scored")


@pytest.mark.parametrize("form", FORMS)
def test_a_report_of_a_chat_names_what_cannot_be_checked_without_alarm(form: str) -> None:
    text = told(a_record_from_elsewhere(), form)
    assert "Cannot be checked here: no event of the session was changed, dropped, added or moved." in text
    assert "the conversation came from elsewhere" in text
    assert "Not checked" not in text
    assert "as far as it could be checked" not in text


@pytest.mark.parametrize("form", FORMS)
def test_a_report_of_a_record_that_does_not_hold_says_so_before_anything_else(form: str) -> None:
    forged = content()
    forged["score"]["overall"].update(value=400, interval={"low": -9, "high": 900, "source": "x"})
    forged["score"]["criteria"][0]["level"] = 99
    forged["score"]["threshold"] = 77
    text = told(parse_record(resealed(forged)), form)
    assert 0 <= text.index("This record does not hold, and nothing in this report can be relied on") < 400
    assert "This record does not hold." in text[text.index("What was checked") :]


def test_a_plain_edit_is_told_of_in_the_report_too() -> None:
    forged = content()
    forged["made_at"] = "2026-03-02T11:00:00Z"
    assert verified(parse_record(as_bytes(forged))).outcome == "does not hold"


def test_what_lies_off_a_scale_is_drawn_at_its_end_and_a_threshold_off_it_not_at_all() -> None:
    far = Interval(low=-8, high=40, source="")
    assert track(Scale(), 5, value=400, interval=far) == "━━━━●"
    assert track(Scale(), 5, value=-3, interval=None, threshold=9) == "●────"
    assert track(Scale(), 5, value=None, interval=None, threshold=-1) == "─────"
    score = a_record().score
    assert "threshold 2.5</text>" in dial(score)
    assert "threshold 9" not in dial(score.model_copy(update={"threshold": 9.0})).replace("; threshold 9", "")
