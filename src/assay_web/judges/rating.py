"""A judge rates one session: what it answered before is not asked again, and its ratings are kept once."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from django.db import transaction
from pydantic import TypeAdapter, ValidationError

from assay.errors import UserMistake
from assay.models.replies import Call, Reply
from assay.scoring.evidence import EvidenceGate
from assay.scoring.judge.reading import Replies
from assay.scoring.judge.requests import JudgeRequest, Questions
from assay.scoring.raters import Case
from assay.scoring.ratings import Proposal, Rating
from assay_web.clock import now
from assay_web.jobs.models import ModelCall
from assay_web.judges.asking import Keeping, judge_session
from assay_web.judges.choice import pass_keys
from assay_web.judges.figures import count_ratings
from assay_web.judges.models import Judge, JudgeAnswer
from assay_web.scoring.models import StoredRating
from assay_web.session.models import CandidateSession

_replies = TypeAdapter(tuple[Reply, ...])


def rate_with_judge(session: CandidateSession, exercise_version_id: int, judge: Judge, case: Case) -> int:
    """Have a judge rate a session; how many of its ratings are kept. Called again, it asks nothing again.

    Raises:
        UserMistake: the judge is of an earlier version of Assay, or its key or model is not usable.
        ModelMisbehaviour: its endpoint failed; what was answered is kept, and nothing is rated yet.
        LimitReached: a cap forbids a call.
    """
    check_version(judge, "choose it for the stage, and ask for the scoring again")
    questions = Questions(case, judge.read)
    keeping = Keeping(kept_answers(session), partial(_keep, session))
    proposals = judge_session(questions, keeping)
    gate = EvidenceGate(case.transcript)
    ratings = [gate.admit(proposal, judge.read.identity) for proposal in proposals]
    with transaction.atomic():
        CandidateSession.objects.select_for_update().only("pk").get(pk=session.pk)
        stored = StoredRating.objects.filter(
            session=session, exercise_version_id=exercise_version_id, rater__in=pass_keys(judge.rater)
        )
        if kept := stored.count():
            return kept
        rows = _rows(session, exercise_version_id, judge, case, ratings)
        made = len(StoredRating.objects.bulk_create(rows))
        count_ratings(judge, session, exercise_version_id, proposals, ratings)
    return made


def check_version(judge: Judge, then: str) -> None:
    """Refuse a judge that this version of Assay would ask with other prompts.

    Raises:
        UserMistake: it is one; `then` says what to do with the one that is made anew.
    """
    if not judge.is_of_this_version:
        raise UserMistake(
            f"The judge {judge.name} was made for other prompts than this version of Assay asks with",
            remedy=f"Make it anew under Judges, {then}",
        )


def kept_answers(*sessions: CandidateSession) -> dict[str, Replies]:
    """All that judges answered about these sessions."""
    return read_answers(JudgeAnswer.objects.filter(session__in=sessions).values_list("key", "replies"))


def read_answers(rows: Iterable[tuple[str, Any]]) -> dict[str, Replies]:
    """Answers by the key of their question; what another version wrote otherwise is left out."""
    found: dict[str, Replies] = {}
    for key, replies in rows:
        try:
            found[key] = _replies.validate_python(replies)
        except ValidationError:
            continue
    return found


def written(replies: Replies) -> list[dict[str, Any]]:
    """An answer as `read_answers` reads it."""
    return [reply.model_dump(mode="json") for reply in replies]


def _keep(
    session: CandidateSession, request: JudgeRequest, replies: Replies | None, calls: Sequence[Call]
) -> None:
    """Keep what came of a request, in one transaction: the answer where there is one, and what it took."""
    with transaction.atomic():
        if replies is not None:
            JudgeAnswer.objects.update_or_create(
                session_id=session.pk,
                key=request.key,
                defaults={
                    "team_id": session.team_id,
                    "replies": written(replies),
                    "made_at": now(),
                },
            )
        ModelCall.objects.bulk_create(
            ModelCall.of(call, team_id=session.team_id, session_id=session.pk) for call in calls
        )


def _rows(
    session: CandidateSession, exercise_version_id: int, judge: Judge, case: Case, ratings: Sequence[Rating]
) -> list[StoredRating]:
    keys, places = pass_keys(judge.rater), list(case.rubric.criteria)
    moment = now()
    return [
        StoredRating(
            session=session,
            exercise_version_id=exercise_version_id,
            rater=keys[_number(rating) - 1],
            position=places.index(rating.criterion),
            criterion=rating.criterion,
            content=rating.model_dump(mode="json"),
            made_at=moment,
        )
        for rating in ratings
    ]


def _number(said: Rating | Proposal) -> int:
    """Which pass a rating is from; where the judge was not asked, there is one."""
    return said.judged.number if said.judged else 1
