"""Endpoints that send what no chat endpoint should: half characters, impossible counts, any JSON at all."""

import json

import pytest

from assay.canonical import canonical_json
from assay.errors import AssayError, ModelMisbehaviour, UserMistake
from assay.models.failures import HalfReply
from assay.models.gateway import Gateway
from assay.models.replies import LARGEST_COUNT, Reply
from assay.models.wording import well_formed

from .conftest import HELLO, Answer, FakeTime, Line, Odd, Serve, stream_of
from .test_structured import GOOD, Verdict

END = '{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}'


def says(escaped: str, field: str = "content") -> str:
    """An event that adds text, spelled as it stands in JSON."""
    return f'{{"choices":[{{"index":0,"delta":{{"{field}":"{escaped}"}}}}]}}'


def kept(line: Line, reply: Reply) -> None:
    """Fail unless the reply and the note of its call can be written down for good."""
    for value in (reply, *line.calls):
        canonical_json(value.model_dump(mode="json"))


def test_a_character_that_a_stream_cuts_in_two_arrives_whole(odd: Odd, fake_time: FakeTime) -> None:
    line = Line(odd(stream_of(says("Well \\ud83d"), says("\\ude00 done"), END)), fake_time)
    *pieces, last = line.stream()
    assert "".join(piece.text for piece in pieces) == "Well 😀 done"
    assert last.reply is not None
    assert last.reply.text == "Well 😀 done"
    kept(line, last.reply)


@pytest.mark.parametrize(
    ("events", "text"),
    [
        ([says("a\\ud83d")], "a\ufffd"),
        ([says("a\\ud83d"), says("b")], "a\ufffdb"),
        ([says("\\ude00b")], "\ufffdb"),
        ([says("\\ud83d"), says("\\ud83d"), says("\\ude00")], "\ufffd😀"),
    ],
)
def test_half_a_character_that_stays_alone_is_replaced(
    odd: Odd, fake_time: FakeTime, events: list[str], text: str
) -> None:
    line = Line(odd(stream_of(*events, END)), fake_time)
    reply = line.reply()
    assert reply.text == text
    kept(line, reply)


def test_half_characters_beside_the_text_do_not_keep_a_reply_from_being_written_down(
    odd: Odd, fake_time: FakeTime
) -> None:
    named = '{"model":"m\\ud83d","choices":[{"index":0,"delta":{},"finish_reason":"stop\\ude00"}]}'
    line = Line(odd(stream_of(says("I will not \\ude00", "refusal"), named)), fake_time)
    reply = line.reply()
    assert (reply.ending, reply.refusal, reply.model) == ("refused", "I will not \ufffd", "m\ufffd")
    kept(line, reply)


def test_half_a_character_in_an_error_does_not_keep_the_failure_from_being_written_down(
    odd: Odd, fake_time: FakeTime
) -> None:
    line = Line(odd(Answer('{"error":{"message":"no \\ud83d here"}}', 400)), fake_time)
    with pytest.raises(UserMistake, match="no \ufffd here") as refusal:
        line.reply()
    canonical_json([str(refusal.value), line.calls[0].model_dump(mode="json")])


def test_half_a_character_in_the_name_of_the_one_served_model_is_replaced(
    odd: Odd, fake_time: FakeTime
) -> None:
    listed = Answer('{"data":[{"id":"m\\ud83d"}]}', headers={"Content-Type": "application/json"})
    server = odd(lambda request: listed if request.command == "GET" else stream_of(says("Hi"), END), model="")
    line = Line(server, fake_time)
    kept(line, line.reply())
    assert line.calls[0].model == "m\ufffd"


@pytest.mark.parametrize("text", ["", "plain", "é😀\ufeff", "\ufeffmark first", "\x00"])
def test_text_that_is_well_formed_stays_as_it_is(text: str) -> None:
    assert well_formed(text) == text


@pytest.mark.parametrize(
    "usage",
    [
        "null",
        '"many"',
        "7",
        "[1,2]",
        "{}",
        '{"prompt_tokens":5}',
        '{"prompt_tokens":5,"completion_tokens":null}',
        '{"prompt_tokens":5,"completion_tokens":-1}',
        '{"prompt_tokens":"5","completion_tokens":1}',
        '{"prompt_tokens":true,"completion_tokens":1}',
        '{"prompt_tokens":1.5,"completion_tokens":1}',
        '{"prompt_tokens":NaN,"completion_tokens":1}',
        f'{{"prompt_tokens":{10**17},"completion_tokens":1}}',
        f'{{"prompt_tokens":1,"completion_tokens":{2**53}}}',
    ],
)
def test_token_counts_that_cannot_be_counts_are_taken_as_not_reported(
    odd: Odd, fake_time: FakeTime, usage: str
) -> None:
    line = Line(odd(stream_of(says("Hi"), END, f'{{"choices":[],"usage":{usage}}}')), fake_time)
    reply = line.reply()
    assert (reply.text, reply.usage, line.calls[0].usage) == ("Hi", None, None)
    assert line.gateway.usage.unreported_tokens > 0
    kept(line, reply)


