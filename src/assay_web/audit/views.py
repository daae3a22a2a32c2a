"""The audit log's page."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from assay_web.accounts.access import signed_in
from assay_web.audit import access, queries
from assay_web.audit.log import first_break
from assay_web.audit.models import Action
from assay_web.audit.queries import Sought

LONGEST = 200


@require_GET
@signed_in
def log(request: HttpRequest) -> HttpResponse:
    """The team's events, the latest first; with `check`, whether the chain holds."""
    member = access.member_who_may_see_audit(request)
    sought = _sought(request)
    chain = queries.chain_of(member.team)
    page = queries.events(member.team, sought)
    kept = {name: value for name, value in _fields(sought).items() if value}
    context = {
        "section": "audit",
        "page": page,
        "sought": sought,
        "chain": chain,
        "actions": Action.choices,
        "people": queries.people(member.team),
        "older": urlencode({**kept, "before": page.older}) if page.older is not None else "",
        "first": urlencode(kept),
    }
    if "check" in request.GET and chain is not None:
        head = request.GET.get("head", "").strip()[:LONGEST] or None
        context |= {"checked": True, "broken": first_break(chain, head), "head": head}
    return render(request, "audit/log.html", context)


def _sought(request: HttpRequest) -> Sought:
    before = request.GET.get("before", "")
    return Sought(
        action=request.GET.get("action", "")[:LONGEST],
        person=request.GET.get("person", "")[:LONGEST],
        subject=request.GET.get("subject", "").strip()[:LONGEST],
        before=int(before) if before.isascii() and before.isdigit() and len(before) < 16 else None,
    )


def _fields(sought: Sought) -> dict[str, str]:
    return {"action": sought.action, "person": sought.person, "subject": sought.subject}
