"""What a team has set up: openings at every step of their making, colleagues, second factors, a busy week."""

from datetime import timedelta
from typing import Any

from tests.pictures.scene import Scene
from tests.pictures.worked import Hand

from assay_web.accounts.models import Membership, User
from assay_web.accounts.roles import Role
from assay_web.accounts.services import find_invitation, invite_colleague, make_sign_in_link
from assay_web.authoring.services import begin_from_shipped, change_parts
from assay_web.clock import following
from assay_web.jobs.models import ModelCall, Spend, Worker
from assay_web.openings.models import Opening, Stage
from assay_web.openings.services import add_stage, close_opening, create_opening
from assay_web.session.models import CandidateSession

CLOSED, NEW, DRAFTING, REMARKED = range(4)
_OPENINGS = (
    (
        "Warehouse shift lead",
        "You hand a night's events to the people who decide in the morning.",
        CLOSED,
    ),
    (
        "Research analyst",
        "You read what others skim, and write what a board can decide on. Half of the reading is done "
        "together with an AI, and what it says is yours to check.",
        NEW,
    ),
    (
        "Maintenance planner",
        "You turn the notes of a shift into work that is done in the right order.",
        DRAFTING,
    ),
    (
        "Support team lead",
        "You take over the tickets that went wrong, and write what happens next.",
        REMARKED,
    ),
)


def make(scene: Scene) -> None:
    """Openings, colleagues, second factors, workers and calls to models."""
    for title, description, step in _OPENINGS:
        with following(Hand(scene.ago(hours=20 - step))):
            opening = create_opening(scene.team, scene.owner, title=title, job_description=description)
        Opening.objects.filter(pk=opening.pk).update(created_at=scene.ago(hours=20 - step))
        scene.keys[f"opening.{title.split()[0].lower()}"] = opening.public_id
        stage = opening.stages.get()
        scene.keys[f"stage.{title.split()[0].lower()}"] = stage.public_id
        _take(step, opening, stage, scene)
    add_stage(scene.labels.opening, scene.owner, title="Second reading")
    _colleagues(scene)
    _second_factor(scene)
    _busy_week(scene)
    _near_the_caps(scene)


def _take(step: int, opening: Opening, stage: Stage, scene: Scene) -> None:
    """Take an opening as far as it is to go."""
    if step == CLOSED:
        close_opening(opening, scene.owner)
    if step == DRAFTING:
        stage.task_background = (
            "A shift lead's notes of one night, with three stops of a bottling line. The notes and the "
            "machine's counter disagree twice, and one stop happened with a guard open."
        )
        stage.save()
    if step == REMARKED:
        begin_from_shipped(stage, scene.owner, "support-escalation", with_background=False)
        change_parts(stage, _with_faults)


def _with_faults(parts: dict[str, Any]) -> dict[str, Any]:
    """A draft that an author is not done with."""
    criteria = {name: dict(one) for name, one in parts["rubric"]["criteria"].items()}
    first = criteria[next(iter(criteria))]
    levels = {level: dict(anchor) for level, anchor in first["levels"].items()}
    top = max(levels)
    levels[top] = {"words": "Does it very well.", "example": ""}
    first["levels"] = levels
    return {**parts, "summary": "", "goal": "", "rubric": {**parts["rubric"], "criteria": criteria}}


def _colleagues(scene: Scene) -> None:
    inviter = Membership.objects.get(team=scene.team, user=scene.owner)
    with following(lambda: scene.ago(hours=26)):
        known = invite_colleague(inviter, "hollis.grant@larkmoor.example", Role.AUTHOR)
        scene.keys["join"] = known.token
        invite_colleague(inviter, "tess.moor@larkmoor.example", Role.REVIEWER)
        own = invite_colleague(inviter, "ida.lund@larkmoor.example", Role.VIEWER)
    scene.keys["join.own"] = own.token
    assert find_invitation(known.token) is not None
    scene.keys["sign_in"] = make_sign_in_link(scene.owner)


def _second_factor(scene: Scene) -> None:
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    kofi = User.objects.get(name="Kofi Mensah")
    TOTP.activate(kofi, generate_totp_secret())
    RecoveryCodes.activate(kofi)
    scene.signs_in("with a second factor", kofi)
    scene.signs_in("with a second factor, some time ago", kofi, just_now=False)
    scene.keys["kofi.email"] = kofi.email
    fresh = User.objects.create_user("robin.north@larkmoor.example", name="Robin North")
    Membership.objects.create(team=scene.team, user=fresh, role=Role.RECRUITER)
    scene.signs_in("without a password", fresh)


def _busy_week(scene: Scene) -> None:
    for number, minutes in ((1, 0.1), (2, 0.2), (3, 190)):
        Worker.objects.create(
            name=f"worker-{number}.larkmoor.example:4{number}12",
            started_at=scene.ago(hours=26),
            seen_at=scene.ago(minutes=minutes),
        )
    calls = []
    for day in range(5):
        for number in range(14 + 5 * day):
            failed = day == 0 and number == 3
            at = scene.present - timedelta(days=day, minutes=3 + 11 * number)
            purpose = ("assistant", "warm-up", "drafting")[number % 3]
            calls.append(_call(scene, at, purpose, failed))
    ModelCall.objects.bulk_create(calls)


def _near_the_caps(scene: Scene) -> None:
    """A day's money nearly used up, that of drafting used up, and two sessions that were stopped."""
    today = scene.present.date().isoformat()
    Spend.objects.create(scope=f"day:{today}", tokens=1_204_300, nanodollars=10_420_000_000)
    Spend.objects.create(scope=f"warm-up:{today}", tokens=18_240)
    Spend.objects.create(
        scope=f"drafting:{today}", nanodollars=2_980_000_000, refused=3, refused_at=scene.ago(minutes=50)
    )
    for who, tokens, refused, minutes in (("jonas", 59_120, 4, 6), ("victor", 58_410, 1, 2)):
        session = CandidateSession.objects.get(public_id=scene.keys[f"{who}.session"])
        Spend.objects.create(
            scope=f"session:{session.pk}",
            session=session,
            tokens=tokens,
            refused=refused,
            refused_at=scene.ago(minutes=minutes),
        )


def _call(scene: Scene, at: Any, purpose: str, failed: bool) -> ModelCall:
    return ModelCall(
        team=scene.team,
        at=at,
        purpose=purpose,
        setting="local:gemma-3-27b" if purpose == "drafting" else "openai:gpt-5-mini",
        outcome="unavailable" if failed else "complete",
        prompt_tokens=None if failed else 1840,
        completion_tokens=None if failed else 320,
        cost=None if failed or purpose == "drafting" else 0.0011,
        first_token_seconds=None if failed else 0.42,
        seconds=30.0 if failed else 3.8,
        attempts=4 if failed else 1,
        problem="The endpoint answered 503 four times" if failed else "",
    )
