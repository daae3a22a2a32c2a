"""What models may use: caps that all processes of the installation share through the database.

A call sets aside the most it can use before it is sent, and gives back afterwards what it did not use. The
database decides with one statement whether that still fits, so no number of processes goes beyond a cap.
What a process had set aside when it was killed stays set aside, since its call may have been billed.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from math import ceil
from threading import Lock

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet, Sum
from django.utils.translation import gettext as _

from assay.errors import LimitReached
from assay.models.caps import Reservation, Settle
from assay.models.prices import unpriced
from assay.models.replies import Tokens
from assay_web.caps import Cap, Scope
from assay_web.clock import now
from assay_web.database import in_database
from assay_web.jobs.models import ModelCall, Spend
from assay_web.session.models import CandidateSession

NANO = 1_000_000_000
PURPOSES: dict[str, Scope] = {
    "assistant": "day",
    "warm-up": "warm-up",
    "drafting": "drafting",
    "judge": "judge",
}
"""Which day's cap a call counts against, by what it is for."""

Amount = tuple[int, int]
"""Tokens, and billionths of a US dollar."""

_log = logging.getLogger(__name__)


class CapReached(LimitReached):
    """A cap forbids a call. The message is for whoever waits for it, the remedy for the operator."""


@dataclass(frozen=True, slots=True)
class Counted:
    """One thing that is counted against a cap: a session, or a day."""

    cap: Cap
    session_id: int | None
    day: date

    @property
    def key(self) -> str:
        """How its row is found."""
        return f"session:{self.session_id}" if self.cap.scope == "session" else day_key(self.cap, self.day)


def day_key(cap: Cap, day: date) -> str:
    """How the row of a day is found."""
    return f"{cap.scope}:{day.isoformat()}"


def counted(purpose: str, session_id: int | None) -> list[Counted]:
    """What a call counts against; nothing where nothing is capped. Always in the same order."""
    caps = settings.CONFIGURATION.caps
    scopes: list[Scope] = ["session"] if purpose == "assistant" and session_id is not None else []
    if purpose in PURPOSES:
        scopes.append(PURPOSES[purpose])
    return [Counted(caps[scope], session_id, now().date()) for scope in scopes if scope in caps]


def set_aside(things: Sequence[Counted], wanted: Reservation) -> CapReached | None:
    """Set aside what a call may use, in everything it counts against.

    Returns:
        Why it was refused, when it does not fit: nothing was set aside then, and the refusal is counted. It
        is not raised, since raising may undo the transaction around this, and the count with it.
    """
    full = _set_aside(things, wanted)
    if full is None:
        return None
    row = Spend.objects.filter(scope=full.key)
    row.update(refused=F("refused") + 1, refused_at=now())
    refusal = _refusal(full, row.get(), wanted)
    _log.warning("a call was not made: %s", refusal.remedy)
    return refusal


def give_back(unused: Mapping[str, Amount]) -> None:
    """Take off what calls had set aside and did not use, by what they count against."""
    for key, (tokens, nanodollars) in unused.items():
        # Each by itself: a statement on several rows would lock them in any order.
        Spend.objects.filter(scope=key).update(
            tokens=F("tokens") - tokens, nanodollars=F("nanodollars") - nanodollars
        )


def _set_aside(things: Sequence[Counted], wanted: Reservation) -> Counted | None:
    """Set it aside in all of them, or in none; the one into which it does not fit."""
    # Rows are locked in one order, the session before the day, so that no two calls wait for each other.
    with transaction.atomic():
        for thing in things:
            if not (_add(thing, wanted) or (_begin(thing) and _add(thing, wanted))):
                transaction.set_rollback(True)
                break
        else:
            return None
    _begin(thing)
    return thing


def _add(thing: Counted, wanted: Reservation) -> bool:
    cap, cost = thing.cap, _nano(wanted.cost)
    fits = Spend.objects.filter(scope=thing.key)
    if cap.tokens is not None:
        fits = fits.filter(tokens__lte=cap.tokens - wanted.tokens)
    if cap.spend is not None:
        fits = fits.filter(nanodollars__lte=_nano(cap.spend) - cost)
    return bool(fits.update(tokens=F("tokens") + wanted.tokens, nanodollars=F("nanodollars") + cost))


def _begin(thing: Counted) -> bool:
    """Begin to count, with what was used before there was a cap; False when it is counted already."""
    if Spend.objects.filter(scope=thing.key).exists():
        return False
    used = _calls_of(thing).aggregate(
        prompt=Sum("prompt_tokens", default=0), reply=Sum("completion_tokens", default=0), cost=Sum("cost")
    )
    Spend.objects.get_or_create(
        scope=thing.key,
        defaults={
            "session_id": thing.session_id if thing.cap.scope == "session" else None,
            "tokens": used["prompt"] + used["reply"],
            "nanodollars": _nano(used["cost"] or 0.0),
        },
    )
    return True


def _calls_of(thing: Counted) -> "QuerySet[ModelCall]":
    if thing.cap.scope == "session":
        return ModelCall.objects.filter(session_id=thing.session_id)
    purposes = [purpose for purpose, scope in PURPOSES.items() if scope == thing.cap.scope]
    begin = datetime.combine(thing.day, time(), UTC)
    return ModelCall.objects.filter(at__gte=begin, at__lt=begin + timedelta(days=1), purpose__in=purposes)


