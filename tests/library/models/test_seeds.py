"""A seed for one call: sent in place of the setting's, and left out where the endpoint takes none."""

import json

import pytest

from assay.errors import UserMistake
from assay.models.failures import SchemaRefused
from assay.models.gateway import Gateway
from assay.models.replies import Reply

from .conftest import HELLO, Answer, FakeTime, Line, Odd, Serve

SCHEMA = {"type": "json_schema", "json_schema": {"name": "any", "schema": {"type": "object"}}}
REFUSED = {"fault": "http_error", "status": 400}
WHOLE = json.dumps({"choices": [{"index": 0, "message": {"content": "Hi"}, "finish_reason": "stop"}]})


def asked(line: Line, *seeds: int | None, schema: bool = False) -> list[Reply]:
    async def work(gateway: Gateway) -> list[Reply]:
        held = SCHEMA if schema else None
        return [
            await gateway.reply(HELLO, purpose="judge", response_format=held, seed=seed) for seed in seeds
        ]

    return line.run(work)


def test_a_calls_own_seed_goes_before_the_settings(serve: Serve, fake_time: FakeTime) -> None:
    server = serve({"text": "Hi"}, after_last="repeat")
    line = Line(server, fake_time, options="?seed=7")
    replies = asked(line, 12, None, 0)
    assert [request.body["seed"] for request in server.requests] == [12, 7, 0]
    assert [reply.seed for reply in replies] == [12, 7, 0]
    assert not replies[0].notes


def test_an_endpoint_that_takes_no_seed_is_asked_without_and_remembered(
    serve: Serve, fake_time: FakeTime
) -> None:
    server = serve({"text": "Hi"}, after_last="repeat", takes_seed=False)
    first, second = asked(Line(server, fake_time), 12, 13)
    assert ["seed" in request.body for request in server.requests] == [True, False, False]
    assert not any("stream" in request.body for request in server.requests), "it is no try that failed"
    assert (first.seed, second.seed) == (None, None)
    for reply in (first, second):
        assert "seed was left out, since the endpoint refused seed (400: seed is not" in reply.notes[0]
    assert sum(fake_time.pauses) == 0


def test_a_refusal_that_names_nothing_is_tried_without_the_seed_first(
    serve: Serve, fake_time: FakeTime
) -> None:
    server = serve(REFUSED, {"text": "Hi"}, {"text": "Hi"})
    asked(Line(server, fake_time), 12, 13, schema=True)
    sent = [("seed" in request.body, "response_format" in request.body) for request in server.requests]
    assert sent == [(True, True), (False, True), (False, True)]


def test_a_seed_is_not_blamed_for_a_schema_that_is_refused(serve: Serve, fake_time: FakeTime) -> None:
    for server in (serve({"text": "Hi"}, takes_schema=False), serve(REFUSED, REFUSED, {"text": "Hi"})):
        line = Line(server, fake_time)
        with pytest.raises(SchemaRefused):
            asked(line, 12, schema=True)
        (reply,) = asked(line, 12)
        assert reply.seed == 12


@pytest.mark.parametrize(
    "said",
    [
        "Unsupported value: 'temperature' does not support 0 with this model.",
        "The response was filtered due to the prompt triggering content management policy.",
        "The model `gpt-x` does not exist",
        "The model `bytedance/seed-oss` does not exist",
        "Invalid API key provided",
    ],
)
def test_a_seed_is_not_blamed_for_an_error_that_names_something_else(
    odd: Odd, fake_time: FakeTime, said: str
) -> None:
    error = {"message": said, "type": "invalid_request_error", "param": None, "code": None}
    endpoint = odd(Answer(json.dumps({"error": error}), status=400))
    with pytest.raises(UserMistake):
        asked(Line(endpoint, fake_time), 12)
    assert len(endpoint.paths) == 1


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_seed_is_blamed_for_no_key_and_no_missing_model_whatever_they_say(
    odd: Odd, fake_time: FakeTime, status: int
) -> None:
    endpoint = odd(Answer('{"error": {"message": "seed"}}', status=status))
    with pytest.raises(UserMistake):
        asked(Line(endpoint, fake_time), 12)
    assert len(endpoint.paths) == 1


@pytest.mark.parametrize(
    "body",
    [
        "",
        "400 Bad Request",
        "<html><head><title>Bad Request</title></head><body><h1>400</h1></body></html>",
        '{"error": {"message": "Request contains an invalid argument.", "status": "INVALID_ARGUMENT"}}',
        '{"error": {"message": "Unrecognized request argument supplied: seed", "param": null}}',
        '{"detail": [{"type": "extra_forbidden", "loc": ["body", "seed"], "msg": "not permitted"}]}',
        '{"error": {"message": "sampling.random_seed is not allowed"}}',
    ],
)
def test_an_error_that_names_the_seed_or_nothing_is_tried_without_it(
    odd: Odd, fake_time: FakeTime, body: str
) -> None:
    answers = iter((Answer(body, status=400), Answer(WHOLE)))
    endpoint = odd(lambda _: next(answers))
    (reply,) = asked(Line(endpoint, fake_time), 12)
    assert (reply.text, reply.seed) == ("Hi", None)


def test_a_request_that_is_refused_without_a_seed_too_is_a_mistake(serve: Serve, fake_time: FakeTime) -> None:
    server = serve(REFUSED, after_last="repeat")
    with pytest.raises(UserMistake, match="refused the request"):
        asked(Line(server, fake_time), 12)
    assert server.calls == 2


def test_a_prompt_that_is_too_long_is_not_sent_again_without_its_seed(odd: Odd, fake_time: FakeTime) -> None:
    said = '{"error": {"message": "This model\'s maximum context length is 10 tokens."}}'
    endpoint = odd(Answer(said, status=400))
    with pytest.raises(UserMistake, match="too long"):
        asked(Line(endpoint, fake_time), 12)
    assert len(endpoint.paths) == 1


def test_a_setting_whose_seed_is_refused_is_for_somebody_to_mend(serve: Serve, fake_time: FakeTime) -> None:
    server = serve({"text": "Hi"}, takes_seed=False)
    with pytest.raises(UserMistake, match="seed is not supported"):
        Line(server, fake_time, options="?seed=7").reply()