def test_the_largest_counts_that_are_believed_can_be_written_down(serve: Serve, fake_time: FakeTime) -> None:
    most = {"prompt": LARGEST_COUNT, "completion": 0}
    line = Line(serve({"text": "no JSON", "usage": most}, {"json": GOOD, "usage": most}), fake_time)

    async def repaired(gateway: Gateway) -> Reply:
        return (await gateway.structured(HELLO, Verdict, purpose="test"))[1]

    reply = line.run(repaired)
    assert reply.usage is None, "the sum of both is beyond what can be written down"
    assert line.calls[0].usage is not None
    kept(line, reply)


def _shortly(event: str) -> str:
    return event[:40]


MALFORMED = [
    '"x"',
    "5",
    "null",
    "[1,2]",
    '{"choices":"x"}',
    '{"choices":[5]}',
    '{"choices":{"0":1}}',
    '{"choices":[{"delta":"x"}]}',
    '{"choices":[{"delta":[1]}]}',
    '{"choices":[{"delta":{"content":7}}]}',
    '{"choices":[{"delta":{"content":[{"type":"text","text":"Hi"}]}}]}',
    '{"choices":[{"delta":{"content":false}}]}',
    '{"choices":[{"delta":{"refusal":7}}]}',
    '{"choices":[{"delta":{},"finish_reason":7}]}',
    "[" * 100_000 + "]" * 100_000,
    '{"choices":' + "[" * 900 + "]" * 900 + "}",
    '{"created":' + "9" * 5000 + "}",
]


@pytest.mark.parametrize("event", MALFORMED, ids=_shortly)
def test_an_event_that_is_no_part_of_a_reply_breaks_it_off(odd: Odd, fake_time: FakeTime, event: str) -> None:
    server = odd(stream_of(says("So far"), event, END))
    line = Line(server, fake_time)
    with pytest.raises(HalfReply) as broken:
        line.stream()
    assert broken.value.partial == "So far"
    assert "another model" in broken.value.remedy
    assert line.calls[0].outcome == "failed"
    assert len(server.paths) == 1


@pytest.mark.parametrize("event", MALFORMED, ids=_shortly)
def test_a_reply_that_nobody_saw_is_asked_for_again_after_such_an_event(
    odd: Odd, fake_time: FakeTime, event: str
) -> None:
    answers = iter([stream_of(event), stream_of(event), stream_of(says("Whole"), END)])
    server = odd(lambda _: next(answers))
    reply = Line(server, fake_time).reply()
    assert (reply.text, reply.attempts) == ("Whole", 3)


def test_a_model_name_that_is_no_text_is_taken_as_not_given(odd: Odd, fake_time: FakeTime) -> None:
    named = '{"model":7,"choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":"stop"}]}'
    reply = Line(odd(stream_of(named)), fake_time).reply()
    assert (reply.text, reply.model) == ("Hi", None)


@pytest.mark.parametrize("event", ["{}", '{"choices":null}', '{"choices":[]}', '{"choices":[{"index":0}]}'])
def test_an_event_that_adds_nothing_is_harmless(odd: Odd, fake_time: FakeTime, event: str) -> None:
    assert Line(odd(stream_of(event, says("Hi"), END)), fake_time).reply().text == "Hi"


@pytest.mark.parametrize(
    "body",
    ['{"data":"x"}', '{"data":[7]}', '{"data":[{"id":7}]}', '"x"', "[1]", "<html>", "[" * 100_000],
    ids=_shortly,
)
def test_a_list_of_models_that_cannot_be_read_is_the_endpoints_fault(
    odd: Odd, fake_time: FakeTime, body: str
) -> None:
    server = odd(Answer(body, headers={"Content-Type": "application/json"}), model="")
    with pytest.raises(ModelMisbehaviour) as failure:
        Line(server, fake_time).reply()
    assert server.base_url in str(failure.value)
    assert failure.value.remedy


@pytest.mark.parametrize("status", [400, 404, 429, 500])
@pytest.mark.parametrize(
    "body",
    ["", "null", "[]", "7", '{"error":7}', '{"error":{"message":[1]}}', "<html>", "[" * 100_000],
    ids=_shortly,
)
def test_an_error_without_readable_words_is_still_an_error_with_a_remedy(
    odd: Odd, fake_time: FakeTime, status: int, body: str
) -> None:
    with pytest.raises(AssayError) as failure:
        Line(odd(Answer(body, status)), fake_time).reply()
    assert failure.value.remedy
    assert len(failure.value.message) < 500


def test_a_key_with_letters_that_no_header_can_carry_is_the_owners_to_mend(
    odd: Odd, fake_time: FakeTime
) -> None:
    server = odd(stream_of(says("Hi"), END))
    with pytest.raises(UserMistake, match="cannot be sent") as refusal:
        Line(server, fake_time, environ={"ASSAY_API_KEY": "schlüssel-ключ"}).reply()
    assert "ключ" not in str(refusal.value)
    assert server.paths == []


def test_a_fault_of_our_own_is_not_blamed_on_the_endpoint(serve: Serve, fake_time: FakeTime) -> None:
    line = Line(serve({"text": "Hi"}), fake_time)

    def broken(*_: object) -> float:
        raise ZeroDivisionError

    line.gateway._price = broken  # type: ignore[assignment,method-assign]
    with pytest.raises(ZeroDivisionError):
        line.reply()
    assert json.loads(line.calls[0].model_dump_json())["outcome"] == "abandoned"
