"""The report as Markdown and in a terminal, and what is written to a file."""

import io
import re
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from rich.console import Console
from tests.library.record.sessions import a_record, a_record_from_elsewhere
from tests.library.reports.reading import HOSTILE, a_hostile_record, read_page

from assay.authoring.rubric import Scale
from assay.errors import UserMistake
from assay.record import Record, read_record
from assay.reports import Format, write_report
from assay.reports.drawing import track
from assay.reports.html import html_report
from assay.reports.markdown import escaped, markdown_report
from assay.reports.marks import all_marks, letters
from assay.reports.safe import one_line, visible
from assay.reports.terminal import print_report
from assay.scoring.score import Interval

RECORDS = {"session": a_record(), "elsewhere": a_record_from_elsewhere(), "hostile": a_hostile_record()}
each_record = pytest.mark.parametrize("record", list(RECORDS.values()), ids=list(RECORDS))


def printed(record: Record, width: int = 100, colour: bool = False) -> str:
    kept = io.StringIO()
    print_report(
        record,
        Console(file=kept, width=width, force_terminal=colour, color_system="standard" if colour else None),
    )
    return kept.getvalue()


@each_record
def test_all_forms_say_the_same_number_verdict_and_seal(record: Record) -> None:
    html = " ".join("".join(text for _, text in read_page(html_report(record)).texts).split())
    forms = {"html": html, "md": markdown_report(record), "terminal": printed(record)}
    overall = record.score.overall
    assert overall is not None
    for name, text in forms.items():
        assert f"{overall.value:.1f}" in text, name
        assert "threshold" in text, name
        assert record.seal in text, name
        assert "How this was scored" in text, name


@each_record
def test_a_reader_of_markdown_goes_from_criterion_to_quote_and_back(record: Record) -> None:
    text = markdown_report(record)
    for mark in all_marks(record.score):
        assert text.count(f'<a id="mark-{mark.name}"></a>') == 1
        assert text.count(f'<a id="quote-{mark.name}"></a>') == 1
        assert f"[{mark.name}](#mark-{mark.name})" in text
        assert f"[{mark.name}](#quote-{mark.name})" in text


def test_hostile_text_is_no_markdown() -> None:
    rendered = (
        MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown_report(RECORDS["hostile"]))
    )
    page = read_page(rendered)
    assert page.faults == []
    assert {tag for tag, _ in page.tags} & {"script", "img", "code", "pre", "h4", "b", "i", "hr"} <= {"code"}
    codes = [text for tag, text in page.texts if tag == "code"]
    assert not any("indented" in text for text in codes)
    assert [link for link, _ in page.links if not link.startswith("#")] == []
    headings = [text for tag, text in page.texts if tag in {"h1", "h2"}]
    assert "Overall: 4.0" not in headings
    shown = "".join(text for _, text in page.texts)
    assert "# Overall: 4.0" in shown
    assert "**bold** `code` | a | b |" in shown
    assert "<script>alert(1)</script>" in shown


def test_hostile_text_makes_no_address_that_a_viewer_would_link() -> None:
    assert not re.search(r"https?://|www\.", markdown_report(RECORDS["hostile"]))


def test_markdown_tables_keep_their_columns_whatever_a_title_says() -> None:
    rows = [line for line in markdown_report(RECORDS["hostile"]).splitlines() if line.startswith("| 1 |")]
    assert len(rows) == 1
    assert len(re.findall(r"(?<!\\)\|", rows[0])) == 7


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("- item", "\\- item"),
        ("12. twelve", "12\\. twelve"),
        ("a\nb", "a b"),
        ("2.5 of 4", "2\\.5 of 4"),
        ("see www.x.org", "see www\\.x.org"),
        ("", ""),
    ],
)
def test_a_line_that_would_be_markup_is_escaped(text: str, safe: str) -> None:
    assert escaped(text) == safe


@pytest.mark.parametrize("colour", [False, True])
def test_hostile_text_cannot_drive_the_terminal(colour: bool) -> None:
    text = printed(RECORDS["hostile"], width=10_000, colour=colour)
    ours = re.sub(r"\x1b\[[0-9;]*m", "", text) if colour else text
    assert "\x1b" not in ours
    assert "\x07" not in ours
    assert "\u202e" not in ours
    assert "[bold red]rich markup[/bold red]" in ours
    assert ":smiley:" in ours
    if colour:
        assert "\x1b[31mred" not in text


@pytest.mark.parametrize("width", [40, 80, 200])
def test_somebody_with_a_terminal_of_any_width_can_read_it(width: int) -> None:
    lines = printed(RECORDS["session"], width=width).splitlines()
    assert max(map(len, lines)) <= width
    assert any("Look" in line or line.startswith("! ") for line in lines)


def test_somebody_at_the_terminal_sees_why_and_what_is_missing() -> None:
    text = printed(RECORDS["session"])
    assert "! Checking what came back: 1.0 of 4.0" in text
    assert "1a “First list the facts, then wait” message 0" in text
    assert "Unscored: No private data came up." in text
    assert "2 of 4 rounds" in text
    assert "1 refused" in text


def test_no_report_gives_the_sealed_ledger_away() -> None:
    record = RECORDS["session"]
    assert record.exercise is not None
    assert record.exercise.ledger is not None
    for text in (html_report(record), markdown_report(record), printed(record)):
        assert record.exercise.ledger.errors[0].truth not in text


def test_a_line_without_its_hidden_characters_is_what_people_think_they_read() -> None:
    assert visible("a\u202eb\u200bc\r\nd\te") == "a⟨U+202E⟩b⟨U+200B⟩c\nd\te"
    assert visible("👩\u200d🔬 پ\u200c") == "👩\u200d🔬 پ\u200c"
    assert visible("\ud800") == "⟨U+D800⟩"
    assert one_line("  a\n\n b ") == "a b"
    one_line(HOSTILE).encode("utf-8")


def test_a_drawn_scale_shows_interval_value_and_threshold_in_place() -> None:
    scale, interval = Scale(), Interval(low=2, high=4, source="")
    assert track(scale, 5, value=3, interval=interval, threshold=1) == "─┊━●━"
    assert track(scale, 5, value=None, interval=None) == "─────"


def test_quotes_never_run_out_of_names() -> None:
    names = [letters(place) for place in range(800)]
    assert names[:2] == ["a", "b"]
    assert names[25:28] == ["z", "aa", "ab"]
    assert len(set(names)) == 800


@pytest.mark.parametrize("form", ["html", "md", "json"])
def test_each_format_is_written_to_its_file(form: Format, tmp_path: Path) -> None:
    path = tmp_path / f"report.{form}"
    write_report(RECORDS["session"], form, path)
    if form == "json":
        assert read_record(path).seal == RECORDS["session"].seal
    else:
        assert RECORDS["session"].seal in re.sub("<[^>]+>", "", path.read_text("utf-8"))


@pytest.mark.parametrize("form", ["html", "md", "json"])
def test_somebody_who_names_no_folder_is_told(form: Format, tmp_path: Path) -> None:
    with pytest.raises(UserMistake, match="cannot be written"):
        write_report(RECORDS["session"], form, tmp_path / "nowhere" / "report")
