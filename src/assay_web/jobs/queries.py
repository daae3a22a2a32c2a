"""What the operations page shows. The number of queries does not grow with the number of rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Any

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db.models import Avg, Count, Exists, Max, OuterRef, Q, QuerySet, Sum, Value
from django.utils.translation import gettext as _

from assay_web.accounts.models import Team
from assay_web.caps import Cap, Scope
from assay_web.clock import now
from assay_web.jobs.models import Errand, ModelCall, ScoringJob, Spend, Worker
from assay_web.jobs.spend import NANO, day_key
from assay_web.jobs.worker import Pace
from assay_web.session.models import CandidateSession

FEW = 25
"""Rows of a list at most; how many there are is said."""
DAYS = 7
HEALTH_HOURS = 24
WELL = ("complete", "cut_off", "cancelled", "abandoned")
"""Outcomes of calls in which the model did its part; whether anybody waited for the end is not its fault."""

NOT_MADE = {"outcome": "limit"}
"""A call that a cap forbade: neither a model's fault, nor spend."""
NEARLY = 80
"""Percent of a cap from which on owners are told."""


@dataclass(frozen=True, slots=True)
class Queue:
    """Where the team's scorings stand."""

    queued: int
    running: int
    failed: int
    done_lately: int
    failures: Sequence[ScoringJob]
    under_way: Sequence[ScoringJob]


def queue(team: Team) -> Queue:
    """The team's queue, with its latest failures and what is under way or waits."""
    jobs = ScoringJob.objects.filter(team=team)
    status = ScoringJob.Status
    unsettled = jobs.filter(status__in=(status.QUEUED, status.RUNNING, status.FAILED))
    counts = dict(unsettled.order_by().values_list("status").annotate(number=Count("*")))
    lately = now() - timedelta(hours=HEALTH_HOURS)
    earliest = [_first(jobs.filter(status=one)) for one in (status.QUEUED, status.RUNNING)]
    open_keys = [key for _, key in sorted(chain(*earliest))[:FEW]]
    failed_keys = [key for _, key in _first(jobs.filter(status=status.FAILED), "-")]
    shown = {job.pk: job for job in _with_session(ScoringJob.objects.filter(pk__in=open_keys + failed_keys))}
    return Queue(
        queued=counts.get(status.QUEUED, 0),
        running=counts.get(status.RUNNING, 0),
        failed=counts.get(status.FAILED, 0),
        done_lately=jobs.filter(status=status.DONE, finished_at__gte=lately).count(),
        failures=[shown[key] for key in failed_keys if key in shown],
        under_way=[shown[key] for key in open_keys if key in shown],
    )


def _first(jobs: QuerySet[ScoringJob], down: str = "") -> list[tuple[datetime, int]]:
    """When the earliest of these jobs, which have one status, were asked for, and their keys, in that order.

    With `down` as "-" the latest, in theirs. An index holds a team's jobs of each status in order, so that no
    more of them are looked at than are shown.
    """
    return list(jobs.order_by(f"{down}created_at", f"{down}pk").values_list("created_at", "pk")[:FEW])


_WHOSE = {
    "session__public_id": "session",
    "session__stage__title": "session__stage",
    "session__stage__opening__title": "session__stage__opening",
    "session__invitation__candidate__name": "session__invitation__candidate",
    "session__tried_by__email": "session__tried_by",
    "session__tried_by__name": "session__tried_by",
    "session__baseline_run__number": "session__baseline_run",
}
"""What is said of a session in a list, and in which row it stands. Those rows are broad; no more is read."""


def _with_session(jobs: QuerySet[ScoringJob]) -> list[ScoringJob]:
    own = [field.attname for field in ScoringJob._meta.concrete_fields]
    return list(jobs.select_related(*_WHOSE.values()).only(*own, *_WHOSE))


