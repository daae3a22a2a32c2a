"""What every template of the team's pages may ask."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from assay_web.accounts.access import membership_of
from assay_web.accounts.roles import Permission, Role

PRINTED = "django.core.mail.backends.console.EmailBackend"
"""How `console:` sends mail: it never leaves the machine."""


def team_and_permissions(request: HttpRequest) -> dict[str, Any]:
    """`team`, `membership`, and `may` with a key for each permission that the person has.

    `mail_is_printed` says that no mail server is set up.
    """
    membership = membership_of(request) if hasattr(request, "user") else None
    granted = Role(membership.role).permissions if membership else frozenset()
    return {
        "membership": membership,
        "team": membership.team if membership else None,
        "may": {permission.value: permission in granted for permission in Permission},
        "demo": settings.CONFIGURATION.demo,
        "mail_is_printed": settings.EMAIL_BACKEND == PRINTED,
        "open_registration": settings.CONFIGURATION.open_registration,
        "single_sign_on": settings.CONFIGURATION.single_sign_on,
    }
