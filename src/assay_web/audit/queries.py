"""Reading the audit log, page by page."""

from collections.abc import Iterable
from dataclasses import dataclass

from assay_web.accounts.models import Team, User
from assay_web.audit.log import SYSTEM
from assay_web.audit.models import AuditChain, AuditEvent
from assay_web.openings.models import Candidate

A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for. Empty fields do not restrict; `before` is a place in the chain to go on from."""

    action: str = ""
    person: str = ""
    subject: str = ""
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """An event, and its actor and subject as people know them."""

    event: AuditEvent
    who: str
    about: str


@dataclass(frozen=True, slots=True)
class Page:
    """Some events, the latest first, and where the page after them begins; None when there is none."""

    lines: list[Line]
    older: int | None


def chain_of(team: Team) -> AuditChain | None:
    """The team's chain, once something was noted."""
    return AuditChain.objects.filter(team=team).first()


def events(team: Team, sought: Sought) -> Page:
    """Events of the team that fit, by their place in the chain: a late page costs what the first does."""
    rows = AuditEvent.objects.filter(chain=chain_of(team))
    if sought.action:
        rows = rows.filter(action=sought.action)
    if sought.person:
        rows = rows.filter(actor=sought.person)
    if sought.subject:
        rows = rows.filter(subject=sought.subject)
    if sought.before is not None:
        rows = rows.filter(seq__lt=sought.before)
    found = list(rows.order_by("-seq")[: A_PAGE + 1])
    shown = found[:A_PAGE]
    names = _names(name for event in shown for name in (event.actor, event.subject))
    lines = [
        Line(event, names.get(event.actor, event.actor), names.get(event.subject, event.subject))
        for event in shown
    ]
    return Page(lines, shown[-1].seq if len(found) > A_PAGE else None)


def people(team: Team) -> list[tuple[str, str]]:
    """Who can be looked for: the system and everybody in the team, as the log names them and as people do."""
    users = User.objects.filter(memberships__team=team).order_by("name", "email")
    return [(SYSTEM, "Assay"), *((f"user:{user.pk}", str(user)) for user in users)]


def _names(named: Iterable[str]) -> dict[str, str]:
    by_kind: dict[str, set[str]] = {"user": set(), "candidate": set()}
    for name in named:
        kind, _, key = name.partition(":")
        if kind in by_kind:
            by_kind[kind].add(key)
    users = User.objects.filter(pk__in=[key for key in by_kind["user"] if key.isdigit()])
    candidates = Candidate.objects.filter(public_id__in=by_kind["candidate"])
    return {
        SYSTEM: "Assay",
        **{f"user:{user.pk}": str(user) for user in users},
        **{f"candidate:{one.public_id}": one.name for one in candidates},
    }
