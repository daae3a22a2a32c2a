"""A stage's sessions together: how the levels are spread, and the list of candidates, a page at a time.

Everything here costs the same few questions to the database however many sessions there are. Nobody is
ranked: the list is in order of name or of invitation, and shows scores only when it is asked to.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from assay_web.authoring.models import ExerciseVersion
from assay_web.clock import now
from assay_web.jobs.models import ScoringJob
from assay_web.openings.models import Candidate, Invitation, Stage
from assay_web.scoring.models import Contest, CriterionLevel, Release, SessionScore
from assay_web.session.exercises import exercise_of
from assay_web.session.models import CandidateSession

PAGE = 50

LARGE = 20_000
"""Levels of a stage from which on their counts are kept for the next page."""
COUNTED_AGAIN = timedelta(minutes=1)
MOST_KEPT = 64

LevelCount = tuple[int, str, float | None, bool, int]
"""Exercise version, criterion, level, whether it is serious, and how often."""

_large: "dict[str, _Counted]" = {}


@dataclass(frozen=True, slots=True)
class Counts:
    """How far a stage's candidates have come."""

    invited: int
    started: int
    finished: int
    scored: int


@dataclass(frozen=True, slots=True)
class Spread:
    """How many sessions have which level of one criterion. Halves count as levels of their own."""

    criterion: str
    title: str
    levels: tuple[tuple[float, int], ...]
    scored: int
    unscored: int
    serious: int

    @property
    def most(self) -> int:
        """The count of the commonest level."""
        return max((number for _, number in self.levels), default=0)


@dataclass(frozen=True, slots=True)
class Cohort:
    """The scored sessions of a stage on one exercise version."""

    version: ExerciseVersion | None
    others: tuple[ExerciseVersion, ...]
    spreads: tuple[Spread, ...]
    scored: int


FILTERS: dict[str, "str | Promise"] = {
    "": _("Everyone invited"),
    "open": _("Not started"),
    "working": _("At work"),
    "finished": _("Finished"),
    "unscored": _("Finished, no score"),
    "failed": _("Scoring failed"),
    "scored": _("Scored"),
    "close": _("Too close to call"),
    "serious": _("With a serious finding"),
    "contested": _("Contest unanswered"),
    "released": _("Released"),
}
"""What the list may be narrowed to. There is no filter by the height of a score."""

ORDERS: dict[str, "str | Promise"] = {"": _("Latest invited first"), "name": _("By name")}


@dataclass(frozen=True, slots=True)
class Asked:
    """What of the list is asked for."""

    state: str = ""
    order: str = ""
    words: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One candidate in the list."""

    invitation: Invitation
    session: CandidateSession | None
    score: SessionScore | None
    job: ScoringJob | None
    released: bool
    contested: bool


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows in order, and where the next ones begin."""

    rows: tuple[Row, ...]
    next: str


def counts_of(stage: Stage, scored: int) -> Counts:
    """How far a stage's candidates have come; colleagues' tries are left out."""
    by_status = Counter(
        dict(
            CandidateSession.objects.filter(stage=stage)
            .order_by()
            .values_list("status")
            .annotate(Count("pk"))
        )
    )
    # Tries are few, and are found by their own index; among a stage's sessions each would be looked at.
    tries = CandidateSession.objects.filter(tried_by__gt=0).values_list("stage_id", "status")
    by_status.subtract(status for tried_stage, status in tries if tried_stage == stage.pk)
    return Counts(
        invited=Invitation.objects.filter(stage=stage).count(),
        started=by_status.total(),
        finished=by_status[CandidateSession.Status.ENDED],
        scored=scored,
    )


