"""A result as a tagged PDF, set by typst. What people wrote reaches it as data, never as markup."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from functools import cache
from importlib.resources import files
from typing import Any

from assay.reports.lift import read_first
from assay.reports.safe import visible
from assay_web.baselines.lift import LiftShown
from assay_web.scoring.models import SessionScore
from assay_web.scoring.opened import record_of, verification_of
from assay_web.scoring.result import CriterionShown, Result, result_of
from assay_web.session.models import CandidateSession

_NO_FONT = "could not be displayed"
MISSING = (
    "This machine has no font for some of the characters in this report, and they are shown as boxes. The "
    "site's page shows them as they are."
)


def report_pdf(session: CandidateSession, score: SessionScore, lift: LiftShown | None = None) -> bytes:
    """The report of one scoring as a PDF's bytes, beside the assistant alone where there is a lift.

    PDF/UA demands that every character can be shown. Where this machine has no font for one, the file is
    tagged all the same, makes no claim to that standard, and says so at its beginning.
    """
    record = record_of(score)
    scale = record.score.scale
    said = _said(result_of(record, verification_of(score)), lift, read_first(record))
    data = _about(session, score) | {"scale": [scale.min, scale.max]} | said
    moment = int(score.made_at.timestamp())
    try:
        return _set(data, moment, ["ua-1"])
    except RuntimeError as error:
        if _NO_FONT not in str(error):
            raise
        return _set(data | {"missing": MISSING}, moment, [])


def _set(data: dict[str, Any], moment: int, standards: list[Any]) -> bytes:
    import typst

    inputs = {"report": json.dumps(data, ensure_ascii=False)}
    made = typst.compile(
        _template(), format="pdf", sys_inputs=inputs, pdf_standards=standards, timestamp=moment
    )
    return bytes(made)


def _about(session: CandidateSession, score: SessionScore) -> dict[str, Any]:
    """Whose result it is, and the numbers that are drawn."""
    return {
        "candidate": _whose(session),
        "opening": session.stage.opening.title,
        "stage": session.stage.title,
        "exercise": score.exercise_version.title,
        "version": score.exercise_version.version[:12],
        "session": session.public_id,
        "made": score.made_at.strftime("%Y-%m-%d %H:%M UTC"),
        "seal": score.seal,
        "numbers": [score.overall, score.low, score.high],
    }


def _whose(session: CandidateSession) -> str:
    if session.invitation:
        return session.invitation.candidate.name
    run = getattr(session, "baseline_run", None)
    return f"The assistant alone, run {run.number}" if run else f"Try by {session.tried_by}"


def _said(result: Result, lift: LiftShown | None, first: Sequence[str]) -> dict[str, Any]:
    """What the report says, in the words of the result page."""
    overall = result.overall
    added = lift.criteria if lift else {}
    return {
        "overall": {"value": overall.value, "most": overall.most, "range": overall.range},
        "verdict": overall.verdict,
        "beside": [*map(visible, first), *overall.beside, *(lift.overall if lift else ())],
        "alarms": [[alarm.title, alarm.detail] for alarm in result.alarms],
        "story": list(result.story),
        "about": result.about,
        "criteria": [_criterion(item, added.get(item.id, "")) for item in result.criteria],
        "turns": [[turn.speaker, turn.facts, "".join(p.text for p in turn.pieces)] for turn in result.turns],
        "deliverable": "".join(piece.text for piece in result.deliverable),
        "checked": [result.checked, *result.notes],
    }


def _criterion(item: CriterionShown, added: str) -> dict[str, Any]:
    kept = ("title", "level", "scored", "serious", "range", "share")
    whole = asdict(item)
    return {name: whole[name] for name in kept} | {
        "basis": " · ".join(part for part in (item.basis, added) if part),
        "why": list(item.why),
        "quotes": [[quote.name, quote.words, quote.where] for quote in item.quotes],
        "anchors": [list(anchor) for anchor in item.anchors],
        "voices": [[voice.rater, voice.kind, voice.level, voice.why] for voice in item.voices],
    }


@cache
def _template() -> bytes:
    return files(__package__).joinpath("report.typ").read_bytes()
