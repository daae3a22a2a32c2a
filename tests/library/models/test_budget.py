"""A gateway asks a budget that is kept elsewhere before every request, and settles with it afterwards."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from assay.errors import LimitReached
from assay.models.caps import Caps, Reservation, Settle
from assay.models.gateway import Gateway, open_gateway
from assay.models.prices import Prices
from assay.models.replies import Tokens
from assay.models.setting import read_setting

ASKED = [{"role": "user", "content": "How many bays?"}]


@dataclass
class Purse:
    """A budget of whole requests, which notes what it was asked and what it got back."""

    requests: int
    asked: list[tuple[Reservation, str]] = field(default_factory=list)
    settled: list[tuple[Tokens | None, float | None]] = field(default_factory=list)

    async def reserve(self, wanted: Reservation, purpose: str) -> Settle:
        await asyncio.sleep(0)
        self.asked.append((wanted, purpose))
        if len(self.asked) > self.requests:
            raise LimitReached("The purse is empty", remedy="Fill it")
        return lambda used, cost: self.settled.append((used, cost))


def gateway(folder: Path, script: str, purse: Purse, caps: Caps | None = None) -> Gateway:
    path = folder / "replies.yaml"
    path.write_text(script, encoding="utf-8")
    return open_gateway(f"scripted:{path}?max_tokens=50", budget=purse, caps=caps)


def asked(door: Gateway) -> str:
    async def ask() -> str:
        async with door:
            return (await door.reply(ASKED, purpose="assistant")).text

    return asyncio.run(ask())


def test_the_most_a_request_may_use_is_set_aside_and_what_it_used_is_settled(tmp_path: Path) -> None:
    purse = Purse(1)
    script = 'replies: [{text: "Twelve", usage: {prompt: 9, completion: 3}}]'
    assert asked(gateway(tmp_path, script, purse)) == "Twelve"
    [(wanted, purpose)] = purse.asked
    assert purpose == "assistant"
    assert 50 < wanted.tokens < 100
    assert (wanted.cost, wanted.unpriced) == (0.0, "")
    assert purse.settled == [(Tokens(prompt=9, completion=3), 0.0)]


def test_what_the_endpoint_did_not_count_stays_set_aside(tmp_path: Path) -> None:
    purse = Purse(1)
    asked(gateway(tmp_path, 'replies: [{text: "Twelve"}]', purse))
    assert purse.settled == [(None, None)]


def test_every_request_of_a_call_that_is_tried_again_is_asked_for(tmp_path: Path) -> None:
    purse = Purse(5)
    script = 'replies: [{fault: http_error, status: 503, retry_after: 0}, {text: "Twelve"}]'
    assert asked(gateway(tmp_path, script, purse)) == "Twelve"
    assert len(purse.asked) == len(purse.settled) == 2
    assert purse.settled[0] == (Tokens(prompt=0, completion=0), 0.0)


def test_nothing_is_sent_when_the_budget_refuses(tmp_path: Path) -> None:
    purse = Purse(0)
    with pytest.raises(LimitReached, match="purse is empty"):
        asked(gateway(tmp_path, "replies: [{fault: http_error, status: 400}]", purse))
    assert purse.settled == []


def test_what_the_gateways_own_cap_forbids_goes_back_to_the_budget(tmp_path: Path) -> None:
    purse = Purse(1)
    with pytest.raises(LimitReached, match="cap of 10"):
        asked(gateway(tmp_path, 'replies: [{text: "Twelve"}]', purse, Caps(tokens=10)))
    assert purse.settled == [(Tokens(prompt=0, completion=0), 0.0)]


def test_a_budget_is_told_which_model_has_no_price() -> None:
    purse = Purse(0)
    door = Gateway(read_setting("no-such-model@http://127.0.0.1:9/v1"), budget=purse, prices=Prices())
    with pytest.raises(LimitReached):
        asked(door)
    assert purse.asked[0][0].unpriced == "no-such-model"
