"""A page asks the database as often with sixty rows as with a few."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings
from tests.web.crowd import Place, add_around, make_place
from tests.web.crowd_rows import add_candidates
from tests.web.team_pages import NOT_PAGES, TeamPage, team_pages
from tests.web.test_doors import ANY_MEMBER, DOORS

from assay_web.accounts.roles import Permission
from assay_web.caps import Cap
from assay_web.openings import queries

OF_THE_TEAM = {name for name, door in DOORS.items() if door == ANY_MEMBER or door in Permission.values}


@pytest.fixture
def place(db: None, settings: Settings) -> Place:
    """The cast, with a few of everything and with caps, so that no list and no filter is empty."""
    caps = {cap.scope: cap for cap in (Cap("session", tokens=1_000_000), Cap("day", spend=10.0))}
    settings.CONFIGURATION = replace(settings.CONFIGURATION, caps=caps)
    place = make_place()
    add_candidates(place.cast.stage, (place.cast.version, place.older), 10)
    add_around(place, 4)
    return place


def opened(client: Client, page: TeamPage) -> Any:
    response = client.get(page.address)
    assert response.status_code == 200, page
    return response


def questions(client: Client, pages: list[TeamPage]) -> dict[str, int]:
    """How often each page asks the database, once it has been opened before."""
    counts = {}
    for page in pages:
        opened(client, page)
        with CaptureQueriesContext(connection) as asked:
            opened(client, page)
        counts[page.name] = len(asked)
    return counts


def test_every_page_of_the_team_is_counted(place: Place) -> None:
    pages = {page.door for page in team_pages(place)}
    assert pages | NOT_PAGES == OF_THE_TEAM, "add the page to tests/web/team_pages.py"
    assert not pages & NOT_PAGES


def test_no_page_asks_more_often_when_there_is_more_to_show(place: Place) -> None:
    pages = team_pages(place)
    client = place.cast.signed_in(place.cast.owner)
    with_few = questions(client, pages)
    add_candidates(place.cast.stage, (place.cast.version, place.older), 400)
    add_around(place, 60)
    assert questions(client, pages) == with_few
    assert max(with_few.values()) < 25


def test_a_search_finds_and_counts_the_same_where_few_fit_and_where_many_do(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def found() -> list[tuple[int, list[int]]]:
        pages = [
            queries.candidates_page(place.cast.opening, search="Example.org", number=number)
            for number in (None, "2", "last")
        ]
        return [(page.paginator.count, [line.candidate.pk for line in page.object_list]) for page in pages]

    add_candidates(place.cast.stage, (place.cast.version, place.older), 150)
    looked_up = found()
    assert looked_up[0][0] == place.cast.opening.candidates.count() > 150
    monkeypatch.setattr(queries, "RARE", 3)
    assert found() == looked_up