def cohort_of(stage: Stage, version_id: str = "") -> Cohort:
    """How the current scores of a stage are spread, on the version asked for or the commonest one."""
    found: dict[int, dict[str, dict[float | None, tuple[int, int]]]] = {}
    for version, criterion, level, serious, number in _counted_levels(stage):
        levels = found.setdefault(version, {}).setdefault(criterion, {})
        before = levels.get(level, (0, 0))
        levels[level] = (before[0] + number, before[1] + (number if serious else 0))
    totals = {version: _sessions(criteria.values()) for version, criteria in found.items()}
    versions = sorted(
        ExerciseVersion.objects.defer("content").filter(pk__in=totals), key=lambda v: (-totals[v.pk], v.pk)
    )
    shown = next((v for v in versions if v.public_id == version_id), versions[0] if versions else None)
    if shown is None:
        return Cohort(None, (), (), 0)
    spreads = tuple(_spreads(shown.pk, found[shown.pk]))
    others = tuple(version for version in versions if version != shown)
    return Cohort(shown, others, spreads, sum(totals.values()))


@dataclass(frozen=True, slots=True)
class _Counted:
    """The counted levels of a large stage, and what tells whether they have changed since."""

    newest: int | None
    at: datetime
    rows: tuple[LevelCount, ...]


def _counted_levels(stage: Stage) -> tuple[LevelCount, ...]:
    """How often each level of each criterion was given, in the current scores of a stage.

    Those of a large stage are counted again when there is a new score, and once a minute all the same, since
    what was deleted leaves no trace that could be looked for.
    """
    levels = CriterionLevel.objects.filter(stage=stage)
    newest = levels.order_by("-pk").values_list("pk", flat=True).first()
    known = _large.get(stage.public_id)
    if known is not None and known.newest == newest and now() - known.at < COUNTED_AGAIN:
        return known.rows
    counted = levels.filter(current=True).order_by()
    rows = tuple(
        counted.values_list("exercise_version_id", "criterion", "level", "serious").annotate(Count("pk"))
    )
    _large.pop(stage.public_id, None)
    if sum(row[-1] for row in rows) >= LARGE:
        while len(_large) >= MOST_KEPT:
            _large.pop(next(iter(_large)))
        _large[stage.public_id] = _Counted(newest, now(), rows)
    return rows


def _sessions(criteria: Iterable[dict[float | None, tuple[int, int]]]) -> int:
    """Every scored session has each criterion once."""
    return max(sum(number for number, _ in levels.values()) for levels in criteria)


def _spreads(version_id: int, found: dict[str, dict[float | None, tuple[int, int]]]) -> Iterable[Spread]:
    """One for each criterion, in the rubric's order; half levels only where somebody has one."""
    rubric = exercise_of(version_id).rubric
    given = {level for levels in found.values() for level in levels if level is not None}
    shown = sorted({*(float(level) for level in rubric.scale.levels), *given})
    for criterion in rubric.criteria:
        levels = found.get(criterion, {})
        numbers = tuple((level, levels.get(level, (0, 0))[0]) for level in shown)
        yield Spread(
            criterion=criterion,
            title=rubric.title_of(criterion),
            levels=numbers,
            scored=sum(number for _, number in numbers),
            unscored=levels.get(None, (0, 0))[0],
            serious=sum(serious for _, serious in levels.values()),
        )


def page_of(stage: Stage, asked: Asked) -> Page:
    """A page of the list. A place to go on from that is not in the list begins it again."""
    wanted = _narrowed(stage, asked)
    keys = _keys_by_name(stage, wanted, asked) if asked.order == "name" else _keys_by_time(wanted, asked)
    found = {
        row.pk: row
        for row in Invitation.objects.filter(pk__in=keys).select_related("candidate", "session", "stage")
    }
    shown = [found[key] for key in keys[:PAGE]]
    more = len(keys) > PAGE
    return Page(tuple(_rows(shown)), shown[-1].public_id if more else "")


def following(asked: Asked, after: str) -> Asked:
    """The same list from another place on."""
    return replace(asked, after=after)


