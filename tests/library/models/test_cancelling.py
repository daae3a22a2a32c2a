import asyncio

import pytest

from assay.models.gateway import Gateway

from .conftest import HELLO, FakeTime, Line, Serve, until


def test_someone_who_presses_stop_keeps_what_was_said_and_the_endpoint_is_told(
    serve: Serve, fake_time: FakeTime
) -> None:
    server = serve({"chunks": ["One ", "two"], "fault": "stall", "after_chunks": 1})
    line = Line(server, fake_time)

    async def work(gateway: Gateway) -> None:
        stop = asyncio.Event()
        async for chunk in gateway.stream(HELLO, purpose="test", cancel=stop):
            if chunk.text:
                stop.set()
            last = chunk
        assert last.reply is not None
        assert (last.reply.ending, last.reply.text) == ("cancelled", "One ")
        await until(lambda: server.disconnects == 1)

    line.run(work)
    assert server.stalled == 0
    assert line.calls[0].outcome == "cancelled"


def test_someone_who_stops_before_the_first_word_waits_for_nothing(serve: Serve, fake_time: FakeTime) -> None:
    server = serve({"text": "Hi", "fault": "stall", "after_chunks": 0})

    async def work(gateway: Gateway) -> None:
        stop = asyncio.Event()
        reading = asyncio.ensure_future(gateway.reply(HELLO, purpose="test", cancel=stop))
        await until(lambda: server.stalled == 1)
        stop.set()
        reply = await reading
        assert (reply.ending, reply.text) == ("cancelled", "")
        await until(lambda: server.disconnects == 1)

    Line(server, fake_time).run(work)


def test_someone_who_stops_during_a_pause_is_not_tried_for_again(serve: Serve, fake_time: FakeTime) -> None:
    server = serve({"fault": "rate_limited", "retry_after": 50}, {"text": "Hi"})

    async def work(gateway: Gateway) -> None:
        stop = asyncio.Event()
        reading = asyncio.ensure_future(gateway.reply(HELLO, purpose="test", cancel=stop))
        await until(lambda: server.calls == 1 and gateway.usage.requests == 1)
        stop.set()
        assert (await reading).ending == "cancelled"

    Line(server, fake_time).run(work)
    assert server.calls == 1


def test_a_reader_who_walks_away_closes_the_connection(serve: Serve, fake_time: FakeTime) -> None:
    server = serve({"chunks": ["One ", "two"], "fault": "stall"})
    line = Line(server, fake_time)

    async def work(gateway: Gateway) -> None:
        async for _ in gateway.stream(HELLO, purpose="test"):
            break
        await until(lambda: server.disconnects == 1)

    line.run(work)
    assert line.calls[0].outcome == "abandoned"


def test_a_cancelled_task_closes_the_connection(serve: Serve, fake_time: FakeTime) -> None:
    server = serve({"text": "Hi", "fault": "stall", "after_chunks": 0})
    line = Line(server, fake_time)

    async def work(gateway: Gateway) -> None:
        reading = asyncio.ensure_future(gateway.reply(HELLO, purpose="test"))
        await until(lambda: server.stalled == 1)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        await until(lambda: server.disconnects == 1)

    line.run(work)
    assert line.calls[0].outcome == "abandoned"


def test_one_reader_who_stops_leaves_the_others_reading(serve: Serve, fake_time: FakeTime) -> None:
    server = serve(
        {"chunks": ["One ", "two"], "fault": "stall", "when": {"says": "stop"}},
        {"text": "Whole"},
        after_last="repeat",
    )

    async def work(gateway: Gateway) -> None:
        stop = asyncio.Event()
        stopped = asyncio.ensure_future(
            gateway.reply([{"role": "user", "content": "please stop"}], purpose="test", cancel=stop)
        )
        await until(lambda: server.stalled == 1)
        others = asyncio.gather(*(gateway.reply(HELLO, purpose="test") for _ in range(20)))
        stop.set()
        assert (await stopped).ending == "cancelled"
        assert [reply.text for reply in await others] == ["Whole"] * 20

    Line(server, fake_time).run(work)


def test_a_gateway_that_was_closed_opens_again(serve: Serve, fake_time: FakeTime) -> None:
    line = Line(serve({"text": "Hi"}, after_last="repeat"), fake_time)
    assert line.reply().text == "Hi"
    assert line.reply().text == "Hi"
