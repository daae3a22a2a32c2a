"""The candidate's way: the link, the page before, the work, and what comes after."""

from playwright.sync_api import Page, expect
from tests.pictures.picture import NARROW, WIDE, Picture, Steps, press, then, under, unfold

_CLAIM_ELSEWHERE = """async () => {
  const { base, csrf } = document.getElementById("work").dataset;
  const headers = { "Content-Type": "application/json", "X-CSRFToken": csrf };
  await fetch(`${base}claim`, { method: "POST", headers, body: JSON.stringify({ tab: "another" }) });
  dispatchEvent(new Event("focus"));
}"""
_SELECT_A_PASSAGE = """() => {
  const text = [...document.querySelectorAll("[data-reply]")].at(-1).firstChild;
  const range = document.createRange();
  const line = text.data.split("\\n").find((words) => words.length > 24);
  range.setStart(text, text.data.indexOf(line));
  range.setEnd(text, text.data.indexOf(line) + line.length);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}"""


def _shows_work(page: Page) -> None:
    expect(page.locator("[data-rounds]")).not_to_be_empty()
    # The tab of the picture before may still be letting go of the session; the page looks again by itself.
    expect(page.locator("[data-send]")).to_be_enabled(timeout=20_000)


def _says(text: str, until: str) -> Steps:
    def steps(page: Page) -> None:
        _shows_work(page)
        page.get_by_label("Message to the AI").fill(text)
        page.get_by_label("Message to the AI").press("Enter")
        page.locator(until).first.wait_for(timeout=20_000)

    return steps


def _converses(page: Page) -> None:
    _shows_work(page)
    before = page.locator("article.assistant").count()
    page.get_by_label("Message to the AI").fill("Which reviews could two careful people label differently?")
    page.get_by_label("Message to the AI").press("Enter")
    expect(page.locator("article.assistant")).to_have_count(before + 1)
    expect(page.get_by_label("Message to the AI")).to_be_editable()


def _streams(page: Page) -> None:
    _shows_work(page)
    page.get_by_label("Message to the AI").fill("Write slowly: which reviews can be read in two ways?")
    page.get_by_label("Message to the AI").press("Enter")
    expect(page.locator(".typing")).to_contain_text("number 7", timeout=20_000)


def _goes_offline(page: Page) -> None:
    _shows_work(page)
    page.context.set_offline(True)
    page.get_by_label("Message to the AI").fill("Please shorten rule 2 to one sentence.")
    page.get_by_label("Message to the AI").press("Enter")
    page.get_by_text("No connection. Go on writing").wait_for()


def _is_busy(page: Page) -> None:
    _shows_work(page)
    busy = '{"busy": true, "retry_seconds": 2}'
    page.route("**/messages", lambda route: route.fulfill(status=503, body=busy))
    page.get_by_label("Message to the AI").fill("Please shorten rule 2 to one sentence.")
    page.get_by_label("Message to the AI").press("Enter")
    expect(page.locator("[data-note]")).not_to_be_empty()


def _opens_twice(page: Page) -> None:
    _shows_work(page)
    page.evaluate(_CLAIM_ELSEWHERE)
    page.get_by_text("You are reading along").wait_for()


def _shows_part(part: str) -> Steps:
    def steps(page: Page) -> None:
        _shows_work(page)
        page.get_by_role("button", name=part, exact=True).click()

    return steps


def _asks_to_hand_in(page: Page) -> None:
    _shows_work(page)
    page.get_by_role("button", name="Hand in", exact=True).first.click()


def _is_over(page: Page) -> None:
    page.locator("[data-over-dialog]").wait_for()


def _flags(page: Page) -> None:
    _shows_work(page)
    page.evaluate(_SELECT_A_PASSAGE)
    page.locator("[data-flag]").first.click()


def _flags_by_typing(page: Page) -> None:
    _shows_work(page)
    page.get_by_role("button", name="Flag a passage").last.click()


