"""One's own page."""

from django.test import Client
from tests.people import Cast

from assay_web.accounts.models import Membership, User
from assay_web.accounts.roles import Role


def test_a_person_changes_the_name_that_colleagues_see(cast: Cast) -> None:
    cast.signed_in(cast.viewer).post("/profile/", {"name": "Vera Viewer"})
    assert User.objects.get(pk=cast.viewer.pk).name == "Vera Viewer"


def test_every_member_and_a_stranger_have_a_page_of_their_own_and_nobody_else_has(cast: Cast) -> None:
    for user in (cast.owner, cast.viewer, cast.stranger):
        assert user.email in cast.signed_in(user).get("/profile/").content.decode()
    assert Client().get("/profile/").status_code == 302


def test_a_person_in_two_teams_switches_between_them(cast: Cast) -> None:
    elsewhere = cast.stranger.memberships.get().team
    Membership.objects.create(team=elsewhere, user=cast.recruiter, role=Role.VIEWER)
    client = cast.signed_in(cast.recruiter)
    assert cast.opening.title in client.get("/").content.decode()
    client.post("/team/switch", {"team": elsewhere.public_id})
    assert cast.opening.title not in client.get("/").content.decode()
    client.post("/team/switch", {"team": cast.team.public_id})
    assert cast.opening.title in client.get("/").content.decode()


def test_nobody_switches_to_a_team_that_they_are_not_in(cast: Cast) -> None:
    client = cast.signed_in(cast.stranger)
    client.post("/team/switch", {"team": cast.team.public_id})
    assert cast.opening.title not in client.get("/").content.decode()


def test_a_person_without_a_team_is_told_how_to_get_into_one(db: None) -> None:
    user = User.objects.create_user("new@example.org", "a-long-password")
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert "Ask an owner of a team to invite you" in client.get("/profile/").content.decode()
