"""Ways in: password, second factor, links that work once, and who may make an account."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.core import mail
from django.test import Client
from tests.people import Cast

from assay_web import clock
from assay_web.accounts.models import Membership, User
from assay_web.accounts.services import SIGN_IN_HOURS, found_team, make_sign_in_link
from assay_web.audit.models import Action, AuditEvent
from assay_web.configuration import SingleSignOn

PASSWORD = "a-long-password"


def sign_in(user: User, password: str = PASSWORD) -> Client:
    client = Client()
    client.post("/account/login/", {"login": user.email, "password": password})
    return client


def is_in(client: Client) -> bool:
    return client.get("/profile/").status_code == 200


@pytest.fixture
def configured(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Lets a test change the configuration of the installation."""
    with monkeypatch.context() as patch:
        yield patch


@pytest.fixture
def trusted(cast: Cast) -> Cast:
    """The cast, whose addresses are known to be theirs; the recruiter has a password."""
    cast.recruiter.set_password(PASSWORD)
    cast.recruiter.save()
    for user in User.objects.all():
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return cast


def test_a_member_signs_in_with_a_password_and_the_log_knows(trusted: Cast) -> None:
    assert is_in(sign_in(trusted.recruiter))
    event = AuditEvent.objects.get(action=Action.SIGNED_IN)
    assert event.actor == f"user:{trusted.recruiter.pk}"


def test_a_wrong_password_lets_nobody_in(trusted: Cast) -> None:
    assert not is_in(sign_in(trusted.recruiter, "wrong-password"))


def test_a_second_factor_is_asked_for_once_it_is_set_up(trusted: Cast) -> None:
    TOTP.activate(trusted.recruiter, generate_totp_secret())
    client = sign_in(trusted.recruiter)
    assert not is_in(client)
    assert client.get("/account/2fa/authenticate/").status_code == 200


def test_a_link_from_the_operator_does_not_go_round_the_second_factor(trusted: Cast) -> None:
    TOTP.activate(trusted.recruiter, generate_totp_secret())
    client = Client()
    answer = client.post(f"/sign-in/{make_sign_in_link(trusted.recruiter)}")
    assert "/account/2fa/authenticate/" in answer["Location"]
    assert not is_in(client)


def test_a_password_is_set_anew_by_mail(trusted: Cast) -> None:
    client = Client()
    client.post("/account/password/reset/", {"email": trusted.recruiter.email})
    link = re.search(r"/account/password/reset/key/\S+", str(mail.outbox[0].body))
    assert link is not None
    form = client.get(link[0], follow=True).redirect_chain[-1][0]
    client.post(form, {"password1": "another-long-password", "password2": "another-long-password"})
    assert is_in(sign_in(trusted.recruiter, "another-long-password"))


def test_nobody_makes_an_account_uninvited(db: None) -> None:
    fields = {"email": "x@example.org", "password1": "violet-harbour-42", "password2": "violet-harbour-42"}
    answer = Client().post("/account/signup/", fields)
    assert "by invitation" in answer.content.decode()
    assert not User.objects.exists()


def test_where_registration_is_open_a_newcomer_founds_a_team(
    db: None, configured: pytest.MonkeyPatch
) -> None:
    configured.setattr(settings, "CONFIGURATION", replace(settings.CONFIGURATION, open_registration=True))
    client = Client()
    fields = {"email": "x@example.org", "password1": "violet-harbour-42", "password2": "violet-harbour-42"}
    client.post("/account/signup/", fields)
    link = re.search(r"/account/confirm-email/\S+", str(mail.outbox[0].body))
    assert link is not None
    client.post(link[0])
    client.post("/account/login/", {"login": "x@example.org", "password": "violet-harbour-42"})
    assert "You are in no team yet" in client.get("/profile/").content.decode()
    client.post("/team/new", {"name": "Harbour"})
    assert Membership.objects.get(user__email="x@example.org").team.name == "Harbour"
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("who", ["owner", "stranger"])
def test_nobody_founds_a_team_where_teams_are_by_invitation(cast: Cast, who: str) -> None:
    assert cast.signed_in(getattr(cast, who)).post("/team/new", {"name": "Mine"}).status_code == 403


def test_the_first_owner_signs_in_once_by_a_link_and_sets_a_password(db: None) -> None:
    owner = found_team("Harbour", "ana@example.org", "Ana")
    token, client = make_sign_in_link(owner), Client()
    assert client.get(f"/sign-in/{token}").status_code == 200
    assert not is_in(client), "looking at the link signs nobody in"
    answer = client.post(f"/sign-in/{token}")
    assert answer["Location"] == "/account/password/set/"
    assert is_in(client)
    chosen = {"password1": PASSWORD, "password2": PASSWORD}
    after = client.post("/account/password/set/", chosen, follow=True)
    assert after.redirect_chain[-1][0] == "/"
    assert after.status_code == 200
    again = Client()
    assert again.post(f"/sign-in/{token}").status_code == 410
    assert not is_in(again)


def test_a_sign_in_link_does_not_work_after_its_time(cast: Cast) -> None:
    token, client = make_sign_in_link(cast.owner), Client()
    late = clock.now() + timedelta(hours=SIGN_IN_HOURS, seconds=1)
    with clock.following(lambda: late):
        assert client.post(f"/sign-in/{token}").status_code == 410
    assert not is_in(client)


def test_an_account_that_was_switched_off_is_not_let_in_by_a_link(cast: Cast) -> None:
    token, client = make_sign_in_link(cast.owner), Client()
    User.objects.filter(pk=cast.owner.pk).update(is_active=False)
    assert client.post(f"/sign-in/{token}").status_code == 410
    assert not is_in(client)


def test_the_sign_in_page_offers_the_provider_that_is_configured(
    db: None, configured: pytest.MonkeyPatch
) -> None:
    provider = SingleSignOn("Harbour login", "https://login.example.org", "assay", "secret")
    configured.setattr(settings, "CONFIGURATION", replace(settings.CONFIGURATION, single_sign_on=provider))
    app = {
        "provider_id": "sso",
        "name": provider.name,
        "client_id": provider.client_id,
        "secret": provider.secret,
        "settings": {"server_url": provider.server},
    }
    configured.setattr(settings, "SOCIALACCOUNT_PROVIDERS", {"openid_connect": {"APPS": [app]}})
    shown = Client().get("/account/login/").content.decode()
    assert "Continue with Harbour login" in shown
    assert "/account/oidc/sso/login/" in shown
