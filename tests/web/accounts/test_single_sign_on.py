"""Colleagues sign in through an OpenID Connect provider that really runs, by authorization code and PKCE."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.core import mail
from django.test import Client
from pytest_django import Settings
from tests.people import Cast

from assay_web.accounts.models import User
from assay_web.accounts.roles import Role
from assay_web.accounts.services import Invited, invite_colleague, revoke_invitation
from assay_web.configuration import read_configuration

ROOT = Path(__file__).parents[3]
LOGIN = "/account/oidc/sso/login/"
TIMEOUT = 20


@dataclass(frozen=True, slots=True)
class Provider:
    """The provider, as a browser and whoever runs it see it."""

    address: str

    def knows(self, sub: str, **claims: Any) -> str:
        """Tell it of a person; how they sign in there."""
        requests.put(f"{self.address}/users/{sub}", json=claims, timeout=TIMEOUT).raise_for_status()
        return sub

    def signs_in(self, sub: str, location: str) -> str:
        """Sign in where the site has sent the browser; where the provider sends it back to."""
        assert location.startswith(self.address)
        answer = requests.post(location, {"sub": sub}, allow_redirects=False, timeout=TIMEOUT)
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]


@pytest.fixture(scope="module")
def process() -> Iterator[str]:
    """The provider's process, and its address."""
    environ = os.environ | {"PYTHONPATH": f"{ROOT}:{ROOT / 'src'}"}
    command = [sys.executable, "-m", "tests.web.accounts.provider"]
    running = subprocess.Popen(
        command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        assert running.stdout is not None
        yield f"http://127.0.0.1:{int(running.stdout.readline())}"
    finally:
        running.kill()
        running.communicate()


@pytest.fixture
def provider(process: str, settings: Settings) -> Provider:
    """The site, set to use the provider as an operator would set it."""
    environ = {"ASSAY_OIDC_SERVER": process, "ASSAY_OIDC_CLIENT_ID": "assay", "ASSAY_OIDC_SECRET": "secret"}
    read = read_configuration(environ).single_sign_on
    assert read is not None
    settings.CONFIGURATION = replace(settings.CONFIGURATION, single_sign_on=read)
    app = {
        "provider_id": "sso",
        "name": read.name,
        "client_id": read.client_id,
        "secret": read.secret,
        "settings": {"server_url": read.server},
    }
    own = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {**own, "APPS": [app]}}
    return Provider(process)


def through(provider: Provider, browser: Client, sub: str, onward: str = "") -> Any:
    """Go through the whole flow; the page on which it ends."""
    begun = browser.get(LOGIN, {"next": onward} if onward else {})
    assert begun.status_code == 302
    back = urlsplit(provider.signs_in(sub, begun["Location"]))
    assert back.path == f"{LOGIN}callback/"
    return browser.get(back.path, parse_qs(back.query), follow=True)


def who_is_in(browser: Client) -> str | None:
    key = browser.session.get("_auth_user_id")
    return User.objects.get(pk=key).email if key else None


def verified(user: User) -> User:
    """An account as the site makes them: its address was verified."""
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


@pytest.fixture
def invited(cast: Cast) -> Invited:
    """Kim's invitation as a reviewer."""
    owner = cast.team.memberships.get(user=cast.owner)
    return invite_colleague(owner, "kim@example.org", Role.REVIEWER)


def test_a_colleague_with_an_invitation_makes_an_account_and_joins(
    cast: Cast, provider: Provider, invited: Invited
) -> None:
    browser, place = Client(), f"/join/{invited.token}"
    assert "Single sign-on" in browser.get(place).content.decode()
    sub = provider.knows("kim", email="Kim@Example.org", email_verified=True, name="Kim Sato")
    page = through(provider, browser, sub, place)
    assert who_is_in(browser) == "kim@example.org"
    assert "Join with this account" in page.content.decode()
    browser.post(place)
    kim = User.objects.get(email="kim@example.org")
    assert kim.name == "Kim Sato"
    assert kim.memberships.get().role == Role.REVIEWER
    assert not kim.has_usable_password()
    assert EmailAddress.objects.get(user=kim).verified
    again = Client()
    through(provider, again, sub)
    assert who_is_in(again) == "kim@example.org"
    assert SocialToken.objects.count() == 0


def test_a_stranger_is_refused_while_registration_is_closed(cast: Cast, provider: Provider) -> None:
    browser = Client()
    sub = provider.knows("eve", email="eve@example.org", email_verified=True)
    page = through(provider, browser, sub)
    assert "Accounts are made by invitation" in page.content.decode()
    assert who_is_in(browser) is None
    assert not User.objects.filter(email="eve@example.org").exists()


