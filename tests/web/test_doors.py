"""Every address of the site before everybody: who gets in, and who does not.

A new address that is not in `DOORS` fails a test here, so nobody can forget to say whom it is for.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from tests.people import Cast, make_cast

from assay_web.accounts.roles import Permission
from assay_web.accounts.roles import Permission as May
from assay_web.authoring.models import Draft
from assay_web.clock import now
from assay_web.openings.models import AccommodationRequest
from assay_web.scoring.models import Contest
from assay_web.session.links import new_link
from assay_web.session.models import CandidateSession
from assay_web.session.services import consent_and_start
from assay_web.session.start import start_try

CANDIDATE, OWN_TRY, ANYONE, ANY_MEMBER, NOBODY = "candidate", "own try", "anyone", "any member", "nobody"

_OPENING = ("edit", "close", "reopen", "add_stage")
_STAGE = ("stage_settings", "move_stage", "remove_stage")
_INVITING = ("invite", "invitation", "send_again", "revoke", "set_extra_time", "answer", "give_time_back")
_WORK = (
    "state",
    "claim",
    "release",
    "messages",
    "reply",
    "stop",
    "deliverable",
    "flags",
    "signals",
    "submit",
    "retake",
)
_AUTHORING = (
    "draft", "begin", "begin_shipped", "import", "draft_with_model", "save", "save_materials",
    "add_criterion", "save_criterion", "remove_rule", "remove_ledger", "export", "try", "activate",
    "versions", "restore",
)  # fmt: skip
_RESULTS = ("result", "progress", "record", "json", "pdf", "profile", "stage_results", "compare", "csv")
_TEAM = ("team", "invite", "revoke", "change_role", "remove")

DOORS: dict[str, str] = {
    "openings:list": May.SEE_OPENINGS,
    "openings:new": May.EDIT_OPENINGS,
    "openings:opening": May.SEE_OPENINGS,
    "openings:stage": May.SEE_OPENINGS,
    **{f"openings:{name}": May.EDIT_OPENINGS for name in (*_OPENING, *_STAGE)},
    **{f"openings:{name}": May.INVITE_CANDIDATES for name in _INVITING},
    **{f"authoring:{name}": May.AUTHOR_EXERCISES for name in _AUTHORING},
    "authoring:preview": May.SEE_OPENINGS,
    "session:landing": ANYONE,
    "session:ask_for_link": ANYONE,
    **{
        f"session:{name}": CANDIDATE
        for name in ("place", "request", "warm_up", "start", "feedback", "contest")
    },
    "session:other_device": CANDIDATE,
    **{f"session:candidate_{name}": CANDIDATE for name in _WORK},
    "session:try": OWN_TRY,
    **{f"session:try_{name}": OWN_TRY for name in _WORK},
    **{f"scoring:{name}": May.SEE_RESULTS for name in _RESULTS},
    **{f"scoring:{name}": May.RELEASE_RESULTS for name in ("release", "withdraw", "contest_answer")},
    "scoring:rescore": May.RATE_SESSIONS,
    "review:rate": May.RATE_SESSIONS,
    "review:draft": May.RATE_SESSIONS,
    **{f"accounts:{name}": May.MANAGE_TEAM for name in _TEAM},
    **{f"accounts:{name}": ANY_MEMBER for name in ("switch_team", "profile")},
    "accounts:found": NOBODY,  # unless registration is open
    "accounts:join": ANYONE,
    "accounts:sign_in_link": ANYONE,
    **{f"judges:{name}": May.SEE_RESULTS for name in ("list", "judge", "prompt")},
    **{
        f"judges:{name}": May.AUTHOR_EXERCISES
        for name in ("new", "try", "attack", "retire", "bring_back", "choose", "again_stage")
    },
    "judges:again_session": May.RATE_SESSIONS,
    "baselines:stage": May.SEE_RESULTS,
    "baselines:run": May.AUTHOR_EXERCISES,
    "baselines:retry": May.AUTHOR_EXERCISES,
    "baselines:rate": May.RATE_SESSIONS,
    "jobs:operations": May.RUN_OPERATIONS,
    "jobs:retry": May.RUN_OPERATIONS,
    "audit:log": May.SEE_AUDIT,
}


def addresses(resolver: URLResolver, space: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address of ours with its name; those of the account library are its own to test."""
    for found in resolver.url_patterns:
        if isinstance(found, URLResolver):
            if str(found.pattern) != "account/":
                yield from addresses(found, f"{found.namespace}:" if found.namespace else space)
        else:
            yield f"{space}{found.name}", found


