"""Noting in the audit log that somebody signed in."""

from typing import Any

from assay_web.accounts.models import User
from assay_web.audit.log import actor, note
from assay_web.audit.models import Action


def note_sign_in(*, user: Any, **_: object) -> None:
    """Note a sign-in in the log of every team that the person is in."""
    if isinstance(user, User):
        for membership in user.memberships.select_related("team").order_by("team_id"):
            note(membership.team, actor(user), Action.SIGNED_IN, f"user:{user.pk}")