def errands(team: Team, number: str | None = None) -> Page[Any]:
    """One page of the team's errands that wait, are under way, or failed within a week; those come first."""
    status = Errand.Status
    rows = Errand.objects.filter(team=team, status__in=(status.FAILED, status.QUEUED, status.RUNNING))
    rows = rows.exclude(status=status.FAILED, finished_at__lt=now() - timedelta(days=DAYS))
    about = rows.select_related("attack_run__judge", "scoring_again__choice__stage__opening")
    failed_first = about.defer("attack_run__report").order_by("status", "-created_at", "-pk")
    return Paginator(failed_first, FEW).get_page(number)


def workers(number: str | None = None) -> Page[Any]:
    """One page of the installation's workers that were seen within a day, with whether each is `alive`.

    The living come first, and those that began last; a sign of life moves none to another page.
    """
    rows = Worker.objects.filter(seen_at__gt=now() - timedelta(days=1)).annotate(alive=_alive())
    return Paginator(rows.order_by("-alive", "-started_at", "-pk"), FEW).get_page(number)


def alive() -> int:
    """How many workers of the installation are alive."""
    return Worker.objects.filter(_alive()).count()


def _alive() -> Q:
    return Q(seen_at__gt=now() - timedelta(seconds=Pace().lost_after))


@dataclass(frozen=True, slots=True)
class Health:
    """How one model did in the last day, for one purpose. Times are in seconds."""

    purpose: str
    setting: str
    calls: int
    failed: int
    first_token: float | None
    total: float | None
    last_problem: str

    @property
    def failed_percent(self) -> float:
        """How many of a hundred calls failed."""
        return 100 * self.failed / self.calls


def model_health(team: Team) -> tuple[list[Health], int]:
    """Each model and purpose of the last day, the busiest first; and how many there are, listed or not."""
    calls = _calls(team).filter(at__gte=now() - timedelta(hours=HEALTH_HOURS)).exclude(**NOT_MADE)
    failed = ~Q(outcome__in=WELL)
    grouped = list(
        calls.order_by()
        .values("purpose", "setting")
        .annotate(
            calls=Count("pk"),
            failed=Count("pk", filter=failed),
            first_token=Avg("first_token_seconds"),
            total=Avg("seconds"),
            last=Max("pk", filter=failed),
        )
        .order_by("-calls", "purpose", "setting")
    )
    rows: list[dict[str, Any]] = [dict(row) for row in grouped[:FEW]]
    latest = [row.pop("last") for row in rows]
    problems = dict(
        ModelCall.objects.filter(pk__in=[key for key in latest if key]).values_list("pk", "problem")
    )
    health = [
        Health(**row, last_problem=problems.get(key, "")) for row, key in zip(rows, latest, strict=True)
    ]
    return health, len(grouped)


@dataclass(frozen=True, slots=True)
class Spent:
    """What one purpose took on one day. `unpriced` calls have no known price and are not in `price`."""

    day: date
    purpose: str
    calls: int
    tokens_in: int
    tokens_out: int
    price: float | None
    unpriced: int


def spend(team: Team) -> list[Spent]:
    """What models were asked and what it cost, by day and purpose, over the last week.

    Each day is grouped by itself, from an index that holds it: a whole week would first have to be sorted.
    """
    present = now()
    midnight = present.replace(hour=0, minute=0, second=0, microsecond=0)
    midnights = [midnight - timedelta(days=ago) for ago in range(DAYS)]
    starts, ends = [*midnights, present - timedelta(days=DAYS)], [None, *midnights]
    days = (_spent_between(team, *span, ago) for ago, span in enumerate(zip(starts, ends, strict=True)))
    rows = next(days).union(*days, all=True).order_by("days_ago", "purpose")
    dated: list[dict[str, Any]] = [dict(row) for row in rows]
    return [Spent(day=midnight.date() - timedelta(days=row.pop("days_ago")), **row) for row in dated]