def test_every_address_says_whom_it_is_for() -> None:
    assert {name for name, _ in addresses(get_resolver())} == set(DOORS)


@dataclass(frozen=True, slots=True)
class Scene:
    """The cast, with a session under way, a colleague's try, and something of everything to open."""

    cast: Cast
    keys: dict[str, Any]
    client: dict[str, Client]

    def address(self, name: str) -> str:
        """The address of this name for Mara's, or the owner's, things."""
        pattern = next(found for known, found in addresses(get_resolver()) if known == name)
        given = {key: self._value(name, key) for key in pattern.pattern.regex.groupindex}
        return reverse(name, kwargs=given)

    def _value(self, name: str, key: str) -> str:
        own: dict[str, str] = {
            "part": "goal",
            "name": "verification",
            "tab": "overview",
            "token": self.keys["token"],
        }
        return own[key] if key in own else str(self.keys[self._kind(name)])

    def _kind(self, name: str) -> str:
        space, _, what = name.partition(":")
        match space, what:
            case "openings", ("opening" | "edit" | "close" | "reopen" | "add_stage"):
                return "opening"
            case "openings", (
                "invitation" | "send_again" | "revoke" | "set_extra_time" | "answer" | "give_time_back"
            ):
                return "invitation"
            case (("openings" | "authoring"), _):
                return "stage"
            case "session", _:
                return "try" if what.startswith("try") else "invitation"
            case "scoring", ("stage_results" | "compare" | "csv"):
                return "stage"
            case "scoring", "profile":
                return "candidate"
            case "scoring", "contest_answer":
                return "contest"
            case "accounts", "revoke":
                return "colleague"
            case "accounts", _:
                return "member"
            case "judges", ("judge" | "attack" | "retire" | "bring_back"):
                return "judge"
            case "judges", ("choose" | "again_stage"):
                return "stage"
            case "baselines", ("stage" | "run" | "retry"):
                return "stage"
            case "jobs", _:
                return "job"
        return "session"


@pytest.fixture
def scene(transactional_db: None) -> Scene:
    cast = make_cast()
    session = consent_and_start(cast.mara)
    own = start_try(cast.stage, cast.version, cast.owner)
    Draft.objects.create(
        stage=cast.stage, parts=cast.version.content, origin="labeling-assistant", drafted_at=now()
    )
    AccommodationRequest.objects.create(invitation=cast.mara, kind="more_time", asked_at=now())
    keys = {
        "opening": cast.opening.public_id,
        "stage": cast.stage.public_id,
        "invitation": cast.mara.public_id,
        "candidate": cast.mara.candidate.public_id,
        "session": session.public_id,
        "try": own.public_id,
        "token": new_link(cast.noor),
        "contest": _contest(session),
        "colleague": _colleague(cast),
        "member": cast.viewer.memberships.get().public_id,
        "job": _job(session),
        "judge": _judge(cast),
    }
    clients = {
        "owner": cast.signed_in(cast.owner),
        "viewer": cast.signed_in(cast.viewer),
        "stranger": cast.signed_in(cast.stranger),
        "mara": cast.browser_of(cast.mara),
        "noor": cast.browser_of(cast.noor),
        "anonymous": Client(),
    }
    return Scene(cast, keys, clients)


