"""What the pages of openings show, in a number of queries that does not grow with the rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from assay_web.accounts.models import Team
from assay_web.openings.models import (
    AccommodationRequest,
    Candidate,
    Device,
    Invitation,
    Opening,
    Stage,
    sought,
)
from assay_web.openings.standing import Standing, session_of, standing_of
from assay_web.scoring.models import LevelCount, SessionScore
from assay_web.session.models import CandidateSession

OPENINGS_A_PAGE = 20
CANDIDATES_A_PAGE = 50

RARE = 1_000
"""A search that fits so many at most is done with one look: they are counted and shown from what it found."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many candidates of an opening or a stage are where."""

    invited: int = 0
    in_progress: int = 0
    scored: int = 0


@dataclass(frozen=True, slots=True)
class OpeningLine:
    """One opening in the list."""

    opening: Opening
    stages: int
    counts: Counts


@dataclass(frozen=True, slots=True)
class StageLine:
    """One stage on its opening's page. It is removable while nobody was ever invited to it."""

    stage: Stage
    number: int
    counts: Counts
    drafted: bool
    is_first: bool
    is_last: bool
    removable: bool


@dataclass(frozen=True, slots=True)
class InvitationLine:
    """One candidate in one stage."""

    invitation: Invitation
    standing: Standing
    session: CandidateSession | None
    asks: bool


@dataclass(frozen=True, slots=True)
class CandidateLine:
    """One candidate of an opening, in every stage they are invited to."""

    candidate: Candidate
    invitations: tuple[InvitationLine, ...]


def openings_page(team: Team, *, closed: bool, number: str | None) -> Page[Any]:
    """One page of the team's openings, newest first; `object_list` holds `OpeningLine`s."""
    openings = team.openings.filter(closed_at__isnull=not closed).order_by("-created_at", "-pk")
    page: Page[Any] = Paginator(openings, OPENINGS_A_PAGE).get_page(number)
    rows = list(page.object_list)
    stages: dict[int, list[int]] = {row.pk: [] for row in rows}
    for opening, stage in Stage.objects.filter(opening__in=rows).order_by().values_list("opening_id", "pk"):
        stages[opening].append(stage)
    counts = _counts(stage for own in stages.values() for stage in own)
    page.object_list = [
        OpeningLine(row, stages=len(own), counts=_sum(counts[stage] for stage in own))
        for row, own in zip(rows, stages.values(), strict=True)
    ]
    return page


def openings_open_and_closed(team: Team) -> tuple[int, int]:
    """How many openings are open, and how many closed."""
    found = team.openings.aggregate(
        open=Count("pk", filter=Q(closed_at__isnull=True)),
        closed=Count("pk", filter=Q(closed_at__isnull=False)),
    )
    return found["open"], found["closed"]


def stage_lines(opening: Opening) -> list[StageLine]:
    """The opening's stages in their order."""
    ever_invited = Exists(Invitation.objects.filter(stage=OuterRef("pk")))
    stages = list(
        opening.stages.select_related("active", "draft")
        .defer("task_background", "draft__parts")
        .annotate(ever_invited=ever_invited)
        .order_by("position")
    )
    counts = _counts(stage.pk for stage in stages)
    return [
        StageLine(
            stage,
            number=at + 1,
            counts=counts[stage.pk],
            drafted=is_drafted(stage),
            is_first=at == 0,
            is_last=at == len(stages) - 1,
            removable=not stage.ever_invited,
        )
        for at, stage in enumerate(stages)
    ]


def is_drafted(stage: Stage) -> bool:
    """Whether an exercise has been drafted for the stage, so that its style is fixed."""
    draft = getattr(stage, "draft", None)
    return draft is not None and draft.drafted_at is not None


def counts_of_stage(stage: Stage) -> Counts:
    """How many candidates of the stage are where."""
    return _counts([stage.pk])[stage.pk]


