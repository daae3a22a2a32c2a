"""The editor counts words as the rules of length do."""

from base64 import b64encode

from playwright.sync_api import Browser
from tests.browser.conftest import ROOT
from tests.words_counted import WORDS_COUNTED

SCRIPT = ROOT / "src" / "assay_web" / "static" / "work" / "words.js"
COUNT = "async ([module, texts]) => texts.map((await import(module)).countWords)"


def test_a_candidate_reads_the_number_of_words_that_the_rule_will_count(browser: Browser) -> None:
    module = f"data:text/javascript;base64,{b64encode(SCRIPT.read_bytes()).decode()}"
    page = browser.new_page()
    counted = page.evaluate(COUNT, [module, list(WORDS_COUNTED)])
    page.close()
    assert dict(zip(WORDS_COUNTED, counted, strict=True)) == WORDS_COUNTED
