"""What the operations page shows. The number of queries does not grow with the number of rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Avg, Count, Max, Min, Q, QuerySet, Sum
from django.db.models.functions import TruncDate

from assay_web.accounts.models import Team
from assay_web.clock import now
from assay_web.jobs.models import ModelCall, ScoringJob, Worker
from assay_web.jobs.worker import Pace

FEW = 50
"""Rows of a list at most; how many more there are is said."""
DAYS = 7
HEALTH_HOURS = 24
WELL = ("complete", "cut_off", "cancelled", "abandoned")
"""Outcomes of calls in which the model did its part; whether anybody waited for the end is not its fault."""


@dataclass(frozen=True, slots=True)
class Queue:
    """Where the team's scorings stand."""

    queued: int
    running: int
    failed: int
    done_lately: int
    oldest: object
    failures: Sequence[ScoringJob]
    under_way: Sequence[ScoringJob]


def queue(team: Team) -> Queue:
    """The team's queue, with its latest failures and what is under way or waits."""
    jobs = ScoringJob.objects.filter(session__team=team)
    status = ScoringJob.Status
    open_ones = jobs.filter(status__in=(status.QUEUED, status.RUNNING))
    counts = dict(
        jobs.exclude(status=status.DONE).order_by().values_list("status").annotate(number=Count("pk"))
    )
    lately = now() - timedelta(hours=HEALTH_HOURS)
    return Queue(
        queued=counts.get(status.QUEUED, 0),
        running=counts.get(status.RUNNING, 0),
        failed=counts.get(status.FAILED, 0),
        done_lately=jobs.filter(status=status.DONE, finished_at__gte=lately).count(),
        oldest=jobs.filter(status=status.QUEUED).aggregate(oldest=Min("created_at"))["oldest"],
        failures=_with_session(jobs.filter(status=status.FAILED).order_by("-created_at")),
        under_way=_with_session(open_ones.order_by("created_at")),
    )


def _with_session(jobs: QuerySet[ScoringJob]) -> list[ScoringJob]:
    related = ("session__stage__opening", "session__invitation__candidate", "session__tried_by")
    return list(jobs.select_related(*related).defer("session__state")[:FEW])


@dataclass(frozen=True, slots=True)
class Seen:
    """A worker, and whether it is alive."""

    worker: Worker
    alive: bool


def workers() -> list[Seen]:
    """Workers of the installation that were seen within a day, the living first."""
    lost = now() - timedelta(seconds=Pace().lost_after)
    rows = Worker.objects.filter(seen_at__gt=now() - timedelta(days=1)).order_by("-seen_at")[:FEW]
    return [Seen(row, row.seen_at > lost) for row in rows]


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


def model_health(team: Team) -> list[Health]:
    """Each model and purpose of the last day, the busiest first."""
    calls = _calls(team).filter(at__gte=now() - timedelta(hours=HEALTH_HOURS))
    failed = ~Q(outcome__in=WELL)
    grouped = (
        calls.order_by()
        .values("purpose", "setting")
        .annotate(
            calls=Count("pk"),
            failed=Count("pk", filter=failed),
            first_token=Avg("first_token_seconds"),
            total=Avg("seconds"),
            last=Max("pk", filter=failed),
        )
        .order_by("-calls")[:FEW]
    )
    rows: list[dict[str, Any]] = [dict(row) for row in grouped]
    latest = [row.pop("last") for row in rows]
    problems = dict(
        ModelCall.objects.filter(pk__in=[key for key in latest if key]).values_list("pk", "problem")
    )
    return [Health(**row, last_problem=problems.get(key, "")) for row, key in zip(rows, latest, strict=True)]


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
    """What models were asked and what it cost, by day and purpose, over the last week."""
    calls = _calls(team).filter(at__gte=now() - timedelta(days=DAYS))
    rows = (
        calls.order_by()
        .annotate(day=TruncDate("at"))
        .values("day", "purpose")
        .annotate(
            calls=Count("pk"),
            tokens_in=Sum("prompt_tokens", default=0),
            tokens_out=Sum("completion_tokens", default=0),
            price=Sum("cost"),
            unpriced=Count("pk", filter=Q(cost__isnull=True)),
        )
    )
    return [Spent(**row) for row in rows.order_by("-day", "purpose")]


def _calls(team: Team) -> QuerySet[ModelCall]:
    return ModelCall.objects.filter(Q(team=team) | Q(session__team=team))
