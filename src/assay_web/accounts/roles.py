"""What a person may do in a team. Roles are sets of permissions; nothing asks for a role by name."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Permission(TextChoices):
    """One thing that a member of a team may do."""

    SEE_OPENINGS = "see_openings", _("see openings and their stages")
    EDIT_OPENINGS = "edit_openings", _("create and change openings")
    AUTHOR_EXERCISES = "author_exercises", _("draft, edit and activate exercises")
    INVITE_CANDIDATES = "invite_candidates", _("invite candidates and answer their requests")
    SEE_RESULTS = "see_results", _("see sessions, scores and records")
    RATE_SESSIONS = "rate_sessions", _("rate sessions")
    RELEASE_RESULTS = "release_results", _("release a report to its candidate")
    MANAGE_TEAM = "manage_team", _("invite colleagues and give roles")
    RUN_OPERATIONS = "run_operations", _("see and retry background work, models and spend")
    SEE_AUDIT = "see_audit", _("read the audit log")


class Role(TextChoices):
    """What a person is in a team."""

    OWNER = "owner", _("Owner")
    RECRUITER = "recruiter", _("Recruiter")
    AUTHOR = "author", _("Author")
    REVIEWER = "reviewer", _("Reviewer")
    INTERVIEWER = "interviewer", _("Interviewer")
    VIEWER = "viewer", _("Viewer")

    @property
    def permissions(self) -> frozenset[Permission]:
        """What a person with this role may do."""
        return _MAY[self]

    @property
    def explanation(self) -> str:
        """The role in a sentence."""
        return str(_EXPLAINED[self])


_MAY: dict[Role, frozenset[Permission]] = {
    Role.OWNER: frozenset(Permission),
    Role.RECRUITER: frozenset(
        {
            Permission.SEE_OPENINGS,
            Permission.EDIT_OPENINGS,
            Permission.AUTHOR_EXERCISES,
            Permission.INVITE_CANDIDATES,
            Permission.SEE_RESULTS,
            Permission.RATE_SESSIONS,
            Permission.RELEASE_RESULTS,
        }
    ),
    Role.AUTHOR: frozenset(
        {
            Permission.SEE_OPENINGS,
            Permission.AUTHOR_EXERCISES,
            Permission.SEE_RESULTS,
            Permission.RATE_SESSIONS,
        }
    ),
    Role.REVIEWER: frozenset({Permission.SEE_OPENINGS, Permission.SEE_RESULTS, Permission.RATE_SESSIONS}),
    Role.INTERVIEWER: frozenset({Permission.SEE_OPENINGS, Permission.SEE_RESULTS}),
    Role.VIEWER: frozenset({Permission.SEE_OPENINGS}),
}

_EXPLAINED = {
    Role.OWNER: _("Everything, colleagues and operations included."),
    Role.RECRUITER: _("Openings, invitations, results and their release."),
    Role.AUTHOR: _("Exercises and their rubrics; sees and rates sessions."),
    Role.REVIEWER: _("Sees and rates sessions."),
    Role.INTERVIEWER: _("Sees sessions and scores."),
    Role.VIEWER: _("Sees openings, and no candidate's work."),
}
