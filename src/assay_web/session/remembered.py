"""What this process remembers of sessions that it has just driven, so that the next command reads less.

The head of a session is the hash of its last event, chained to all before. So what is known of a head is true
for ever, whoever goes on with the session and whatever becomes of the transaction in which it was worked out.
"""

from collections import OrderedDict
from dataclasses import dataclass

from assay.session.events import Event
from assay.session.state import SessionState

KEPT = 512
"""Sessions at most; some hundred kilobytes each at the end of a long one."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the events up to a head add up to, and those that are talk, where they were read."""

    state: SessionState
    talk: tuple[Event, ...] | None


_known: "OrderedDict[str, Known]" = OrderedDict()


def remember(head: str, state: SessionState, talk: tuple[Event, ...] | None) -> None:
    """Remember what is known of this head."""
    _known[head] = Known(state, talk)
    while len(_known) > KEPT:
        _known.popitem(last=False)


def remembered(head: str) -> Known | None:
    """What is known of this head. It is taken out: the session goes on to another."""
    return _known.pop(head, None)
