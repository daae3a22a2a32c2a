"""Every byte that a candidate's browser receives over the whole path: none of rubric, ledger or others."""

import base64
import gzip
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from tests.web.ground.operator import environ

from assay.models.script import Script
from assay.models.scripted import ScriptedServer

from .conftest import ROOT, free_port
from .recording import Answer, Recording, forms_of, found_in
from .up import AssayUp

REPLY = "RR-03 hums, and RR-06 rattles: both stand under noise."
ASKED = "Which reports stand under noise, and what did their customers say?"
SECRET_KEY = "qz001vex"
DRAFTER = "qz002vex"
SCORE_MS = 60_000
FLAGGED = "RR-03 hums"
SELECT = """words => {
  const text = document.querySelector('[data-reply]').firstChild;
  const range = document.createRange();
  range.setStart(text, text.data.indexOf(words));
  range.setEnd(text, text.data.indexOf(words) + words.length);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}"""


@dataclass(slots=True)
class Marked:
    """The installation, running: its people's ways in, its marking words, and the model that it asks."""

    site: AssayUp
    model: ScriptedServer
    mara: str
    reti: str
    owner: str
    marks: dict[str, dict[str, str]]

    def asked_of_the_model(self) -> str:
        """Everything that was sent to the assistant's model, and not the key that it was sent with."""
        return json.dumps([request.body for request in self.model.requests], ensure_ascii=False)


@pytest.fixture
def recording() -> Iterator[Recording]:
    """What the candidate's browser is sent."""
    with Recording(free_port()) as recording:
        yield recording


