"""Replies that nobody watches are asked for in one piece, and as streams where that does not do."""

import asyncio
import json
from http.server import BaseHTTPRequestHandler

import pytest

from assay.errors import AssayError, ModelMisbehaviour
from assay.models.caps import Caps
from assay.models.gateway import Gateway
from assay.models.replies import Reply, prompt_estimate
from assay.models.scripted import ScriptedServer

from .conftest import HELLO, Answer, FakeTime, Line, Odd, Serve, until
from .test_structured import GOOD, USED, Verdict, ask


def whole(*, text: object = "Hi", reason: object = "stop", **more: object) -> Answer:
    """A whole answer as an endpoint gives it."""
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": reason}
    return Answer(json.dumps({"choices": [choice], **more}), headers={"Content-Type": "application/json"})


def asked_for_streams(server: ScriptedServer) -> list[bool]:
    return [bool(request.body.get("stream")) for request in server.requests]


def test_a_structured_answer_is_asked_for_in_one_piece(serve: Serve, fake_time: FakeTime) -> None:
    server = serve({"json": GOOD, "usage": USED})
    verdict, reply = ask(Line(server, fake_time))
    assert verdict.level == 3
    assert reply.usage is not None
    assert reply.usage.total == 15
    assert asked_for_streams(server) == [False]
    assert "stream_options" not in server.requests[0].body


def test_a_reply_that_is_shown_is_a_stream_from_the_first_try_on(serve: Serve, fake_time: FakeTime) -> None:
    server = serve({"fault": "server_error"}, {"text": "Hi"})
    Line(server, fake_time).stream()
    assert asked_for_streams(server) == [True, True]


@pytest.mark.parametrize("fault", ["server_error", "rate_limited", "half_stream", "garbled", "no_ending"])
def test_a_whole_reply_that_fails_is_asked_for_again_as_a_stream(
    serve: Serve, fake_time: FakeTime, fault: str
) -> None:
    server = serve({"text": "Hi", "fault": fault}, {"text": "Whole"}, {"text": "Next"})
    line = Line(server, fake_time)

    async def two(gateway: Gateway) -> list[str]:
        return [(await gateway.reply(HELLO, purpose="test")).text for _ in range(2)]

    assert line.run(two) == ["Whole", "Next"]
    assert asked_for_streams(server) == [False, True, False]


def test_an_endpoint_too_slow_for_whole_replies_is_asked_for_streams_from_then_on(
    serve: Serve, fake_time: FakeTime
) -> None:
    server = serve({"text": "Hi", "fault": "stall"}, {"text": "Slowly"}, {"text": "Next"})

    async def two(gateway: Gateway) -> list[str]:
        reading = asyncio.ensure_future(gateway.reply(HELLO, purpose="test"))
        await until(lambda: server.stalled == 1)
        fake_time.advance(120)
        return [(await reading).text, (await gateway.reply(HELLO, purpose="test")).text]

    assert Line(server, fake_time).run(two) == ["Slowly", "Next"]
    assert asked_for_streams(server) == [False, True, True]


@pytest.mark.parametrize("status", [408, 504, 524])
def test_a_proxy_that_gives_up_on_whole_replies_shows_that_they_take_too_long(
    serve: Serve, fake_time: FakeTime, status: int
) -> None:
    server = serve({"fault": "http_error", "status": status}, {"text": "a"}, {"text": "b"})
    line = Line(server, fake_time)

    async def two(gateway: Gateway) -> None:
        for _ in range(2):
            await gateway.reply(HELLO, purpose="test")

    line.run(two)
    assert asked_for_streams(server) == [False, True, True]


def test_a_whole_reply_that_stalls_for_good_ends_with_the_calls_time(
    serve: Serve, fake_time: FakeTime
) -> None:
    server = serve({"text": "Hi", "fault": "stall"})
    line = Line(server, fake_time, options="?timeout=60")

    async def work(gateway: Gateway) -> None:
        reading = asyncio.ensure_future(gateway.structured(HELLO, Verdict, purpose="test"))
        await until(lambda: server.stalled == 1)
        fake_time.advance(60)
        with pytest.raises(ModelMisbehaviour, match="not finished after 60 s"):
            await reading
        await until(lambda: server.disconnects == 1)

    line.run(work)
    assert server.calls == 1
    assert line.calls[0].outcome == "failed"


