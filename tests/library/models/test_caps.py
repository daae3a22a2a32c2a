import asyncio
from pathlib import Path

import pytest

from assay.errors import LimitReached, UserMistake
from assay.models.caps import Caps, Usage
from assay.models.gateway import RESERVED_REPLY_TOKENS, Gateway, open_gateway
from assay.models.prices import Prices, load_prices
from assay.models.replies import Tokens, prompt_estimate

from .conftest import HELLO, FakeTime, Line, Serve

USED = {"prompt": 10, "completion": 20}
PRICED = Prices.model_validate(
    {"prices": [{"model": "scripted", "input": 1_000, "output": 2_000, "as_of": "2026-01-01"}]}
)


def test_a_call_that_could_break_the_token_cap_is_never_sent(serve: Serve, fake_time: FakeTime) -> None:
    server = serve({"text": "Hi"})
    line = Line(server, fake_time, options="?max_tokens=100", caps=Caps(tokens=100))
    with pytest.raises(LimitReached, match="token cap"):
        line.reply()
    assert server.calls == 0
    assert line.calls[0].outcome == "limit"
    assert line.calls[0].attempts == 0


def test_what_was_used_counts_and_not_what_was_reserved(serve: Serve, fake_time: FakeTime) -> None:
    server = serve({"text": "Hi", "usage": USED}, after_last="repeat")
    line = Line(server, fake_time, options="?max_tokens=100", caps=Caps(tokens=170))
    assert [line.reply().ending for _ in range(3)] == ["complete"] * 3
    assert line.gateway.usage.tokens == 90
    with pytest.raises(LimitReached):
        line.reply()
    assert server.calls == 3


def test_a_reply_without_usage_holds_its_whole_reservation(serve: Serve, fake_time: FakeTime) -> None:
    line = Line(serve({"text": "Hi"}), fake_time, options="?max_tokens=100", caps=Caps(tokens=1000))
    line.reply()
    assert line.gateway.usage.unreported_tokens == 100 + prompt_estimate(HELLO)
    assert line.gateway.usage.prompt_tokens == 0


def test_a_request_that_was_turned_away_costs_nothing(serve: Serve, fake_time: FakeTime) -> None:
    server = serve({"fault": "rate_limited"}, {"text": "Hi", "usage": USED})
    line = Line(server, fake_time, options="?max_tokens=100", caps=Caps(tokens=130))
    line.reply()
    assert line.gateway.usage.tokens == 30


def test_a_reply_that_broke_off_may_have_been_billed(serve: Serve, fake_time: FakeTime) -> None:
    server = serve({"fault": "half_stream", "text": "Hi", "after_chunks": 0}, {"text": "Hi", "usage": USED})
    line = Line(server, fake_time, options="?max_tokens=100", caps=Caps(tokens=1000))
    line.reply()
    assert line.gateway.usage.tokens == 30 + 100 + prompt_estimate(HELLO)


def test_a_capped_gateway_asks_for_no_more_than_it_reserved(serve: Serve, fake_time: FakeTime) -> None:
    server = serve({"text": "Hi", "usage": USED})
    Line(server, fake_time, caps=Caps(tokens=10_000)).reply()
    assert server.requests[0].body["max_tokens"] == RESERVED_REPLY_TOKENS


def test_an_uncapped_gateway_leaves_the_length_to_the_endpoint(serve: Serve, fake_time: FakeTime) -> None:
    server = serve({"text": "Hi"})
    Line(server, fake_time).reply()
    assert "max_tokens" not in server.requests[0].body


def test_calls_at_the_same_time_cannot_pass_the_cap_together(serve: Serve, fake_time: FakeTime) -> None:
    server = serve({"text": "Hi", "usage": {"prompt": 10, "completion": 100}}, after_last="repeat")
    line = Line(server, fake_time, options="?max_tokens=100", caps=Caps(tokens=329))

    async def work(gateway: Gateway) -> list[object]:
        calls = (gateway.reply(HELLO, purpose="test") for _ in range(10))
        return await asyncio.gather(*calls, return_exceptions=True)

    results = line.run(work)
    assert sum(isinstance(one, LimitReached) for one in results) == 8
    assert server.calls == 2
    assert line.gateway.usage.tokens == 220


def test_two_gateways_can_share_one_count(serve: Serve, fake_time: FakeTime) -> None:
    server = serve({"text": "Hi", "usage": USED}, after_last="repeat")
    usage = Usage()
    for _ in range(2):
        Line(server, fake_time, usage=usage).reply()
    assert (usage.requests, usage.tokens) == (2, 60)


def test_a_call_that_could_break_the_spend_cap_is_never_sent(serve: Serve, fake_time: FakeTime) -> None:
    server = serve({"text": "Hi", "usage": USED}, after_last="repeat")
    line = Line(server, fake_time, options="?max_tokens=100", caps=Caps(spend=0.25), prices=PRICED)
    reply = line.reply()
    assert reply.cost == pytest.approx(0.05)
    assert line.gateway.usage.spend == pytest.approx(0.05)
    with pytest.raises(LimitReached, match=r"0\.2000 of the cap of 0\.2500 are left"):
        line.reply()
    assert server.calls == 1


def test_a_spend_cap_without_a_price_says_how_to_give_one(serve: Serve, fake_time: FakeTime) -> None:
    server = serve({"text": "Hi"})
    with pytest.raises(UserMistake, match=r"ASSAY_PRICES.*model: scripted"):
        Line(server, fake_time, caps=Caps(spend=1)).reply()
    assert server.calls == 0


def test_someone_who_gives_a_price_list_overrides_the_shipped_one(tmp_path: Path) -> None:
    own = tmp_path / "prices.yaml"
    own.write_text("prices: [{model: gpt-4.1*, input: 9, output: 9, as_of: 2026-11-01}]")
    prices = load_prices(own)
    tokens = Tokens(prompt=1_000_000, completion=0)
    assert [p.cost(tokens) for m in ("gpt-4.1-mini", "gpt-5") if (p := prices.find(m))] == [9, 1.25]
    gateway = open_gateway("openai:gpt-4.1", environ={"ASSAY_PRICES": str(own)})
    assert gateway.caps == Caps()


def test_a_shipped_price_covers_dated_releases_and_no_other_model() -> None:
    prices = load_prices()
    dated, plain = prices.find("gpt-4.1-mini-2025-04-14"), prices.find("gpt-4.1-mini")
    assert dated is not None
    assert dated == plain
    assert prices.find("gpt-4.1-maxi") is None
    assert all(price.input > 0 and price.output > 0 for price in prices.prices)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "prices: [",
        "prices: [{model: m}]",
        "price: []",
        "prices: [{model: m, input: -1, output: 1, as_of: 2026-01-01}]",
    ],
)
def test_a_price_list_with_a_mistake_is_named_with_its_file(tmp_path: Path, text: str) -> None:
    own = tmp_path / "prices.yaml"
    own.write_text(text)
    with pytest.raises(UserMistake) as refusal:
        load_prices(own)
    assert str(own) in str(refusal.value)
    assert "as_of" in refusal.value.remedy


def test_a_price_list_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserMistake, match=r"none\.yaml"):
        load_prices(tmp_path / "none.yaml")