def test_an_invitation_that_was_revoked_meanwhile_opens_nothing(
    cast: Cast, provider: Provider, invited: Invited
) -> None:
    browser = Client()
    browser.get(f"/join/{invited.token}")
    revoke_invitation(cast.team.memberships.get(user=cast.owner), invited.invitation.public_id)
    sub = provider.knows("kim2", email="kim@example.org", email_verified=True)
    assert "Accounts are made by invitation" in through(provider, browser, sub).content.decode()
    assert not SocialAccount.objects.exists()


def test_where_registration_is_open_anybody_makes_an_account(
    cast: Cast, provider: Provider, settings: Settings
) -> None:
    settings.CONFIGURATION = replace(settings.CONFIGURATION, open_registration=True)
    browser = Client()
    through(provider, browser, provider.knows("ada", email="ada@example.org", email_verified=True))
    assert who_is_in(browser) == "ada@example.org"


def test_an_address_that_the_provider_has_verified_opens_the_account_of_that_address(
    cast: Cast, provider: Provider
) -> None:
    browser = Client()
    verified(cast.author)
    sub = provider.knows("author-at-work", email=cast.author.email.upper(), email_verified=True)
    through(provider, browser, sub)
    assert who_is_in(browser) == cast.author.email
    assert SocialAccount.objects.get().user == cast.author
    provider.knows("author-at-work", email="new-name@example.org", email_verified=True)
    later = Client()
    through(provider, later, sub)
    assert who_is_in(later) == cast.author.email, "connected by the provider's own key, not by the address"


def test_whoever_made_an_account_with_a_colleagues_address_does_not_keep_it(
    cast: Cast, provider: Provider
) -> None:
    """The address was never verified here, so the password of whoever set it is gone once its owner comes."""
    cast.viewer.set_password("a password of somebody else")
    cast.viewer.save()
    browser = Client()
    through(provider, browser, provider.knows("viewer", email=cast.viewer.email, email_verified=True))
    cast.viewer.refresh_from_db()
    assert not cast.viewer.has_usable_password()


@pytest.mark.parametrize("verified", [False, None, "false", "no"])
def test_an_address_that_the_provider_has_not_verified_opens_nobodys_account(
    cast: Cast, provider: Provider, invited: Invited, verified: object
) -> None:
    """Even somebody with an invitation does not get into a colleague's account by naming their address."""
    browser = Client()
    browser.get(f"/join/{invited.token}")
    claims = {} if verified is None else {"email_verified": verified}
    sub = provider.knows(f"mallory-{verified}", email=cast.owner.email, **claims)
    through(provider, browser, sub)
    assert who_is_in(browser) is None
    assert not SocialAccount.objects.filter(user=cast.owner).exists()


def test_a_new_account_whose_address_is_not_verified_has_to_verify_it_first(
    cast: Cast, provider: Provider, invited: Invited
) -> None:
    browser = Client()
    browser.get(f"/join/{invited.token}")
    through(provider, browser, provider.knows("lee", email="lee@example.org", email_verified=False))
    assert who_is_in(browser) is None
    (letter,) = mail.outbox
    assert letter.to == ["lee@example.org"]


def test_a_second_factor_is_asked_for_all_the_same(cast: Cast, provider: Provider) -> None:
    TOTP.activate(verified(cast.owner), generate_totp_secret())
    assert Authenticator.objects.filter(user=cast.owner).exists()
    browser = Client()
    sub = provider.knows("owner-at-work", email=cast.owner.email, email_verified=True)
    page = through(provider, browser, sub)
    assert who_is_in(browser) is None
    assert page.request["PATH_INFO"] == "/account/2fa/authenticate/"


def test_the_code_of_another_browser_is_of_no_use(cast: Cast, provider: Provider) -> None:
    sub = provider.knows("author-2", email=cast.author.email, email_verified=True)
    begun = Client().get(LOGIN)
    back = urlsplit(provider.signs_in(sub, begun["Location"]))
    thief = Client()
    thief.get(back.path, parse_qs(back.query), follow=True)
    assert who_is_in(thief) is None


def test_the_provider_is_asked_with_a_proof_key_and_insists_on_it(cast: Cast, provider: Provider) -> None:
    sub = provider.knows("author-3", email=cast.author.email, email_verified=True)
    browser = Client()
    begun = browser.get(LOGIN)["Location"]
    asked = parse_qs(urlsplit(begun).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["response_type"] == ["code"]
    assert asked["redirect_uri"] == ["http://testserver/account/oidc/sso/login/callback/"]
    other = begun.replace(asked["code_challenge"][0], "A" * 43)
    back = urlsplit(provider.signs_in(sub, other))
    page = browser.get(back.path, parse_qs(back.query), follow=True)
    assert who_is_in(browser) is None
    assert "could not use" in page.content.decode()


def test_a_provider_that_is_away_is_an_error_in_words(
    cast: Cast, settings: Settings, provider: Provider
) -> None:
    app = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]
    app["settings"]["server_url"] = "http://127.0.0.1:9"
    page = Client().get(LOGIN, follow=True)
    assert "could not use" in page.content.decode()
