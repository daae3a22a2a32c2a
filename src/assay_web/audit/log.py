"""Writing the audit log, and holding it to its chain."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from assay.canonical import digest
from assay.session.events import GENESIS
from assay_web.accounts.models import Team, User
from assay_web.audit.models import Action, AuditChain, AuditEvent
from assay_web.clock import now

SYSTEM = "system"


def actor(who: User | None) -> str:
    """How the log names a person; nobody is the system itself."""
    return f"user:{who.pk}" if who is not None else SYSTEM


def note(team: Team | None, who: str, action: Action, subject: str, **data: Any) -> AuditEvent:
    """Add one event to the team's chain, in the transaction of the change that it tells of.

    Args:
        team: whose chain; None for what belongs to the installation.
        who: `actor(user)`, "candidate:ID" or `SYSTEM`.
        action: what was done.
        subject: what it was done to, as "KIND:PUBLIC_ID".
        data: what else a reader needs; never a candidate's words, nor a secret.
    """
    with transaction.atomic():
        chain, _ = AuditChain.objects.get_or_create(team=team, defaults={"head": GENESIS})
        chain = AuditChain.objects.select_for_update().get(pk=chain.pk)
        event = AuditEvent(
            chain=chain,
            seq=chain.length,
            at=now(),
            actor=who,
            action=action,
            subject=subject,
            data=data,
            previous=chain.head,
        )
        event.hash = digest(_content(event))
        event.save(force_insert=True)
        chain.length, chain.head = chain.length + 1, event.hash
        chain.save(update_fields=["length", "head"])
    return event


@dataclass(frozen=True, slots=True)
class Broken:
    """The first place at which a chain does not hold, and why."""

    seq: int
    why: str


def first_break(chain: AuditChain, known_head: str | None = None) -> Broken | None:
    """The first place where the chain was changed, or None.

    Args:
        chain: the chain.
        known_head: a head that was written down elsewhere earlier. Rows cut off the end together with the
            head in the database are noticed only with it.
    """
    previous, expected, met = GENESIS, 0, known_head in (None, GENESIS)
    for event in _events(chain):
        if event.seq != expected:
            return Broken(expected, f"event {expected} is missing")
        if event.previous != previous:
            return Broken(event.seq, "it does not follow the event before it")
        if digest(_content(event)) != event.hash:
            return Broken(event.seq, "its content does not match its hash")
        previous, expected = event.hash, expected + 1
        met = met or event.hash == known_head
    if (expected, previous) != (chain.length, chain.head):
        return Broken(expected, f"the log ends here, and its head tells of {chain.length} events")
    return None if met else Broken(expected, "the head that was written down is not in the log")


def _events(chain: AuditChain) -> Iterator[AuditEvent]:
    return chain.events.order_by("seq").iterator(chunk_size=500)


def _content(event: AuditEvent) -> dict[str, Any]:
    return {
        "seq": event.seq,
        "at": event.at.isoformat(timespec="microseconds"),
        "actor": event.actor,
        "action": str(event.action),
        "subject": event.subject,
        "data": event.data,
        "previous": event.previous,
    }
