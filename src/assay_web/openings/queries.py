"""What the pages of openings show, in a number of queries that does not grow with the rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from assay_web.accounts.models import Team
from assay_web.openings.models import AccommodationRequest, Candidate, Device, Invitation, Opening, Stage
from assay_web.openings.standing import Standing, session_of, standing_of
from assay_web.scoring.models import SessionScore
from assay_web.session.models import CandidateSession

OPENINGS_A_PAGE = 20
CANDIDATES_A_PAGE = 50


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
    """One stage on its opening's page."""

    stage: Stage
    number: int
    counts: Counts
    drafted: bool
    is_first: bool
    is_last: bool

    @property
    def removable(self) -> bool:
        """Whether nobody was ever invited to it."""
        return not getattr(self.stage, "ever_invited", False)


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
    openings = team.openings.filter(closed_at__isnull=not closed).annotate(stage_count=Count("stages"))
    page: Page[Any] = Paginator(openings.order_by("-created_at", "-pk"), OPENINGS_A_PAGE).get_page(number)
    rows = list(page.object_list)
    counts = _counts("stage__opening", [row.pk for row in rows])
    page.object_list = [
        OpeningLine(row, stages=row.stage_count, counts=counts.get(row.pk, Counts())) for row in rows
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
    invitations = Invitation.objects.filter(stage=OuterRef("pk"))
    stages = list(
        opening.stages.select_related("active", "draft")
        .annotate(ever_invited=Exists(invitations))
        .order_by("position")
    )
    counts = _counts("stage", [stage.pk for stage in stages])
    return [
        StageLine(
            stage,
            number=at + 1,
            counts=counts.get(stage.pk, Counts()),
            drafted=is_drafted(stage),
            is_first=at == 0,
            is_last=at == len(stages) - 1,
        )
        for at, stage in enumerate(stages)
    ]


def is_drafted(stage: Stage) -> bool:
    """Whether an exercise has been drafted for the stage, so that its style is fixed."""
    draft = getattr(stage, "draft", None)
    return draft is not None and draft.drafted_at is not None


def counts_of_stage(stage: Stage) -> Counts:
    """How many candidates of the stage are where."""
    return _counts("stage", [stage.pk]).get(stage.pk, Counts())


def candidates_page(opening: Opening, *, search: str, number: str | None) -> Page[Any]:
    """One page of the opening's candidates, newest first; `object_list` holds `CandidateLine`s."""
    candidates = opening.candidates.order_by("-created_at", "-pk")
    if search:
        candidates = candidates.filter(Q(name__icontains=search) | Q(email__icontains=search))
    page: Page[Any] = Paginator(candidates, CANDIDATES_A_PAGE).get_page(number)
    rows = list(page.object_list)
    lines: dict[int, list[InvitationLine]] = {row.pk: [] for row in rows}
    for line in _lines(Invitation.objects.filter(candidate__in=rows).order_by("stage__position")):
        lines[line.invitation.candidate_id].append(line)
    page.object_list = [CandidateLine(row, tuple(lines[row.pk])) for row in rows]
    return page


def invitations_page(stage: Stage, *, number: str | None) -> Page[Any]:
    """One page of the stage's invitations, newest first; `object_list` holds `InvitationLine`s."""
    invitations = stage.invitations.order_by("-created_at", "-pk")
    page: Page[Any] = Paginator(invitations, CANDIDATES_A_PAGE).get_page(number)
    page.object_list = _lines(invitations.filter(pk__in=[row.pk for row in page.object_list]))
    return page


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


def _counts(group: str, ids: Iterable[int]) -> dict[int, Counts]:
    """Counts by stage or by opening, in three queries."""
    wanted = list(ids)
    sessions = CandidateSession.objects.filter(
        **{f"{group}__in": wanted}, invitation__isnull=False, status=CandidateSession.Status.RUNNING
    )
    scores = SessionScore.objects.filter(
        **{f"session__{group}__in": wanted}, session__invitation__isnull=False, current=True
    )
    invited = _by(Invitation.objects.filter(**{f"{group}__in": wanted}, revoked_at=None), group)
    running, scored = _by(sessions, group), _by(scores, f"session__{group}")
    return {row: Counts(invited.get(row, 0), running.get(row, 0), scored.get(row, 0)) for row in wanted}


def _by(rows: QuerySet[Any], group: str) -> dict[int, int]:
    return dict(rows.order_by().values_list(group).annotate(count=Count("pk")))
