"""Joining a team by an invitation."""

from datetime import timedelta

import pytest
from django.test import Client
from tests.people import Cast

from assay_web import clock
from assay_web.accounts.models import ColleagueInvitation, Membership, Team, User
from assay_web.accounts.roles import Role
from assay_web.accounts.services import INVITATION_DAYS, invite_colleague
from assay_web.audit.models import Action, AuditEvent

NEW = {"name": "Jo Park", "password": "violet-harbour-42"}


@pytest.fixture
def path(cast: Cast) -> str:
    """The page of an invitation for jo@example.org as an author."""
    return f"/join/{invite_colleague(cast.owner.memberships.get(), 'jo@example.org', Role.AUTHOR).token}"


def test_looking_at_an_invitation_does_not_use_it(path: str) -> None:
    for _ in range(2):
        assert "jo@example.org" in Client().get(path).content.decode()
    assert ColleagueInvitation.objects.get().accepted_at is None


def test_a_colleague_without_an_account_makes_one_and_is_in(cast: Cast, path: str) -> None:
    client = Client()
    answer = client.post(path, NEW, follow=True)
    assert answer.redirect_chain[-1][0] == "/"
    jo = User.objects.get(email="jo@example.org")
    assert (jo.name, jo.memberships.get().role) == ("Jo Park", Role.AUTHOR)
    assert client.get("/").status_code == 200
    joined = AuditEvent.objects.get(action=Action.COLLEAGUE_JOINED)
    assert joined.subject == f"user:{jo.pk}"


def test_the_link_works_once(path: str) -> None:
    Client().post(path, NEW)
    assert Client().post(path, {**NEW, "name": "Another"}).status_code == 410
    assert User.objects.filter(email="jo@example.org").count() == 1


def test_a_link_does_not_work_after_its_time(cast: Cast, path: str) -> None:
    late = clock.now() + timedelta(days=INVITATION_DAYS, seconds=1)
    with clock.following(lambda: late):
        assert Client().get(path).status_code == 410
        assert Client().post(path, NEW).status_code == 410
    assert not User.objects.filter(email="jo@example.org").exists()


def test_a_weak_password_is_refused_and_the_invitation_stays(path: str) -> None:
    answer = Client().post(path, {"name": "Jo", "password": "password"})
    assert answer.status_code == 422
    assert ColleagueInvitation.objects.get().accepted_at is None
    assert Client().post(path, NEW).status_code == 302


def test_somebody_signed_in_joins_with_the_account_they_have(cast: Cast, path: str) -> None:
    client = cast.signed_in(cast.stranger)
    assert cast.stranger.email in client.get(path).content.decode()
    client.post(path)
    assert Membership.objects.get(team=cast.team, user=cast.stranger).role == Role.AUTHOR
    assert cast.opening.title in client.get("/").content.decode()


def test_who_is_in_the_team_already_keeps_their_role(cast: Cast, path: str) -> None:
    cast.signed_in(cast.recruiter).post(path)
    assert cast.recruiter.memberships.get().role == Role.RECRUITER


def test_an_address_that_has_an_account_signs_in_instead(cast: Cast) -> None:
    token = invite_colleague(cast.owner.memberships.get(), cast.stranger.email, Role.AUTHOR).token
    shown = Client().get(f"/join/{token}").content.decode()
    assert "has an account here" in shown
    assert f"/account/login/?next=/join/{token}" in shown
    Client().post(f"/join/{token}", NEW)
    assert not Team.objects.get(pk=cast.team.pk).memberships.filter(user=cast.stranger).exists()


def test_a_token_that_was_never_made_leads_nowhere(db: None) -> None:
    assert Client().get("/join/nothing").status_code == 410
    assert Client().post("/join/nothing", NEW).status_code == 410
