"""Who may open and change what: every route of openings and of authoring, for everybody."""

from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import get_resolver, reverse
from tests.people import Cast

from assay_web.authoring.services import activate, begin_from_shipped


@dataclass(frozen=True)
class Route:
    """One route: how it is asked for, and which roles may."""

    name: str
    method: str
    roles: frozenset[str]

    def address(self, cast: Cast) -> str:
        target = {
            "opening": cast.opening.public_id,
            "edit": cast.opening.public_id,
            "close": cast.opening.public_id,
            "reopen": cast.opening.public_id,
            "add_stage": cast.opening.public_id,
            "invitation": cast.mara.public_id,
            "send_again": cast.mara.public_id,
            "revoke": cast.mara.public_id,
            "set_extra_time": cast.mara.public_id,
            "answer": cast.mara.public_id,
            "give_time_back": cast.mara.public_id,
        }.get(self.name.split(":")[1], cast.stage.public_id)
        more = {"authoring:save": ["goal"], "authoring:save_criterion": ["safety"]}.get(self.name, [])
        args = [] if self.name in ("openings:list", "openings:new") else [target, *more]
        return reverse(self.name, args=args)

    @property
    def belongs_to_a_team(self) -> bool:
        return self.name not in ("openings:list", "openings:new")


EVERYBODY = frozenset({"owner", "recruiter", "author", "reviewer", "interviewer", "viewer"})
RECRUITERS = frozenset({"owner", "recruiter"})
AUTHORS = RECRUITERS | {"author"}

ROUTES = [
    Route("openings:list", "get", EVERYBODY),
    Route("openings:new", "get", RECRUITERS),
    Route("openings:opening", "get", EVERYBODY),
    Route("openings:edit", "get", RECRUITERS),
    Route("openings:close", "post", RECRUITERS),
    Route("openings:reopen", "post", RECRUITERS),
    Route("openings:add_stage", "post", RECRUITERS),
    Route("openings:stage", "get", EVERYBODY),
    Route("openings:stage_settings", "get", AUTHORS),
    Route("openings:move_stage", "post", RECRUITERS),
    Route("openings:remove_stage", "post", RECRUITERS),
    Route("openings:invite", "get", RECRUITERS),
    Route("openings:invitation", "get", RECRUITERS),
    Route("openings:send_again", "post", RECRUITERS),
    Route("openings:revoke", "post", RECRUITERS),
    Route("openings:set_extra_time", "post", RECRUITERS),
    Route("openings:answer", "post", RECRUITERS),
    Route("openings:give_time_back", "post", RECRUITERS),
    Route("authoring:draft", "get", AUTHORS),
    Route("authoring:begin", "get", AUTHORS),
    Route("authoring:begin_shipped", "post", AUTHORS),
    Route("authoring:import", "post", AUTHORS),
    Route("authoring:save", "post", AUTHORS),
    Route("authoring:save_materials", "post", AUTHORS),
    Route("authoring:save_criterion", "post", AUTHORS),
    Route("authoring:add_criterion", "post", AUTHORS),
    Route("authoring:remove_rule", "post", AUTHORS),
    Route("authoring:remove_ledger", "post", AUTHORS),
    Route("authoring:export", "get", AUTHORS),
    Route("authoring:preview", "get", AUTHORS),
    Route("authoring:try", "post", AUTHORS),
    Route("authoring:activate", "post", AUTHORS),
    Route("authoring:versions", "get", AUTHORS),
    Route("authoring:restore", "post", AUTHORS),
]
ELSEWHERE = {"authoring:draft_with_model"}
"""Routes that answer asynchronously and are tested where they are."""

every_route = pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)


@pytest.fixture
def drafted(cast: Cast) -> Cast:
    """The cast, with a draft of the stage that is the active version."""
    begin_from_shipped(cast.stage, cast.owner, "labeling-assistant", with_background=False)
    activate(cast.stage, cast.owner)
    return cast


def ask(browser: Client, route: Route, cast: Cast) -> int:
    return int(getattr(browser, route.method)(route.address(cast)).status_code)


def test_no_route_is_missing_from_this_list() -> None:
    known = {
        f"{space}:{name}"
        for space in ("openings", "authoring")
        for name in get_resolver().namespace_dict[space][1].reverse_dict
        if isinstance(name, str)
    }
    assert known == {route.name for route in ROUTES} | ELSEWHERE


@every_route
def test_a_role_that_may_is_answered_and_one_that_may_not_is_refused(drafted: Cast, route: Route) -> None:
    for role in sorted(EVERYBODY - route.roles):
        assert ask(drafted.signed_in(getattr(drafted, role)), route, drafted) == 403, role
    browser = drafted.signed_in(drafted.author if "author" in route.roles else drafted.recruiter)
    expected = {404} if route.name == "authoring:restore" else {200, 302, 422}
    assert ask(browser, route, drafted) in expected


@every_route
def test_the_owner_of_another_team_finds_nothing(drafted: Cast, route: Route) -> None:
    status = ask(drafted.signed_in(drafted.stranger), route, drafted)
    assert status == (404 if route.belongs_to_a_team else 200)


@every_route
def test_whoever_is_not_signed_in_is_sent_to_do_so(drafted: Cast, route: Route) -> None:
    for browser in (Client(), drafted.browser_of(drafted.mara)):
        answer = getattr(browser, route.method)(route.address(drafted))
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("account_login"))


@every_route
def test_what_changes_something_is_not_done_by_opening_an_address(drafted: Cast, route: Route) -> None:
    if route.method == "post":
        assert drafted.signed_in(drafted.owner).get(route.address(drafted)).status_code == 405
