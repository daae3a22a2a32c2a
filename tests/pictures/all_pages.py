"""Every picture by the part of the site it belongs to, and the addresses that show no page."""

from tests.pictures import account_pages, baselines, candidate_pages, judges, result_pages, team_pages
from tests.pictures.picture import Picture

PICTURES: dict[str, tuple[Picture, ...]] = {
    "Coming in": account_pages.COMING_IN,
    "Openings": team_pages.OPENINGS,
    "The exercise": team_pages.AUTHORING,
    "The candidate comes": candidate_pages.COMING,
    "The candidate works": candidate_pages.WORKING,
    "After the work": (*candidate_pages.AFTER, *result_pages.RELEASED),
    "A stage's results": result_pages.COHORT,
    "One result": result_pages.RESULTS,
    "Rating": result_pages.RATING,
    "Judges": judges.JUDGES,
    "The assistant alone": baselines.BASELINES,
    "Running a team": team_pages.RUNNING_A_TEAM,
    "Oneself": account_pages.ONESELF,
    "When something is wrong": account_pages.WRONG,
}

_CALLS = (
    "state", "claim", "release", "messages", "reply", "stop", "deliverable", "flags", "signals", "submit",
    "retake",
)  # fmt: skip
_WHO = ("candidate", "try")

NO_PAGE: dict[str, str] = {
    **{f"session:{who}_{call}": "called by the page at work" for who in _WHO for call in _CALLS},
    "session:warm_up": "called by the page before",
    **{
        f"session:{name}": "leads back to the candidate's page"
        for name in ("request", "start", "feedback", "contest")
    },
    **{
        f"openings:{name}": "leads back to the page it is on"
        for name in (
            "close", "reopen", "add_stage", "move_stage", "remove_stage", "revoke", "set_extra_time",
            "answer", "give_time_back",
        )
    },
    **{
        f"authoring:{name}": "leads back to the draft"
        for name in (
            "begin_shipped", "import", "draft_with_model", "save", "save_materials", "add_criterion",
            "save_criterion", "remove_rule", "remove_ledger", "activate", "restore",
        )
    },
    "authoring:try": "leads on to the try",
    "authoring:export": "a file",
    **{f"scoring:{name}": "a file" for name in ("record", "json", "csv")},
    "scoring:progress": "called by the page that waits",
    "scoring:withdraw": "leads back to the result",
    "review:draft": "called by the form",
    **{
        f"accounts:{name}": "leads back to the page it is on"
        for name in ("switch_team", "found", "revoke", "change_role", "remove")
    },
    **{f"judges:{name}": "leads back to the judge" for name in ("retire", "bring_back")},
    "jobs:retry": "leads back to operations",
    **{f"baselines:{name}": "leads back to the page it is on" for name in ("run", "retry", "rate")},
    "account_confirm_login_code": "leads to signing in: codes by mail are not switched on",
    "mfa_download_recovery_codes": "a file",
    "socialaccount_signup": "leads to signing in, but for whoever comes from the provider",
    "openid_connect_login": "leads on to the provider",
    "openid_connect_callback": "where the provider leads back to",
}  # fmt: skip
"""Addresses without a page of their own, and why."""

AS_PDF = "scoring:pdf"
"""The report is pictured page by page, from the same setting as its PDF."""


def all_pictures() -> list[Picture]:
    """Every picture, in the order of the sheet."""
    return [picture for part in PICTURES.values() for picture in part]
