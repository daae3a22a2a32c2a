"""A judge that is asked about many sessions, through a real endpoint."""

import asyncio
from collections.abc import Iterable
from pathlib import Path

import pytest
from tests.library.models.conftest import FakeTime, Serve
from tests.library.scoring.judge_batch.sessions import AGAIN, ANSWER, CALL_TOKENS, cases, criteria

from assay.errors import LimitReached, UserMistake
from assay.models.caps import Caps, Usage
from assay.models.gateway import Gateway
from assay.models.prices import Prices
from assay.models.scripted import ScriptedServer
from assay.models.setting import ModelSetting
from assay.scoring.judge.settings import JudgeSettings, read_judge
from assay.scoring.judge_batch import (
    AnswerFile,
    KeptJudge,
    NotAnswered,
    Pace,
    Standing,
    estimate,
    judge_sessions,
)
from assay.scoring.raters import Case


class Desk:
    """Runs a judge behind a scripted endpoint."""

    def __init__(self, server: ScriptedServer, file: Path, fake_time: FakeTime) -> None:
        self.server, self.file, self.time = server, file, fake_time
        self.usage = Usage()

    def judge(self, options: str = "") -> JudgeSettings:
        return read_judge(f"scripted@{self.server.base_url} {options}".strip(), {})

    def run(
        self, sessions: Iterable[Case], options: str = "", *, caps: Caps | None = None, at_once: int = 8
    ) -> Standing:
        def open_gateway(setting: ModelSetting) -> Gateway:
            return Gateway(setting, caps=caps, usage=self.usage, timing=self.time.timing(), environ={})

        with AnswerFile(self.file) as answers:
            return asyncio.run(
                judge_sessions(
                    open_gateway, sessions, self.judge(options), answers, Pace(at_once), begun=at_once
                )
            )

    def levels(self, case: Case, options: str = "") -> list[float | None]:
        return [one.level for one in KeptJudge(self.judge(options), self.file).rate(case)]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "answers.sqlite3"


def test_every_criterion_of_every_session_is_asked_once_and_can_be_read_without_a_call(
    serve: Serve, file: Path, fake_time: FakeTime
) -> None:
    desk = Desk(serve(ANSWER, **AGAIN), file, fake_time)
    sessions = cases(12)
    standing = desk.run(sessions)
    asked = 12 * criteria()
    assert (standing.sessions, standing.ratings, standing.calls) == (12, asked, asked)
    assert desk.server.calls == asked
    assert all(desk.levels(case) == [3.0] * criteria() for case in sessions)
    assert desk.server.calls == asked


def test_a_second_run_costs_nothing_and_one_with_more_passes_only_what_is_new(
    serve: Serve, file: Path, fake_time: FakeTime
) -> None:
    desk = Desk(serve(ANSWER, **AGAIN), file, fake_time)
    sessions = cases(3)
    desk.run(sessions)
    again = desk.run(sessions)
    assert (again.calls, again.kept) == (0, 3 * criteria())
    more = desk.run(sessions, "passes=3 early_stop=off")
    assert (more.calls, more.kept) == (2 * 3 * criteria(), 3 * criteria())