def candidates_page(opening: Opening, *, search: str, number: str | None) -> Page[Any]:
    """One page of the opening's candidates, newest first; `object_list` holds `CandidateLine`s."""
    keys: Any = _keys(opening.candidates.order_by("-pk"))
    if search:
        keys = keys.filter(sought__contains=sought(search))
        few = list(keys[: RARE + 1])
        keys = few if len(few) <= RARE else keys
    page: Page[Any] = Paginator(keys, CANDIDATES_A_PAGE).get_page(number)
    rows = list(Candidate.objects.filter(pk__in=list(page.object_list)).order_by("-pk"))
    lines: dict[int, list[InvitationLine]] = {row.pk: [] for row in rows}
    for line in _lines(Invitation.objects.filter(candidate__in=rows).order_by("stage__position")):
        lines[line.invitation.candidate_id].append(line)
    page.object_list = [CandidateLine(row, tuple(lines[row.pk])) for row in rows]
    return page


def invitations_page(stage: Stage, *, number: str | None) -> Page[Any]:
    """One page of the stage's invitations, newest first; `object_list` holds `InvitationLine`s."""
    page: Page[Any] = Paginator(_keys(stage.invitations.order_by("-pk")), CANDIDATES_A_PAGE).get_page(number)
    page.object_list = _lines(Invitation.objects.filter(pk__in=list(page.object_list)).order_by("-pk"))
    return page


def _keys(rows: QuerySet[Any]) -> QuerySet[Any, Any]:
    """The rows' keys, which an index holds: what is before a page is passed over quickly."""
    return rows.values_list("pk", flat=True)


def invitation_line(invitation: Invitation) -> InvitationLine:
    """Where one candidate stands."""
    return _lines(Invitation.objects.filter(pk=invitation.pk))[0]


def requests_of(invitation: Invitation) -> list[AccommodationRequest]:
    """What the candidate asked for, oldest first."""
    return list(invitation.requests.select_related("answered_by").order_by("asked_at", "pk"))


def _lines(invitations: QuerySet[Invitation]) -> list[InvitationLine]:
    sessions = SessionScore.objects.filter(session__invitation=OuterRef("pk"), current=True)
    found = (
        invitations.select_related("candidate", "stage", "session")
        .defer("session__state", "stage__task_background")
        .annotate(
            opened=Exists(Device.objects.filter(invitation=OuterRef("pk"))),
            scored=Exists(sessions),
            asks=Exists(AccommodationRequest.objects.filter(invitation=OuterRef("pk"), answered_at=None)),
        )
    )
    return [
        InvitationLine(
            row,
            standing=standing_of(row, opened=row.opened, scored=row.scored),
            session=session_of(row),
            asks=row.asks,
        )
        for row in found
    ]


def _counts(stages: Iterable[int]) -> dict[int, Counts]:
    """Counts by stage, in three queries that indexes answer."""
    wanted = list(stages)
    invited = _by_stage(Invitation.objects.filter(stage__in=wanted, revoked_at=None))
    running = _by_stage(
        CandidateSession.objects.filter(
            stage__in=wanted, status=CandidateSession.Status.RUNNING, invitation__isnull=False
        )
    )
    scored = _scored(wanted)
    return {key: Counts(invited.get(key, 0), running.get(key, 0), scored.get(key, 0)) for key in wanted}


def _by_stage(rows: QuerySet[Any]) -> dict[int, int]:
    return dict(rows.order_by().values_list("stage_id").annotate(count=Count("*")))


def _scored(stages: list[int]) -> dict[int, int]:
    """Sessions with a current score, by stage: a score counts once for each criterion of its version."""
    by_criterion = (
        LevelCount.objects.filter(stage__in=stages)
        .values_list("stage_id", "exercise_version_id", "criterion")
        .annotate(count=Sum("number"))
    )
    by_version: dict[tuple[int, int], int] = {}
    for stage, version, _criterion, count in by_criterion:
        by_version[stage, version] = max(count, by_version.get((stage, version), 0))
    scored: dict[int, int] = {}
    for (stage, _version), count in by_version.items():
        scored[stage] = scored.get(stage, 0) + count
    return scored


def _sum(counts: Iterable[Counts]) -> Counts:
    own = list(counts)
    return Counts(
        invited=sum(one.invited for one in own),
        in_progress=sum(one.in_progress for one in own),
        scored=sum(one.scored for one in own),
    )
