"""Pages of openings, of the exercise's author, and of those who run the team."""

from playwright.sync_api import Page
from tests.pictures.picture import NARROW, WIDE, Picture, fill, press, then, under, unfold

SEVERAL = "Bea Quist <bea@candidates.example>\nCato Reyes <cato@candidates.example>"


def _invite_two(page: Page) -> None:
    page.locator("summary", has_text="Invite several").click()
    page.locator("[name=many]").fill(SEVERAL)
    press("Send invitations")(page)


def _draft(page: Page) -> None:
    page.get_by_role("button", name="Draft", exact=True).first.click()
    page.locator(".made", has_text="verification").last.wait_for(timeout=20_000)


def _compare_versions(page: Page) -> None:
    page.locator(".diff, .change").first.wait_for()


OPENINGS = (
    Picture("openings-empty", "openings:list", "A team's first look: no opening yet", who="newcomer"),
    Picture("openings", "openings:list", "All openings, with where their candidates stand"),
    Picture("openings-closed", "openings:list", "Those that are closed", asks="closed"),
    Picture("openings-viewer", "openings:list", "As a viewer sees them", who="viewer"),
    Picture("opening-new", "openings:new", "A new opening"),
    Picture("opening-new-wrong", "openings:new", "Without a title", steps=press("Create opening")),
    Picture("opening", "openings:opening", "An opening with two stages", under("opening.data")),
    Picture("opening-fresh", "openings:opening", "One with nothing in it", under("opening.research")),
    Picture("opening-closed", "openings:opening", "One that is closed", under("opening.warehouse")),
    Picture("opening-edit", "openings:edit", "Edit an opening", under("opening.data")),
    Picture("stage", "openings:stage", "A stage with candidates everywhere on their way", under("labels")),
    Picture("stage-fresh", "openings:stage", "A stage without an exercise", under("stage.research")),
    Picture("stage-settings", "openings:stage_settings", "A stage's settings", under("stage.research")),
    Picture(
        "stage-settings-fixed", "openings:stage_settings", "Once its exercise was drafted", under("labels")
    ),
    Picture("invite", "openings:invite", "Invite candidates", under("errors")),
    Picture(
        "invite-several", "openings:invite", "Two at once: their links", under("errors"), steps=_invite_two
    ),
    Picture("invite-nothing", "openings:invite", "Nothing to invite to yet", under("stage.research")),
    Picture("invitation", "openings:invitation", "Invited, and not come yet", under("mara.invitation")),
    Picture("invitation-request", "openings:invitation", "Asks for another way", under("priya.invitation")),
    Picture(
        "invitation-answered", "openings:invitation", "Has more time by request", under("noor.invitation")
    ),
    Picture("invitation-working", "openings:invitation", "At work now", under("jonas.invitation")),
    Picture("invitation-finished", "openings:invitation", "Has handed in", under("ines.invitation")),
    Picture("invitation-revoked", "openings:invitation", "Is let in no more", under("pavel.invitation")),
    Picture(
        "invitation-new-link",
        "openings:invitation",
        "A new link, shown once",
        under("yuki.invitation"),
        steps=press("Send a new link"),
        also=("openings:send_again",),
    ),
)

AUTHORING = (
    Picture("exercise-begin", "authoring:begin", "Ways to begin an exercise", under("stage.maintenance")),
    Picture(
        "exercise-begin-embedded",
        "authoring:draft",
        "The same with the embedded model, which is too small to draft",
        under("stage.maintenance"),
        site="open",
    ),
    Picture(
        "exercise-drafting",
        "authoring:draft",
        "While the model drafts",
        under("stage.maintenance"),
        steps=_draft,
    ),
    Picture("exercise", "authoring:draft", "A draft beside its preview", under("labels")),
    Picture("exercise-remarks", "authoring:draft", "A draft with remarks", under("stage.support")),
    Picture("exercise-errors", "authoring:draft", "A draft with an error ledger", under("errors")),
    Picture("exercise-preview", "authoring:preview", "What a candidate will read", under("labels")),
    Picture("exercise-versions", "authoring:versions", "Versions of an exercise", under("labels")),
    Picture(
        "exercise-versions-compared",
        "authoring:versions",
        "What changed between two versions",
        under("labels"),
        asks="{versions}",
    ),
)

RUNNING_A_TEAM = (
    Picture("team", "accounts:team", "The team: people, invitations, roles"),
    Picture(
        "team-invited",
        "accounts:team",
        "A colleague is invited: the link, shown once",
        steps=then(fill(email="orla.finn@larkmoor.example"), press("Send the invitation")),
        also=("accounts:invite",),
    ),
    Picture("team-remove", "accounts:team", "About to remove somebody", steps=unfold("Remove")),
    Picture("operations", "jobs:operations", "Queue, failures, workers, models and spend"),
    Picture(
        "operations-capped",
        "jobs:operations",
        "With caps: one nearly reached, one reached, two sessions stopped",
        site="open",
    ),
    Picture("operations-quiet", "jobs:operations", "With nothing in it", who="newcomer"),
    Picture("audit", "audit:log", "Who did what"),
    Picture("audit-check", "audit:log", "The log is checked", asks="check=1"),
    Picture("audit-nothing", "audit:log", "A filter that nothing fits", asks="subject=session:nothing"),
    Picture(
        "menu", "accounts:team", "The menu of a person", steps=unfold("Robin Vale"), widths=(WIDE, NARROW)
    ),
)
