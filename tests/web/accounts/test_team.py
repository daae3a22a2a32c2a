"""The team's page: members, roles, invitations."""

import re

import pytest
from django.core import mail
from django.test import Client
from tests.people import Cast

from assay_web.accounts.models import ColleagueInvitation, Membership, User
from assay_web.accounts.roles import Role
from assay_web.audit.models import Action, AuditEvent

ROUTES = (
    "team/",
    "team/invite",
    "team/invitations/{invitation}/revoke",
    "team/members/{member}/role",
    "team/members/{member}/remove",
)


def membership(user: User) -> Membership:
    return user.memberships.get()


def address(route: str, cast: Cast) -> str:
    return "/" + route.format(invitation="abc", member=membership(cast.viewer).public_id)


def page(client: Client, path: str = "/team/") -> str:
    return client.get(path).content.decode()


def noted(action: Action) -> int:
    return AuditEvent.objects.filter(action=action).count()


def test_an_owner_sees_everybody_and_what_each_role_may_do(cast: Cast) -> None:
    shown = page(cast.signed_in(cast.owner))
    for user in (cast.owner, cast.recruiter, cast.viewer):
        assert user.email in shown
    assert cast.stranger.email not in shown
    assert "Openings, invitations, results and their release." in shown


@pytest.mark.parametrize("route", ROUTES)
def test_only_who_manages_the_team_gets_there(cast: Cast, route: str) -> None:
    path = address(route, cast)
    for user in (cast.recruiter, cast.author, cast.reviewer, cast.interviewer, cast.viewer):
        client = cast.signed_in(user)
        answer = client.get(path) if route == "team/" else client.post(path)
        assert answer.status_code == 403
    anonymous = Client().post(path) if route != "team/" else Client().get(path)
    assert anonymous.status_code == 302
    assert anonymous["Location"].startswith("/account/login/")


@pytest.mark.parametrize("route", ["team/members/{member}/role", "team/members/{member}/remove"])
def test_an_owner_of_another_team_finds_nobody_here(cast: Cast, route: str) -> None:
    answer = cast.signed_in(cast.stranger).post(address(route, cast), {"role": "owner"})
    assert answer.status_code == 404
    assert membership(cast.viewer).role == Role.VIEWER


def test_an_owner_invites_a_colleague_by_mail_with_a_link_that_is_kept_only_as_a_hash(cast: Cast) -> None:
    answer = cast.signed_in(cast.owner).post("/team/invite", {"email": "Jo@Example.org ", "role": "author"})
    (letter,) = mail.outbox
    assert letter.to == ["jo@example.org"]
    link = re.search(r"/join/(\S+)", str(letter.body))
    assert link is not None
    assert link[0] in answer.content.decode()
    invitation = ColleagueInvitation.objects.get()
    assert invitation.role == Role.AUTHOR
    assert link[1] not in invitation.token_hash
    assert noted(Action.COLLEAGUE_INVITED) == 1


def test_inviting_the_same_address_again_makes_the_earlier_link_useless(cast: Cast) -> None:
    client = cast.signed_in(cast.owner)
    for _ in range(2):
        client.post("/team/invite", {"email": "jo@example.org", "role": "author"})
    first, second = (re.search(r"/join/\S+", str(letter.body)) for letter in mail.outbox)
    assert first is not None
    assert second is not None
    assert Client().get(first[0]).status_code == 410
    assert Client().get(second[0]).status_code == 200


def test_a_member_is_not_invited_again(cast: Cast) -> None:
    answer = cast.signed_in(cast.owner).post("/team/invite", {"email": cast.viewer.email, "role": "author"})
    assert answer.status_code == 422
    assert "is in the team already" in answer.content.decode()
    assert not mail.outbox


def test_an_owner_revokes_an_invitation(cast: Cast) -> None:
    client = cast.signed_in(cast.owner)
    client.post("/team/invite", {"email": "jo@example.org", "role": "author"})
    link = re.search(r"/join/\S+", str(mail.outbox[0].body))
    assert link is not None
    client.post(f"/team/invitations/{ColleagueInvitation.objects.get().public_id}/revoke")
    assert Client().get(link[0]).status_code == 410
    assert noted(Action.INVITATION_REVOKED) == 1


def test_an_owner_of_another_team_cannot_revoke_it(cast: Cast) -> None:
    cast.signed_in(cast.owner).post("/team/invite", {"email": "jo@example.org", "role": "author"})
    invitation = ColleagueInvitation.objects.get()
    cast.signed_in(cast.stranger).post(f"/team/invitations/{invitation.public_id}/revoke")
    invitation.refresh_from_db()
    assert invitation.revoked_at is None


def test_an_owner_gives_another_role_and_the_log_says_which(cast: Cast) -> None:
    path = f"/team/members/{membership(cast.viewer).public_id}/role"
    cast.signed_in(cast.owner).post(path, {"role": "reviewer"})
    assert membership(cast.viewer).role == Role.REVIEWER
    event = AuditEvent.objects.get(action=Action.ROLE_CHANGED)
    assert event.data == {"before": "viewer", "role": "reviewer"}


def test_a_role_that_does_not_exist_changes_nothing(cast: Cast) -> None:
    path = f"/team/members/{membership(cast.viewer).public_id}/role"
    cast.signed_in(cast.owner).post(path, {"role": "emperor"})
    assert membership(cast.viewer).role == Role.VIEWER


@pytest.mark.parametrize("route", ["role", "remove"])
def test_the_last_owner_stays_an_owner(cast: Cast, route: str) -> None:
    path = f"/team/members/{membership(cast.owner).public_id}/{route}"
    answer = cast.signed_in(cast.owner).post(path, {"role": "viewer"}, follow=True)
    assert "would be left without an owner" in answer.content.decode()
    assert membership(cast.owner).role == Role.OWNER


def test_one_of_two_owners_may_step_down(cast: Cast) -> None:
    client = cast.signed_in(cast.owner)
    client.post(f"/team/members/{membership(cast.recruiter).public_id}/role", {"role": "owner"})
    client.post(f"/team/members/{membership(cast.owner).public_id}/role", {"role": "viewer"})
    assert membership(cast.owner).role == Role.VIEWER
    assert client.get("/team/").status_code == 403


def test_who_is_removed_sees_nothing_of_the_team_any_more(cast: Cast) -> None:
    theirs = cast.signed_in(cast.recruiter)
    assert theirs.get("/").status_code == 200
    cast.signed_in(cast.owner).post(f"/team/members/{membership(cast.recruiter).public_id}/remove")
    assert theirs.get("/").status_code == 403
    assert User.objects.filter(pk=cast.recruiter.pk).exists()
    assert noted(Action.COLLEAGUE_REMOVED) == 1


def test_an_e_mail_that_does_not_go_out_is_said_and_the_link_shown(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> int:
        raise ConnectionRefusedError("Connection refused")

    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)
    answer = cast.signed_in(cast.owner).post("/team/invite", {"email": "jo@example.org", "role": "author"})
    shown = answer.content.decode()
    assert "could not be sent (Connection refused)" in shown
    assert "/join/" in shown
