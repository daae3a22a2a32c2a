"""Each fault of the scripted model, by name, and what a caller of the gateway sees of it."""

import asyncio
import json

import pytest

from assay.errors import ModelMisbehaviour, UserMistake
from assay.models.failures import HalfReply
from assay.models.gateway import Gateway
from assay.models.timing import Retries

from .conftest import HELLO, Answer, FakeTime, Line, Odd, Serve, until
from .test_structured import Verdict

ONCE = Retries(attempts=1)


def test_someone_reads_a_reply_as_it_is_written(serve: Serve, fake_time: FakeTime) -> None:
    line = Line(
        serve({"text": "One two three", "chunks": 3, "usage": {"prompt": 9, "completion": 3}}), fake_time
    )
    *pieces, last = line.stream()
    assert [piece.text for piece in pieces] == ["One t", "wo th", "ree"]
    assert last.text == ""
    assert last.reply is not None
    assert last.reply.text == "One two three"
    assert (last.reply.ending, last.reply.finish_reason) == ("complete", "stop")
    assert last.reply.usage is not None
    assert last.reply.usage.total == 12
    assert last.reply.model == "scripted"
    assert last.reply.attempts == 1


def test_an_endpoint_that_counts_no_tokens_leaves_usage_unknown(serve: Serve, fake_time: FakeTime) -> None:
    reply = Line(serve({"text": "Hi"}), fake_time).reply()
    assert reply.usage is None
    assert reply.cost is None


def test_stall_before_the_first_word_is_tried_again(serve: Serve, fake_time: FakeTime) -> None:
    server = serve({"text": "Hi", "fault": "stall", "after_chunks": 0}, {"text": "Here I am"})

    async def work(gateway: Gateway) -> None:
        reading = asyncio.ensure_future(gateway.reply(HELLO, purpose="test"))
        await until(lambda: server.stalled == 1)
        fake_time.advance(120)
        reply = await reading
        assert (reply.text, reply.attempts) == ("Here I am", 2)
        assert reply.latency.waited >= 120

    Line(server, fake_time).run(work)
    assert server.disconnects == 1


def test_stall_in_mid_reply_hands_over_what_was_read(serve: Serve, fake_time: FakeTime) -> None:
    server = serve({"chunks": ["Once ", "upon ", "a time"], "fault": "stall", "after_chunks": 2})

    async def work(gateway: Gateway) -> str:
        read = ""
        async for chunk in gateway.stream(HELLO, purpose="test"):
            read += chunk.text
            if read == "Once upon ":
                await until(lambda: server.stalled == 1)
                fake_time.advance(30)
        return read

    line = Line(server, fake_time)
    with pytest.raises(HalfReply, match="sent nothing for 30 s") as broken:
        line.run(work)
    assert broken.value.partial == "Once upon "
    assert server.calls == 1
    assert line.calls[0].outcome == "failed"


def test_a_reply_that_outlasts_the_whole_time_is_given_up(serve: Serve, fake_time: FakeTime) -> None:
    server = serve({"text": "Hi", "fault": "stall", "after_chunks": 0})

    async def work(gateway: Gateway) -> None:
        reading = asyncio.ensure_future(gateway.reply(HELLO, purpose="test"))
        await until(lambda: server.stalled == 1)
        fake_time.advance(60)
        await reading

    with pytest.raises(ModelMisbehaviour, match=r"not finished after 60 s.*\?timeout="):
        Line(server, fake_time, options="?timeout=60").run(work)
    assert server.calls == 1


def test_rate_limited_is_tried_again(serve: Serve, fake_time: FakeTime) -> None:
    line = Line(serve({"fault": "rate_limited"}, {"text": "Hi"}), fake_time)
    assert line.reply().attempts == 2
    assert line.calls[0].attempts == 2


def test_rate_limited_for_good_says_so(serve: Serve, fake_time: FakeTime) -> None:
    line = Line(serve({"fault": "rate_limited"}, after_last="repeat"), fake_time)
    with pytest.raises(ModelMisbehaviour, match="429"):
        line.reply()
    assert line.calls[0].attempts == 4
    assert line.calls[0].outcome == "failed"


def test_server_error_is_tried_again(serve: Serve, fake_time: FakeTime) -> None:
    assert Line(serve({"fault": "server_error"}, {"text": "Hi"}), fake_time).reply().text == "Hi"


@pytest.mark.parametrize("status", [500, 502, 503, 504, 529, 408])
def test_http_error_of_a_passing_kind_is_tried_again(serve: Serve, fake_time: FakeTime, status: int) -> None:
    server = serve({"fault": "http_error", "status": status}, {"text": "Hi"})
    assert Line(server, fake_time).reply().attempts == 2


