"""The exact messages behind a judge's rating: made again from the session, held against the rating's hash."""

from dataclasses import dataclass

from django.http import Http404

from assay.errors import UserMistake
from assay.reports.safe import visible
from assay.scoring.judge.provenance import judge_prompt
from assay.scoring.judge.requests import prompt_hash
from assay.scoring.ratings import Judged, Rating
from assay_web.judges.choice import MOST_PASSES, pass_keys
from assay_web.judges.models import Judge
from assay_web.scoring.models import StoredRating
from assay_web.scoring.panels import case_of
from assay_web.session.models import CandidateSession


@dataclass(frozen=True, slots=True)
class Message:
    """One message as it was sent, with what hides in it written out."""

    role: str
    text: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """What was sent for one rating.

    Attributes:
        messages: none where they cannot be made again.
        holds: whether their hash is that which the rating carries.
        problem: why they cannot be made again, in words.
    """

    judge: Judge
    rating: Rating
    judged: Judged
    title: str
    messages: tuple[Message, ...]
    holds: bool
    problem: str = ""


def prompt_of(
    session: CandidateSession, judge_version: str, version_id: str, criterion: str, number: str
) -> Prompt:
    """The prompt of one rating of a session.

    Raises:
        Http404: there is no such rating, or its judge was not asked.
    """
    judge = Judge.objects.filter(team_id=session.team_id, version=judge_version).first()
    if judge is None or not number.isdigit() or not 1 <= int(number) <= MOST_PASSES:
        raise Http404
    rows = list(
        StoredRating.objects.filter(
            session=session,
            exercise_version__public_id=version_id,
            rater__in=pass_keys(judge.rater),
            criterion=criterion,
        )
    )
    ratings = [Rating.model_validate(row.content) for row in rows]
    rating = next((one for one in ratings if one.judged and one.judged.number == int(number)), None)
    if rating is None or rating.judged is None:
        raise Http404
    case = case_of(session, rows[0].exercise_version_id)
    messages, problem = None, ""
    try:
        messages = judge_prompt(case, rating, ratings)
    except (UserMistake, ValueError) as error:
        problem = str(error)
    return Prompt(
        judge=judge,
        rating=rating,
        judged=rating.judged,
        title=case.rubric.title_of(criterion),
        messages=tuple(Message(one["role"], visible(one["content"])) for one in messages or ()),
        holds=messages is not None and prompt_hash(messages) == rating.judged.prompt,
        problem=problem,
    )
