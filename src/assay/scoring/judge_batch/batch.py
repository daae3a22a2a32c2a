"""Judging many sessions with one judge, in one event loop.

Memory does not grow with the number of sessions: they are read as they are begun, and no more are begun than
keep the endpoint busy. Every finished answer is kept before it counts, so a run that ends in any way goes on
where it was.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from assay.errors import AssayError
from assay.models.gateway import Gateway
from assay.models.setting import ModelSetting
from assay.scoring.judge.asking import Failed, ask
from assay.scoring.judge.judging import Given, next_requests, unasked
from assay.scoring.judge.reading import Replies, read
from assay.scoring.judge.requests import JudgeRequest, Questions
from assay.scoring.judge.settings import JudgeSettings
from assay.scoring.judge_batch.answers import AnswerFile
from assay.scoring.judge_batch.pace import Pace
from assay.scoring.raters import Case

MOST_FAILURES = 5
"""Different reasons of failed calls that are told."""


@dataclass(slots=True)
class Standing:
    """Where a batch stands.

    Attributes:
        sessions: sessions that are done. ratings: ratings that their answers hold.
        calls: answers that were asked for and kept. kept: answers that were there before.
        failed: requests that got no answer, after all tries. reasons: why, each once and with its number.
        stopped: why nothing more is asked, where a cap or a setting forbids it.
    """

    sessions: int = 0
    ratings: int = 0
    calls: int = 0
    kept: int = 0
    failed: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    stopped: AssayError | None = None


class Gateways:
    """Open gateways to one judge's model, by its setting, that share one count of what is used.

    Sessions whose rubrics differ may need answers of different lengths, which is a part of the setting.
    """

    def __init__(self, open_one: Callable[[ModelSetting], Gateway]) -> None:
        self._open_one = open_one
        self._opened: dict[ModelSetting, Gateway] = {}

    def to(self, setting: ModelSetting) -> Gateway:
        """The gateway for a setting."""
        if setting not in self._opened:
            self._opened[setting] = self._open_one(setting)
        return self._opened[setting]

    async def close(self) -> None:
        """Close them all."""
        for gateway in self._opened.values():
            await gateway.aclose()


async def judge_sessions(
    open_gateway: Callable[[ModelSetting], Gateway],
    cases: Iterable[Case],
    settings: JudgeSettings,
    answers: AnswerFile,
    pace: Pace,
    *,
    begun: int,
    tell: Callable[[Standing], None] = lambda _: None,
) -> Standing:
    """Ask a judge all that it has to be asked about these sessions, and keep its answers.

    A request that fails for the time being does not stop the others; one that a setting or a cap forbids
    does, once what is under way is kept.

    Args:
        open_gateway: makes a gateway for the judge's model; give all of them the same caps and count.
        cases: read as they are begun.
        settings: the judge.
        answers: what is found there is not asked for again.
        pace: how fast the endpoint may be asked.
        begun: sessions under way at a time.
        tell: hears where the batch stands after each session.

    Raises:
        AssayError: as `cases` does.
    """
    gateways = Gateways(open_gateway)
    batch = _Batch(gateways, settings, answers, pace, tell)
    source = iter(cases)
    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(begun):
                group.create_task(batch.work(source))
    except* AssayError as raised:
        raise raised.exceptions[0] from None
    finally:
        await gateways.close()
    return batch.standing


class _Batch:
    """One run of one judge."""

    def __init__(
        self,
        gateways: Gateways,
        settings: JudgeSettings,
        answers: AnswerFile,
        pace: Pace,
        tell: Callable[[Standing], None],
    ) -> None:
        self.standing = Standing()
        self._gateways, self._settings = gateways, settings
        self._answers, self._pace, self._tell = answers, pace, tell

    async def work(self, source: Iterator[Case]) -> None:
        """Judge one session after another, until there is none left or the batch was stopped."""
        for case in source:
            await self._judge(Questions(case, self._settings))
            if self.standing.stopped is not None:
                return
            self.standing.sessions += 1
            self._tell(self.standing)

    async def _judge(self, questions: Questions) -> None:
        given: tuple[Given, ...] = unasked(questions)
        while requests := next_requests(questions, given):
            said = await asyncio.gather(*map(self._answer, requests))
            given = (*given, *(one for answer in said for one in answer))
        self.standing.ratings += sum(not isinstance(one, Failed) for one in given)

    async def _answer(self, request: JudgeRequest) -> tuple[Given, ...]:
        replies = self._answers.get(request.key)
        if replies is not None:
            self.standing.kept += 1
            return read(request, replies)
        # A call is under way until its answer is kept, so no more than are under way can be lost.
        async with self._pace.call():
            answer = await self._asked(request)
        return (answer,) if isinstance(answer, Failed) else read(request, answer)

    async def _asked(self, request: JudgeRequest) -> Replies | Failed:
        if self.standing.stopped is not None:
            return Failed(request, self.standing.stopped)
        answer = await ask(self._gateways.to(request.model), request)
        try:
            if not isinstance(answer, Failed):
                await self._answers.keep(request.key, answer)
        except AssayError as error:
            answer = Failed(request, error)
        if isinstance(answer, Failed):
            self._note(answer)
        else:
            self.standing.calls += 1
        return answer

    def _note(self, failed: Failed) -> None:
        standing = self.standing
        if not failed.passing:
            standing.stopped = standing.stopped or failed.error
            return
        standing.failed += 1
        reason = failed.error.message
        if reason in standing.reasons or len(standing.reasons) < MOST_FAILURES:
            standing.reasons[reason] = standing.reasons.get(reason, 0) + 1