@pytest.mark.parametrize(
    ("status", "remedy"),
    [(401, "ASSAY_API_KEY"), (403, "ASSAY_API_KEY"), (404, "/models"), (400, "options"), (302, "address")],
)
def test_http_error_of_a_lasting_kind_says_what_to_do(
    serve: Serve, fake_time: FakeTime, status: int, remedy: str
) -> None:
    server = serve({"fault": "http_error", "status": status}, {"text": "never sent"})
    with pytest.raises(UserMistake) as refusal:
        Line(server, fake_time).reply()
    assert remedy in refusal.value.remedy
    assert server.calls == 1


def test_half_stream_before_any_text_is_tried_again(serve: Serve, fake_time: FakeTime) -> None:
    server = serve({"text": "Hi", "fault": "half_stream", "after_chunks": 0}, {"text": "Whole"})
    *pieces, last = Line(server, fake_time).stream()
    assert [piece.text for piece in pieces] == ["Whole"]
    assert last.reply is not None
    assert last.reply.attempts == 2


def test_half_stream_after_text_is_never_tried_again_behind_the_readers_back(
    serve: Serve, fake_time: FakeTime
) -> None:
    server = serve({"chunks": ["Half ", "a reply"], "fault": "half_stream"}, {"text": "Another"})
    line = Line(server, fake_time)
    with pytest.raises(HalfReply) as broken:
        line.stream()
    assert broken.value.partial == "Half "
    assert isinstance(broken.value, ModelMisbehaviour)
    assert server.calls == 1


def test_half_stream_that_nobody_was_shown_is_tried_again(serve: Serve, fake_time: FakeTime) -> None:
    server = serve({"chunks": ["Half ", "a reply"], "fault": "half_stream"}, {"text": "Whole"})
    assert Line(server, fake_time).reply().text == "Whole"


def test_no_ending_is_not_taken_for_a_whole_reply(serve: Serve, fake_time: FakeTime) -> None:
    server = serve({"text": "Is this al", "fault": "no_ending"}, {"text": "Is this all? Yes."})
    assert Line(server, fake_time).reply().text == "Is this all? Yes."
    server = serve({"text": "Is this al", "fault": "no_ending"})
    with pytest.raises(HalfReply, match="without an ending"):
        Line(server, fake_time).stream()


def test_garbled_stream_is_tried_again_and_then_named(serve: Serve, fake_time: FakeTime) -> None:
    server = serve({"text": "Hi", "fault": "garbled"}, after_last="repeat")
    with pytest.raises(ModelMisbehaviour, match="not JSON"):
        Line(server, fake_time).reply()
    assert server.calls == 4


def test_refusal_empty_and_cut_off_are_told_apart(serve: Serve, fake_time: FakeTime) -> None:
    server = serve(
        {"fault": "refusal", "text": "I will not"}, {"fault": "empty"}, {"text": "So fa", "fault": "cut_off"}
    )
    line = Line(server, fake_time)

    async def work(gateway: Gateway) -> list[tuple[str, str, str]]:
        replies = [await gateway.reply(HELLO, purpose="test") for _ in range(3)]
        return [(reply.ending, reply.text, reply.refusal) for reply in replies]

    assert line.run(work) == [("refused", "", "I will not"), ("empty", "", ""), ("cut_off", "So fa", "")]
    assert [call.outcome for call in line.calls] == ["refused", "empty", "cut_off"]


def test_a_server_that_is_not_there_is_named(serve: Serve, fake_time: FakeTime) -> None:
    server = serve({"text": "Hi"})
    line = Line(server, fake_time)
    server.stop()
    with pytest.raises(ModelMisbehaviour, match=r"could not be reached.*running"):
        line.reply()
    assert line.calls[0].attempts == 4


def test_a_prompt_too_long_for_the_model_is_the_callers_to_shorten(odd: Odd, fake_time: FakeTime) -> None:
    said = "request (9032 tokens) exceeds the available context size (8192 tokens)"
    line = Line(odd(Answer(json.dumps({"error": {"message": said}}), 400)), fake_time)

    async def work(gateway: Gateway) -> None:
        await gateway.structured(HELLO, Verdict, purpose="test")

    with pytest.raises(UserMistake, match="too long for odd: request") as refusal:
        line.run(work)
    assert "Shorten" in refusal.value.remedy


def test_the_record_of_a_call_holds_no_words_of_the_conversation(serve: Serve, fake_time: FakeTime) -> None:
    line = Line(serve({"text": "quokka", "usage": {"prompt": 3, "completion": 1}}), fake_time)
    line.reply([{"role": "user", "content": "wombat"}])
    kept = json.dumps(line.calls[0].model_dump(mode="json"))
    assert "quokka" not in kept
    assert "wombat" not in kept
    assert line.calls[0].purpose == "test"
    assert line.calls[0].usage is not None


@pytest.mark.parametrize("messages", [[], [{"role": "robot", "content": "x"}], [{"role": "user"}]])
def test_a_conversation_no_model_can_read_is_refused_at_once(
    serve: Serve, fake_time: FakeTime, messages: list[dict[str, str]]
) -> None:
    server = serve({"text": "Hi"})
    with pytest.raises(UserMistake):
        Line(server, fake_time).reply(messages)
    assert server.calls == 0
