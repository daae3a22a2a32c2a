"""Caps on what models may use, shared by every process of the installation."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from pytest_django import Settings
from tests.people import Cast

from assay.errors import UserMistake
from assay.models.caps import Reservation
from assay.models.replies import Tokens
from assay_web.baselines.services import ask_for_baseline
from assay_web.caps import Cap, Scope
from assay_web.clock import following, now
from assay_web.database import in_database
from assay_web.jobs import spend
from assay_web.jobs.models import ModelCall, Spend
from assay_web.jobs.spend import CapReached, Counted, SharedBudget, counted, give_back, set_aside
from assay_web.session.start import start_session, start_try

ROOT = Path(__file__).parents[3]
Setting = Callable[..., None]


@pytest.fixture
def cap(settings: Settings) -> Setting:
    """Set caps: `cap(Cap("day", tokens=100))`."""

    def set_caps(*caps: Cap) -> None:
        settings.CONFIGURATION = replace(settings.CONFIGURATION, caps={one.scope: one for one in caps})

    return set_caps


def ask(tokens: int, *, dollars: float = 0.0, purpose: str = "assistant", session: int | None = None) -> None:
    refusal = set_aside(counted(purpose, session), Reservation(tokens, dollars))
    if refusal is not None:
        raise refusal


def used(scope: str) -> int:
    return Spend.objects.get(scope__startswith=scope).tokens


def test_without_caps_nothing_is_counted(cast: Cast, cap: Setting) -> None:
    cap()
    assert counted("assistant", start_session(cast.mara).pk) == []


def test_a_call_that_would_go_beyond_the_days_cap_is_refused_and_the_setting_named(
    db: None, cap: Setting, caplog: pytest.LogCaptureFixture
) -> None:
    cap(Cap("day", tokens=100))
    ask(60)
    with pytest.raises(CapReached, match="for today") as refused:
        ask(41)
    assert "ASSAY_DAY_TOKENS" in refused.value.remedy
    assert "ASSAY_DAY_TOKENS" not in refused.value.message
    assert "ASSAY_DAY_TOKENS" in caplog.text
    ask(40)
    row = Spend.objects.get()
    assert (row.tokens, row.refused) == (100, 1)


def test_a_refusal_names_the_setting_that_is_set_though_another_call_gives_back_meanwhile(
    db: None, cap: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    cap(Cap("day", tokens=100))
    ask(60)
    begin = spend._begin

    def meanwhile(thing: Counted) -> bool:
        give_back({thing.key: (50, 0)})
        return begin(thing)

    monkeypatch.setattr(spend, "_begin", meanwhile)
    with pytest.raises(CapReached) as refused:
        ask(91)
    assert "ASSAY_DAY_TOKENS is reached" in refused.value.remedy


def test_money_is_capped_to_the_billionth_of_a_dollar(db: None, cap: Setting) -> None:
    cap(Cap("day", spend=0.3))
    for _ in range(3):
        ask(1, dollars=0.1)
    with pytest.raises(CapReached) as refused:
        ask(1, dollars=0.000000001)
    assert "ASSAY_DAY_SPEND" in refused.value.remedy


def test_a_session_has_a_cap_of_its_own_and_one_that_is_full_takes_nothing_from_the_day(
    cast: Cast, cap: Setting
) -> None:
    cap(Cap("session", tokens=50), Cap("day", tokens=1_000))
    mara, noor = start_session(cast.mara), start_session(cast.noor)
    ask(50, session=mara.pk)
    with pytest.raises(CapReached, match="one session"):
        ask(1, session=mara.pk)
    ask(30, session=noor.pk)
    assert used("day") == 80


@pytest.mark.parametrize("scope", ["session", "day"])
def test_a_cap_tells_the_team_nothing_that_is_meant_for_candidates(
    cast: Cast, cap: Setting, scope: Scope
) -> None:
    cap(Cap(scope, tokens=50))
    run = ask_for_baseline(cast.stage, cast.owner, runs=1).runs.get().session
    for session in (run, start_try(cast.stage, cast.version, cast.author)):
        with pytest.raises(CapReached, match="has used all that is set aside") as refused:
            ask(51, session=session.pk)
        assert "deliverable" not in refused.value.message
        assert "team" not in refused.value.message
        assert refused.value.remedy == f"{Cap(scope, tokens=50).tokens_setting} is reached; raise it to go on"
    with pytest.raises(CapReached, match="Go on with your deliverable"):
        ask(51, session=start_session(cast.mara).pk)


def test_a_full_day_takes_nothing_from_the_session(cast: Cast, cap: Setting) -> None:
    cap(Cap("session", tokens=500), Cap("day", tokens=60))
    mara = start_session(cast.mara)
    ask(50, session=mara.pk)
    with pytest.raises(CapReached, match="today"):
        ask(50, session=mara.pk)
    assert used("session") == 50


def test_warm_ups_and_drafting_take_nothing_from_candidates(cast: Cast, cap: Setting) -> None:
    cap(Cap("day", tokens=100), Cap("warm-up", tokens=100), Cap("drafting", tokens=100))
    ask(100, purpose="drafting")
    ask(100, purpose="warm-up")
    ask(100, purpose="assistant")
    for purpose in ("drafting", "warm-up"):
        with pytest.raises(CapReached):
            ask(1, purpose=purpose)


def test_a_new_day_begins_at_nothing(db: None, cap: Setting) -> None:
    cap(Cap("day", tokens=100))
    with following(lambda: datetime(2026, 3, 2, 23, 59, 59, tzinfo=UTC)):
        ask(100)
    with following(lambda: datetime(2026, 3, 3, tzinfo=UTC)):
        ask(100)


def test_a_cap_that_is_set_during_the_day_counts_what_was_used_before(cast: Cast, cap: Setting) -> None:
    session = start_session(cast.mara)
    for purpose, tokens in (("assistant", 40), ("drafting", 1_000)):
        ModelCall.objects.create(
            session=session,
            at=now(),
            purpose=purpose,
            setting="endpoint",
            outcome="complete",
            prompt_tokens=tokens,
            completion_tokens=10,
            seconds=1.0,
            attempts=1,
        )
    cap(Cap("day", tokens=100))
    ask(50, session=session.pk)
    with pytest.raises(CapReached):
        ask(1, session=session.pk)


@pytest.mark.anyio
class TestSharedBudget:
    """What a gateway of the site does with its calls."""

    @pytest.fixture
    def anyio_backend(self) -> str:
        return "asyncio"

    @pytest.fixture(autouse=True)
    def committed(self, transactional_db: None, cap: Setting) -> None:
        cap(Cap("day", tokens=100, spend=1.0))

    async def given_back(self) -> None:
        await asyncio.gather(*spend._giving)

    async def tokens(self) -> int:
        return (await in_database(Spend.objects.get)).tokens

    async def test_what_was_not_used_is_given_back(self) -> None:
        settle = await SharedBudget().reserve(Reservation(80, 0.5), "assistant")
        assert await self.tokens() == 80
        settle(Tokens(prompt=10, completion=5), 0.1)
        await self.given_back()
        row = await in_database(Spend.objects.get)
        assert (row.tokens, row.nanodollars) == (15, 100_000_000)

    async def test_what_the_endpoint_did_not_count_stays_used(self) -> None:
        settle = await SharedBudget().reserve(Reservation(80, 0.5), "assistant")
        settle(None, None)
        await self.given_back()
        assert await self.tokens() == 80

    async def test_a_call_that_is_cancelled_while_it_waits_gives_everything_back(self) -> None:
        waiting = asyncio.create_task(SharedBudget().reserve(Reservation(80, 0.5), "assistant"))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        while not await in_database(Spend.objects.exists) or spend._giving or await self.tokens():
            await asyncio.sleep(0.01)

    async def test_many_calls_that_end_together_are_settled_exactly(self) -> None:
        settles = [await SharedBudget().reserve(Reservation(5, 0.0), "assistant") for _ in range(20)]
        for settle in settles:
            settle(Tokens(prompt=1, completion=1), 0.0)
        await self.given_back()
        assert await self.tokens() == 40

    async def test_money_cannot_be_counted_without_a_price(self) -> None:
        with pytest.raises(UserMistake, match="ASSAY_DAY_SPEND is set, and no price is known for some-model"):
            await SharedBudget().reserve(Reservation(5, 0.0, "some-model"), "assistant")
        assert not await in_database(Spend.objects.exists)


@pytest.mark.django_db(transaction=True)
def test_processes_that_race_at_the_cap_never_go_beyond_it(tmp_path: Path) -> None:
    day, tokens, most = date(2026, 3, 2), 7, 1_000
    command = [sys.executable, "-m", "tests.web.jobs.racing", str(tokens), str(most), day.isoformat()]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    racers = [subprocess.Popen(command, cwd=ROOT, env=_this_database(tmp_path), **pipes) for _ in range(2)]
    try:
        for racer in racers:
            assert racer.stdout is not None
            assert racer.stdout.readline() == "ready\n"
        taken = [int(racer.communicate("go\n", timeout=60)[0]) for racer in _begun(racers)]
    finally:
        for racer in racers:
            racer.kill()
            racer.wait()
    row = Spend.objects.get()
    assert sum(taken) == most // tokens
    assert row.tokens == sum(taken) * tokens <= most
    assert row.refused == 2 * 4 * 30 - sum(taken)


def _begun(racers: list["subprocess.Popen[str]"]) -> list["subprocess.Popen[str]"]:
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("go\n")
        racer.stdin.flush()
    return racers


def _this_database(home: Path) -> dict[str, str]:
    """The environment of a process that uses the tests' database."""
    name, host = settings.DATABASES["default"]["NAME"], settings.DATABASES["default"].get("HOST", "")
    url = (
        f"sqlite://{name}" if connection.vendor == "sqlite" else f"postgresql://postgres@/{name}?host={host}"
    )
    unset = {"ASSAY_TEST_DATABASE"}
    environ = {key: value for key, value in os.environ.items() if key not in unset}
    return environ | {"DATABASE_URL": url, "ASSAY_HOME": str(home), "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}


def test_owners_see_what_is_used_against_every_cap_and_when_one_is_reached(cast: Cast, cap: Setting) -> None:
    cap(Cap("session", tokens=200), Cap("day", tokens=1_000, spend=2.0), Cap("drafting", tokens=500))
    mara = start_session(cast.mara)
    ask(150, dollars=0.25, session=mara.pk)
    page = cast.signed_in(cast.owner).get("/operations/").content.decode()
    for words in ("ASSAY_SESSION_TOKENS", "ASSAY_DAY_TOKENS", "ASSAY_DAY_SPEND", "ASSAY_DRAFTING_DAY_TOKENS"):
        assert words in page
    assert "0.2500 USD" in page
    assert (
        "note warning"
        not in page.split("No worker is alive")[1].split('class="tally"')[0].split("</p>", 1)[1]
    )
    with pytest.raises(CapReached):
        ask(100, session=mara.pk)
    page = cast.signed_in(cast.owner).get("/operations/").content.decode()
    assert "because ASSAY_SESSION_TOKENS is reached" in page
    assert "Sessions that reached their cap" in page
    assert "Mara Lindqvist" in page
    theirs = cast.signed_in(cast.stranger).get("/operations/").content.decode()
    assert "Mara Lindqvist" not in theirs


def test_owners_are_told_before_a_cap_is_reached(cast: Cast, cap: Setting) -> None:
    cap(Cap("day", tokens=1_000))
    ask(800)
    assert (
        "80 % of ASSAY_DAY_TOKENS are used" in cast.signed_in(cast.owner).get("/operations/").content.decode()
    )


def test_owners_are_told_that_nothing_is_capped(cast: Cast, cap: Setting) -> None:
    cap()
    assert "No caps are set" in cast.signed_in(cast.owner).get("/operations/").content.decode()
