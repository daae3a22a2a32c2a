"""The known cast of the site's tests: a team with every role, a stranger, two candidates, one opening."""

from dataclasses import dataclass
from datetime import timedelta

from django.test import Client

from assay.authoring.load import load_exercise
from assay.library.exercises import exercise_folder
from assay.session.engine import Session
from assay_web.accounts.models import Membership, Team, User
from assay_web.accounts.roles import Role
from assay_web.authoring.models import ExerciseVersion
from assay_web.clock import following, now
from assay_web.openings.models import Candidate, Invitation, Opening, Stage
from assay_web.session.access import cookie_name
from assay_web.session.drive import drive
from assay_web.session.links import exchange, new_link
from assay_web.session.models import CandidateSession
from assay_web.session.start import start_session


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody, and what they have to do with each other. `stranger` owns another team."""

    team: Team
    owner: User
    recruiter: User
    author: User
    reviewer: User
    interviewer: User
    viewer: User
    stranger: User
    opening: Opening
    stage: Stage
    version: ExerciseVersion
    mara: Invitation
    noor: Invitation

    def signed_in(self, user: User) -> Client:
        """A browser in which this person is signed in."""
        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    def browser_of(self, invitation: Invitation) -> Client:
        """A candidate's browser that has exchanged its link."""
        found, key = exchange(new_link(invitation))
        assert found.standing == "good"
        client = Client()
        client.cookies[cookie_name(invitation.public_id)] = key
        return client


def make_cast(exercise: str = "labeling-assistant") -> Cast:
    """Make the cast in the database."""
    team = Team.objects.create(name="Harbour hiring")
    people = {role.value: _person(team, role) for role in Role}
    others = Team.objects.create(name="Elsewhere")
    stranger = User.objects.create_user("stranger@example.org", name="Stranger")
    Membership.objects.create(team=others, user=stranger, role=Role.OWNER)
    opening = Opening.objects.create(team=team, title="Data operations lead", created_by=people["owner"])
    version = activated(team, exercise)
    stage = Stage.objects.create(opening=opening, position=1, title="LLM assessment", active=version)
    return Cast(
        team=team,
        stranger=stranger,
        opening=opening,
        stage=stage,
        version=version,
        mara=invited(stage, "Mara Lindqvist"),
        noor=invited(stage, "Noor Haddad"),
        **people,
    )


def activated(team: Team, exercise: str) -> ExerciseVersion:
    """A shipped exercise as an activated version of the team."""
    loaded = load_exercise(exercise_folder(exercise))
    return ExerciseVersion.objects.create(
        team=team,
        version=loaded.version,
        title=loaded.title,
        content=loaded.model_dump(mode="json"),
        created_at=now(),
    )


def invited(stage: Stage, name: str) -> Invitation:
    """A candidate of this name, invited to the stage."""
    email = f"{name.partition(' ')[0].lower()}@example.org"
    candidate = Candidate.objects.create(opening=stage.opening, name=name, email=email)
    assert stage.active is not None
    return Invitation.objects.create(
        candidate=candidate,
        stage=stage,
        exercise_version=stage.active,
        expires_at=now() + timedelta(days=14),
    )


def out_of_time(invitation: Invitation) -> CandidateSession:
    """The candidate's session, in which time ran out before anything was sent: a retake is offered."""
    begun = now() - timedelta(hours=3)
    with following(lambda: begun):
        row = start_session(invitation)
    drive(row.pk, Session.keep_time)
    row.refresh_from_db()
    return row


def _person(team: Team, role: Role) -> User:
    user = User.objects.create_user(f"{role.value}@example.org", name=str(role.label))
    Membership.objects.create(team=team, user=user, role=role)
    return user
