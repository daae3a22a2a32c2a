"""Results as files: the record, the library's line of JSON, and a stage as CSV."""

import csv
import io
import re
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.http import Http404

from assay.reports.json_lines import score_line
from assay.scoring.inputs import InputSession
from assay.scoring.pipeline import Scored
from assay_web.openings.models import Stage
from assay_web.scoring.access import score_of
from assay_web.scoring.models import CriterionLevel, SessionScore
from assay_web.scoring.opened import record_of
from assay_web.session.models import CandidateSession

_FORMULA = re.compile(r"^[\s\x00-\x1f]*[=+\-@|%\uff1d\uff0b\uff0d\uff20]")
"""What a spreadsheet may take for a formula, full-width look-alikes included."""

_COLUMNS = (
    *("candidate", "email", "session", "exercise_version", "started_at", "ended_at", "ended_by"),
    *("scored_at", "overall", "low", "high", "scale_max", "verdict", "unscored", "seal"),
)
_FIELDS = (
    "invitation_id",
    "invitation__candidate__name",
    "invitation__candidate__email",
    "public_id",
    "exercise_version__version",
    "started_at",
    "ended_at",
    "ended_by",
)
_SCORE_FIELDS = (
    *("session__invitation_id", "exercise_version__version", "made_at", "overall", "low", "high"),
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
        id=session.public_id, file=file_name(session, ".assay.json"), line=None, size=len(score.record)
    )
    scored = Scored(ratings=record.ratings, score=record.score)
    rubric = case.rubric.content_hash()
    return score_line(source, case, scored, rubric, record.hashes.exercise or "")


def stage_csv(stage: Stage) -> str:
    """A stage's sessions with their current scores, a row a session, in order of invitation.

    A criterion that exercise versions share is one column. Text that a spreadsheet would take for a formula
    is written with an apostrophe before it.
    """
    criteria = list(
        CriterionLevel.objects.filter(stage=stage, current=True)
        .order_by("criterion")
        .values_list("criterion", flat=True)
        .distinct()
    )
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*_COLUMNS, *criteria])
    for row in _rows(stage, criteria):
        writer.writerow([cell(value) for value in row])
    return "\ufeff" + out.getvalue()


def cell(value: Any) -> str:
    """A value as one cell: never a formula, whatever a candidate called themselves."""
    if value is None:
        return ""
    if hasattr(value, "isoformat"):
        return str(value.isoformat(timespec="seconds"))
    text = str(value)
    return f"'{text}" if isinstance(value, str) and _FORMULA.match(text) else text


def _rows(stage: Stage, criteria: list[str]) -> Iterator[list[Any]]:
    scores = _by_invitation(
        SessionScore.objects.filter(session__stage=stage, session__invitation__isnull=False, current=True)
        .order_by("session__invitation_id")
        .values_list(*_SCORE_FIELDS)
        .iterator(2_000)
    )
    levels = _by_invitation(
        CriterionLevel.objects.filter(stage=stage, current=True)
        .order_by("score__session__invitation_id")
        .values_list("score__session__invitation_id", "criterion", "level")
        .iterator(2_000)
    )
    sessions = CandidateSession.objects.filter(stage=stage, invitation__isnull=False)
    score, level = next(scores, None), next(levels, None)
    for invitation, *about in sessions.order_by("invitation_id").values_list(*_FIELDS).iterator(2_000):
        own, given = (), {}
        if score is not None and score[0] == invitation:
            own, score = score[1][0][1:], next(scores, None)
        if level is not None and level[0] == invitation:
            given, level = {name: value for _, name, value in level[1]}, next(levels, None)
        # The version that was scored with goes before the one that ran.
        version, *rest = own or (about[3], *[None] * (len(_SCORE_FIELDS) - 2))
        yield [*about[:3], version, *about[4:], *rest, *(given.get(name) for name in criteria)]


def _by_invitation(rows: Iterator[tuple[Any, ...]]) -> Iterator[tuple[int, list[tuple[Any, ...]]]]:
    return ((invitation, list(group)) for invitation, group in groupby(rows, key=itemgetter(0)))