def _spent_between(team: Team, start: datetime, end: datetime | None, ago: int) -> QuerySet[Any, Any]:
    calls = _calls(team).filter(at__gte=start, **({} if end is None else {"at__lt": end})).exclude(**NOT_MADE)
    return (
        calls.order_by()
        .values("purpose")
        .annotate(
            days_ago=Value(ago),
            calls=Count("*"),
            tokens_in=Sum("prompt_tokens", default=0),
            tokens_out=Sum("completion_tokens", default=0),
            price=Sum("cost"),
            unpriced=Count("pk", filter=Q(cost__isnull=True)),
        )
    )


@dataclass(frozen=True, slots=True)
class Capped:
    """One cap, and what counts against it, with what calls under way have set aside.

    Attributes:
        scope: of what; a session's figure is that of the team's session that has used most in the last day.
        setting: the variable that sets the cap.
        used: tokens or US dollars.
        cap: the same.
        refused: calls of today that were not made because the scope's cap was reached.
    """

    scope: Scope
    setting: str
    used: float
    cap: float
    is_money: bool
    refused: int

    @property
    def what(self) -> str:
        """What is counted, in words."""
        words = {
            "session": _("One session, the fullest of the last 24 hours"),
            "day": _("Sessions today"),
            "warm-up": _("Warm-ups today"),
            "drafting": _("Drafting today"),
            "judge": _("Judges today"),
        }
        return words[self.scope]

    @property
    def percent(self) -> int:
        """How much of the cap is used."""
        return int(100 * self.used / self.cap)

    @property
    def nearly(self) -> bool:
        """Whether owners should know."""
        return self.refused > 0 or self.percent >= NEARLY


def capped(team: Team) -> list[Capped]:
    """What was used today against every cap that is set."""
    caps = settings.CONFIGURATION.caps
    if not caps:
        return []
    today = now().date()
    days = {cap.scope: day_key(cap, today) for cap in caps.values() if cap.scope != "session"}
    rows = {row.scope: row for row in Spend.objects.filter(scope__in=days.values())}
    used: dict[Scope, Spend] = {scope: rows.get(key, Spend()) for scope, key in days.items()}
    if "session" in caps:
        used["session"] = _fullest_session(team)
    return [one for scope, cap in caps.items() for one in _against(cap, used[scope])]


def _fullest_session(team: Team) -> Spend:
    lately = now() - timedelta(hours=HEALTH_HOURS)
    sessions = Spend.objects.filter(session__team=team, session__started_at__gte=lately)
    most = sessions.aggregate(
        tokens=Max("tokens", default=0),
        money=Max("nanodollars", default=0),
        refused=Sum("refused", default=0),
    )
    return Spend(tokens=most["tokens"], nanodollars=most["money"], refused=most["refused"])


def _against(cap: Cap, used: Spend) -> Iterator[Capped]:
    if cap.tokens is not None:
        yield Capped(cap.scope, cap.tokens_setting, used.tokens, cap.tokens, False, used.refused)
    if cap.spend is not None:
        money = used.nanodollars / NANO
        yield Capped(cap.scope, cap.spend_setting, money, cap.spend, True, used.refused)


def stopped_sessions(team: Team, number: str | None = None) -> Page[Any]:
    """One page of the team's sessions that reached the cap of a session within a week, the latest first."""
    if not settings.CONFIGURATION.caps:
        return Paginator([], FEW).get_page(number)
    # Not a join, which SQLite would begin at the team's sessions; those that were refused something are few.
    of_team = Exists(CandidateSession.objects.filter(pk=OuterRef("session_id"), team=team))
    rows = Spend.objects.filter(of_team, refused_at__gte=now() - timedelta(days=DAYS))
    own = [field.attname for field in Spend._meta.concrete_fields]
    latest = rows.select_related(*_WHOSE.values()).only(*own, *_WHOSE).order_by("-refused_at", "-pk")
    return Paginator(latest, FEW).get_page(number)


def _calls(team: Team) -> QuerySet[ModelCall]:
    return ModelCall.objects.filter(team=team)
