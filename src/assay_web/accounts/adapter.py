"""How allauth is bent to this site: nobody registers unless that is switched on or they were invited."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from assay_web.accounts.access import membership_of

INVITED_KEY = "colleague_invitation"
"""Where the browser's session holds the public id of a colleague's invitation while they make an account."""


class Registration(DefaultAccountAdapter):  # type: ignore[misc]
    """Decides who may make an account."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Whether this visitor may make an account."""
        return settings.CONFIGURATION.open_registration or bool(request.session.get(INVITED_KEY))

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Where somebody who has signed in goes on: to the openings or, without a team, to their profile."""
        if membership_of(request) is None:
            return reverse("accounts:profile")
        return str(super().get_login_redirect_url(request))

    get_signup_redirect_url = get_login_redirect_url
