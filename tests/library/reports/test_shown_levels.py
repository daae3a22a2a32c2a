"""How levels are rounded where people read them, and how lines end where a report goes to a file."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from tests.library.record.sessions import a_record, a_record_from_elsewhere
from tests.library.reports.reading import a_hostile_record
from tests.library.scoring.test_panel import rated, rubric, scored

from assay.record import Record
from assay.reports.terminal import print_report
from assay.scoring.narrative import show_level

RECORDS = {"session": a_record(), "elsewhere": a_record_from_elsewhere(), "hostile": a_hostile_record()}
LEVELS = st.integers(0, 40_000).map(lambda number: number / 10_000)


@pytest.mark.parametrize(
    ("value", "beside", "shown"),
    [
        (3.0, (), "3.0"),
        (2.5, (), "2.5"),
        (2.2391, (), "2.2"),
        (2.96, (), "2.96"),
        (2.996, (), "2.996"),
        (2.9999, (), "2.9999"),
        (2.99999999, (), "3.0"),
        (2.47, (), "2.47"),
        (2.53, (), "2.5"),
        (2.68, (2.7,), "2.68"),
        (2.72, (2.7,), "2.72"),
        (2.76, (2.75,), "2.8"),
        (3.04, (3.0,), "3.04"),
        (3.04, (None,), "3.0"),
        (2.7, (2.7,), "2.7"),
    ],
)
def test_a_level_has_one_decimal_unless_that_would_mislead(
    value: float, beside: tuple[float | None, ...], shown: str
) -> None:
    assert show_level(value, *beside) == shown


@given(LEVELS, LEVELS)
def test_what_is_rounded_stays_on_its_side_of_what_it_is_compared_with(value: float, other: float) -> None:
    shown = float(show_level(value, other))
    assert (shown < other, shown > other) == (value < other, value > other)
    assert abs(shown - value) <= 0.05


def test_a_reader_of_a_score_just_below_the_threshold_sees_that_it_is_below() -> None:
    votes = [rated("plan", 2.96, error=0.01)]
    score = scored(rubric({"plan": 1}), *votes, threshold=3.0)
    assert score.verdict == "below"
    assert score.narrative[0] == "Overall 2.96 of 4.0, between 2.9 and 2.98; below the threshold of 3.0."
    assert any(told.startswith("Plan 2.96 of 4.0") for told in score.narrative)
    assert "Level 3 of Plan would be: words 3." in score.narrative


def printed(record: Record, width: int) -> str:
    kept = io.StringIO()
    print_report(record, Console(file=kept, width=width))
    return kept.getvalue()


@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize("record", list(RECORDS.values()), ids=list(RECORDS))
def test_a_report_that_goes_to_a_file_has_no_blanks_at_line_ends(record: Record, width: int) -> None:
    lines = printed(record, width).split("\n")
    assert len(lines) > 30
    assert [line for line in lines if line != line.rstrip()] == []
