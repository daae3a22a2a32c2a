"""A candidate in a real browser: from the link to the end, through all that goes wrong on the way."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from .conftest import Site

REPLY = "Reviews 3, 7 and 9 can be read in two ways: late delivery, a mixed verdict, and sarcasm."
SAVED = re.compile("^Saved$")


def start(site: Site, page: Page, who: str = "mara") -> None:
    page.goto(f"{site.address}/i/{site.links[who]}")
    page.get_by_role("button", name="Open the assessment in this browser").click()
    page.get_by_label("I have read this and agree to take part.").check()
    page.get_by_role("button", name="Start: the clock runs from now").click()
    expect(page.get_by_text("Round 1 of")).to_be_visible()


def say(page: Page, text: str) -> None:
    page.get_by_label("Message to the AI").fill(text)
    page.get_by_label("Message to the AI").press("Enter")


def write(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="Deliverable").fill(text)


def hand_in(page: Page) -> None:
    page.get_by_role("button", name="Hand in", exact=True).first.click()
    page.get_by_role("dialog").get_by_role("button", name="Hand in").click()


@pytest.mark.parametrize("width", [1280, 390])
def test_a_candidate_reads_starts_talks_writes_and_hands_in(site: Site, page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    start(site, page)
    say(page, "Which reviews could two careful people label differently?")
    expect(page.get_by_role("article").filter(has_text=REPLY)).to_be_visible()
    expect(page.get_by_text("Round 2 of")).to_be_visible()
    if width == 390:
        page.get_by_role("button", name="Deliverable", exact=True).click()
    write(page, "# Guide\n\nFour labels.")
    page.get_by_role("button", name="Insert the last reply").click()
    expect(page.get_by_role("textbox", name="Deliverable")).to_have_value(re.compile("sarcasm"))
    hand_in(page)
    expect(page.get_by_role("heading", name="Handed in. Thank you.")).to_be_visible()


def test_a_candidate_works_with_the_keyboard_alone(site: Site, page: Page) -> None:
    start(site, page)
    page.get_by_label("Message to the AI").focus()
    page.keyboard.type("First line")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("second line")
    page.keyboard.press("Enter")
    expect(page.get_by_role("article").filter(has_text="First line")).to_contain_text("second line")
    expect(page.get_by_role("article").filter(has_text=REPLY)).to_be_visible()
    page.get_by_role("textbox", name="Deliverable").focus()
    page.keyboard.type("Typed")
    page.get_by_role("button", name="Hand in", exact=True).first.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Handed in. Thank you.")).to_be_visible()


def test_what_is_typed_survives_a_reload(site: Site, page: Page) -> None:
    start(site, page)
    write(page, "Only a moment old")
    page.reload()
    expect(page.get_by_role("textbox", name="Deliverable")).to_have_value("Only a moment old")
    expect(page.get_by_role("status").filter(has_text=SAVED)).to_be_visible()


def test_typing_without_a_connection_is_kept_and_replayed_in_order(
    site: Site, page: Page, context: BrowserContext
) -> None:
    start(site, page)
    context.set_offline(True)
    say(page, "First, written offline")
    say(page, "Second, written offline")
    write(page, "Written offline")
    expect(page.get_by_text("No connection. Go on writing")).to_be_visible()
    expect(page.get_by_text("Waiting to be sent")).to_have_count(2)
    context.set_offline(False)
    expect(page.get_by_role("article").filter(has_text=REPLY)).to_have_count(2)
    said = page.locator("article.user .body").all_inner_texts()
    assert said == ["First, written offline", "Second, written offline"]
    expect(page.get_by_text("Waiting to be sent")).to_have_count(0)
    expect(page.get_by_role("status").filter(has_text=SAVED)).to_be_visible()


def test_a_second_tab_is_read_only_and_says_so_until_it_is_told_to_take_over(
    site: Site, page: Page, context: BrowserContext
) -> None:
    start(site, page)
    write(page, "From the first tab")
    expect(page.get_by_role("status").filter(has_text=SAVED)).to_be_visible()
    second = context.new_page()
    second.goto(page.url)
    expect(second.get_by_text("You are reading along")).to_be_visible()
    expect(second.get_by_role("textbox", name="Deliverable")).to_have_js_property("readOnly", True)
    expect(second.get_by_role("textbox", name="Deliverable")).to_have_value("From the first tab")
    second.get_by_role("button", name="Work here instead").click()
    expect(second.get_by_role("textbox", name="Deliverable")).to_have_js_property("readOnly", False)
    page.bring_to_front()
    page.evaluate("() => dispatchEvent(new Event('focus'))")
    expect(page.get_by_text("You are reading along")).to_be_visible()


def test_a_page_closed_mid_reply_finds_the_whole_reply_when_it_comes_back(
    site: Site, page: Page, context: BrowserContext
) -> None:
    site.script.write_text("replies: [{text: one two three four five six, chunks: 6, delay: 0.4}]")
    start(site, page)
    say(page, "Count slowly")
    expect(page.locator(".typing")).to_contain_text("one")
    address = page.url
    page.close()
    again = context.new_page()
    again.goto(address)
    expect(again.locator("article.assistant")).to_contain_text("one two three four five six")
    expect(again.locator("article.user")).to_have_count(1)


def test_a_server_killed_mid_reply_loses_nothing_and_the_reply_comes_after_all(
    site: Site, page: Page
) -> None:
    site.script.write_text(
        "after_last: repeat\nreplies: [{text: one two three four five, chunks: 5, delay: 0.3}]"
    )
    start(site, page)
    write(page, "Written before the crash")
    say(page, "Count slowly")
    expect(page.locator(".typing")).to_contain_text("one")
    site.kill()
    write(page, "Written during the crash")
    expect(page.get_by_text("No connection. Go on writing")).to_be_visible()
    site.start()
    expect(page.locator("article.assistant")).to_contain_text("one two three four five", timeout=40_000)
    expect(page.locator("article.user")).to_have_count(1)
    expect(page.get_by_role("status").filter(has_text=SAVED)).to_be_visible()
    page.reload()
    expect(page.get_by_role("textbox", name="Deliverable")).to_have_value("Written during the crash")


def test_a_wrong_clock_on_the_device_changes_nothing(site: Site, context: BrowserContext) -> None:
    page = context.new_page()
    page.clock.install(time="2031-05-05T10:00:00")
    start(site, page)
    page.clock.set_fixed_time("2031-05-06T10:00:00")
    expect(page.get_by_text(re.compile(r"2[45] min left"))).to_be_visible()


def test_a_screen_reader_hears_a_streamed_reply_once(site: Site, page: Page) -> None:
    start(site, page)
    page.evaluate(
        """() => {
          window.heard = [];
          const spoken = document.querySelector('[data-spoken]');
          new MutationObserver(() => spoken.textContent && heard.push(spoken.textContent))
            .observe(spoken, { childList: true, characterData: true, subtree: true });
        }"""
    )
    say(page, "Which reviews?")
    expect(page.get_by_role("article").filter(has_text=REPLY)).to_be_visible()
    assert page.locator("[aria-live=polite]").count() == 1
    assert page.evaluate("() => heard") == [f"The AI answered: {REPLY}"]


def test_an_invitation_link_does_nothing_by_being_opened_and_works_once(
    site: Site, page: Page, context: BrowserContext
) -> None:
    link = f"{site.address}/i/{site.links['noor']}"
    for _ in range(2):
        page.goto(link)
    page.get_by_role("button", name="Open the assessment in this browser").click()
    expect(page.get_by_role("heading", name="Label product reviews")).to_be_visible()
    browser = context.browser
    assert browser is not None
    stranger = browser.new_context().new_page()
    stranger.goto(link)
    expect(stranger.get_by_role("heading", name="This link has been used already")).to_be_visible()
    stranger.context.close()
