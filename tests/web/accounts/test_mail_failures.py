"""A mail about an account that cannot be sent is told on the page, and nothing else is undone."""

import socket

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from pytest_django import Settings
from tests.people import Cast

from assay_web.accounts.models import ColleagueInvitation


@pytest.fixture(autouse=True)
def no_server(settings: Settings) -> None:
    """Mail leaves by SMTP, and nothing listens there."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        settings.EMAIL_PORT = unused.getsockname()[1]
    settings.EMAIL_HOST, settings.EMAIL_USE_TLS = "127.0.0.1", False
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"


def test_an_owner_whose_invitation_could_not_be_mailed_passes_the_link_on(cast: Cast) -> None:
    page = cast.signed_in(cast.owner).post("/team/invite", {"email": "jo@example.org", "role": "author"})
    assert page.status_code == 200
    assert "refused" in page.content.decode().lower()
    assert "/join/" in page.content.decode()
    assert ColleagueInvitation.objects.filter(email="jo@example.org", revoked_at=None).exists()


@pytest.mark.parametrize("known", [True, False])
def test_somebody_who_forgot_their_password_is_told_and_learns_nothing_of_who_has_an_account(
    cast: Cast, known: bool
) -> None:
    EmailAddress.objects.create(user=cast.owner, email=cast.owner.email, verified=True, primary=True)
    address = cast.owner.email if known else "nobody@example.org"
    page = Client().post("/account/password/reset/", {"email": address}, follow=True)
    assert page.status_code == 200
    assert "could not be sent" in page.content.decode()
