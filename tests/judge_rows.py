"""Ratings of judges without an endpoint: their answers are kept beforehand, so that no model is asked."""

import json
from collections.abc import Iterator, Mapping

from assay.models.replies import Latency, Reply, Tokens
from assay.scoring.judge.requests import Questions
from assay.scoring.raters import Case
from assay_web.clock import now
from assay_web.judges.models import Judge, JudgeAnswer
from assay_web.judges.rating import rate_with_judge
from assay_web.scoring.panels import case_of
from assay_web.session.models import CandidateSession

REASON = "It lays out its steps before it asks for any work, and checks them afterwards."


def rated_by(judge: Judge, session: CandidateSession, levels: Mapping[int, int | None] | None = None) -> None:
    """Have a judge rate an ended session.

    Args:
        judge: one that is asked about a criterion a call.
        session: the session.
        levels: what each pass gives every criterion, by its number; None for unscored, 3 by default.
    """
    case = case_of(session, session.exercise_version_id)
    questions = Questions(case, judge.read)
    for number in range(1, judge.read.passes + 1):
        level = (levels or {}).get(number, 3)
        for unit in questions.units:
            request = questions.request(unit, number)
            replies = [_reply(case, level).model_dump(mode="json")]
            JudgeAnswer.objects.get_or_create(
                session=session,
                key=request.key,
                defaults={"team_id": session.team_id, "replies": replies, "made_at": now()},
            )
    rate_with_judge(session, session.exercise_version_id, judge, case)


def _reply(case: Case, level: int | None) -> Reply:
    turn, words = next(_said(case))
    verdict = {
        "quotes": [{"turn": turn, "text": words}, {"turn": turn, "text": "words that nobody wrote"}],
        "reason": REASON,
        "level": level,
        "unscored": "nothing was said about it" if level is None else None,
    }
    return Reply(
        text=json.dumps(verdict),
        ending="complete",
        model="gpt-4.1-mini-2025-04-14",
        usage=Tokens(prompt=2_900, completion=140),
        cost=0.00138,
        latency=Latency(first_token=0.8, total=2.4),
        structured_by="schema",
    )


def _said(case: Case) -> Iterator[tuple[int, str]]:
    for turn in case.transcript.candidate_turns():
        yield turn.index, turn.text.split("\n")[0][:80].strip()
