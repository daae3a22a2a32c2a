"""What the tests of judges share: an endpoint that judges, a stage that it judges, and a loop of its own."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from pytest_django import Settings
from tests.judge_endpoint import Endpoint
from tests.people import Cast, make_cast
from tests.web.scoring.conftest import database_of_threads

from assay.scoring.judge.settings import read_judge
from assay_web import database
from assay_web.judges import asking, services
from assay_web.judges.models import Judge

__all__ = ["database_of_threads"]


@pytest.fixture
def committed(database_of_threads: None) -> Iterator[None]:
    """A database that the judges' loop sees: its thread has no connection to that of an earlier test."""
    database._together.cache_clear()
    yield
    asking.hang_up()
    database._together.cache_clear()


@pytest.fixture
def cast(committed: None) -> Cast:
    """The known cast, really committed: the judges' loop is another thread."""
    return make_cast()


@pytest.fixture
def endpoint(settings: Settings) -> Iterator[Endpoint]:
    """An endpoint of the site's own that judges every criterion with a 3."""
    with Endpoint() as server:
        allow(settings, server)
        yield server


@pytest.fixture
def judge(cast: Cast, endpoint: Endpoint) -> Judge:
    """A judge of the team, asked once about each criterion."""
    return services.make_judge(cast.team, cast.owner, "Careful", read_judge(endpoint.setting))


def allow(settings: Settings, *servers: Endpoint) -> None:
    """Let judges be asked there."""
    places = frozenset(server.base_url for server in servers)
    settings.CONFIGURATION = replace(settings.CONFIGURATION, judge_endpoints=places)
