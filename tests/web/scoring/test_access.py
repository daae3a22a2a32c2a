"""Who gets to which page about results: every address, for everybody."""

import pytest
from django.test import Client
from django.urls import reverse
from tests.people import Cast
from tests.web.scoring.finished import scored

from assay_web.scoring import releases
from assay_web.scoring.models import SessionScore
from assay_web.scoring.services import contest

NOBODY = frozenset[str]()
SEE = frozenset({"owner", "recruiter", "author", "reviewer", "interviewer"})
RATE = frozenset({"owner", "recruiter", "author", "reviewer"})
RELEASE = frozenset({"owner", "recruiter"})

ROUTES: dict[str, tuple[str, str, frozenset[str]]] = {
    "scoring:result": ("get", "session", SEE),
    "scoring:progress": ("get", "session", SEE),
    "scoring:record": ("get", "session", SEE),
    "scoring:json": ("get", "session", SEE),
    "scoring:pdf": ("get", "session", SEE),
    "scoring:release": ("get", "session", RELEASE),
    "scoring:withdraw": ("post", "session", RELEASE),
    "scoring:rescore": ("get", "session", RATE),
    "scoring:contest_answer": ("get", "contest", RELEASE),
    "scoring:profile": ("get", "candidate", SEE),
    "scoring:stage_results": ("get", "stage", SEE),
    "scoring:compare": ("get", "stage", SEE),
    "scoring:csv": ("get", "stage", SEE),
    "review:rate": ("get", "session", RATE),
    "review:draft": ("post", "session", RATE),
}
ROLES = ("owner", "recruiter", "author", "reviewer", "interviewer", "viewer")


@pytest.fixture
def ids(cast: Cast) -> dict[str, str]:
    score = scored(cast.mara)
    releases.release(score, cast.owner)
    criterion = score.levels.values_list("criterion", flat=True)[0]
    made = contest(score.session, criterion, "I did split the work")
    return {
        "session": score.session.public_id,
        "contest": made.public_id,
        "candidate": cast.mara.candidate.public_id,
        "stage": cast.stage.public_id,
    }


def _status(client: Client, route: str, ids: dict[str, str]) -> int:
    method, kind, _ = ROUTES[route]
    address = reverse(route, args=[ids[kind]])
    return int(getattr(client, method)(address).status_code)


@pytest.mark.parametrize("route", ROUTES)
def test_everybody_gets_exactly_what_their_role_allows(cast: Cast, ids: dict[str, str], route: str) -> None:
    allowed = ROUTES[route][2]
    for role in ROLES:
        status = _status(cast.signed_in(getattr(cast, role)), route, ids)
        assert status in ((200, 302) if role in allowed else (403,)), (role, status)
    assert _status(cast.signed_in(cast.stranger), route, ids) == 404
    anonymous = Client()
    assert _status(anonymous, route, ids) == 302
    assert _status(cast.browser_of(cast.mara), route, ids) == 302
    assert _status(cast.browser_of(cast.noor), route, ids) == 302


def test_no_address_of_results_is_missing_from_this_test() -> None:
    from assay_web.review import urls as review
    from assay_web.scoring import urls as scoring

    named = {f"scoring:{p.name}" for p in scoring.urlpatterns}
    named |= {f"review:{p.name}" for p in review.urlpatterns}
    assert named == set(ROUTES)


def test_a_try_is_seen_by_whoever_tried_and_by_nobody_else(cast: Cast) -> None:
    from assay_web.session.drive import drive
    from assay_web.session.start import start_try

    session = start_try(cast.stage, cast.version, cast.author)
    drive(session.pk, lambda engine: engine.submit())
    address = reverse("scoring:result", args=[session.public_id])
    assert cast.signed_in(cast.author).get(address).status_code == 200
    assert cast.signed_in(cast.owner).get(address).status_code == 404


def test_a_score_of_another_session_is_not_shown_under_this_one(cast: Cast) -> None:
    mine, other = scored(cast.mara), scored(cast.noor, "weak")
    address = reverse("scoring:result", args=[mine.session.public_id])
    client = cast.signed_in(cast.owner)
    assert client.get(address, {"score": other.public_id}).status_code == 404
    assert client.get(address, {"score": mine.public_id}).status_code == 200
    assert SessionScore.objects.count() == 2
