"""Checking all chains of the installation at once, against heads that were written down elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass

from assay.session.events import GENESIS
from assay_web.audit.log import Broken, first_break
from assay_web.audit.models import AuditChain, AuditEvent


@dataclass(frozen=True, slots=True)
class Verified:
    """What the check of all chains found: a line for each, and whether all hold."""

    holds: bool
    lines: tuple[str, ...]


def verify_all(heads: Sequence[str] = ()) -> Verified:
    """Check every chain, and that each of the heads written down earlier is still in one of them."""
    lines, holds = [], True
    for chain in AuditChain.objects.select_related("team").order_by("pk"):
        broken = first_break(chain)
        holds = holds and broken is None
        lines.append(_line(chain, broken))
    for head in heads:
        if head != GENESIS and not AuditEvent.objects.filter(hash=head).exists():
            holds = False
            lines.append(f"The head {head} is in no log: events were cut off or changed")
    return Verified(holds, tuple(lines) or ("There is no audit log yet",))


def _line(chain: AuditChain, broken: Broken | None) -> str:
    whose = chain.team.name if chain.team else "the installation"
    if broken is not None:
        return f"The log of {whose} does not hold at event {broken.seq}: {broken.why}"
    return f"The log of {whose} holds: {chain.length} events, head {chain.head}"