COMING = (
    Picture("landing", "session:landing", "A link that works", {"token": "link.good"}, who=""),
    Picture(
        "landing-used", "session:landing", "One that was used", {"token": "link.used"}, who="", status=410
    ),
    Picture(
        "landing-expired",
        "session:landing",
        "One that has expired",
        {"token": "link.expired"},
        who="",
        status=410,
    ),
    Picture(
        "landing-revoked", "session:landing", "One revoked", {"token": "link.revoked"}, who="", status=410
    ),
    Picture(
        "landing-unknown",
        "session:landing",
        "One that never was",
        {"token": "=not-a-link-of-ours"},
        who="",
        status=410,
    ),
    Picture(
        "landing-fresh-link",
        "session:landing",
        "A fresh link is asked for",
        {"token": "link.used"},
        who="",
        status=410,
        steps=press("Send me a fresh link"),
        also=("session:ask_for_link",),
    ),
    Picture("before", "session:place", "The brief, before the start", under("leila.invitation"), who="leila"),
    Picture(
        "before-request",
        "session:place",
        "Asking for more time",
        under("leila.invitation"),
        who="leila",
        steps=unfold("Ask the team"),
    ),
    Picture(
        "before-answered",
        "session:place",
        "More time was given; the warm-up was used",
        under("noor.invitation"),
        who="noor",
    ),
    Picture("before-asked", "session:place", "Waits for an answer", under("priya.invitation"), who="priya"),
    Picture("before-expired", "session:place", "Came too late", under("yuki.invitation"), who="yuki"),
)

WORKING = (
    Picture("working", "session:place", "At work", under("jonas.invitation"), who="jonas", steps=_converses),
    Picture(
        "working-stream",
        "session:place",
        "While a reply is written",
        under("sami.invitation"),
        who="sami",
        steps=_streams,
    ),
    Picture(
        "working-brief",
        "session:place",
        "On a phone: the brief",
        under("uma.invitation"),
        who="uma",
        steps=_shows_part("Brief"),
        widths=(NARROW,),
    ),
    Picture(
        "working-deliverable",
        "session:place",
        "On a phone: the deliverable",
        under("wim.invitation"),
        who="wim",
        steps=_shows_part("Deliverable"),
        widths=(NARROW,),
    ),
    Picture(
        "working-read-only",
        "session:place",
        "Open in another tab",
        under("elif.invitation"),
        who="elif",
        steps=_opens_twice,
    ),
    Picture(
        "working-offline",
        "session:place",
        "Without a connection",
        under("oskar.invitation"),
        who="oskar",
        steps=_goes_offline,
    ),
    Picture(
        "working-busy",
        "session:place",
        "While the site is busy",
        under("victor.invitation"),
        who="victor",
        steps=_is_busy,
    ),
    Picture(
        "working-near-the-end",
        "session:place",
        "The last minutes",
        under("ada.invitation"),
        who="ada",
        steps=_shows_work,
    ),
    Picture(
        "working-hand-in",
        "session:place",
        "About to hand in",
        under("ada.invitation"),
        who="ada",
        steps=_asks_to_hand_in,
    ),
    Picture(
        "working-flags",
        "session:place",
        "Error detection: flagged passages",
        under("nia.invitation"),
        who="nia",
        steps=_shows_work,
    ),
    Picture(
        "working-flag",
        "session:place",
        "Error detection: flagging one",
        under("nia.invitation"),
        who="nia",
        steps=_flags,
    ),
    Picture(
        "working-flag-typed",
        "session:place",
        "Error detection: flagging one whose words are typed",
        under("nia.invitation"),
        who="nia",
        steps=_flags_by_typing,
    ),
    Picture("try", "session:try", "A colleague's own try", under("try"), steps=_shows_work),
    Picture(
        "other-device",
        "session:place",
        "A link for another device",
        under("jonas.invitation"),
        who="jonas",
        steps=then(_shows_work, press("Go on with another device")),
        also=("session:other_device",),
        widths=(WIDE,),
    ),
    Picture(
        "retake",
        "session:place",
        "A retake is offered",
        under("sam.invitation"),
        who="sam",
        steps=_is_over,
    ),
)

AFTER = (
    Picture("after", "session:place", "Handed in", under("marta.invitation"), who="marta"),
    Picture("after-time", "session:place", "The time ran out", under("aisha.invitation"), who="aisha"),
)
