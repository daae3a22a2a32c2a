"""Trying a judge on a session that ships: real calls, of which nothing is kept but what they cost."""

import asyncio
from dataclasses import dataclass

from assay.authoring.load import load_exercise
from assay.errors import AssayError
from assay.library.exercises import exercise_folder
from assay.models.replies import Call
from assay.scoring.evidence import EvidenceGate
from assay.scoring.judge.reading import Replies
from assay.scoring.judge.requests import JudgeRequest, Questions
from assay.scoring.judge.settings import JudgeSettings
from assay.scoring.raters import Case
from assay.scoring.ratings import Rating
from assay.session.reference import reference_of
from assay_web.jobs.models import ModelCall
from assay_web.judges import asking
from assay_web.judges.asking import Keeping
from assay_web.openings.refusal import in_words

LONGEST_SECONDS = 90


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a try: ratings by the title of their criterion, or the problem."""

    ratings: tuple[tuple[str, Rating], ...] = ()
    problem: str = ""
    calls: int = 0
    seconds: float = 0.0
    cost: float | None = None


async def try_judge(judge: JudgeSettings, team_id: int, session: str) -> Tried:
    """Ask a judge once about each criterion of a shipped session, named as EXERCISE/QUALITY."""
    case = _case(*session.split("/"))
    calls: list[Call] = []

    def keep(_request: JudgeRequest, _replies: Replies | None, made: list[Call]) -> None:
        calls.extend(made)
        ModelCall.objects.bulk_create(ModelCall.of(call, team_id=team_id) for call in made)

    once = judge.model_copy(update={"passes": 1, "dissent": False})
    try:
        proposals = await asyncio.wait_for(
            asyncio.wrap_future(asking.begin(Questions(case, once), Keeping({}, keep))), LONGEST_SECONDS
        )
    except AssayError as error:
        return Tried(problem=in_words(error))
    except TimeoutError:
        return Tried(problem=f"It took longer than {LONGEST_SECONDS} seconds, so the try was given up.")
    gate = EvidenceGate(case.transcript)
    rated = tuple((case.rubric.title_of(one.criterion), gate.admit(one, judge.identity)) for one in proposals)
    costs = [call.cost for call in calls if call.cost is not None]
    return Tried(
        ratings=rated,
        calls=len(calls),
        seconds=max((call.latency.total for call in calls), default=0.0),
        cost=sum(costs) if calls and len(costs) == len(calls) else None,
    )


def _case(exercise: str, quality: str) -> Case:
    folder = exercise_folder(exercise)
    loaded = load_exercise(folder)
    return Case(reference_of(folder, quality).transcript(), loaded.rubric, loaded)
