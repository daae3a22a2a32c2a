"""Results as files: the record, the library's line of JSON, and a stage as CSV."""

import csv
import io
import re
from collections.abc import AsyncGenerator, Iterable
from typing import Any

from django.http import Http404

from assay.reports.json_lines import score_line
from assay.scoring.inputs import InputSession, RecordedCase
from assay.scoring.pipeline import Scored
from assay_web.database import in_database
from assay_web.openings.models import Stage
from assay_web.scoring.access import score_of
from assay_web.scoring.models import CriterionLevel, LevelCount, SessionScore
from assay_web.scoring.opened import record_of
from assay_web.session.models import CandidateSession

PIECE = 200
"""Invitations whose rows are read at once, so that others who use the database wait little for it."""

_FORMULA = re.compile(r"^[\s\x00-\x1f]*[=+\-@|%\uff1d\uff0b\uff0d\uff20]")
"""What a spreadsheet may take for a formula, full-width look-alikes included."""

_COLUMNS = (
    *("candidate", "email", "session", "exercise_version", "started_at", "ended_at", "ended_by"),
    *("scored_at", "overall", "low", "high", "scale_max", "verdict", "unscored", "seal"),
)
_FIELDS = (
    "pk",
    "invitation__candidate__name",
    "invitation__candidate__email",
    "public_id",
    "exercise_version__version",
    "started_at",
    "ended_at",
    "ended_by",
)
_SCORE_FIELDS = (
    *("session_id", "pk", "exercise_version__version", "made_at", "overall", "low", "high"),
    *("scale_max", "verdict", "unscored", "seal"),
)


def score_to_export(session: CandidateSession, public_id: str) -> SessionScore:
    """The score that is asked for, or the current one.

    Raises:
        Http404: there is none.
    """
    score = score_of(session, public_id)
    if score is None:
        raise Http404
    return score


def file_name(session: CandidateSession, ending: str) -> str:
    """A file's name: the session's id says nothing about its candidate to whoever sees the name."""
    return f"session-{session.public_id}{ending}"


def line_of(session: CandidateSession, score: SessionScore) -> str:
    """The score as `assay score --json` writes it."""
    record = record_of(score)
    case = record.case()
    source = InputSession(
        id=session.public_id,
        file=file_name(session, ".assay.json"),
        line=None,
        size=len(score.record),
        recorded=RecordedCase(session.public_id, case, record.events),
    )
    scored = Scored(ratings=record.ratings, score=record.score)
    rubric = case.rubric.content_hash()
    return score_line(source, case, scored, rubric, record.hashes.exercise or "")


async def stage_csv(stage: Stage) -> AsyncGenerator[bytes, None]:
    """A stage's sessions with their current scores, a row a session, in order of invitation, piece by piece.

    A criterion that exercise versions share is one column; the columns are those of the moment in which the
    file begins. Each row is as it stands when its piece is read. Text that a spreadsheet would take for a
    formula is written with an apostrophe before it.
    """
    criteria = await in_database(_criteria, stage)
    yield "\ufeff".encode() + _lines([[*_COLUMNS, *criteria]])
    after: int | None = 0
    while after is not None:
        rows, after = await in_database(_rows, stage, criteria, after)
        if rows:
            yield _lines([cell(value) for value in row] for row in rows)


def _criteria(stage: Stage) -> list[str]:
    scored = LevelCount.objects.filter(stage=stage, number__gt=0).order_by("criterion")
    return list(scored.values_list("criterion", flat=True).distinct())


def _lines(rows: Iterable[list[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode()


def cell(value: Any) -> str:
    """A value as one cell: never a formula, whatever a candidate called themselves."""
    if value is None:
        return ""
    if hasattr(value, "isoformat"):
        return str(value.isoformat(timespec="seconds"))
    text = str(value)
    return f"'{text}" if isinstance(value, str) and _FORMULA.match(text) else text


def _rows(stage: Stage, criteria: list[str], after: int) -> tuple[list[list[Any]], int | None]:
    """The rows of the invitations that come next, and where those after them begin; None after the last."""
    keys = list(stage.invitations.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:PIECE])
    sessions = CandidateSession.objects.filter(invitation__in=keys).order_by("invitation_id")
    known = SessionScore.objects.filter(session__invitation__in=keys, current=True)
    scores = {session: own for session, *own in known.values_list(*_SCORE_FIELDS)}
    levels: dict[int, dict[str, float | None]] = {}
    for score, criterion, level in CriterionLevel.objects.filter(
        score__in=[score for score, *_ in scores.values()]
    ).values_list("score_id", "criterion", "level"):
        levels.setdefault(score, {})[criterion] = level
    rows = []
    for session, *about in sessions.values_list(*_FIELDS):
        # The version that was scored with goes before the one that ran.
        score, version, *rest = scores.get(session, (0, about[3], *[None] * (len(_SCORE_FIELDS) - 3)))
        given = levels.get(score, {})
        rows.append([*about[:3], version, *about[4:], *rest, *(given.get(name) for name in criteria)])
    return rows, keys[-1] if len(keys) == PIECE else None
