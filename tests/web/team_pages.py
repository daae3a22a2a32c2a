"""Every page of the team's side, as an address to open: what is counted in tests, and timed in `bench/`."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from tests.web.crowd import Place

from assay_web.scoring.cohort import FILTERS

NOT_PAGES = {
    # Actions: they answer to POST alone.
    *(f"openings:{name}" for name in ("close", "reopen", "add_stage", "move_stage", "remove_stage")),
    *(f"openings:{name}" for name in ("send_again", "revoke", "set_extra_time", "answer", "give_time_back")),
    *(f"authoring:{name}" for name in ("begin_shipped", "import", "draft_with_model", "save", "restore")),
    *(f"authoring:{name}" for name in ("save_materials", "add_criterion", "save_criterion", "activate")),
    *(f"authoring:{name}" for name in ("remove_rule", "remove_ledger", "try")),
    *("scoring:withdraw", "review:draft", "jobs:retry"),
    *(f"baselines:{name}" for name in ("run", "retry", "rate")),
    *("judges:try", "judges:retire", "judges:bring_back"),
    *(f"accounts:{name}" for name in ("invite", "revoke", "change_role", "remove", "switch_team")),
    # Files: as long as what they hold.
    *("scoring:record", "scoring:json", "scoring:pdf", "scoring:csv", "authoring:export"),
}
"""Addresses of the team's side that are no pages."""


@dataclass(frozen=True, slots=True)
class TeamPage:
    """An address to open. `door` is its name, as in `test_doors.DOORS`; `name` says what is asked of it."""

    door: str
    name: str
    address: str


def team_pages(place: Place) -> list[TeamPage]:
    """Every page, with every filter and order of those that have some."""
    return [*_lists(place), *_cohort(place), *_of_one_session(place), *_rest(place)]


def _page(door: str, name: str, *args: str, **query: str) -> TeamPage:
    address = reverse(door, args=args)
    return TeamPage(door, name, f"{address}?{urlencode(query)}" if query else address)


def _lists(place: Place) -> list[TeamPage]:
    opening, stage = place.cast.opening.public_id, place.cast.stage.public_id
    return [
        _page("openings:list", "openings"),
        _page("openings:list", "openings, closed", closed=""),
        _page("openings:list", "openings, last page", page="last"),
        _page("openings:opening", "opening", opening),
        _page("openings:opening", "opening, last page", opening, page="last"),
        _page("openings:opening", "opening, search for many", opening, q="example.org"),
        _page("openings:opening", "opening, search for one", opening, q="mara lind"),
        _page("openings:opening", "opening, search for nobody", opening, q="nobody at all"),
        _page("openings:stage", "invitations", stage),
        _page("openings:stage", "invitations, last page", stage, page="last"),
        _page("authoring:versions", "versions", stage),
        _page(
            "authoring:versions", "versions, two compared", stage,
            a=place.older.public_id, b=place.cast.version.public_id,
        ),
        _page("audit:log", "audit log"),
        _page("audit:log", "audit log, first page", before="3"),
        _page("audit:log", "audit log, one action", action="session_scored"),
        _page("audit:log", "audit log, rare action", action="stage_changed"),
        _page("audit:log", "audit log, one person", person=f"user:{place.cast.owner.pk}"),
        _page("audit:log", "audit log, one session", subject=f"session:{place.strong.session.public_id}"),
        _page("jobs:operations", "operations"),
        _page("accounts:team", "team"),
    ]  # fmt: skip


def _cohort(place: Place) -> list[TeamPage]:
    stage = place.cast.stage.public_id
    door = "scoring:stage_results"
    last = place.cast.noor.public_id
    filters = [
        _page(door, f"{name}, filter {state}", stage, state=state, **order)
        for name, order in (("results", {}), ("results by name", {"order": "name"}))
        for state in FILTERS
        if state
    ]
    return [
        _page(door, "results", stage),
        _page(door, "results with scores", stage, scores="1"),
        _page(door, "results, other version", stage, version=place.older.public_id),
        _page(door, "results, last page", stage, after=last),
        _page(door, "results by name", stage, order="name"),
        _page(door, "results by name, last page", stage, order="name", after=last),
        *filters,
        _page(door, "results, search for many", stage, q="example.org"),
        _page(door, "results, search for one", stage, q="mara lind"),
        _page(door, "results, search for nobody", stage, q="nobody at all"),
        _page(door, "results by name, search for nobody", stage, q="nobody at all", order="name"),
    ]


def _of_one_session(place: Place) -> list[TeamPage]:
    session, candidate = place.weak.session.public_id, place.cast.noor.candidate.public_id
    return [
        _page("scoring:result", "result", session),
        _page("scoring:result", "result with other scores", place.strong.session.public_id),
        _page("scoring:result", "result of the assistant alone", place.alone),
        _page("scoring:progress", "result, progress", session),
        _page("scoring:profile", "profile", candidate),
        _page("scoring:profile", "profile, evidence", candidate, "evidence"),
        _page(
            "scoring:compare", "compare", place.cast.stage.public_id,
            a=place.strong.session.public_id, b=session,
        ),
        _page("scoring:release", "release", session),
        _page("scoring:rescore", "score again", session),
        _page("scoring:contest_answer", "answer a contest", place.contest.public_id),
        _page("review:rate", "rate", session),
        _page("openings:invitation", "invitation", place.asked.public_id),
    ]  # fmt: skip


def _rest(place: Place) -> list[TeamPage]:
    opening, stage = place.cast.opening.public_id, place.cast.stage.public_id
    return [
        _page("openings:new", "new opening"),
        _page("openings:edit", "edit opening", opening),
        _page("openings:stage_settings", "stage settings", stage),
        _page("openings:invite", "invite", stage),
        _page("authoring:draft", "draft", stage),
        _page("authoring:begin", "begin a draft", stage),
        _page("authoring:preview", "preview", stage),
        _page("baselines:stage", "the assistant alone", stage),
        _page("accounts:profile", "own profile"),
        _page("judges:list", "judges"),
        _page("judges:new", "new judge"),
        _page("judges:judge", "judge", place.judges[0]),
        _page("judges:judge", "judge beside another", place.judges[0], beside=place.judges[1]),
        _page("judges:attack", "attack a judge", place.judges[1]),
        _page("judges:choose", "who rates", stage),
        _page("judges:again_stage", "score a stage again", stage),
        _page("judges:again_session", "score again with judges", place.strong.session.public_id),
        _page("judges:prompt", "prompt", place.strong.session.public_id, **place.prompt),
    ]
