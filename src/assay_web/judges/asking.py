"""Where this process asks judges: one event loop in a thread of its own, and what all that ask share there.

Steps of jobs are threads, and each waits here for the judge of one session. So the calls of several sessions
are under way at the same time, and together they keep to what an endpoint may be asked.
"""

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, wait
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from threading import Lock, Thread

from django.conf import settings
from django.db import connection

from assay.models.gateway import Gateway, open_gateway
from assay.models.replies import Call
from assay.models.setting import ModelSetting
from assay.scoring.judge.asking import Failed, ask
from assay.scoring.judge.judging import Given, next_requests, unasked
from assay.scoring.judge.reading import Replies, read
from assay.scoring.judge.requests import JudgeRequest, Questions
from assay.scoring.judge_batch import Gateways, Pace
from assay.scoring.ratings import Proposal
from assay_web.configuration import JUDGE_KEY
from assay_web.database import in_database
from assay_web.jobs.spend import SharedBudget

_CALLS: ContextVar[list[Call]] = ContextVar("calls")
"""The notes of the calls that the running task makes."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """What is kept of one session's answers.

    Attributes:
        kept: answers that were there before, by the key of their request.
        keep: keeps what came of a request, and the notes of its calls; runs with the database.
    """

    kept: Mapping[str, Replies]
    keep: Callable[[JudgeRequest, Replies | None, list[Call]], None]


def _opened(setting: ModelSetting) -> Gateway:
    return open_gateway(
        setting,
        budget=SharedBudget(),
        record=lambda call: _CALLS.get().append(call),
        environ=judge_environ(),
    )


@dataclass(slots=True)
class _Lines:
    """What all tasks of the loop share: gateways by their setting, and paces by endpoint."""

    gateways: Gateways = field(default_factory=lambda: Gateways(_opened))
    paces: dict[str, Pace] = field(default_factory=dict)

    def pace(self, setting: ModelSetting) -> Pace:
        endpoint = setting.base_url or setting.script or setting.form
        if endpoint not in self.paces:
            own = settings.CONFIGURATION
            self.paces[endpoint] = Pace(own.judge_concurrency, own.judge_per_minute)
        return self.paces[endpoint]


def judge_environ(environ: Mapping[str, str] | None = None) -> Mapping[str, str]:
    """Where calls of judges look their key up: ASSAY_JUDGE_API_KEY comes before every other."""
    environ = os.environ if environ is None else environ
    own = environ.get(JUDGE_KEY, "").strip()
    return {**environ, "ASSAY_API_KEY": own} if own else environ


def judge_session(questions: Questions, keeping: Keeping) -> tuple[Proposal, ...]:
    """Ask a judge all that it has to be asked about one session; every answer is kept before it counts.

    Called from threads without an event loop.

    Raises:
        ModelMisbehaviour: the endpoint failed; asked again later, it is asked only for what is missing.
        UserMistake: key, model name or options are not usable.
        LimitReached: a cap forbids a call.
    """
    [asked] = ask_together([questions], keeping)
    return asked.result()


def ask_together(questions: Sequence[Questions], keeping: Keeping) -> "list[Future[tuple[Proposal, ...]]]":
    """The same about several sessions at a time: what came of each, once all are over, well or not."""
    if not connection.in_atomic_block:
        # Whoever waits for models for minutes holds no connection meanwhile.
        connection.close()
    asked = [begin(one, keeping) for one in questions]
    wait(asked)
    return asked


def begin(questions: Questions, keeping: Keeping) -> "Future[tuple[Proposal, ...]]":
    """The same for code that does not wait in its thread: what comes of it, once it is over."""
    return asyncio.run_coroutine_threadsafe(_judge(questions, keeping), _loop())


def hang_up() -> None:
    """Close all connections to judges' endpoints. Whoever asks afterwards opens new ones."""
    asyncio.run_coroutine_threadsafe(_close(), _loop()).result()


async def _close() -> None:
    lines = _lines()
    _lines.cache_clear()
    await lines.gateways.close()


async def _judge(questions: Questions, keeping: Keeping) -> tuple[Proposal, ...]:
    given: tuple[Given, ...] = unasked(questions)
    while requests := next_requests(questions, given):
        # All come to an end, so that whatever was answered is kept even when another call failed.
        said = await asyncio.gather(*(_answer(one, keeping) for one in requests), return_exceptions=True)
        for one in said:
            if isinstance(one, BaseException):
                raise one
            given = (*given, *one)
        failed = sorted((one for one in given if isinstance(one, Failed)), key=lambda one: one.passing)
        if failed:
            raise failed[0].error
    return tuple(one for one in given if isinstance(one, Proposal))


async def _answer(request: JudgeRequest, keeping: Keeping) -> tuple[Given, ...]:
    known = keeping.kept.get(request.key)
    if known is not None:
        return read(request, known)
    calls: list[Call] = []
    _CALLS.set(calls)
    lines = _lines()
    async with lines.pace(request.model).call():
        said = await ask(lines.gateways.to(request.model), request)
        replies = None if isinstance(said, Failed) else said
        # Kept while it still counts as under way: so a death costs no more answers than calls at a time.
        await in_database(keeping.keep, request, replies, calls)
    return (said,) if isinstance(said, Failed) else read(request, said)


@cache
def _lines() -> _Lines:
    return _Lines()


_beginning = Lock()


def _loop() -> asyncio.AbstractEventLoop:
    # A cache lets two threads that come at the same time both make one.
    with _beginning:
        return _the_loop()


@cache
def _the_loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    Thread(target=loop.run_forever, name="judges", daemon=True).start()
    return loop
