"""Running figures of judges: added up in the transaction that keeps their ratings, so no page has to scan."""

from collections.abc import Sequence
from math import ceil
from statistics import median
from typing import Any

from django.db.models import F

from assay.scoring.ratings import Proposal, Rating
from assay.scoring.voices import levels_of
from assay_web.jobs.spend import NANO
from assay_web.judges.models import Judge, JudgeFigure, JudgeLevel
from assay_web.session.models import CandidateSession


def count_ratings(
    judge: Judge,
    session: CandidateSession,
    exercise_version_id: int,
    proposals: Sequence[Proposal],
    ratings: Sequence[Rating],
) -> None:
    """Add one session's ratings to the judge's figures, and keep its level of each criterion.

    Figures and levels are about people: what the assistant did alone is left out.
    Called once a session, version and judge, in the transaction that keeps the ratings.
    """
    if hasattr(session, "baseline_run"):
        return
    criteria = sorted({rating.criterion for rating in ratings})
    own = {name: [one for one in ratings if one.criterion == name] for name in criteria}
    claimed = {name: sum(len(one.quotes) for one in proposals if one.criterion == name) for name in criteria}
    JudgeLevel.objects.bulk_create(
        JudgeLevel(
            judge=judge,
            session=session,
            exercise_version_id=exercise_version_id,
            criterion=name,
            level=median(levels) if (levels := levels_of(own[name])) else None,
        )
        for name in criteria
    )
    # Rows are always locked in the same order, so that two workers never wait for each other.
    for name in criteria:
        more = _sums(own[name], claimed[name])
        JudgeFigure.objects.get_or_create(judge=judge, criterion=name)
        JudgeFigure.objects.filter(judge=judge, criterion=name).update(
            **{field: F(field) + value for field, value in more.items()}
        )


def _sums(ratings: Sequence[Rating], claimed: int) -> dict[str, Any]:
    judged = [rating.judged for rating in ratings if rating.judged is not None]
    passes = sorted(
        (one.judged.number, one.level) for one in ratings if one.judged is not None and one.level is not None
    )
    first = passes[0][1] if passes and passes[0][0] == 1 else None
    later = [level for _, level in passes[1:]] if first is not None else []
    costs = [one.cost / one.together for one in judged if one.cost is not None]
    tokens = [
        (one.prompt_tokens + one.completion_tokens) / one.together
        for one in judged
        if one.prompt_tokens is not None and one.completion_tokens is not None
    ]
    return {
        "ratings": len(ratings),
        "unscored": len(ratings) - len(levels_of(ratings)),
        "quotes": claimed + sum(one.unused_quotes for one in judged),
        "dropped": sum(len(rating.dropped) for rating in ratings)
        + sum(one.unused_invented for one in judged),
        "pairs": len(later),
        "same": sum(level == first for level in later),
        "spread": sum(abs(level - first) for level in later) if first is not None else 0.0,
        "asked": len(judged),
        "milliseconds": round(1000 * sum(one.seconds / one.together for one in judged)),
        "tokens": round(sum(tokens)),
        "nanodollars": ceil(NANO * sum(costs)),
        "unpriced": len(judged) - len(costs),
    }
