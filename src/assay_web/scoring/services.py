"""Making scores, one step at a time. Every step may be done again, or twice at once: it has one effect."""

from dataclasses import dataclass
from threading import BoundedSemaphore

from django.db import transaction

from assay.errors import UserMistake
from assay.record import Record, build_record
from assay.record.file import record_bytes
from assay.scoring.evidence import EvidenceGate
from assay.scoring.panel import add_up
from assay.scoring.pipeline import Scored
from assay.scoring.raters import Case
from assay.scoring.ratings import Rating
from assay.scoring.rules import check_rules
from assay_web.audit.log import SYSTEM, note
from assay_web.audit.models import Action
from assay_web.baselines.playing import play
from assay_web.clock import now
from assay_web.judges.choice import chosen_for_session
from assay_web.judges.models import Judge
from assay_web.judges.rating import rate_with_judge
from assay_web.scoring.models import CriterionLevel, SessionScore, StoredRating
from assay_web.scoring.panels import Panel, case_of, installed_rater, machine_keys, panel_of
from assay_web.scoring.releases import contest
from assay_web.session.models import CandidateSession
from assay_web.session.store import RowStore

__all__ = ["contest", "rate_with", "rater_keys", "settle_score"]

AT_WORK = BoundedSemaphore(2)
"""Steps of this process that compute at the same time. Many more may wait for models meanwhile."""


def rater_keys(session_id: int, exercise_version_id: int) -> list[str]:  # noqa: ARG001
    """Which raters are to rate a session on an exercise version, each by its key for `rate_with`.

    They are those that need no person: the offline raters and the LLM judges that were chosen for it. A
    session that the assistant is to do alone is done first.

    Raises:
        AssayError: the assistant failed.
    """
    session = CandidateSession.objects.get(pk=session_id)
    if session.length == 0:
        play(session)
    return machine_keys(chosen_for_session(session))


def rate_with(session_id: int, exercise_version_id: int, rater_key: str) -> int:
    """Have one rater rate a session, and keep its ratings; how many of them are kept.

    Ratings that are there already stay as they are, and nobody rates again.

    Raises:
        UserMistake: the session has not ended, or the rater is not installed in that version.
        AssayError: the rater failed. No rating of it is kept, and all that an LLM judge was answered is.
    """
    session = _ended(session_id)
    stored = StoredRating.objects.filter(
        session=session, exercise_version_id=exercise_version_id, rater=rater_key
    )
    if kept := stored.count():
        return kept
    judge = Judge.objects.filter(team_id=session.team_id, rater=rater_key).first()
    case = case_of(session, exercise_version_id)
    if judge is not None:
        return rate_with_judge(session, exercise_version_id, judge, case)
    rater = installed_rater(rater_key)
    gate = EvidenceGate(case.transcript)
    with AT_WORK:
        ratings = [gate.admit(proposal, rater.identity) for proposal in rater.rate(case)]
    with transaction.atomic():
        _lock(session_id)
        if kept := stored.count():
            return kept
        rows = _rows(session, exercise_version_id, rater_key, ratings)
        return len(StoredRating.objects.bulk_create(rows))


def settle_score(session_id: int, exercise_version_id: int, reason: str) -> SessionScore:
    """Add up everything that was said of a session on an exercise version, and keep the score.

    A score of the same panel that is there already is the answer. A new one becomes current, and those
    before it stay beside it. A rater whose ratings are missing is asked first.

    Args:
        session_id: a session that has ended.
        exercise_version_id: the version whose rubric is scored with.
        reason: what asked for the scoring, for the audit log.

    Raises:
        UserMistake: the session has not ended.
        AssayError: a rater failed, or no record can be made.
    """
    session = _ended(session_id)
    for key in rater_keys(session_id, exercise_version_id):
        rate_with(session_id, exercise_version_id, key)
    case = case_of(session, exercise_version_id)
    while True:
        panel = panel_of(session, exercise_version_id, case)
        kept = _score_of(session, exercise_version_id, panel)
        if kept is not None:
            return kept
        with AT_WORK:
            made = _add_up(session, case, panel)
        settled = _keep(session, exercise_version_id, made, reason)
        if settled is not None:
            return settled


