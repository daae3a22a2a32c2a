"""A team in full swing: the demo's example data, scored, and around it one of everything worth seeing."""

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.test import Client

from assay_web import demo
from assay_web.accounts import services as accounts
from assay_web.accounts.models import Membership, Team, User
from assay_web.accounts.roles import Role
from assay_web.clock import following, now
from assay_web.jobs import attempts
from assay_web.jobs.models import ScoringJob
from assay_web.openings.models import Candidate, Invitation, Opening, Stage
from assay_web.session.access import cookie_name
from assay_web.session.links import exchange, new_link

LONG = 3600
"""Seconds for which a browser counts as signed in just now, since taking all pictures takes minutes."""
PASSWORD = "a picture of a password"
COLLEAGUES = (
    ("Freya Nystrom", Role.REVIEWER),
    ("Kofi Mensah", Role.RECRUITER),
    ("Anneke de Vries", Role.AUTHOR),
    ("Minh Tran", Role.INTERVIEWER),
    ("Paula Reis", Role.VIEWER),
)


@dataclass(slots=True)
class Scene:
    """What the camera needs to know: ids and tokens by name, and the cookies of each person's browser."""

    owner: User
    team: Team
    labels: Stage
    errors: Stage
    present: datetime
    keys: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, dict[str, str]] = field(default_factory=dict)

    def ago(self, *, hours: float = 0, minutes: float = 0) -> datetime:
        """A moment before the present one."""
        return self.present - timedelta(hours=hours, minutes=minutes)

    def invited(self, name: str, stage: Stage | None = None, *, hours: float = 30) -> Invitation:
        """A candidate, invited so many hours ago; their ids are kept under their first name."""
        stage = stage or self.labels
        assert stage.active is not None
        first = name.partition(" ")[0].lower()
        with following(lambda: self.ago(hours=hours)):
            candidate = Candidate.objects.create(
                opening=stage.opening, name=name, email=f"{first}@{demo.CANDIDATES}"
            )
            invitation = Invitation.objects.create(
                candidate=candidate,
                stage=stage,
                exercise_version=stage.active,
                invited_by=self.owner,
                expires_at=now() + timedelta(days=14),
            )
            Invitation.objects.filter(pk=invitation.pk).update(created_at=now())
        self.keys[f"{first}.invitation"] = invitation.public_id
        self.keys[f"{first}.candidate"] = candidate.public_id
        return invitation

    def lets_in(self, invitation: Invitation) -> None:
        """Keep the cookie of a browser that has opened the candidate's link."""
        first = invitation.candidate.name.partition(" ")[0].lower()
        _found, key = exchange(new_link(invitation))
        self.cookies[first] = {cookie_name(invitation.public_id): key}

    def signs_in(self, who: str, user: User, *, just_now: bool = True) -> None:
        """Keep the cookie of a browser in which this person is signed in, just now or some time ago."""
        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        if just_now:
            session = client.session
            session["account_authentication_methods"] = [
                {"method": "password", "at": time.time() + LONG, "email": user.email, "reauthenticated": True}
            ]
            session["account_authentication_methods_user"] = str(user.pk)
            session.save()
        self.cookies[who] = {"sessionid": client.cookies["sessionid"].value}


def make_scene() -> Scene:
    """Make everything in an empty database."""
    from tests.pictures import baselines, in_progress, judges, results, settings_of_the_team

    demo.prepare(lambda _words: None)
    owner = User.objects.get(email=demo.OWNER)
    stages = [
        Stage.objects.select_related("opening__team", "active").get(opening__title=title)
        for title in ("Data operations associate", "AI data annotator")
    ]
    scene = Scene(owner, owner.teams.get(), stages[0], stages[1], now())
    _people(scene)
    _known(scene)
    in_progress.make(scene)
    do_all_jobs()
    baselines.make_for_sessions(scene)
    results.make(scene)
    settings_of_the_team.make(scene)
    baselines.make(scene)
    judges.make(scene)
    return scene


def do_all_jobs() -> None:
    """Score what waits, as a worker would."""
    for job in ScoringJob.objects.filter(status=ScoringJob.Status.QUEUED):
        attempts.claim(job.pk, 1)
        plan = attempts.begin(job.pk, 1)
        assert isinstance(plan, attempts.Plan), plan
        for rater in plan.raters:
            assert attempts.rate(plan, rater) is None
        assert attempts.settle(plan, job.pk, 1) is None


def _people(scene: Scene) -> None:
    for name, role in COLLEAGUES:
        user = _account(name)
        Membership.objects.create(team=scene.team, user=user, role=role)
        scene.signs_in(role.value, user)
    scene.owner.set_password(PASSWORD)
    scene.owner.save()
    scene.signs_in("owner", scene.owner)
    scene.signs_in("owner some time ago", scene.owner, just_now=False)
    newcomer = accounts.found_team("Northgate Labs", "sol@northgate.example", "Sol Marquez")
    Membership.objects.create(team=newcomer.teams.get(), user=scene.owner, role=Role.VIEWER)
    scene.signs_in("newcomer", newcomer)
    scene.signs_in("without a team", _account("Ida Lund"))


def _account(name: str, **more: Any) -> User:
    email = f"{name.lower().replace(' ', '.')}@larkmoor.example"
    user = User.objects.create_user(email, PASSWORD, name=name, **more)
    accounts._trust_address(user)
    return user


def _known(scene: Scene) -> None:
    """The ids of what the demo made."""
    scene.keys |= {"labels": scene.labels.public_id, "errors": scene.errors.public_id}
    for opening in Opening.objects.filter(team=scene.team):
        scene.keys[f"opening.{opening.title.split()[0].lower()}"] = opening.public_id
    for invitation in Invitation.objects.select_related("candidate", "session").filter(
        stage__in=(scene.labels, scene.errors), session__isnull=False
    ):
        first = invitation.candidate.name.partition(" ")[0].lower()
        scene.keys[f"{first}.invitation"] = invitation.public_id
        scene.keys[f"{first}.candidate"] = invitation.candidate.public_id
        scene.keys[f"{first}.session"] = invitation.session.public_id