def _narrowed(stage: Stage, asked: Asked) -> QuerySet[Invitation]:
    wanted = Invitation.objects.filter(stage=stage).order_by()
    words = asked.words.strip()
    if words:
        wanted = wanted.filter(Q(candidate__name__icontains=words) | Q(candidate__email__icontains=words))
    return wanted.filter(_condition(stage, asked.state))


def _condition(stage: Stage, state: str) -> Q:
    """What an invitation must be for this filter. What is rare is looked up from its own side."""
    current = SessionScore.objects.filter(session__invitation=OuterRef("pk"), current=True)
    ended = Q(session__status=CandidateSession.Status.ENDED)
    close = SessionScore.objects.filter(current=True, verdict="too close to call", session__stage=stage)
    serious = CriterionLevel.objects.filter(stage=stage, current=True, serious=True).order_by()
    failed = ScoringJob.objects.filter(status=ScoringJob.Status.FAILED, session__stage=stage)
    contests = Contest.objects.filter(answered_at=None, session__stage=stage)
    conditions: dict[str, Q] = {
        "open": Q(session__isnull=True),
        "working": Q(session__status=CandidateSession.Status.RUNNING),
        "finished": ended,
        "unscored": ended & ~Q(Exists(current)),
        "failed": Q(pk__in=failed.values("session__invitation")),
        "scored": Q(Exists(current)),
        "close": Q(pk__in=close.order_by().values("session__invitation")),
        "serious": Q(pk__in=serious.values("score__session__invitation")),
        "contested": Q(pk__in=contests.order_by().values("session__invitation")),
        "released": Q(Exists(Release.objects.filter(session__invitation=OuterRef("pk")))),
    }
    return conditions.get(state, Q())


def _keys_by_time(wanted: QuerySet[Invitation], asked: Asked) -> list[int]:
    """Invitations are numbered in the order in which they are made."""
    start = Invitation.objects.filter(public_id=asked.after).values_list("pk", flat=True).first()
    if asked.after and start is not None:
        wanted = wanted.filter(pk__lt=start)
    return list(wanted.order_by("-pk").values_list("pk", flat=True)[: PAGE + 1])


def _keys_by_name(stage: Stage, wanted: QuerySet[Invitation], asked: Asked) -> list[int]:
    """Candidates are walked in the order of an index, each looked up among the invitations wanted."""
    people = Candidate.objects.filter(opening=stage.opening_id).filter(
        Exists(wanted.filter(candidate=OuterRef("pk")))
    )
    start = (
        Invitation.objects.filter(public_id=asked.after, stage=stage)
        .values_list("candidate__name", "candidate__pk")
        .first()
    )
    if asked.after and start is not None:
        people = people.filter(Q(name__gt=start[0]) | Q(name=start[0], pk__gt=start[1])).filter(
            name__gte=start[0]
        )
    order = list(people.order_by("name", "pk").values_list("pk", flat=True)[: PAGE + 1])
    places = dict(
        Invitation.objects.filter(stage=stage, candidate__in=order).values_list("candidate_id", "pk")
    )
    return [places[candidate] for candidate in order]


def _rows(invitations: list[Invitation]) -> Iterable[Row]:
    sessions = {row.pk: getattr(row, "session", None) for row in invitations}
    keys = [session.pk for session in sessions.values() if session is not None]
    scores = {
        score.session_id: score
        for score in SessionScore.objects.filter(session__in=keys, current=True).defer("record")
    }
    jobs = {
        job.session_id: job
        for job in ScoringJob.objects.filter(session__in=keys).order_by("created_at", "pk")
    }
    released = set(Release.objects.filter(session__in=keys).values_list("session_id", flat=True))
    contested = set(
        Contest.objects.filter(session__in=keys, answered_at=None).values_list("session_id", flat=True)
    )
    for row in invitations:
        session = sessions[row.pk]
        key = session.pk if session else 0
        yield Row(row, session, scores.get(key), jobs.get(key), key in released, key in contested)
