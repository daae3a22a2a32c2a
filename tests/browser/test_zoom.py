"""A candidate who magnifies the page four times: 320 by 256 pixels are left of a screen of 1280 by 1024.

Everything is read by scrolling down alone, nothing is cut off or covered, and the keyboard reaches all of it.
"""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from .conftest import Site
from .test_candidate import REPLY, SAVED, start

SCREEN: ViewportSize = {"width": 320, "height": 256}
MOST_STOPS = 80
STOPS_OF_A_DIALOG = 12
WIDER = """() => {
  const own = (place) => {
    for (let up = place; up && up !== document.body; up = up.parentElement)
      if (['auto', 'scroll'].includes(getComputedStyle(up).overflowX)) return true;
    return false;
  };
  const all = [...document.querySelectorAll('body *')];
  const shown = all.filter((one) => one.checkVisibility() && !one.closest('.sr, .skip'));
  const beyond = shown.filter((one) => one.getBoundingClientRect().right > innerWidth + 1 && !own(one));
  const cut = shown.filter((one) => {
    const style = getComputedStyle(one);
    const hides = ['hidden', 'clip'];
    const wide = hides.includes(style.overflowX) && one.scrollWidth > one.clientWidth + 1;
    return wide || (hides.includes(style.overflowY) && one.scrollHeight > one.clientHeight + 1);
  });
  const name = (what) => (one) => `${what}: ${one.outerHTML.slice(0, 100)}`;
  const page = document.documentElement.scrollWidth > innerWidth ? ['the page scrolls sideways'] : [];
  return [...page, ...beyond.map(name('beyond the edge')), ...cut.map(name('cut off'))];
}"""
"""What sticks out of the screen, and what is hidden by its own box. Boxes that scroll sideways by themselves
are for tables and lines of code, where the two dimensions carry meaning."""
STOP = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const box = one.getBoundingClientRect();
  const [left, right] = [Math.max(0, box.left), Math.min(innerWidth, box.right)];
  const [top, bottom] = [Math.max(0, box.top), Math.min(innerHeight, box.bottom)];
  const seen = right - left > 4 && bottom - top > 4;
  const at = seen && document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
  const met = at && (one.contains(at) || at.contains(one) || at.closest('label')?.control === one);
  const known = one.id || one.textContent.trim().slice(0, 40) || one.outerHTML.slice(0, 80);
  one.dataset.stopped = 'yes';
  // A field that is typed into is brought to where its caret is.
  const any = box.height > innerHeight || one.matches('textarea');
  return { known, met: Boolean(met), whole: any || (box.top >= -1 && box.bottom <= innerHeight + 1) };
}"""
"""Where the focus is: whether it can be seen, all of it where it fits, and whether anything lies over it."""
FROM_THE_TOP = """() => {
  document.body.tabIndex = -1;
  document.body.focus();
  document.body.removeAttribute('tabindex');
  scrollTo(0, 0);
}"""
MISSED = """() => {
  const stops = 'a[href], button, input, select, textarea, summary, [tabindex="0"]';
  const usable = (one) => one.checkVisibility() && !one.disabled && one.type !== 'hidden';
  // Of radio buttons Tab stops at one, and the arrows lead to the others.
  const group = (one) => one.type === 'radio' ? [...document.getElementsByName(one.name)] : [];
  const met = (one) => [one, ...group(one)].some((other) => other.dataset.stopped);
  const whole = document.querySelector('dialog[open]') ?? document;
  const found = [...whole.querySelectorAll(stops)].filter((one) => usable(one) && !met(one));
  return found.map((one) => one.outerHTML.slice(0, 100));
}"""
"""What can be used, in the dialog where one is open, and was never stopped at."""
FORGET = "() => document.querySelectorAll('[data-stopped]').forEach((one) => delete one.dataset.stopped)"
finding_errors = pytest.mark.parametrize("site", ["annotator-find-errors"], indirect=True)


@pytest.fixture
def screen(browser: Browser) -> Iterator[Page]:
    """A page at four times its size."""
    context = browser.new_context(viewport=SCREEN, device_scale_factor=4, reduced_motion="reduce")
    context.set_default_timeout(20_000)
    yield context.new_page()
    context.close()


def test_the_whole_path_is_read_and_worked_without_scrolling_sideways(site: Site, screen: Page) -> None:
    screen.goto(f"{site.address}/i/{site.links['mara']}")
    holds(screen)
    screen.get_by_role("button", name="Open the assessment in this browser").click()
    say_hello(screen)
    for summary in screen.locator("summary").all():
        summary.click()
    holds(screen)
    screen.get_by_label("I have read this and agree to take part.").check()
    screen.get_by_role("button", name="Start: the clock runs from now").click()
    work(screen)
    screen.get_by_role("button", name="Hand in", exact=True).first.click()
    dialog = screen.get_by_role("dialog")
    expect(dialog.get_by_role("heading")).to_be_in_viewport()
    assert screen.evaluate(WIDER) == []
    dialog.get_by_role("button", name="Hand in").click()
    expect(screen.get_by_role("heading", name="Handed in. Thank you.")).to_be_visible()
    holds(screen)
    screen.get_by_label("mostly").check()
    screen.get_by_label("Anything you want to say").fill("It was readable.")
    screen.get_by_role("button", name="Send").click()
    expect(
        screen.get_by_text("Thank you. The team reads this; it does not touch your score.")
    ).to_be_visible()


def test_a_released_report_is_read_and_contested_without_scrolling_sideways(site: Site, screen: Page) -> None:
    screen.goto(f"{site.address}/i/{site.links['ida']}")
    screen.get_by_role("button", name=re.compile("in this browser$")).click()
    expect(screen.get_by_role("heading", name="Your result")).to_be_visible()
    holds(screen)
    screen.get_by_text("Contest this", exact=True).first.click()
    holds(screen)
    screen.get_by_label("What was measured wrongly?").first.fill("Message 3 holds the plan.")
    screen.get_by_role("button", name="Send").first.click()
    expect(screen.get_by_text("You contested this")).to_be_visible()


def test_a_retake_is_offered_and_taken_with_the_keyboard_alone(site: Site, screen: Page) -> None:
    dialog = is_offered_a_retake(site, screen)
    dialog_holds(screen)
    tab_to(screen, "Take it again")
    screen.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(screen.get_by_text("Round 1 of")).to_be_visible()
    holds(screen)


def test_what_is_being_typed_as_the_time_ends_answers_no_question(site: Site, screen: Page) -> None:
    dialog = is_offered_a_retake(site, screen)
    screen.keyboard.type("and then\n")
    screen.keyboard.press("Escape")
    expect(dialog.get_by_role("heading", name="The time is over")).to_be_focused()


@finding_errors
def test_a_passage_is_flagged_with_the_keyboard_alone(site: Site, screen: Page) -> None:
    begin_to_flag(site, screen)
    expect(screen.get_by_role("dialog").get_by_role("heading")).to_be_in_viewport()
    dialog_holds(screen)
    tab_to(screen, "flag-passage")
    screen.keyboard.type("a mixed  verdict")
    tab_to(screen, "flag-words")
    screen.keyboard.type("It is not mixed.")
    tab_to(screen, "Flag it")
    screen.keyboard.press("Enter")
    expect(screen.get_by_text("You flagged “a mixed verdict”: It is not mixed.")).to_be_visible()
    expect(screen.get_by_role("button", name="Flag a passage")).to_be_focused()
    holds(screen)


@finding_errors
def test_words_that_do_not_stand_in_the_reply_are_not_flagged(site: Site, screen: Page) -> None:
    begin_to_flag(site, screen)
    screen.keyboard.type("verdict, mixed")
    tab_to(screen, "flag-words")
    screen.keyboard.type("It is not mixed.")
    tab_to(screen, "Flag it")
    screen.keyboard.press("Enter")
    passage = screen.get_by_label("The passage, word for word")
    expect(passage).to_be_focused()
    said = passage.evaluate("(field) => field.validationMessage")
    assert said == "These words do not stand in the reply."
    tab_to(screen, "Cancel")
    screen.keyboard.press("Enter")
    expect(screen.get_by_role("dialog")).to_be_hidden()
    expect(screen.get_by_text("You flagged")).to_have_count(0)


def is_offered_a_retake(site: Site, page: Page) -> Locator:
    """Open Reti's link; the dialog that comes up begins with its heading."""
    page.goto(f"{site.address}/i/{site.links['reti']}")
    page.get_by_role("button", name=re.compile("in this browser$")).press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="The time is over")).to_be_focused()
    return dialog


