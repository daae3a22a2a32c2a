"""What asynchronous code asks of the database is kept or refused call by call, whoever shares its commit."""

import asyncio

import pytest
from django.db import IntegrityError, transaction

from assay_web.accounts.models import Team, User
from assay_web.database import in_database, in_database_later

pytestmark = [pytest.mark.anyio, pytest.mark.django_db(transaction=True)]


class Refused(Exception):
    """What a call raises that has thought better of it."""


def found(name: str) -> None:
    Team.objects.create(name=name)


def found_and_refuse(name: str) -> None:
    found(name)
    raise Refused


def found_all_or_nothing(name: str) -> None:
    with transaction.atomic():
        found_and_refuse(name)


def take_an_address_twice() -> None:
    for _ in range(2):
        User.objects.create_user("twice@example.org", name="Twice")


def names() -> set[str]:
    return set(Team.objects.values_list("name", flat=True))


async def test_calls_that_come_together_are_all_kept() -> None:
    await asyncio.gather(*(in_database(found, f"Team {number}") for number in range(50)))
    assert await in_database(names) == {f"Team {number}" for number in range(50)}


async def test_a_call_that_raises_takes_nothing_from_those_beside_it() -> None:
    outcomes = await asyncio.gather(
        in_database(found, "before"),
        in_database(found_all_or_nothing, "undone"),
        in_database(found, "after"),
        return_exceptions=True,
    )
    assert [type(outcome) for outcome in outcomes] == [type(None), Refused, type(None)]
    assert await in_database(names) == {"before", "after"}


async def test_what_a_refused_call_had_written_by_itself_stays() -> None:
    with pytest.raises(Refused):
        await in_database(found_and_refuse, "kept")
    assert await in_database(names) == {"kept"}


async def test_what_the_database_refuses_is_told_to_whoever_asked_and_to_nobody_else() -> None:
    outcomes = await asyncio.gather(
        in_database(take_an_address_twice), in_database(found, "beside"), return_exceptions=True
    )
    assert isinstance(outcomes[0], IntegrityError)
    assert outcomes[1] is None
    assert await in_database(names) == {"beside"}


async def test_what_can_wait_is_done_all_the_same() -> None:
    await asyncio.gather(in_database_later(found, "later"), *(in_database(found, f"{n}") for n in range(20)))
    assert "later" in await in_database(names)


async def test_what_was_asked_for_is_done_even_when_whoever_asked_has_left() -> None:
    asked = asyncio.create_task(in_database(found, "asked for"))
    await asyncio.sleep(0)
    asked.cancel()
    await asyncio.gather(asked, return_exceptions=True)
    await in_database(found, "next")
    assert await in_database(names) == {"asked for", "next"}
