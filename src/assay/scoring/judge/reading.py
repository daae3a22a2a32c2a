"""Reading what a judge answered: proposals with their provenance. The same replies always read the same."""

from collections.abc import Sequence
from typing import Literal

from assay.models.replies import Reply
from assay.scoring.judge.requests import JudgeRequest, prompt_hash
from assay.scoring.judge.verdict import Fault, Verdict, read_verdicts
from assay.scoring.ratings import Judged, Proposal

Replies = tuple[Reply, ...]
"""What a request was answered with: of several replies, each but the last could not be used in full."""


def read(request: JudgeRequest, replies: Replies) -> tuple[Proposal, ...]:
    """What the replies to a request say, one proposal a criterion.

    It is the first usable verdict on the criterion; where there is none, unscored with what was wrong last.
    """
    verdicts = [read_verdicts(reply, request.form, request.questions.gate) for reply in replies]
    return tuple(
        _proposal(name, [said[name] for said in verdicts], request, replies) for name in request.criteria
    )


def _proposal(
    name: str, said: Sequence[Verdict | Fault], request: JudgeRequest, replies: Replies
) -> Proposal:
    answered = next((place for place, one in enumerate(said) if isinstance(one, Verdict)), len(said) - 1)
    verdict = said[answered]
    unused = [quote for one in said if one is not verdict for quote in one.quotes]
    invented = sum(request.questions.gate.locate(quote) is None for quote in unused)
    judged = judged_by(request, replies, answered).model_copy(
        update={"unused_quotes": len(unused), "unused_invented": invented}
    )
    if isinstance(verdict, Fault):
        tries = "" if len(said) == 1 else f", in {len(said)} tries"
        unscored = f"the judge's answer could not be used{tries}: {verdict}"
        return Proposal(criterion=name, unscored=unscored, quotes=verdict.quotes, judged=judged)
    return Proposal(
        criterion=name,
        level=verdict.level,
        quotes=verdict.quotes,
        reason=verdict.reason,
        unscored=verdict.unscored,
        judged=judged,
    )


def problems(request: JudgeRequest, replies: Replies) -> tuple[str, ...]:
    """What each reply could not be used for, as the next request says it; nothing for one that could."""
    found = []
    for reply in replies:
        said = read_verdicts(reply, request.form, request.questions.gate)
        faults = {name: str(one) for name, one in said.items() if isinstance(one, Fault)}
        distinct = set(faults.values())
        if len(distinct) == 1:
            found.append(distinct.pop())
        elif faults:
            found.append("; ".join(f"on {name}, {fault}" for name, fault in faults.items()))
    return tuple(found)


def judged_by(request: JudgeRequest, replies: Replies, answered: int = 0) -> Judged:
    """How a request came by its answer: the reply at `answered`, after those before it."""
    questions = request.questions
    earlier = problems(request, replies[:answered])
    answer = replies[answered] if replies else None
    by: Literal["schema", "words"] = "words" if answer and answer.structured_by == "words" else "schema"
    counts = [reply.usage for reply in replies if reply.usage is not None]
    costs = [reply.cost for reply in replies if reply.cost is not None]
    known = bool(replies) and len(counts) == len(replies)
    return Judged(
        settings=str(questions.settings),
        number=request.number,
        planned=questions.settings.asked_at_most,
        dissent=request.against is not None,
        rubric=questions.rubric_hash,
        prompt=request.prompt if by == "schema" and not earlier else prompt_hash(request.sent(earlier, by)),
        by=by,
        problems=earlier,
        cuts=questions.cuts(by),
        model=answer.model if answer else None,
        seed=answer.seed if answer else None,
        seconds=round(sum(reply.latency.total for reply in replies), 3),
        prompt_tokens=sum(one.prompt for one in counts) if known else None,
        completion_tokens=sum(one.completion for one in counts) if known else None,
        cost=sum(costs) if replies and len(costs) == len(replies) else None,
        attempts=sum(reply.attempts for reply in replies),
        together=len(request.criteria),
    )