@pytest.fixture
def marked(tmp_path: Path, recording: Recording) -> Iterator[Marked]:
    """A site and a worker on an installation full of marks, told that browsers come through the recording."""
    home = tmp_path / "home"
    made = subprocess.run(
        [sys.executable, "-m", "tests.browser.marked"],
        env=environ(home),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    told = json.loads(made.stdout)
    script = Script.model_validate(
        {"after_last": "repeat", "replies": [{"text": REPLY, "chunks": 6, "delay": 0.05}]}
    )
    with ScriptedServer(script) as model:
        site = AssayUp(
            home,
            port=recording.site_port,
            ASSAY_ADDRESS=recording.address,
            ASSAY_MODEL=f"scripted@{model.base_url}",
            ASSAY_API_KEY=SECRET_KEY,
            ASSAY_DRAFTING_MODEL=f"{DRAFTER}@{model.base_url}",
        )
        try:
            site.wait_until_it_says_where_it_is()
            yield Marked(site, model, told["mara"], told["reti"], told["owner"], told["marks"])
        finally:
            site.stop()


@pytest.fixture
def candidate(browser: Browser) -> Iterator[BrowserContext]:
    """The candidate's profile."""
    context = browser.new_context(viewport={"width": 1280, "height": 860})
    context.set_default_timeout(20_000)
    yield context
    context.close()


def test_no_byte_that_a_candidate_receives_holds_what_is_not_theirs(
    marked: Marked, recording: Recording, candidate: BrowserContext, browser: Browser
) -> None:
    marks = marked.marks
    page = candidate.new_page()
    get_ready(page, f"{recording.address}/i/{marked.mara}")
    work_in_two_tabs(page, candidate)
    hand_in(page)
    run_out_of_time_and_take_it_again(candidate, f"{recording.address}/i/{marked.reti}")
    before = recording.answers()
    address = page.url

    assert leaks(before, {**marks["never"], **marks["explained"], **marks["told_to_the_ai"]}) == {}
    assert found_in(before, [SECRET_KEY, DRAFTER]) == {}
    assert set(found_in(before, marks["arrives"])) == set(marks["arrives"])
    assert not [raw for raw in recording.raw() for word in marks["never"] if word in raw]
    assert covered(before) >= PARTS

    release(marked, browser)
    with Recording(marked.site.port) as afterwards:
        read_and_contest(page, address.replace(recording.address, afterwards.address))
        after = afterwards.answers()
    assert leaks(after, {**marks["never"], **marks["told_to_the_ai"]}) == {}
    assert only_what_explains(found_in(after, marks["explained"]), marks["explained"]) == []

    sent = marked.asked_of_the_model()
    assert ASKED in sent
    unknown = {**marks["never"], **marks["explained"]}
    assert {what for word, what in unknown.items() if word in sent} == set()
    assert [what for word, what in marks["told_to_the_ai"].items() if word not in sent] == []


PARTS = {"i", "c", "warm-up", "request", "start", "state", "messages", "flags", "deliverable", "claim"}
PARTS |= {"other-device", "submit", "feedback", "retake", "static"}
"""What the path has led through: the calls of the page by their names, and the files that it is made of."""


def leaks(answers: list[Answer], words: dict[str, str]) -> dict[str, list[str]]:
    """What of this was received, and from which addresses."""
    return {words[word]: sorted(set(places)) for word, places in found_in(answers, words).items()}


def covered(answers: list[Answer]) -> set[str]:
    names = set()
    for answer in answers:
        path = answer.address.partition("?")[0].strip("/").split("/")
        names |= {path[0], path[-1]}
    return names


def get_ready(page: Page, link: str) -> None:
    """Open the link, ask for more time, and say hello to the AI."""
    page.goto(link)
    page.get_by_role("button", name="Open the assessment in this browser").click()
    page.get_by_text("Ask the team", exact=True).click()
    page.get_by_role("radio", name="More time").check()
    page.get_by_label("What would help").fill("Half an hour more.")
    page.get_by_role("button", name="Send the request").click()
    expect(page.get_by_text("Your request has been sent.")).to_be_visible()
    page.get_by_label("Message to the AI").fill("Hello")
    page.get_by_label("Message to the AI").press("Enter")
    expect(page.locator("#warm-up .turn.assistant")).to_contain_text(REPLY)
    page.get_by_label("I have read this and agree to take part.").check()
    page.get_by_role("button", name="Start: the clock runs from now").click()
    expect(page.get_by_text("Round 1 of")).to_be_visible()


def work_in_two_tabs(page: Page, context: BrowserContext) -> None:
    """Talk, flag and write; go on in a second tab; ask for a link for another device."""
    page.get_by_label("Message to the AI").fill(ASKED)
    page.get_by_label("Message to the AI").press("Enter")
    expect(page.get_by_role("article").filter(has_text=REPLY)).to_be_visible()
    page.evaluate(SELECT, FLAGGED)
    page.get_by_role("button", name="Flag the selection").click()
    page.get_by_label("What is wrong with it?").fill("It is electrical: it takes ten minutes to boil.")
    page.get_by_role("button", name="Flag it").click()
    expect(page.get_by_text(f"You flagged “{FLAGGED}”")).to_be_visible()
    second = context.new_page()
    second.goto(page.url)
    second.get_by_role("button", name="Work here instead").click()
    editor = second.get_by_role("textbox", name="Deliverable")
    expect(editor).to_have_js_property("readOnly", False)
    editor.press_sequentially("Written in the second tab.")
    second.get_by_role("button", name="Insert the last reply").click()
    expect(second.get_by_role("status").filter(has_text="Saved")).to_be_visible()
    second.get_by_role("button", name="Go on with another device").click()
    expect(second.get_by_role("heading", name="Go on with another device")).to_be_visible()
    second.close()
    page.bring_to_front()


def hand_in(page: Page) -> None:
    page.reload()
    claim = page.get_by_role("button", name="Work here instead")
    submit = page.get_by_role("button", name="Hand in", exact=True).first
    expect(claim.or_(page.locator("[data-submit]:enabled"))).to_be_visible()
    if claim.is_visible():
        claim.click()
    submit.click()
    page.get_by_role("dialog").get_by_role("button", name="Hand in").click()
    expect(page.get_by_role("heading", name="Handed in. Thank you.")).to_be_visible()
    page.get_by_label("mostly").check()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Thank you. The team reads this")).to_be_visible()


def run_out_of_time_and_take_it_again(context: BrowserContext, link: str) -> None:
    """Another candidate in the same browser, whose time ends before they have sent anything."""
    page = context.new_page()
    page.goto(link)
    page.get_by_role("button", name="Open the assessment in this browser").click()
    page.get_by_label("I have read this and agree to take part.").check()
    page.get_by_role("button", name="Start: the clock runs from now").click()
    page.locator("[data-retake]").click()
    expect(page.get_by_role("heading", name="The time is over, and your work was handed in")).to_be_visible()
    page.close()


def release(marked: Marked, browser: Browser) -> None:
    """The owner reads the result and the form to rate it, and releases it.

    What a rater is shown of the rubric is found in what their browser receives: the search can find it.
    """
    context = browser.new_context(viewport={"width": 1280, "height": 860})
    context.set_default_timeout(20_000)
    with Recording(marked.site.port) as recording:
        context.add_cookies([{"name": "sessionid", "value": marked.owner, "url": recording.address}])
        page = context.new_page()
        page.goto(recording.address)
        page.get_by_role("link", name="Data operations lead").click()
        row = page.get_by_role("row").filter(has_text="Mara")
        row.get_by_role("link", name="Result").click()
        release_it = page.get_by_role("link", name="Release…")
        expect(release_it).to_be_visible(timeout=SCORE_MS)
        page.get_by_role("link", name="Rate it yourself").click()
        expect(page.get_by_role("radio").first).to_be_visible()
        page.go_back()
        release_it.click()
        page.get_by_role("button", name="Release it").click()
        expect(page.get_by_text("The candidate sees this scoring")).to_be_visible()
        context.close()
        seen = {**marked.marks["explained"], **named(marked.marks["never"], "example")}
        assert set(found_in(recording.answers(), seen)) == set(seen)


def named(words: dict[str, str], beginning: str) -> dict[str, str]:
    return {word: what for word, what in words.items() if what.startswith(beginning)}


def read_and_contest(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.get_by_role("heading", name="Your result")).to_be_visible()
    page.get_by_text("Contest this", exact=True).first.click()
    page.get_by_label("What was measured wrongly?").first.fill("I did ask for the customers' words.")
    page.get_by_role("button", name="Send").first.click()
    expect(page.get_by_text("You contested this")).to_be_visible()


def only_what_explains(found: dict[str, list[str]], explained: dict[str, str]) -> list[str]:
    """Criteria of which a report holds more than what is asked and what one level, the next, looks like."""
    levels: dict[str, list[str]] = {}
    for what in (explained[word] for word in found):
        kind, _, criterion = what.partition(" of ")
        if kind != "asks":
            levels.setdefault(criterion, []).append(kind)
    return [f"{criterion}: {', '.join(held)}" for criterion, held in levels.items() if len(held) > 1]


@pytest.mark.parametrize(
    "hidden",
    [
        "<p>a secr<b>etw</b>ord</p>",
        "secr&#101;tword",
        '{"words": "secr\\u0065tword"}',
        base64.b64encode(b"it is the secretword that is hidden").decode(),
        base64.urlsafe_b64encode(gzip.compress(b"it is the secretword that is hidden", mtime=0)).decode(),
        'event: piece\ndata: {"text": "the secr"}\n\nevent: piece\ndata: {"text": "etword"}\n\n',
        "/c/?next=secr%65tword",
    ],
)
def test_the_search_finds_a_word_in_every_disguise(hidden: str) -> None:
    assert "secretword" in "\n".join(forms_of(hidden))
    assert found_in([Answer("/c/", "", hidden.encode())], ["secretword"]) == {"secretword": ["/c/"]}