def _refusal(full: Counted, row: Spend, wanted: Reservation) -> CapReached:
    cap = full.cap
    # Something may have been given back since: where one thing alone is capped, it was that.
    by_tokens = cap.spend is None or (cap.tokens is not None and row.tokens + wanted.tokens > cap.tokens)
    name = cap.tokens_setting if by_tokens else cap.spend_setting
    words = _words_for_the_team(cap) if _is_of_the_team(full.session_id) else _words(cap)
    return CapReached(words, remedy=_("%(name)s is reached; raise it to go on") % {"name": name})


def _is_of_the_team(session_id: int | None) -> bool:
    """Whether it is a session without a candidate: a colleague's try, or the assistant alone."""
    sessions = CandidateSession.objects.filter(invitation=None)
    return session_id is not None and sessions.filter(pk=session_id).exists()


def _words_for_the_team(cap: Cap) -> str:
    if cap.scope == "session":
        return _("The AI has used all that is set aside for one session, so it cannot answer any more")
    return _(
        "The AI has used all that is set aside for today, so it cannot answer now. Try it again tomorrow, or "
        "once there is more"
    )


def _words(cap: Cap) -> str:
    match cap.scope:
        case "session":
            return _(
                "The AI has used all that is set aside for one session, so it cannot answer any more. Go on "
                "with your deliverable without it and hand it in; the team can see that this happened"
            )
        case "day":
            return _(
                "The AI has used all that is set aside for today, so it cannot answer now. Go on with your "
                "deliverable without it, or write to the team that invited you, who can give you time back"
            )
        case "warm-up":
            return _(
                "The AI has used all that is set aside for warm-ups today. Start when you are ready: your "
                "assessment is counted apart"
            )
        case "drafting":
            return _(
                "Models have used all that is set aside for drafting today. Draft on tomorrow, or write on "
                "by hand"
            )
        case "judge":
            return _(
                "Judges have used all that is set aside for today, so this is not done yet. What was "
                "answered is kept; try it again tomorrow, or once there is more"
            )


def _nano(dollars: float) -> int:
    return ceil(dollars * NANO)


class SharedBudget:
    """The caps of the installation. Implements `assay.models.caps.Budget`.

    Args:
        session_of: the key of the session that the running task asks the model for; None for none.
    """

    def __init__(self, session_of: Callable[[], int | None] = lambda: None) -> None:
        self._session_of = session_of

    async def reserve(self, wanted: Reservation, purpose: str) -> Settle:
        """Set `wanted` aside for one request.

        Raises:
            CapReached: it would go beyond a cap.
            UserMistake: money is capped, and no price is known for the model.
        """
        things = counted(purpose, self._session_of())
        for thing in things:
            if wanted.unpriced and thing.cap.spend is not None:
                raise unpriced(f"{thing.cap.spend_setting} is set", wanted.unpriced)
        if not things:
            return _nothing_to_settle
        keys = [thing.key for thing in things]
        done = asyncio.ensure_future(in_database(set_aside, things, wanted))
        try:
            refusal = await asyncio.shield(done)
        except asyncio.CancelledError:
            done.add_done_callback(lambda end: _undo(end, keys, wanted))
            raise
        if refusal is not None:
            raise refusal
        return lambda used, cost: _settle(keys, wanted, used, cost)


def _nothing_to_settle(_used: Tokens | None, _cost: float | None) -> None:
    """Nothing is capped."""


def _undo(end: "asyncio.Future[CapReached | None]", keys: Sequence[str], wanted: Reservation) -> None:
    """Give back what was set aside for a call that was cancelled meanwhile, and so never made."""
    if not end.cancelled() and end.exception() is None and end.result() is None:
        _settle(keys, wanted, Tokens(prompt=0, completion=0), 0.0)


def _settle(keys: Sequence[str], wanted: Reservation, used: Tokens | None, cost: float | None) -> None:
    tokens = 0 if used is None else wanted.tokens - used.total
    nanodollars = 0 if used is None or cost is None else _nano(wanted.cost) - _nano(cost)
    with _sums:
        for key in keys:
            before = _unused.get(key, (0, 0))
            _unused[key] = before[0] + tokens, before[1] + nanodollars
        if not _giving:
            task = asyncio.get_running_loop().create_task(_give_all_back())
            _giving.add(task)
            task.add_done_callback(_giving.discard)


_sums = Lock()
"""Judges are asked from a loop in a thread of its own, beside the one that serves."""
_unused: dict[str, Amount] = {}
_giving: set[asyncio.Task[None]] = set()


async def _give_all_back() -> None:
    """Give back what has come together; all that comes meanwhile goes into one more round."""
    while True:
        with _sums:
            amounts = dict(_unused)
            _unused.clear()
            if not amounts:
                _giving.clear()
                return
        try:
            await in_database(give_back, amounts)
        except Exception:
            # What was not given back stays set aside: the cap holds all the same.
            _log.exception("what calls did not use could not be given back")
