"""A stage's sessions together: how the levels are spread, and the list of candidates, a page at a time.

Everything here costs the same few questions to the database however many sessions there are. Nobody is
ranked: the list is in order of name or of invitation, and shows scores only when it is asked to.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from assay_web.authoring.models import ExerciseVersion
from assay_web.jobs.models import ScoringJob
from assay_web.openings.models import Candidate, Invitation, Stage, sought
from assay_web.scoring.models import Contest, CriterionLevel, LevelCount, Release, SessionScore
from assay_web.session.exercises import exercise_of
from assay_web.session.models import CandidateSession

PAGE = 50

RARE = 2_000
"""How many rows are looked up first and then put in order; where more fit, some stand soon in any order."""

WALKED = 4_000
"""How many names are walked for a page before it is asked whether few fit at all."""


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

    @property
    def drawn(self) -> int:
        """How many sessions the spreads are drawn from: those on the version, of all that are scored."""
        return max((spread.scored + spread.unscored for spread in self.spreads), default=0)


FILTERS: dict[str, "str | Promise"] = {
    "": _("Everyone invited"),
    "open": _("Not started"),
    "working": _("At work"),
    "offered": _("Offered a retake"),
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
            .annotate(count=Count("*"))
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
    for count in LevelCount.objects.filter(stage=stage, number__gt=0):
        levels = found.setdefault(count.exercise_version_id, {}).setdefault(count.criterion, {})
        level = None if count.level == LevelCount.UNSCORED else count.level
        number, serious = levels.get(level, (0, 0))
        levels[level] = (number + count.number, serious + (count.number if count.serious else 0))
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
    wanted = _wanted(stage, asked)
    keys = (
        _keys_by_name(stage, wanted, asked) if asked.order == "name" else _keys_by_time(stage, wanted, asked)
    )
    invitations = Invitation.objects.filter(pk__in=keys).select_related("candidate", "session")
    found = {row.pk: row for row in invitations.defer("session__state")}
    shown = [found[key] for key in keys[:PAGE]]
    more = len(keys) > PAGE
    return Page(tuple(_rows(shown)), shown[-1].public_id if more else "")


def following(asked: Asked, after: str) -> Asked:
    """The same list from another place on."""
    return replace(asked, after=after)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Whom the list is narrowed to: rows of a table, each of them one invitation.

    Those who have begun are looked for among sessions, of which an index knows stage, standing and
    invitation; the others among invitations. `invitation` and `candidate` name the columns that lead there.
    """

    rows: QuerySet[Any]
    invitation: str
    candidate: str

    def keys(self, most: int) -> list[int]:
        """Invitations, the latest first."""
        latest = self.rows.order_by(f"-{self.invitation}").values_list(self.invitation, flat=True)
        return list(latest[:most])

    def narrowed(self, **conditions: object) -> "_Wanted":
        """Those of them for whom this holds too."""
        return replace(self, rows=self.rows.filter(**conditions))


def _wanted(stage: Stage, asked: Asked) -> _Wanted:
    if asked.state in ("", "open"):
        rows: QuerySet[Any] = Invitation.objects.filter(stage=stage)
        if asked.state == "open":
            rows = rows.filter(~Exists(CandidateSession.objects.filter(invitation=OuterRef("pk"))))
        wanted = _Wanted(rows.order_by(), "pk", "candidate")
    else:
        begun = CandidateSession.objects.filter(stage=stage, invitation__isnull=False)
        wanted = _Wanted(begun.filter(_condition(asked.state)), "invitation_id", "invitation__candidate")
    return _with_words(stage, wanted, sought(asked.words.strip()))


