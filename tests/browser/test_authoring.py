"""An author in a real browser: from a job to a candidate who opens the link, with and without a model."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from tests.library.drafting.conftest import replies

from .conftest import SCRIPT, Site
from .test_demo import WIDTHS, fits

TASK = "Sort the returned goods of a shop with an AI. Each return names an item and a reason."
JOB = "You run the returns desk of Brightholm, and most of the sorting is done together with an AI."
GOAL = "Sort twelve returns so that each reaches its desk."
OWN_GOAL = "Sort twelve returns, and say of each which desk acts on it."
ANOTHER_SCENARIO = "You sort returns at Brightholm. Nine came in this morning, and one names a burn."
LATER_GOAL = "Sort twelve returns within the hour."
VAGUE = "Shows good work."
EXACT = "Checks three of the four rows against the list."

pytestmark = pytest.mark.parametrize("width", WIDTHS)


def drafting_script() -> list[dict[str, Any]]:
    """Each part after a moment, so that a page can be seen between two; another scenario the second time."""
    told = [{**reply, "first_delay": 0.3} for reply in replies()]
    scenario = next(reply for reply in told if reply["when"]["says"] == "Write the scenario")
    scenario["times"] = 1
    return [*told, {"when": {"says": "Write the scenario"}, "json": {"scenario": ANOTHER_SCENARIO}}]


@pytest.fixture
def authored(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Site]:
    """A site whose drafting model is scripted, or the embedded one where a test asks for it."""
    script, drafting = tmp_path / "replies.yaml", tmp_path / "drafting.yaml"
    script.write_text(SCRIPT, encoding="utf-8")
    drafting.write_text(yaml.safe_dump({"replies": drafting_script()}), encoding="utf-8")
    model = getattr(request, "param", f"scripted:{drafting}")
    site = Site(tmp_path / "home", script, drafting_model=model)
    try:
        site.start(fresh=True)
        yield site
    finally:
        site.kill()


@pytest.fixture
def desk(browser: Browser, width: int) -> Iterator[Page]:
    """The author's page; a script that fails on it fails the test."""
    context = browser.new_context(viewport={"width": width, "height": WIDTHS[width]})
    context.set_default_timeout(20_000)
    problems: list[str] = []
    context.on("weberror", lambda error: problems.append(str(error.error)))
    yield context.new_page()
    context.close()
    assert problems == []


def test_an_exercise_is_drafted_mended_tried_activated_and_a_candidate_is_invited(
    authored: Site, desk: Page, browser: Browser, width: int, tmp_path: Path
) -> None:
    sign_in(authored, desk)
    make_opening(desk)
    set_up_the_stage(desk)
    have_it_drafted(desk)
    edit_the_goal(desk)
    draft_the_scenario_anew(desk)
    mend_a_level(desk)
    look_as_the_candidate(desk)
    try_it(desk)
    activate(desk)
    exported = export(desk, tmp_path)
    link = invite(desk)
    change_it_later(desk)
    bring_back(desk, exported)
    open_as_the_candidate(browser, link, width)


@pytest.mark.parametrize("authored", ["embedded"], indirect=True)
def test_with_only_the_embedded_model_an_author_begins_with_the_closest_exercise(
    authored: Site, desk: Page, width: int
) -> None:
    sign_in(authored, desk)
    make_opening(desk)
    set_up_the_stage(desk)
    expect(
        desk.get_by_text("Only the embedded model is set up, and it is too small to draft well.")
    ).to_be_visible()
    expect(desk.get_by_role("button", name="Draft", exact=True)).to_have_count(0)
    expect(desk.get_by_text("Closest", exact=True)).to_have_count(1)
    expect(desk.get_by_role("radio", checked=True)).to_have_count(1)
    fits(desk)
    desk.get_by_role("button", name="Begin with it").click()
    expect(desk.get_by_role("heading", level=1, name="Draft of the exercise")).to_be_visible()
    expect(field(desk, "Scenario")).to_have_value(re.compile("^" + re.escape(TASK)))
    expect(desk.get_by_text("The scenario begins with your task background, word for word.")).to_be_visible()
    expect(desk.get_by_role("button", name="Draft this anew")).to_have_count(0)
    expect(desk.get_by_role("button", name="Activate")).to_be_enabled()
    fits(desk)
    activate(desk)