def test_sessions_are_read_as_they_are_begun(serve: Serve, file: Path, fake_time: FakeTime) -> None:
    desk = Desk(serve(ANSWER, **AGAIN), file, fake_time)
    ahead: list[int] = []

    def reading() -> Iterable[Case]:
        for number, case in enumerate(cases(40)):
            ahead.append(number - desk.server.calls // criteria())
            yield case

    desk.run(reading(), at_once=4)
    assert len(ahead) == 40
    assert max(ahead) <= 8


def test_no_more_calls_are_under_way_than_were_allowed(serve: Serve, file: Path, fake_time: FakeTime) -> None:
    server = serve({**ANSWER, "first_delay": 0.01}, **AGAIN)
    under_way, most = 0, 0

    async def counted(request: object, reply: object, body: object) -> object:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        try:
            return await answer(request, reply, body)  # type: ignore[arg-type]
        finally:
            under_way -= 1

    answer, server._answer = server._answer, counted  # type: ignore[method-assign, assignment]
    Desk(server, file, fake_time).run(cases(10), at_once=3)
    assert most == 3


def test_calls_are_spread_over_the_minute(fake_time: FakeTime) -> None:
    async def begin(pace: Pace) -> list[float]:
        begun = []
        for _ in range(4):
            async with pace.call():
                begun.append(fake_time.seconds)
        return begun

    assert asyncio.run(begin(Pace(2, 30, fake_time.timing()))) == [0, 2, 4, 6]


def test_a_call_that_fails_for_now_is_told_and_asked_again_the_next_time_alone(
    serve: Serve, file: Path, fake_time: FakeTime
) -> None:
    down = {"fault": "server_error", "when": {"says": "list 1"}, "times": 4 * criteria()}
    desk = Desk(serve(down, ANSWER, **AGAIN), file, fake_time)
    sessions = cases(3)
    first = desk.run(sessions)
    assert (first.calls, first.failed) == (2 * criteria(), criteria())
    [reason] = first.reasons
    assert "500" in reason
    with pytest.raises(NotAnswered):
        desk.levels(sessions[1])
    assert desk.levels(sessions[0]) == [3.0] * criteria()
    second = desk.run(sessions)
    assert (second.calls, second.kept, second.failed) == (criteria(), 2 * criteria(), 0)
    assert desk.levels(sessions[1]) == [3.0] * criteria()


def test_a_key_that_is_refused_stops_the_rest(serve: Serve, file: Path, fake_time: FakeTime) -> None:
    desk = Desk(serve({"fault": "http_error", "status": 401}, **AGAIN), file, fake_time)
    standing = desk.run(cases(50), at_once=4)
    assert isinstance(standing.stopped, UserMistake)
    assert standing.calls == 0
    assert desk.server.calls <= 4


def test_a_token_cap_holds_and_what_was_answered_is_kept(
    serve: Serve, file: Path, fake_time: FakeTime
) -> None:
    desk = Desk(serve(ANSWER, **AGAIN), file, fake_time)
    most = 20 * CALL_TOKENS
    standing = desk.run(cases(50), caps=Caps(tokens=most))
    assert isinstance(standing.stopped, LimitReached)
    assert 0 < standing.calls * CALL_TOKENS <= most
    assert desk.server.calls == standing.calls
    assert desk.run(cases(50)).kept == standing.calls


def test_a_session_that_cannot_be_read_is_raised_as_it_is(
    serve: Serve, file: Path, fake_time: FakeTime
) -> None:
    def reading() -> Iterable[Case]:
        yield from cases(2)
        raise UserMistake("there is no rubric", remedy="name one")

    with pytest.raises(UserMistake, match="there is no rubric"):
        Desk(serve(ANSWER, **AGAIN), file, fake_time).run(reading())


def test_answers_that_cannot_be_kept_stop_the_batch(
    serve: Serve, file: Path, fake_time: FakeTime, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(self: AnswerFile, key: str, replies: object) -> None:
        raise UserMistake("An answer could not be kept: disk full", remedy="Make room")

    monkeypatch.setattr(AnswerFile, "keep", full)
    standing = Desk(serve(ANSWER, **AGAIN), file, fake_time).run(cases(50), at_once=4)
    assert standing.stopped is not None
    assert "disk full" in standing.stopped.message
    assert standing.calls == 0


def test_a_session_with_nothing_in_it_is_not_asked_about(
    serve: Serve, file: Path, fake_time: FakeTime
) -> None:
    [case] = cases(1)
    empty = Case(case.transcript.model_copy(update={"turns": ()}), case.rubric, case.exercise)
    desk = Desk(serve(ANSWER, **AGAIN), file, fake_time)
    standing = desk.run([empty])
    assert (standing.sessions, standing.calls, desk.server.calls) == (1, 0, 0)
    assert desk.levels(empty) == [None] * criteria()


PRICED = {"prices": [{"model": "scripted", "input": 1.0, "output": 10.0, "as_of": "2026-11-01"}]}


def test_an_estimate_before_the_start_holds_what_the_batch_then_takes(
    serve: Serve, file: Path, fake_time: FakeTime
) -> None:
    desk = Desk(serve(ANSWER, **AGAIN), file, fake_time)
    sessions, prices = cases(6), Prices.model_validate(PRICED)
    with AnswerFile(file) as answers:
        before = estimate(sessions, desk.judge(), answers.get, prices)
    assert desk.server.calls == 0
    standing = desk.run(sessions)
    assert before.calls[0] <= standing.calls <= before.calls[1]
    assert before.sessions == 6
    assert before.cost is not None
    assert 0 < before.cost[0] < before.cost[1]
    with AnswerFile(file) as answers:
        after = estimate(sessions, desk.judge(), answers.get, prices)
    assert (after.calls, after.kept) == ((0, 0), standing.calls)
    assert after.kept_tokens == standing.calls * CALL_TOKENS


def test_an_estimate_with_more_passes_has_a_fewest_and_a_most(
    serve: Serve, file: Path, fake_time: FakeTime
) -> None:
    desk = Desk(serve(ANSWER, **AGAIN), file, fake_time)
    with AnswerFile(file) as answers:
        found = estimate(cases(2), desk.judge("passes=3 retries=0"), answers.get, Prices())
    assert found.calls == (2 * criteria(), 3 * 2 * criteria())
    assert found.cost is None
