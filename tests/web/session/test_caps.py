"""A cap is reached while a candidate works: they are told calmly, and lose nothing."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings
from tests.people import Cast

from assay_web.caps import Cap, Scope
from assay_web.database import in_database
from assay_web.jobs import spend
from assay_web.jobs.models import ModelCall, Spend
from assay_web.session import assistant

from .conftest import Tab, browser_of, event_in

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def capped(script: Path) -> Iterator[None]:
    """Sessions and warm-ups are capped such that one reply fits, and little more."""
    before = settings.CONFIGURATION
    caps: dict[Scope, Cap] = {
        "session": Cap("session", tokens=3_500),
        "warm-up": Cap("warm-up", tokens=1_500),
    }
    settings.CONFIGURATION = replace(before, caps=caps)
    script.write_text(
        'after_last: repeat\nreplies: [{text: "Three labels.", usage: {prompt: 1200, completion: 800}}]'
    )
    yield
    settings.CONFIGURATION = before
    # What a test did not wait for ended with its event loop.
    spend._giving.clear()
    spend._unused.clear()


async def settled() -> None:
    """Wait until all is given back; what an earlier test's event loop left behind is not waited for."""
    here = asyncio.get_running_loop()
    while waiting := [task for task in spend._giving if task.get_loop() is here and not task.done()]:
        await asyncio.wait(waiting)


async def test_a_candidate_whose_session_has_used_its_tokens_is_told_what_to_do(started: Tab) -> None:
    assert [name for name, _ in await started.say("Which labels?", "m1")][-1] == "over"
    await settled()
    assert (await in_database(Spend.objects.get)).tokens == 2_000
    before = await started.state()
    events = await started.say("And why these?", "m2")
    told = dict(events)["failed"]["problem"]
    assert "cannot answer any more" in told
    assert "hand it in" in told
    assert "ASSAY" not in told
    state = await started.state()
    assert state["unanswered"]
    assert state["rounds_used"] == before["rounds_used"] == 1
    assert before["seconds_left"] - state["seconds_left"] < 1
    await in_database(assistant.keep_notes)
    assert await in_database(lambda: list(ModelCall.objects.values_list("outcome", flat=True))) == [
        "complete",
        "limit",
    ]


async def test_the_work_goes_on_and_is_handed_in_without_the_ai(started: Tab) -> None:
    for number in range(3):
        await started.say("More", f"m{number}")
        await settled()
    status, _ = await started.call("submit", text="Labels: one, two, three.")
    assert status == 200
    assert (await started.state())["ended"] == "submitted"


async def test_a_warm_up_beyond_its_cap_says_that_the_work_is_counted_apart(cast: Cast, started: Tab) -> None:
    browser = await in_database(browser_of, cast.noor)
    said = []
    for text in ("Hello", "Hello again"):
        response = await browser.post(
            f"/c/{cast.noor.public_id}/warm-up", {"text": text}, content_type="application/json"
        )
        pieces = response.streaming_content  # type: ignore[attr-defined]
        blocks = b"".join([piece async for piece in pieces]).decode().split("\n\n")
        said.append([event_in(block) for block in blocks if block])
        await settled()
    assert said[0][0][0] == "piece"
    assert "counted apart" in dict(said[1])["failed"]["problem"]
    team = await in_database(lambda: ModelCall.objects.filter(purpose="warm-up").first().team_id)  # type: ignore[union-attr]
    assert team == cast.team.pk
    assert [name for name, _ in await started.say("Which labels?", "m1")][-2] == "piece"