def sign_in(site: Site, page: Page) -> None:
    page.goto(site.address)
    page.get_by_label("E-mail address").fill("recruiter@example.org")
    page.get_by_label("Password").fill(site.links["recruiter password"])
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1, name="Openings")).to_be_visible()
    fits(page)


def make_opening(page: Page) -> None:
    page.get_by_role("link", name="New opening").click()
    page.get_by_label("Title").fill("Returns coordinator")
    page.get_by_label("Job description").fill(JOB)
    fits(page)
    page.get_by_role("button", name="Create opening").click()
    expect(page.get_by_role("heading", level=1, name="Returns coordinator")).to_be_visible()
    page.get_by_text("Add a stage", exact=True).click()
    page.get_by_label("Title of the stage").fill("Work sample")
    fits(page)
    page.get_by_role("button", name="Add stage").click()


def set_up_the_stage(page: Page) -> None:
    expect(page.get_by_role("heading", level=1, name="Set up the stage")).to_be_visible()
    expect(page.get_by_label("Title of the stage").or_(page.get_by_label("Title"))).to_have_value(
        "Work sample"
    )
    page.get_by_label("Task background").fill(TASK)
    page.get_by_label("Standard").check()
    page.get_by_label("The AI sends a greeting first").check()
    page.get_by_label("Time limit in minutes").fill("20")
    page.get_by_label("Rounds").fill("8")
    page.get_by_label("retake").check()
    fits(page)
    page.get_by_role("button", name="Save and draft").click()
    expect(page.get_by_role("heading", level=1, name="Begin the exercise")).to_be_visible()
    fits(page)


def have_it_drafted(page: Page) -> None:
    """The parts show one after the other; when all are there, the draft opens by itself."""
    page.get_by_role("button", name="Draft", exact=True).click()
    making = page.locator("[data-making]")
    expect(making.locator("[data-made=about].fresh")).to_contain_text("Sort the returns")
    assert making.locator("[data-made=rubric].fresh").count() == 0
    expect(making.locator("[data-made=goal].fresh")).to_contain_text(GOAL)
    fits(page)
    expect(page.get_by_role("heading", level=1, name="Draft of the exercise")).to_be_visible()
    expect(field(page, "Goal")).to_have_value(GOAL)
    expect(page.get_by_text("Ready", exact=True)).to_be_visible()
    fits(page)


def edit_the_goal(page: Page) -> None:
    """What is typed is saved by itself, and the preview follows."""
    goal = page.locator("#goal")
    field(page, "Goal").fill(OWN_GOAL)
    expect(goal.get_by_role("status")).to_have_text("Saved")
    expect(page.locator("[data-swap=preview]")).to_contain_text(OWN_GOAL)


def draft_the_scenario_anew(page: Page) -> None:
    page.locator("#scenario").get_by_role("button", name="Draft this anew").click()
    expect(field(page, "Scenario")).to_have_value(ANOTHER_SCENARIO)
    expect(field(page, "Goal")).to_have_value(OWN_GOAL)
    expect(page.locator("#scenario")).to_be_in_viewport()


def mend_a_level(page: Page) -> None:
    """A vague level is remarked on beside its criterion at once, and the remark goes with its cause.

    One doubt is there from the start, and leads to its criterion.
    """
    criterion = page.locator("#criterion-verification")
    page.locator("#remarks").get_by_role("link", name="Verification").click()
    remark = criterion.locator(".remark").filter(has_text="“good”")
    criterion.get_by_label("Level 3, words").fill(VAGUE)
    expect(remark).to_be_visible()
    expect(remark).to_contain_text("Doubt")
    expect(criterion.get_by_label("Level 3, words")).to_be_focused()
    fits(page)
    criterion.get_by_label("Level 3, words").fill(EXACT)
    expect(remark).to_have_count(0)
    expect(page.get_by_text("Ready", exact=True)).to_be_visible()


def look_as_the_candidate(page: Page) -> None:
    page.get_by_role("link", name="Preview", exact=True).click()
    expect(page.get_by_role("heading", level=1, name="As the candidate reads it")).to_be_visible()
    brief = page.locator(".brief")
    for words in ("Sort the returns", "20 minutes · 8 rounds", OWN_GOAL, ANOTHER_SCENARIO, "The AI begins"):
        expect(brief).to_contain_text(words)
    expect(brief).not_to_contain_text(EXACT)
    fits(page)
    page.get_by_role("link", name="Draft", exact=True).click()


