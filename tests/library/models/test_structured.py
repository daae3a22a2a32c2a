import pytest
from pydantic import BaseModel, Field

from assay.errors import ModelMisbehaviour, UserMistake
from assay.models.failures import HalfReply
from assay.models.gateway import Gateway
from assay.models.replies import Reply
from assay.models.structured import strict_schema

from .conftest import HELLO, FakeTime, Line, Serve


class Verdict(BaseModel):
    level: int = Field(ge=0, le=4)
    why: str = ""


GOOD = {"level": 3, "why": "It names the mistake."}
USED = {"prompt": 10, "completion": 5}


def ask(line: Line) -> tuple[Verdict, Reply]:
    async def work(gateway: Gateway) -> tuple[Verdict, Reply]:
        return await gateway.structured(HELLO, Verdict, purpose="judge")

    return line.run(work)


def test_an_endpoint_that_takes_a_schema_is_held_to_it(serve: Serve, fake_time: FakeTime) -> None:
    server = serve({"json": GOOD})
    verdict, reply = ask(Line(server, fake_time))
    assert verdict == Verdict(level=3, why="It names the mistake.")
    assert reply.structured_by == "schema"
    assert reply.notes == ()
    sent = server.requests[0].body["response_format"]["json_schema"]
    assert sent["strict"] is True
    assert sent["schema"]["required"] == ["level", "why"]
    assert sent["schema"]["additionalProperties"] is False


def test_an_endpoint_that_refuses_a_schema_gets_it_in_words_and_the_reply_says_so(
    serve: Serve, fake_time: FakeTime
) -> None:
    server = serve({"json": GOOD}, {"json": GOOD}, takes_schema=False)
    line = Line(server, fake_time)

    async def work(gateway: Gateway) -> list[Reply]:
        return [(await gateway.structured(HELLO, Verdict, purpose="judge"))[1] for _ in range(2)]

    for reply in line.run(work):
        assert reply.structured_by == "words"
        assert "refused response_format (400" in reply.notes[0]
    assert server.calls == 3, "once refused, a schema is not sent again"
    said = server.requests[1].last_said
    assert said.startswith("Hello")
    assert '"maximum": 4' in said


def test_an_answer_in_a_code_fence_is_read(serve: Serve, fake_time: FakeTime) -> None:
    server = serve({"text": 'Here it is:\n```json\n{"level": 2}\n```'}, takes_schema=False)
    assert ask(Line(server, fake_time))[0].level == 2


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("invalid_json", "Invalid JSON"),
        ("wrong_schema", "level: Field required"),
        ("out_of_range", "less than"),
    ],
)
def test_an_unreadable_answer_is_repaired_once(
    serve: Serve, fake_time: FakeTime, fault: str, said: str
) -> None:
    server = serve({"json": GOOD, "fault": fault, "usage": USED}, {"json": GOOD, "usage": USED})
    verdict, reply = ask(Line(server, fake_time))
    assert verdict.level == 3
    assert reply.attempts == 2
    assert reply.usage is not None
    assert reply.usage.total == 30
    assert said in reply.notes[0]
    assert said in server.requests[1].last_said
    assert server.requests[1].messages[-2]["role"] == "assistant"


@pytest.mark.parametrize("fault", ["invalid_json", "wrong_schema", "out_of_range", "empty"])
def test_an_answer_that_stays_unreadable_is_never_a_verdict(
    serve: Serve, fake_time: FakeTime, fault: str
) -> None:
    server = serve({"json": GOOD, "fault": fault}, after_last="repeat")
    with pytest.raises(ModelMisbehaviour, match="even after a repair") as failure:
        ask(Line(server, fake_time))
    assert isinstance(failure.value, HalfReply)
    assert server.calls == 2


def test_a_refusal_is_not_argued_with(serve: Serve, fake_time: FakeTime) -> None:
    server = serve({"fault": "refusal", "text": "I will not judge people"})
    with pytest.raises(ModelMisbehaviour, match="I will not judge people"):
        ask(Line(server, fake_time))
    assert server.calls == 1


def test_an_answer_cut_off_asks_for_more_room(serve: Serve, fake_time: FakeTime) -> None:
    server = serve({"text": '{"level": ', "fault": "cut_off"})
    with pytest.raises(ModelMisbehaviour, match=r"\?max_tokens="):
        ask(Line(server, fake_time))
    assert server.calls == 1


def test_a_broken_reply_is_not_mistaken_for_a_refused_schema(serve: Serve, fake_time: FakeTime) -> None:
    server = serve({"fault": "http_error", "status": 401})
    with pytest.raises(UserMistake, match="key"):
        ask(Line(server, fake_time))
    assert server.calls == 1


def test_a_strict_schema_requires_every_field_and_keeps_their_names() -> None:
    class Inner(BaseModel):
        default: int = 1

    class Outer(BaseModel):
        inner: list[Inner] = []
        properties: str = "p"

    schema = strict_schema(Outer)
    assert schema["required"] == ["inner", "properties"]
    inner = schema["$defs"]["Inner"]
    assert inner["required"] == ["default"]
    assert inner["additionalProperties"] is False
    assert "default" not in schema["properties"]["inner"]
