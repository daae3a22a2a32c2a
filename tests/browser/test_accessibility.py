"""Every page that a person can reach, before axe-core, in both themes: nothing is found."""

import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from .conftest import Site
from .test_candidate import hand_in, say, start, write

AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
ID = re.compile(r"[2-9a-hj-km-np-z]{14}")
FILES = re.compile(r"/(record|json|csv|pdf|export)$|logout")
Theme = Literal["light", "dark"]


def found_on(page: Page, rules: list[str] = TAGS) -> list[str]:
    page.evaluate(AXE)
    result = page.evaluate("rules => axe.run(document, { runOnly: rules })", rules)
    return [
        f"{urlsplit(page.url).path}: {finding['id']} at {finding['nodes'][0]['html'][:120]}"
        for finding in result["violations"]
    ]


def on_a_phone(page: Page) -> list[str]:
    """A page that must be scrolled sideways on a phone, and tables that do so without the keyboard."""
    page.set_viewport_size({"width": 390, "height": 844})
    folded = page.query_selector_all("details:not([open])")
    for one in folded:
        one.evaluate("one => { one.open = true; }")
    wide = page.evaluate("() => document.documentElement.scrollWidth")
    found = found_on(page, ["scrollable-region-focusable"])
    for one in folded:
        one.evaluate("one => { one.open = false; }")
    page.set_viewport_size({"width": 1280, "height": 860})
    return [*found, *([f"{urlsplit(page.url).path}: {wide} px wide on a phone"] if wide > 390 else [])]


def pages_from(site: Site, page: Page) -> Iterator[str]:
    """One page of every kind that links lead to, from the first page on."""
    waiting, seen = ["/"], {"/"}
    while waiting:
        path = waiting.pop(0)
        response = page.goto(site.address + path)
        assert response is not None
        assert response.ok, path
        yield path
        for href in page.eval_on_selector_all("a[href]", "links => links.map(link => link.pathname)"):
            kind = ID.sub("ID", href)
            if kind not in seen and not FILES.search(href):
                seen.add(kind)
                waiting.append(href)


@pytest.fixture
def owner(site: Site, browser: Browser, theme: Theme) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1280, "height": 860}, color_scheme=theme)
    context.add_cookies([{"name": "sessionid", "value": site.links["owner"], "url": site.address}])
    yield context
    context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_is_found_on_any_page_of_the_team(site: Site, owner: BrowserContext) -> None:
    page = owner.new_page()
    found: list[str] = []
    visited = []
    for path in pages_from(site, page):
        visited.append(ID.sub("ID", path))
        found += found_on(page) + on_a_phone(page)
    assert found == []
    known = {
        "/openings/ID/",
        "/stages/ID/baseline",
        "/stages/ID/exercise/",
        "/results/stages/ID/",
        "/results/sessions/ID/",
        "/operations/",
        "/judges/ID/attack",
    }
    assert known <= set(visited)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_is_found_on_any_page_of_a_candidate(site: Site, browser: Browser, theme: Theme) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 860}, color_scheme=theme)
    page = context.new_page()
    page.goto(f"{site.address}/i/{site.links['mara']}")
    found = found_on(page) + on_a_phone(page)
    page.get_by_role("button", name="Open the assessment in this browser").click()
    found += found_on(page) + on_a_phone(page)
    start(site, page, "noor")
    say(page, "Which reviews could two careful people label differently?")
    page.locator("article.assistant").wait_for()
    write(page, "My guide")
    found += found_on(page) + on_a_phone(page)
    page.get_by_role("button", name="Hand in", exact=True).first.click()
    found += found_on(page)
    page.keyboard.press("Escape")
    hand_in(page)
    page.get_by_role("heading", name="Handed in. Thank you.").wait_for()
    found += found_on(page) + on_a_phone(page)
    context.close()
    assert found == []
