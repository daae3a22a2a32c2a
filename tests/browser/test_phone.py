"""A recruiter reads on a phone what each rater said of a criterion."""

import tests.installation  # noqa: F401  (before everything that needs settings)
from django.contrib.staticfiles.finders import find
from django.template.loader import render_to_string
from playwright.sync_api import Browser
from tests.browser.test_accessibility import on_a_phone

VOICE = {
    "rater": "judge-strict-with-a-long-name@http://gpu-7.internal.example.org:9102/v1/completions",
    "kind": "LLM judge",
    "level": "3.0",
    "why": "It lays out its steps before it asks for any work, and checks them afterwards. " * 3,
}
REASON = "one => one.getBoundingClientRect().width"


def test_a_rater_with_a_long_name_neither_widens_a_phones_page_nor_squeezes_the_reason(
    browser: Browser,
) -> None:
    item = {"number": 1, "hue": 1, "title": "Task decomposition", "level": "3.0", "voices": [VOICE]}
    criteria = render_to_string("scoring/_criteria.html", {"result": {"criteria": [item]}})
    page = browser.new_page(viewport={"width": 1280, "height": 860})
    page.set_content(f'<!doctype html><main class="page"><div class="pair">{criteria}</div></main>')
    for sheet in ("assay.css", "results.css"):
        page.add_style_tag(path=find(sheet))
    assert on_a_phone(page) == []
    page.locator("summary").click()
    assert page.locator(".voices td:last-child").evaluate(REASON) > 200
    page.close()
