"""What somebody meets who opens the HTML report."""

import re
from importlib.resources import files
from itertools import pairwise

import pytest
from tests.library.record.sessions import a_record, a_record_from_elsewhere
from tests.library.reports.reading import HOSTILE, Page, a_hostile_record, read_page

from assay.record import Record
from assay.reports.html import html_report
from assay.reports.marks import all_marks
from assay.reports.safe import visible

RECORDS = {"session": a_record(), "elsewhere": a_record_from_elsewhere(), "hostile": a_hostile_record()}
PAGES = {name: read_page(html_report(record)) for name, record in RECORDS.items()}

each_record = pytest.mark.parametrize(
    ("record", "page"), [(RECORDS[name], PAGES[name]) for name in RECORDS], ids=list(RECORDS)
)


@each_record
def test_a_reader_finds_every_quote_marked_word_for_word(record: Record, page: Page) -> None:
    marks = all_marks(record.score)
    assert marks
    assert {name: "".join(texts) for name, texts in page.marks.items()} == {
        mark.name: visible(mark.evidence.quote) for mark in marks
    }


@each_record
def test_a_reader_goes_from_criterion_to_quote_and_back(record: Record, page: Page) -> None:
    for mark in all_marks(record.score):
        assert f"mark-{mark.name}" in page.ids
        assert f"quote-{mark.name}" in page.ids
        assert (f"#mark-{mark.name}", mark.name) in page.links
        assert (f"#quote-{mark.name}", mark.name) in page.links


@each_record
def test_every_link_leads_somewhere_in_the_page_and_every_id_is_used_once(record: Record, page: Page) -> None:
    assert len(page.ids) == len(set(page.ids))
    hrefs = [attributes["href"] for attributes in page.named("a")]
    assert [href for href in hrefs if href is None or href[1:] not in page.ids] == []
    labels = [found["aria-labelledby"] for _, found in page.tags if "aria-labelledby" in found]
    assert [label for label in labels if label not in page.ids] == []


@each_record
def test_the_page_loads_nothing_and_runs_nothing(record: Record, page: Page) -> None:
    tags = {tag for tag, _ in page.tags}
    assert (
        tags & {"script", "link", "img", "iframe", "object", "embed", "form", "base", "audio", "video"}
        == set()
    )
    attributes = {name for _, found in page.tags for name in found}
    assert attributes & {"src", "srcset", "action", "poster", "ping", "background"} == set()
    assert [name for name in attributes if name.startswith("on")] == []
    style = "".join(text for tag, text in page.texts if tag == "style")
    assert "@import" not in style
    assert "http" not in style
    assert re.findall(r"url\((?!#)", style) == []
    (policy,) = (meta["content"] for meta in page.named("meta") if "http-equiv" in meta)
    assert policy is not None
    assert policy.startswith("default-src 'none'")


@each_record
def test_the_page_is_well_formed(record: Record, page: Page) -> None:
    assert page.faults == []
    assert page.open == []


@each_record
def test_somebody_with_a_screen_reader_finds_landmarks_and_headings_in_order(
    record: Record, page: Page
) -> None:
    (html,) = page.named("html")
    assert html["lang"] == "en"
    for landmark in ("header", "main", "footer", "nav", "h1", "title"):
        assert len(page.named(landmark)) == 1, landmark
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert all(after - before <= 1 for before, after in pairwise(levels))
    drawings = page.named("svg")
    assert drawings
    assert all(found.get("aria-hidden") == "true" or found.get("aria-label") for found in drawings)
    assert page.links[0] == ("#criteria", "Skip to the criteria")
    assert all(found.get("scope") for found in page.named("th"))


def test_hostile_text_stays_text() -> None:
    page = PAGES["hostile"]
    shown = "".join(text for tag, text in page.texts if tag != "style")
    assert "<script>alert(1)</script>" in shown
    assert "[bold red]rich markup[/bold red]" in shown
    assert "⟨U+202E⟩gnirts" in shown
    html = html_report(RECORDS["hostile"])
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\U000e0000-\U000e007f]", html)
    assert visible(HOSTILE) in "".join(text for _, text in page.texts)


def test_overlapping_quotes_each_end_with_their_own_reference() -> None:
    html = html_report(RECORDS["session"])
    # Mara's first message: 1a and 1b overlap, and 2a lies within 1a.
    message = html[html.index('id="message-0"') : html.index('id="message-1"')]
    ends = re.findall(r'href="#quote-(\w+)"', message)
    assert sorted(ends) == ["1a", "1b", "2a"]
    assert len(re.findall("<mark", message)) > 3
    assert 'class="several"' in message


def test_serious_failures_and_caps_stand_above_the_number() -> None:
    html = html_report(RECORDS["session"])
    first = html.index("Look at this first")
    assert first < html.index('id="overall"')
    assert "Checking what came back: 1.0 of 4.0" in html[first:]
    assert "It caps the overall score at 2.0, which the criteria do not exceed" in html[first:]


def test_a_session_without_failures_has_no_alarm() -> None:
    assert "Look at this first" not in html_report(RECORDS["hostile"])


def test_an_unscored_criterion_says_why_and_a_session_says_how_it_went() -> None:
    html = html_report(RECORDS["session"])
    assert "Unscored: no private data came up." in html
    assert "2 of 4" in html
    assert "The model did not answer in time" in html
    assert "Monday is not in the list" in html
    assert "the conversation came from elsewhere" in html_report(RECORDS["elsewhere"])


def test_a_quote_that_was_refused_is_shown_as_refused() -> None:
    html = html_report(RECORDS["session"])
    assert "words that nobody wrote" in html[html.index('id="scoring"') :]
    assert "Agrees with two others: kappa 0.7, n = 40." in html


def test_the_seal_stands_at_the_end() -> None:
    html = html_report(RECORDS["session"])
    footer = re.sub("<[^>]+>", "", html[html.index("<footer") :])
    assert RECORDS["session"].seal in footer


STYLE = files("assay.reports.html").joinpath("report.css").read_text("utf-8")


def tokens(scheme: str) -> dict[str, str]:
    """The colours in light, or in dark where dark sets them anew."""
    light, dark = STYLE.split("@media screen and (prefers-color-scheme: dark)", 1)
    found = dict(re.findall(r"--(\w[\w-]*): (#[0-9a-f]{6});", light))
    if scheme == "dark":
        found |= dict(re.findall(r"--(\w[\w-]*): (#[0-9a-f]{6});", dark.split("*, ::before")[0]))
    return found


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it, 0 to 1."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_somebody_with_weak_eyes_can_read_every_colour_of_ink_on_its_ground(scheme: str) -> None:
    colour = tokens(scheme)
    pairs = [
        (ink, ground)
        for ink in ("ink", "ink2", "ink3", "accent", "bad", "warn")
        for ground in ("paper", "card")
    ]
    pairs += [(f"i{hue}", ground) for hue in "12345678r" for ground in ("paper", "card", f"t{hue}")]
    pairs += [(ink, f"t{hue}") for ink in ("ink", "ink2") for hue in "12345678r"]
    pairs += [("ink", "bad-soft"), ("ink2", "bad-soft"), ("bad", "bad-soft")]
    weak = {}
    for ink, ground in pairs:
        bright, dim = sorted((luminance(colour[ink]), luminance(colour[ground])), reverse=True)
        contrast = (bright + 0.05) / (dim + 0.05)
        if contrast < 4.5:
            weak[ink, ground] = round(contrast, 2)
    assert weak == {}
