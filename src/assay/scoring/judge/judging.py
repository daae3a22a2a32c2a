"""Judging one session: which questions are left, and asking them."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from statistics import median
from typing import TYPE_CHECKING

from assay.authoring.rubric import Scale
from assay.scoring.judge.asking import Answers, Failed, ask
from assay.scoring.judge.reading import read
from assay.scoring.judge.requests import JudgeRequest, Questions
from assay.scoring.judge.settings import JudgeSettings
from assay.scoring.raters import Case
from assay.scoring.ratings import Proposal, Rating

if TYPE_CHECKING:
    from assay.models.gateway import Gateway

Given = Proposal | Failed
"""What came of one question about one criterion, or of a request that failed."""


async def judge_case(
    gateway: "Gateway", case: Case, settings: JudgeSettings, cache: Answers | None = None
) -> tuple[Given, ...]:
    """Ask a judge all that it is asked about a session, as much at a time as may be.

    The embedded model is asked one call at a time: each takes all cores.

    Args:
        gateway: opened with `settings.model_for(case.rubric)`.
        case: the session.
        settings: the judge.
        cache: answers that were given before; what is found there is not asked again.
    """
    questions = Questions(case, settings)
    given: tuple[Given, ...] = unasked(questions)
    while requests := next_requests(questions, given):
        asked = (answer(gateway, request, cache) for request in requests)
        one_by_one = settings.model.form == "embedded"
        answers = [await one for one in asked] if one_by_one else await asyncio.gather(*asked)
        given = (*given, *(one for said in answers for one in said))
    return given


async def answer(
    gateway: "Gateway", request: JudgeRequest, cache: Answers | None = None
) -> tuple[Given, ...]:
    """What a judge says to one request; what is in the cache is not asked for again."""
    replies = None if cache is None else cache.get(request.key)
    if replies is None:
        said = await ask(gateway, request)
        if isinstance(said, Failed):
            return (said,)
        replies = said
        if cache is not None:
            cache.put(request.key, replies)
    return read(request, replies)


def unasked(questions: Questions) -> tuple[Proposal, ...]:
    """Where the judge is not asked: every criterion unscored, with the reason. Else nothing."""
    reason = questions.unasked
    if reason is None:
        return ()
    return tuple(Proposal(criterion=name, unscored=reason) for name in questions.case.rubric.criteria)


def next_requests(questions: Questions, given: Iterable[Given]) -> tuple[JudgeRequest, ...]:
    """The requests to send next, given what came of those before; none when the judge is done.

    With early stop, the passes over a criterion come one after the other, and those that could no longer move
    the median of the judge's levels are left out. Without it, all passes come at once. The dissent is last.
    """
    if questions.unasked is not None:
        return ()
    said = tuple(given)
    return tuple(request for unit in questions.units for request in _next_of(unit, questions, said))


def _next_of(unit: Sequence[str], questions: Questions, given: Sequence[Given]) -> Iterator[JudgeRequest]:
    settings = questions.settings
    done = {number for name in unit for number in _numbers(name, given)}
    left = [number for number in range(1, settings.passes + 1) if number not in done]
    open_ = [name for name in unit if not _is_settled(name, questions, given)]
    if left and settings.early_stop:
        yield from (questions.request(unit, number) for number in left[:1] if open_)
    elif left:
        yield from (questions.request(unit, number) for number in left)
    elif settings.dissent:
        for name in open_:
            first = _first_level(name, questions, given)
            if first is not None and settings.passes + 1 not in _numbers(name, given):
                yield questions.dissent(first)


def _numbers(name: str, given: Iterable[Given]) -> set[int]:
    """The passes over a criterion that are done, failed ones included."""
    failed = {one.request.number for one in given if isinstance(one, Failed) and name in one.request.criteria}
    return failed | {one.judged.number for one in _proposals(name, given) if one.judged}


def _proposals(name: str, given: Iterable[Given]) -> list[Proposal]:
    return [one for one in given if isinstance(one, Proposal) and one.criterion == name]


def _is_settled(name: str, questions: Questions, given: Sequence[Given]) -> bool:
    settings = questions.settings
    left = settings.asked_at_most - len(_numbers(name, given))
    levels = [one.level for one in _proposals(name, given) if one.level is not None]
    return settings.early_stop and is_settled(levels, left, questions.case.rubric.scale)


def is_settled(levels: Sequence[float], left: int, scale: Scale) -> bool:
    """Whether no `left` further levels on the scale, nor fewer of them, can move the median of these."""
    if not levels:
        return False
    now = median(levels)
    return all(
        median([*levels, *[float(end)] * count]) == now
        for count in range(1, left + 1)
        for end in (scale.min, scale.max)
    )


def _first_level(name: str, questions: Questions, given: Iterable[Given]) -> Rating | None:
    """The judge's first rating of a criterion that has a level, after the evidence gate."""
    scored = [one for one in _proposals(name, given) if one.level is not None and one.judged]
    first = min(scored, key=lambda one: one.judged.number if one.judged else 0, default=None)
    return questions.gate.admit(first, questions.settings.identity) if first else None
