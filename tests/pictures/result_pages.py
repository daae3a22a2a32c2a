"""Pages of results, of rating, and of what is made known to candidates."""

from playwright.sync_api import Page
from tests.pictures.picture import Picture, press, then, under

_FOR_THE_VERSION_IN_THE_ADDRESS = """() => {
  const form = document.getElementById("rating");
  form.dataset.draft = form.dataset.draft.replace(/[?].*/, location.search);
}"""


def _choose_version(page: Page) -> None:
    page.locator("input[name=version]").first.check()


def _contest(page: Page) -> None:
    page.locator("summary", has_text="Contest").first.click()


def _types_in_the_old_form(page: Page) -> None:
    """Make the form that of the version in the page's address, as one that was opened earlier is."""
    page.evaluate(_FOR_THE_VERSION_IN_THE_ADDRESS)
    page.locator("textarea").nth(1).fill("Says who works from the guide")
    page.locator("[data-outdated]").wait_for()


COHORT = (
    Picture("cohort", "scoring:stage_results", "A stage's results", under("labels")),
    Picture("cohort-scores", "scoring:stage_results", "With scores", under("errors"), asks="scores=1"),
    Picture("cohort-filtered", "scoring:stage_results", "Nobody fits", under("labels"), asks="q=nobody"),
    Picture("cohort-empty", "scoring:stage_results", "Before anybody was invited", under("stage.research")),
    Picture("compare", "scoring:compare", "Two candidates side by side", under("labels"), asks="{pair}"),
    Picture("profile", "scoring:profile", "A candidate's overview", under("ines.candidate")),
    Picture(
        "profile-assessment",
        "scoring:profile",
        "The assessment, for somebody at work",
        under("jonas.candidate") | {"tab": "=assessment"},
    ),
    Picture(
        "profile-evidence",
        "scoring:profile",
        "All that was quoted of a candidate",
        under("ines.candidate") | {"tab": "=evidence"},
    ),
    Picture("profile-invited", "scoring:profile", "Somebody who has not come yet", under("mara.candidate")),
)

RESULTS = (
    Picture(
        "result-strong", "scoring:result", "A strong session, rated by a person too", under("ines.session")
    ),
    Picture("result-weak", "scoring:result", "A weak session", under("lea.session")),
    Picture("result-errors", "scoring:result", "Error detection: flagged passages", under("ravi.session")),
    Picture("result-errors-missed", "scoring:result", "Hardly any caught; contested", under("chloe.session")),
    Picture("result-unscored", "scoring:result", "Too little was said to score it", under("luis.session")),
    Picture("result-two-scores", "scoring:result", "Scored with two versions", under("tomasz.session")),
    Picture(
        "result-earlier-score",
        "scoring:result",
        "The earlier of the two, which the candidate sees",
        under("tomasz.session"),
        asks="score={tomasz.earlier}",
    ),
    Picture("result-record-changed", "scoring:result", "A record that does not hold", under("emil.session")),
    Picture("result-waiting", "scoring:result", "Waits for a worker", under("marta.session")),
    Picture("result-being-scored", "scoring:result", "Being scored", under("hana.session")),
    Picture("result-failed", "scoring:result", "Could not be scored", under("dmitri.session")),
    Picture("result-working", "scoring:result", "Still at work", under("jonas.session")),
    Picture("result-retake", "scoring:result", "Offered a retake", under("sam.session")),
    Picture("rescore", "scoring:rescore", "Score with another version", under("ines.session")),
    Picture("release", "scoring:release", "Before a report is released", under("ines.session")),
    Picture(
        "release-not-told",
        "scoring:release",
        "Released, but the mail did not go out",
        under("lea.session"),
        site="open",
        steps=press("Release it"),
    ),
    Picture("released", "scoring:release", "A report that is released", under("chloe.session")),
    Picture("contest-answer", "scoring:contest_answer", "Answer a contest", under("contest")),
    Picture("contest-answered", "scoring:contest_answer", "One that is answered", under("contest.answered")),
)

RATING = (
    Picture("rate", "review:rate", "Rate a session, blind", under("lea.session"), who="reviewer"),
    Picture(
        "rate-seen",
        "review:rate",
        "After the machine's ratings were seen",
        under("ravi.session"),
        who="owner",
    ),
    Picture(
        "rate-half-done",
        "review:rate",
        "A draft with something missing",
        under("aisha.session"),
        who="reviewer",
        steps=press("Save for good"),
    ),
    Picture("rate-errors", "review:rate", "With flagged passages", under("ravi.session"), who="reviewer"),
    Picture(
        "rate-other-version",
        "review:rate",
        "Scored with another version since the draft was begun",
        under("tomasz.session"),
        who="reviewer",
    ),
    Picture(
        "rate-outdated",
        "review:rate",
        "Scored with another version while the form is open",
        under("tomasz.session"),
        who="reviewer",
        asks="version={tomasz.version}",
        steps=_types_in_the_old_form,
    ),
    Picture("rated", "review:rate", "Ratings that are saved", under("ines.session"), who="reviewer"),
    Picture("rate-not-ended", "review:rate", "Still at work", under("jonas.session"), who="reviewer"),
)

RELEASED = (
    Picture(
        "candidate-report",
        "session:place",
        "The report that a candidate sees",
        under("tomasz.invitation"),
        who="tomasz",
    ),
    Picture(
        "candidate-report-contested",
        "session:place",
        "After two contests, one of them answered",
        under("chloe.invitation"),
        who="chloe",
    ),
    Picture(
        "candidate-contests",
        "session:place",
        "About to contest a criterion",
        under("tomasz.invitation"),
        who="tomasz",
        steps=then(_contest),
    ),
)
