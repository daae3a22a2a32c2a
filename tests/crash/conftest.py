"""Installations for crash tests, on SQLite and on a PostgreSQL of their own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.crash.installations import Installation, Kind, Workshop
from tests.crash.sites import Site, prepare_candidates
from tests.postgresql import NoServer, running_server

Maker = Callable[[Callable[..., object]], Installation]


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> Kind:
    """Where the installations keep their data."""
    if request.param == "postgresql":
        try:
            running_server()
        except NoServer as reason:
            pytest.skip(str(reason))
    found: Kind = request.param
    return found


@pytest.fixture(scope="session")
def new_installation(kind: Kind, tmp_path_factory: pytest.TempPathFactory) -> Maker:
    """Makes installations; those that are prepared alike are prepared once."""
    workshops: dict[str, Workshop] = {}

    def make(prepare: Callable[..., object]) -> Installation:
        name = prepare.__name__
        if name not in workshops:
            folder: Path = tmp_path_factory.mktemp(f"{kind}-{name.replace('_', '-')}")
            workshops[name] = Workshop(folder, kind)
        return workshops[name].new(prepare)

    return make


@pytest.fixture
def installation(new_installation: Maker) -> Installation:
    """One with candidates whose sessions have started."""
    return new_installation(prepare_candidates)


@pytest.fixture
def new_site(installation: Installation) -> Iterator[Callable[[], Site]]:
    """Makes sites of this installation, killed with the test."""
    made: list[Site] = []

    def make() -> Site:
        made.append(Site(installation))
        return made[-1]

    yield make
    for site in made:
        if site.running is not None and site.running.process.is_alive():
            site.kill()
