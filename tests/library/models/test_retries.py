from datetime import UTC, datetime

import pytest

from assay.errors import ModelMisbehaviour
from assay.models.timing import Retries, retry_after

from .conftest import Answer, FakeTime, Line, Odd, Serve

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def test_pauses_double_from_try_to_try(serve: Serve, fake_time: FakeTime) -> None:
    line = Line(serve({"fault": "server_error"}, after_last="repeat"), fake_time, jitter=1.0)
    with pytest.raises(ModelMisbehaviour):
        line.reply()
    assert fake_time.pauses == [0.5, 1.0, 2.0]


def test_an_endpoint_that_cannot_say_what_it_serves_is_asked_no_more_often_than_any_other(
    odd: Odd, fake_time: FakeTime
) -> None:
    server = odd(Answer("down", 503), model="")
    line = Line(server, fake_time)
    with pytest.raises(ModelMisbehaviour, match="503"):
        line.reply()
    assert server.paths == ["/v1/models"] * 4
    assert fake_time.pauses == [0.5, 1.0, 2.0]
    assert line.calls[0].attempts == 0, "no request of the call itself was sent"


def test_chance_takes_up_to_half_of_a_pause(serve: Serve, fake_time: FakeTime) -> None:
    Line(serve({"fault": "server_error"}, {"text": "Hi"}), fake_time, jitter=0.0).reply()
    assert fake_time.pauses == [0.25]


def test_pauses_stop_growing_at_their_ceiling() -> None:
    assert Retries(base=0.5, ceiling=20).pause(500, 1.0) == 20


def test_retry_after_in_seconds_is_waited_out(serve: Serve, fake_time: FakeTime) -> None:
    Line(serve({"fault": "rate_limited", "retry_after": 7}, {"text": "Hi"}), fake_time).reply()
    assert fake_time.pauses == [7.0]


def test_retry_after_as_a_date_is_waited_out(serve: Serve, fake_time: FakeTime) -> None:
    date = "Sun, 01 Mar 2026 12:00:09 GMT"
    Line(serve({"fault": "server_error", "retry_after": date}, {"text": "Hi"}), fake_time).reply()
    assert fake_time.pauses == [9.0]


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0),
        ("1.5", 1.5),
        ("Sun, 01 Mar 2026 12:01:00 GMT", 60),
        ("Sun, 01 Mar 2026 13:01:00 +0100", 60),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 0),
        ("-3", None),
        ("nan", None),
        ("inf", None),
        ("soon", None),
        ("", None),
    ],
)
def test_a_retry_after_header_is_read_or_left_alone(value: str, seconds: float | None) -> None:
    assert retry_after({"retry-after": value}, NOON) == seconds


def test_an_endpoint_that_asks_for_too_long_a_wait_is_not_pestered_sooner(
    serve: Serve, fake_time: FakeTime
) -> None:
    server = serve({"fault": "rate_limited", "retry_after": 3600}, {"text": "Hi"})
    with pytest.raises(ModelMisbehaviour, match="wait 3600 s"):
        Line(server, fake_time).reply()
    assert server.calls == 1
    assert fake_time.pauses == []


def test_a_wait_that_would_outlast_the_call_ends_it(serve: Serve, fake_time: FakeTime) -> None:
    server = serve({"fault": "rate_limited", "retry_after": 45}, {"text": "Hi"})
    with pytest.raises(ModelMisbehaviour, match="wait 45 s"):
        Line(server, fake_time, options="?timeout=40").reply()
    assert fake_time.pauses == []


def test_time_spent_on_failed_tries_is_reported(serve: Serve, fake_time: FakeTime) -> None:
    reply = Line(serve({"fault": "server_error"}, {"text": "Hi"}), fake_time).reply()
    assert reply.latency.waited == 0.5
    assert reply.latency.total == 0.5
    assert reply.latency.first_token == 0.5