def begin_to_flag(site: Site, page: Page) -> None:
    """Have a reply, and open its dialog."""
    start(site, page)
    page.get_by_label("Message to the AI").focus()
    page.keyboard.type("Which reviews can be read in two ways?\n")
    expect(page.get_by_role("article").filter(has_text=REPLY)).to_be_visible()
    holds(page)
    tab_to(page, "Flag a passage")
    page.keyboard.press("Enter")
    expect(page.get_by_label("The passage, word for word")).to_be_focused()


def say_hello(page: Page) -> None:
    page.get_by_label("Message to the AI").fill("Hello")
    page.get_by_label("Message to the AI").press("Enter")
    expect(page.locator("#warm-up .turn.assistant")).to_contain_text("sarcasm")


def work(page: Page) -> None:
    """Each of the three parts in turn, with what comes up in them."""
    expect(page.get_by_text("Round 1 of")).to_be_visible()
    holds(page)
    page.get_by_label("Message to the AI").fill("Which reviews could two careful people label differently?")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("article").filter(has_text=REPLY)).to_be_visible()
    holds(page)
    page.get_by_role("button", name="Insert into the deliverable").click()
    expect(page.get_by_role("textbox", name="Deliverable")).to_have_value(re.compile(re.escape(REPLY)))
    expect(page.get_by_role("status").filter(has_text=SAVED)).to_be_visible()
    holds(page)
    page.get_by_role("button", name="Brief", exact=True).click()
    page.get_by_text("Reviews to label", exact=True).click()
    holds(page)