def test_someone_who_stops_waiting_for_a_whole_reply_closes_the_connection(
    serve: Serve, fake_time: FakeTime
) -> None:
    server = serve({"text": "Hi", "fault": "stall"})

    async def work(gateway: Gateway) -> Reply:
        stop = asyncio.Event()
        reading = asyncio.ensure_future(gateway.reply(HELLO, purpose="test", cancel=stop))
        await until(lambda: server.stalled == 1)
        stop.set()
        reply = await reading
        await until(lambda: server.disconnects == 1)
        return reply

    assert Line(server, fake_time).run(work).ending == "cancelled"


BROKEN = {
    "a page": Answer("<html>Welcome</html>", headers={"Content-Type": "text/html"}),
    "nothing": Answer("", headers={"Content-Type": "application/json"}),
    "half": Answer('{"choices":[{"mess', headers={"Content-Type": "application/json"}),
    "cut off": Answer('{"choices":[', headers={"Content-Type": "application/json", "Content-Length": "99"}),
    "not UTF-8": Answer(b'{"choices":[{"message":{"content":"\xff"}}]}'),
    "another form": Answer("[1]", headers={"Content-Type": "application/json"}),
    "content in parts": whole(text=[{"type": "text", "text": "Hi"}]),
    "no ending": whole(reason=None),
    "too long": Answer(b'{"choices":"' + b"x" * 17 * 2**20 + b'"}'),
}


@pytest.mark.parametrize("answer", BROKEN.values(), ids=BROKEN)
def test_a_whole_answer_that_is_no_reply_is_the_endpoints_fault(
    odd: Odd, fake_time: FakeTime, answer: Answer
) -> None:
    server = odd(answer)
    line = Line(server, fake_time)
    with pytest.raises(ModelMisbehaviour, match=r"^The reply broke off: ") as failure:
        line.reply()
    assert failure.value.remedy
    assert failure.value.__context__ is None
    assert (len(server.paths), line.calls[0].outcome) == (4, "failed")


def test_an_error_in_a_whole_answer_is_repeated_without_the_key(odd: Odd, fake_time: FakeTime) -> None:
    def echo(request: BaseHTTPRequestHandler) -> Answer:
        said = f"no such luck, {request.headers['Authorization']}"
        return Answer(json.dumps({"error": {"message": said}}), headers={"Content-Type": "application/json"})

    line = Line(odd(echo), fake_time, environ={"ASSAY_API_KEY": "hunter2-hunter2"})
    with pytest.raises(AssayError, match=r"no such luck, \[key\]$|no such luck, \[key\]") as failure:
        line.reply()
    assert "hunter2" not in str(failure.value) + line.calls[0].model_dump_json()


def test_a_whole_reply_that_was_lost_may_have_been_billed(odd: Odd, fake_time: FakeTime) -> None:
    answers = iter([True, False])

    def hang_up_once(request: BaseHTTPRequestHandler) -> Answer:
        if next(answers):
            raise ConnectionAbortedError
        return whole(usage={"prompt_tokens": 10, "completion_tokens": 20})

    line = Line(odd(hang_up_once), fake_time, options="?max_tokens=100", caps=Caps(tokens=1000))
    assert line.reply().text == "Hi"
    assert line.gateway.usage.tokens == 30 + 100 + prompt_estimate(HELLO)


def test_an_answer_is_read_as_what_it_says_it_is(odd: Odd, fake_time: FakeTime) -> None:
    line = Line(odd(whole(text="All of it")), fake_time)
    *pieces, last = line.stream()
    assert [piece.text for piece in pieces] == ["All of it"]
    assert last.reply is not None
    assert last.reply.ending == "complete"
