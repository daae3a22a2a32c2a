"""A newcomer tries the demo: is the candidate with the embedded model, then the recruiter who reads it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from .up import AssayUp

ASKED = (
    "Let us go step by step, and begin with the guide, no table yet. It is for annotators who have "
    "never seen our shop: three labels at most, product_fault, delivery and customer_care, each with "
    "one sentence and one review by its id. Leave the customer's name and number in R09 out. Answer in "
    "three lines."
)
ASKED_NEXT = (
    'That is not right yet: R03 is sarcastic, "only does charcoal" says that the toaster burns the '
    "bread, so it belongs under product_fault. Add a rule to the guide: burns, melting, smoke or "
    "injury, as in R07, start the reason with SAFETY and the safety desk is told the same day. Then "
    "check R11 against the review: which label, and why? Answer in three lines."
)
WRITTEN = "# Labelling guide\n\nproduct_fault, delivery, customer_care. Sarcasm, as in R03, is a fault."
WORDS = """() => [...document.querySelectorAll('.turns .text, .sheet')].map((text) => {
  const words = text.cloneNode(true);
  words.querySelectorAll('a.ref').forEach((reference) => reference.remove());
  return words.textContent;
})"""
"""What stands in the conversation and in the deliverable, without the numbers set beside quotes."""
REPLY_MS = 60_000
SCORE_MS = 60_000
WIDTHS = {1280: 860, 390: 844}

pytestmark = pytest.mark.parametrize("width", WIDTHS)


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[AssayUp]:
    """A demo in a fresh folder, on a free port, and nothing else set."""
    site = AssayUp(tmp_path / "home", ASSAY_DEMO="1")
    try:
        site.wait_until_it_says_where_it_is()
        yield site
    finally:
        site.stop()


@pytest.fixture
def problems() -> list[str]:
    """Scripts that failed on a page, and answers of the site that say that it failed."""
    return []


@pytest.fixture
def profiles(browser: Browser, width: int, problems: list[str]) -> Iterator[list[BrowserContext]]:
    """Two profiles of the browser: the candidate's and the recruiter's."""
    contexts = [browser.new_context(viewport={"width": width, "height": WIDTHS[width]}) for _ in range(2)]
    for context in contexts:
        context.set_default_timeout(20_000)
        context.on("weberror", lambda error: problems.append(str(error.error)))
        context.on("response", lambda answer: problems.extend([answer.url] if answer.status >= 400 else []))
    yield contexts
    for context in contexts:
        context.close()


def test_a_newcomer_finishes_an_assessment_and_sees_as_the_recruiter_how_it_was_scored(
    demo: AssayUp, profiles: list[BrowserContext], problems: list[str], width: int
) -> None:
    candidate, recruiter = (profile.new_page() for profile in profiles)
    name = be_invited(candidate, demo.invitation_link)
    read_and_start(candidate)
    first = ask(candidate, ASKED, number=1)
    ask(candidate, ASKED_NEXT, number=2)
    write_with_a_reply(candidate, first, narrow=width < 900)
    hand_in(candidate)
    sign_in(recruiter, demo.sign_in_link)
    find(recruiter, name)
    read_the_result(recruiter, name)
    assert problems == []


def be_invited(page: Page, link: str) -> str:
    page.goto(link)
    heading = page.get_by_role("heading", level=1, name=re.compile("^Welcome, "))
    name = heading.inner_text().removeprefix("Welcome, ")
    page.get_by_role("button", name="Open the assessment in this browser").click()
    return name


def read_and_start(page: Page) -> None:
    for heading in ("Goal", "Scenario", "Deliverable", "Materials", "What is scored", "Before you start"):
        expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
    fits(page)
    page.get_by_label("I have read this and agree to take part.").check()
    page.get_by_role("button", name="Start: the clock runs from now").click()
    expect(page.get_by_text("Round 1 of")).to_be_visible()
    fits(page)


def ask(page: Page, text: str, *, number: int) -> str:
    """Ask the embedded model; its whole reply."""
    page.get_by_label("Message to the AI").fill(text)
    page.get_by_label("Message to the AI").press("Enter")
    expect(page.locator("article.user")).to_have_count(number)
    expect(page.locator("article.assistant")).to_have_count(number, timeout=REPLY_MS)
    expect(page.get_by_text(f"Round {number + 1} of")).to_be_visible()
    reply = page.locator("article.assistant .body").last.inner_text()
    assert reply.strip()
    return reply


def write_with_a_reply(page: Page, reply: str, *, narrow: bool) -> None:
    """Write, and put the first reply below with the button beside it."""
    editor = page.get_by_role("textbox", name="Deliverable")
    if narrow:
        page.get_by_role("button", name="Deliverable", exact=True).click()
    editor.fill(WRITTEN)
    if narrow:
        page.get_by_role("button", name="Conversation", exact=True).click()
    page.get_by_role("button", name="Insert into the deliverable").first.click()
    # On a phone the inserted text shows at once, since the editor comes to the front.
    expect(editor).to_be_visible()
    first_word = re.escape(reply.split(maxsplit=1)[0].strip("*#`"))
    expect(editor).to_have_value(re.compile(rf"{re.escape(WRITTEN)}\n\n.*{first_word}", re.DOTALL))
    expect(page.get_by_role("status").filter(has_text=re.compile("^Saved$"))).to_be_visible()
    fits(page)


def hand_in(page: Page) -> None:
    page.get_by_role("button", name="Hand in", exact=True).first.click()
    page.get_by_role("dialog").get_by_role("button", name="Hand in").click()
    expect(page.get_by_role("heading", name="Handed in. Thank you.")).to_be_visible()
    expect(page.get_by_role("heading", name="What happens next")).to_be_visible()
    fits(page)


def sign_in(page: Page, link: str) -> None:
    page.goto(link)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1, name="Openings")).to_be_visible()


def find(page: Page, name: str) -> None:
    """From the openings to the candidate's result, by what the pages offer."""
    page.get_by_role("link", name="Data operations associate").click()
    expect(page.get_by_role("heading", level=1, name="Data operations associate")).to_be_visible()
    fits(page)
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=re.compile(f"^{name}")))
    row.get_by_role("link", name="Result").click()
    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()


def read_the_result(page: Page, name: str) -> None:
    """The page shows the score by itself once there is one, each level with the words it rests on."""
    overall = page.get_by_role("region", name="Overall")
    expect(overall).to_contain_text(re.compile(r"\d(\.\d+)? out of 4"), timeout=SCORE_MS)
    criteria = page.get_by_role("region", name="Criteria", exact=True)
    assert criteria.get_by_role("article").count() >= 4
    quotes = criteria.locator("q").all_inner_texts()
    said = page.evaluate(WORDS)
    assert quotes
    assert [quote for quote in quotes if not any(plain(quote) in plain(text) for text in said)] == []
    assert any(plain(ASKED) in plain(text) for text in said)
    criteria.locator("a.quote").first.click()
    expect(page.locator(".anchor:target + mark")).to_be_in_viewport()
    fits(page)


def plain(text: str) -> str:
    """Every white space as one."""
    return " ".join(text.split())


def fits(page: Page) -> None:
    """Nothing must be scrolled sideways."""
    wide, width = page.evaluate("() => [document.documentElement.scrollWidth, innerWidth]")
    assert wide <= width, f"{page.url} is {wide} px wide on {width} px"