def _condition(state: str) -> Q:
    """What a session must be for this filter: an index that holds little else answers for each of them."""
    running = Q(status=CandidateSession.Status.RUNNING)
    ended = Q(status=CandidateSession.Status.ENDED)
    here = {"session": OuterRef("pk")}
    current = SessionScore.objects.filter(**here, current=True)
    serious = CriterionLevel.objects.filter(**here, current=True, serious=True)
    conditions: dict[str, Q] = {
        "working": running & Q(ended_at=None),
        "offered": running & Q(ended_at__isnull=False),
        "finished": ended,
        "unscored": ended & Q(~Exists(current)),
        "failed": ended & Q(Exists(ScoringJob.objects.filter(**here, status=ScoringJob.Status.FAILED))),
        "scored": ended & Q(Exists(current)),
        "close": ended & Q(Exists(current.filter(verdict="too close to call"))),
        "serious": ended & Q(Exists(serious.order_by())),
        "contested": ended & Q(Exists(Contest.objects.filter(**here, answered_at=None))),
        "released": ended & Q(Exists(Release.objects.filter(**here))),
    }
    return conditions[state]


def _with_words(stage: Stage, wanted: _Wanted, words: str) -> _Wanted:
    """Those whose name or address holds these words.

    Where few candidates fit, they are looked up; where many do, some of them stand soon on any page.
    """
    if not words:
        return wanted
    fitting = Candidate.objects.filter(opening=stage.opening_id, sought__contains=words)
    few = list(fitting.order_by("-pk").values_list("pk", flat=True)[: RARE + 1])
    if len(few) <= RARE:
        return wanted.narrowed(**{f"{wanted.candidate}__in": few})
    return wanted.narrowed(**{f"{wanted.candidate}__sought__contains": words})


def _keys_by_time(stage: Stage, wanted: _Wanted, asked: Asked) -> list[int]:
    """Invitations are numbered in the order in which they are made."""
    start = _start(stage, asked)
    if start is not None:
        wanted = wanted.narrowed(**{f"{wanted.invitation}__lt": start.pk})
    return wanted.keys(PAGE + 1)


def _keys_by_name(stage: Stage, wanted: _Wanted, asked: Asked) -> list[int]:
    """Candidates in order of name, each looked up among those wanted."""
    people = Candidate.objects.filter(opening=stage.opening_id)
    start = _start(stage, asked)
    if start is not None:
        name, key = start.candidate.name, start.candidate.pk
        # The second condition repeats a part of the first, so that the index is entered at the name.
        people = people.filter(Q(name__gt=name) | Q(name=name, pk__gt=key)).filter(name__gte=name)
    own = Invitation.objects.filter(candidate=OuterRef("pk"), stage=stage)
    fits = Exists(own.filter(Exists(wanted.narrowed(**{wanted.invitation: OuterRef("pk")}).rows.order_by())))
    order = _first_by_name(people.order_by("name", "pk"), fits, wanted)
    places = dict(
        Invitation.objects.filter(stage=stage, candidate__in=order).values_list("candidate_id", "pk")
    )
    return [places[candidate] for candidate in order]


def _first_by_name(people: QuerySet[Candidate], fits: Exists, wanted: _Wanted) -> list[int]:
    """A page of those who fit: from the next names, or else, where few are wanted at all, from these.

    The last name to walk to is looked up first: a database that knows where the walk ends plans it well.
    """
    last = people.values_list("name", flat=True)[WALKED : WALKED + 1].first()
    if last is not None:
        near = people.filter(fits, name__lte=last).values_list("pk", flat=True)[: PAGE + 1]
        if len(near) > PAGE:
            return list(near)
    latest = wanted.rows.order_by(f"-{wanted.invitation}").values_list(wanted.candidate, flat=True)
    few = list(latest[: RARE + 1])
    people = people.filter(pk__in=few) if len(few) <= RARE else people.filter(fits)
    return list(people.values_list("pk", flat=True)[: PAGE + 1])


def _start(stage: Stage, asked: Asked) -> Invitation | None:
    """The place to go on from."""
    if not asked.after:
        return None
    return Invitation.objects.select_related("candidate").filter(public_id=asked.after, stage=stage).first()


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