def _contest(session: CandidateSession) -> str:
    from assay_web.scoring.models import SessionScore

    score = SessionScore.objects.create(
        session=session, exercise_version=session.exercise_version, panel="p", made_at=now(), scale_max=4,
        verdict="no threshold", seal="s", record=b"{}",
    )  # fmt: skip
    contest = Contest.objects.create(
        session=session, score=score, criterion="verification", words="I did check", contested_at=now()
    )
    return contest.public_id


def _colleague(cast: Cast) -> str:
    from assay_web.accounts.models import ColleagueInvitation

    return ColleagueInvitation.objects.create(
        team=cast.team,
        email="new@example.org",
        role="viewer",
        token_hash="h",
        expires_at=now() + timedelta(days=1),
    ).public_id


def _job(session: CandidateSession) -> str:
    from assay_web.jobs.ask import ask_for_scoring

    return ask_for_scoring(session, reason="ended").public_id


def _judge(cast: Cast) -> str:
    from assay.scoring.judge.settings import read_judge
    from assay_web.judges.services import make_judge

    return make_judge(cast.team, cast.owner, "Small", read_judge("embedded")).public_id


def knock(client: Client, address: str, method: str) -> HttpResponseBase:
    """Ask for an address; a fault of ours is an answer too, since only the door is looked at here."""
    client.raise_request_exception = False
    if method == "GET":
        return client.get(address)
    return client.post(address, data="{}", content_type="application/json")


def gets_in(response: HttpResponseBase) -> bool:
    """Whether the door opened, whatever was said inside."""
    if response.status_code in (403, 404):
        return False
    return not response.headers.get("Location", "").startswith("/account/login/")


INSIDE_THEIR_ROLE = {
    May.SEE_OPENINGS: {"owner", "viewer"},
    ANY_MEMBER: {"owner", "viewer", "stranger"},
    CANDIDATE: {"mara"},
    OWN_TRY: {"owner"},
    NOBODY: set(),
    ANYONE: {"owner", "viewer", "stranger", "mara", "noor", "anonymous"},
}
OF_ONES_OWN_TEAM = {
    "openings:list", "openings:new", "judges:list", "judges:new", "judges:try", "accounts:team",
    "accounts:invite",    "jobs:operations", "audit:log",
}  # fmt: skip
"""Addresses without anybody's id: a stranger sees their own team there, and nothing of this one."""
ABSENT_INSIDE = {
    "session:feedback", "scoring:record", "authoring:restore", "scoring:json", "scoring:pdf",
    "scoring:compare", "authoring:export",
    "authoring:preview", "openings:give_time_back", "openings:answer", "scoring:release",
    "scoring:withdraw", "judges:prompt", "baselines:rate", "session:candidate_retake", "session:try_retake",
}  # fmt: skip
"""What may truly not be there for whoever may look: there the door is judged by who is kept out."""


@pytest.mark.parametrize("name", sorted(DOORS))
def test_only_those_whom_an_address_is_for_get_in(scene: Scene, name: str) -> None:
    door = DOORS[name]
    welcome = set(INSIDE_THEIR_ROLE.get(door, {"owner"}))
    if name in OF_ONES_OWN_TEAM:
        welcome.add("stranger")
    address = scene.address(name)
    insider = "mara" if door == CANDIDATE else "owner"
    method = "POST" if knock(scene.client[insider], address, "GET").status_code == 405 else "GET"
    for who in ("anonymous", "noor", "mara", "stranger", "viewer", "owner"):
        inside = gets_in(knock(scene.client[who], address, method))
        if who in welcome and name in ABSENT_INSIDE:
            continue
        assert inside == (who in welcome), f"{who} at {address}"


def test_every_permission_is_asked_for_somewhere() -> None:
    assert set(Permission) <= {Permission(door) for door in DOORS.values() if door in Permission.values}