def holds(page: Page) -> None:
    """Nothing sticks out or is cut off, and the keyboard stops at everything, each time in plain view."""
    assert page.evaluate(WIDER) == []
    page.evaluate(FROM_THE_TOP)
    stops = tab_through(page)
    assert [stop for stop in stops if not stop["met"]] == [], "covered or out of sight"
    assert [stop for stop in stops if not stop["whole"]] == [], "only in part in sight"
    assert page.evaluate(MISSED) == []
    page.evaluate(FORGET)


def dialog_holds(page: Page) -> None:
    """The same of an open dialog, out of which the keyboard does not lead."""
    assert page.evaluate(WIDER) == []
    stops = [page.evaluate(STOP)]
    for _ in range(STOPS_OF_A_DIALOG):
        page.keyboard.press("Tab")
        stops.append(page.evaluate(STOP))
    assert [stop for stop in stops if stop and not (stop["met"] and stop["whole"])] == []
    assert page.evaluate(MISSED) == []
    page.evaluate(FORGET)


def tab_to(page: Page, known: str) -> None:
    """Press Tab until the focus is there."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop is not None and stop["known"] == known:
            return
    raise AssertionError(f"the keyboard does not reach {known}")


def tab_through(page: Page) -> list[dict[str, object]]:
    """Where Tab leads, until it leaves the page."""
    stops: list[dict[str, object]] = []
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop is None or (stops and stop["known"] == stops[0]["known"]):
            return stops
        stops.append(stop)
    raise AssertionError("the keyboard goes round in circles")