@dataclass(frozen=True, slots=True)
class _Made:
    """A score that is worked out and not yet kept."""

    case: Case
    panel: Panel
    record: Record


def _add_up(session: CandidateSession, case: Case, panel: Panel) -> _Made:
    score = add_up(case, panel.ratings, check_rules(case, EvidenceGate(case.transcript)))
    record = build_record(
        session_id=session.public_id,
        case=case,
        scored=Scored(ratings=panel.ratings, score=score),
        events=RowStore(session).events,
        made_at=now().isoformat(timespec="milliseconds"),
    )
    return _Made(case, panel, record)


def _keep(
    session: CandidateSession, exercise_version_id: int, made: _Made, reason: str
) -> SessionScore | None:
    """Keep a score, unless the panel has grown since it was worked out: then None."""
    with transaction.atomic():
        _lock(session.pk)
        if panel_of(session, exercise_version_id, made.case).key != made.panel.key:
            return None
        kept = _score_of(session, exercise_version_id, made.panel)
        if kept is not None:
            return kept
        SessionScore.objects.filter(session=session, current=True).update(current=False)
        CriterionLevel.objects.filter(session=session, current=True).update(current=False)
        row = _score_row(session, exercise_version_id, made)
        row.save(force_insert=True)
        CriterionLevel.objects.bulk_create(_level_rows(session, row, made.record))
        note(
            session.team,
            SYSTEM,
            Action.SESSION_SCORED,
            f"session:{session.public_id}",
            score=row.public_id,
            exercise=made.record.hashes.exercise,
            seal=row.seal,
            reason=reason,
        )
    return row


def _score_row(session: CandidateSession, exercise_version_id: int, made: _Made) -> SessionScore:
    score = made.record.score
    overall = score.overall
    interval = overall.interval if overall else None
    return SessionScore(
        session=session,
        exercise_version_id=exercise_version_id,
        panel=made.panel.key,
        made_at=now(),
        overall=overall.value if overall else None,
        low=interval.low if interval else None,
        high=interval.high if interval else None,
        scale_max=score.scale.max,
        unscored=score.unscored or "",
        verdict=score.verdict,
        seal=made.record.seal,
        record=record_bytes(made.record),
    )


def _level_rows(session: CandidateSession, row: SessionScore, record: Record) -> list[CriterionLevel]:
    return [
        CriterionLevel(
            score=row,
            session=session,
            stage_id=session.stage_id if session.invitation_id else None,
            exercise_version_id=row.exercise_version_id,
            criterion=item.criterion,
            position=position,
            level=item.level,
            serious=item.serious,
        )
        for position, item in enumerate(record.score.criteria)
    ]


def _rows(
    session: CandidateSession, exercise_version_id: int, rater_key: str, ratings: list[Rating]
) -> list[StoredRating]:
    moment = now()
    return [
        StoredRating(
            session=session,
            exercise_version_id=exercise_version_id,
            rater=rater_key,
            position=position,
            criterion=rating.criterion,
            content=rating.model_dump(mode="json"),
            made_at=moment,
        )
        for position, rating in enumerate(ratings)
    ]


def _score_of(session: CandidateSession, exercise_version_id: int, panel: Panel) -> SessionScore | None:
    return SessionScore.objects.filter(
        session=session, exercise_version_id=exercise_version_id, panel=panel.key
    ).first()


def _ended(session_id: int) -> CandidateSession:
    session = CandidateSession.objects.select_related("team").get(pk=session_id)
    if session.status != CandidateSession.Status.ENDED:
        raise UserMistake(
            "This session has not ended, so there is nothing to score yet", remedy="Wait until it has ended"
        )
    return session


def _lock(session_id: int) -> None:
    """Whoever else settles this session waits until this transaction is over."""
    CandidateSession.objects.select_for_update().only("pk").get(pk=session_id)