def try_it(page: Page) -> None:
    page.get_by_role("button", name="Try it yourself").click()
    expect(page.get_by_text("This is your own try.")).to_be_visible()
    expect(page.get_by_role("article").first).to_contain_text("I have read the same brief as you")
    page.get_by_label("Message to the AI").fill("Which return is urgent?")
    page.get_by_label("Message to the AI").press("Enter")
    expect(page.locator("article.assistant")).to_have_count(2)
    fits(page)
    page.get_by_role("button", name="Hand in", exact=True).first.click()
    page.get_by_role("dialog").get_by_role("button", name="Hand in").click()
    expect(page.get_by_role("heading", level=1, name="Your try")).to_be_visible()
    fits(page)
    page.get_by_role("link", name="Back to the draft").click()
    expect(page.get_by_role("heading", level=1, name="Draft of the exercise")).to_be_visible()


def activate(page: Page) -> None:
    page.get_by_role("button", name="Activate").click()
    expect(page.get_by_text("Activated. Candidates can be invited to it now.")).to_be_visible()
    expect(page.get_by_role("region", name="Exercise")).to_contain_text("Active")
    fits(page)


def export(page: Page, folder: Path) -> Path:
    """The draft's files as a ZIP."""
    page.get_by_role("link", name="Edit the draft").click()
    expect(page.get_by_text("The draft is the active version, word for word.")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Export").click()
    target = folder / download.value.suggested_filename
    download.value.save_as(target)
    assert target.name == "sort-the-returns.zip"
    return target


def invite(page: Page) -> str:
    page.get_by_role("link", name="Invite candidates").click()
    page.get_by_label("Name").fill("Ada Moreau")
    page.get_by_label("E-mail address").fill("ada@example.org")
    fits(page)
    page.get_by_role("button", name="Send invitations").click()
    link = page.get_by_label("Link for Ada Moreau").input_value()
    fits(page)
    page.get_by_role("link", name="To the stage").click()
    expect(page.get_by_role("row").filter(has_text="Ada Moreau")).to_be_visible()
    return link


def change_it_later(page: Page) -> None:
    """A change after activation is a draft again; activated, it is a second version."""
    page.get_by_role("link", name="Edit the draft").click()
    field(page, "Goal").fill(LATER_GOAL)
    expect(page.get_by_text("The draft differs from the active version.")).to_be_visible()
    activate(page)
    page.get_by_role("link", name="Versions").click()
    expect(page.get_by_role("row")).to_have_count(3)
    page.get_by_role("button", name="Show what changed").click()
    expect(page.get_by_role("heading", level=2, name="One change")).to_be_visible()
    fits(page)


def bring_back(page: Page, exported: Path) -> None:
    """The files that were exported are, imported again, the first version to the letter."""
    page.get_by_role("link", name="Work sample").click()
    page.get_by_role("link", name="Edit the draft").click()
    page.get_by_role("link", name="Begin anew").click()
    page.get_by_label("Files of the exercise").set_input_files(exported)
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_text("Imported.")).to_be_visible()
    expect(field(page, "Goal")).to_have_value(OWN_GOAL)
    activate(page)
    page.get_by_role("link", name="Versions").click()
    expect(page.get_by_role("row").filter(has_text="Active")).to_contain_text(re.compile(r"Sort the returns"))


def open_as_the_candidate(browser: Browser, link: str, width: int) -> None:
    """Who was invited to the first version reads that one."""
    context: BrowserContext = browser.new_context(viewport={"width": width, "height": WIDTHS[width]})
    page = context.new_page()
    page.goto(link)
    expect(page.get_by_role("heading", name="Welcome, Ada Moreau")).to_be_visible()
    page.get_by_role("button", name="Open the assessment in this browser").click()
    expect(page.get_by_text(OWN_GOAL)).to_be_visible()
    expect(page.get_by_text(ANOTHER_SCENARIO)).to_be_visible()
    fits(page)
    context.close()


def field(page: Page, label: str) -> Locator:
    """The field of a part that has only one."""
    return page.locator("[data-editor]").get_by_role("textbox", name=label, exact=True)
