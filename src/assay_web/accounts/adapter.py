"""How allauth is bent to this site: nobody registers unless that is switched on or they were invited."""

import logging
from smtplib import SMTPException
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from requests import RequestException

from assay_web.accounts.access import membership_of
from assay_web.accounts.services import is_open_invitation

INVITED_KEY = "colleague_invitation"
"""Where the browser's session holds the public id of a colleague's invitation while they make an account."""

FAILED = 500
"""From this status on, a server says that it has failed."""

_log = logging.getLogger(__name__)


class Registration(DefaultAccountAdapter):  # type: ignore[misc]
    """Decides who may make an account."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Whether this visitor may make an account."""
        if settings.CONFIGURATION.open_registration:
            return True
        return is_open_invitation(request.session.get(INVITED_KEY, ""))

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Where somebody who has signed in goes on: to the openings or, without a team, to their profile."""
        if membership_of(request) is None:
            return reverse("accounts:profile")
        return str(super().get_login_redirect_url(request))

    get_signup_redirect_url = get_login_redirect_url

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Where somebody who has set or changed their password goes on to; a first one ends their way in."""
        if request.path == reverse("account_set_password"):
            return self.get_login_redirect_url(request)
        return str(super().get_password_change_redirect_url(request))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Mail somebody about their account; when it does not go out, they are told on the page."""
        try:
            super().send_mail(template_prefix, email, context)
        except (SMTPException, OSError) as error:
            _log.warning("an e-mail about an account could not be sent: %s", type(error).__name__)
            if self.request is not None:
                words = _("The e-mail could not be sent. Try again later, or tell whoever runs this site.")
                messages.error(self.request, words)


class SingleSignOnAccounts(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Decides whom the provider's word lets in."""

    def get_requests_session(self) -> Any:
        """The connection to the provider; where it is away, whoever signs in is told in words."""
        session = super().get_requests_session()
        ask = session.request

        def asked(*args: Any, **kwargs: Any) -> Any:
            try:
                answer = ask(*args, **kwargs)
                if answer.status_code >= FAILED:
                    answer.raise_for_status()
            except RequestException as error:
                _log.warning("the single sign-on provider cannot be used: %s", type(error).__name__)
                page = render(self.request, "socialaccount/authentication_error.html", status=503)
                raise ImmediateHttpResponse(page) from error
            return answer

        session.request = asked
        return session

    def authenticate_by_email(self, sociallogin: Any) -> Any:
        """The account of the same address, where the provider says that it has verified that address.

        Only a plain yes counts: some providers write the claim as a text, and "false" is no yes.
        """
        for address in sociallogin.email_addresses:
            address.verified = address.verified is True or address.verified == "true"
        return super().authenticate_by_email(sociallogin)

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> Any:
        """The new account as the provider describes the person."""
        user = super().populate_user(request, sociallogin, data)
        names = (data.get("first_name"), data.get("last_name"))
        user.name = str(data.get("name") or " ".join(str(one) for one in names if one))[:120]
        user.email = (user.email or "").lower()
        return user
