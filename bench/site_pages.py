"""How long the server takes for every page of the team's side, with many sessions in the database.

    python bench/site_pages.py [--sessions 100000] [--requests 30] [--postgresql] [--only WORDS]

A scratch installation is filled: first with FEW sessions, and every page is opened; then up to `--sessions`,
all of them in one stage of one opening, and a fifth as many more in other openings of this and other teams,
and every page is opened again. Printed are, a page each, the queries and the milliseconds from the request to
the whole answer, through the site's own handler with everything before and after the page. The queries must
be no more than before; exit status 1 says that they are more, or that 95 of 100 took longer than LIMIT.

SQLite in a file by default, as the site makes it; `--postgresql` starts a server for this run, and
DATABASE_URL names an empty database of one that runs.
"""

import argparse
import asyncio
import os
import sys
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).parents[1]
FEW, MANY, REQUESTS = 5_000, 100_000, 30
"""Few are more than a list walks in one look, so that it takes the same steps as with many."""
LIMIT = 150
"""Milliseconds, for 95 of 100 requests."""
AROUND = 20
"""Openings, versions, colleagues, and other things that are few."""
TEAMS, OPENINGS = 4, 5
HOST = {"host": "localhost"}
CAPS = {"ASSAY_SESSION_TOKENS": "500000", "ASSAY_DAY_TOKENS": "1000000000"}
"""With caps the operations page has more to tell."""

if TYPE_CHECKING:
    from django.test import Client
    from tests.web.crowd import Place
    from tests.web.team_pages import TeamPage


@dataclass(frozen=True, slots=True)
class Timed:
    """One page: questions to the database, and milliseconds a request in the order of their length."""

    queries: int
    milliseconds: tuple[float, ...]

    @property
    def p50(self) -> float:
        return quantiles(self.milliseconds, n=20, method="inclusive")[9]

    @property
    def p95(self) -> float:
        return quantiles(self.milliseconds, n=20, method="inclusive")[18]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--sessions", type=int, default=MANY)
    parser.add_argument("--requests", type=int, default=REQUESTS)
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--only", default="", help="pages whose name holds these words")
    wishes = parser.parse_args()
    _set_up(postgresql=wishes.postgresql)
    place = _filled_a_little()
    pages = _pages(place, wishes.only)
    few = {page.name: timed(place, page, wishes.requests) for page in pages}
    began = time.perf_counter()
    _fill(place, wishes.sessions)
    print(f"{_database()}; {wishes.sessions:,} sessions in one stage, a fifth as many elsewhere,", end=" ")
    print(f"filled in {time.perf_counter() - began:.0f} s; {wishes.requests} requests a page\n")
    many = {page.name: timed(place, page, wishes.requests) for page in pages}
    print("\n".join(table(few, many)))
    print(f"\n{_export(place)}")
    sys.exit(_verdict(few, many))


def _set_up(*, postgresql: bool) -> None:
    """A scratch installation with its tables."""
    sys.path[:0] = [str(ROOT), str(ROOT / "src")]
    os.environ.update(CAPS)
    if postgresql:
        os.environ["ASSAY_TEST_DATABASE"] = "postgresql"
    import tests.installation  # noqa: F401
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from assay_web.accounts.models import User

    if User.objects.exists():
        sys.exit("There are people in this database; name an empty one")


def _filled_a_little() -> "Place":
    from tests.web.crowd import add_around, make_place
    from tests.web.crowd_rows import add_candidates

    place = make_place()
    add_around(place, AROUND)
    add_candidates(place.cast.stage, (place.cast.version, place.older), FEW)
    _settle()
    return place


def _fill(place: "Place", sessions: int) -> None:
    from tests.web.crowd import add_openings, add_team
    from tests.web.crowd_rows import add_candidates

    cast, share = place.cast, max(1, (sessions - FEW) // 5 // (TEAMS * OPENINGS))
    for number in range(TEAMS):
        team, version = (cast.team, cast.version) if number == 0 else add_team(f"Team {number}", cast.version)
        for stage in add_openings(team, version, OPENINGS):
            add_candidates(stage, (version, version), share)
    add_candidates(cast.stage, (cast.version, place.older), sessions - FEW)
    _settle()


def _settle() -> None:
    """What PostgreSQL does by itself after a while; the site's SQLite is left as the site leaves it."""
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM (ANALYZE)")


def _pages(place: "Place", words: str) -> "list[TeamPage]":
    from tests.web.team_pages import team_pages

    return [page for page in team_pages(place) if words in page.name]


def timed(place: "Place", page: "TeamPage", requests: int) -> Timed:
    """Open a page once unmeasured, and then this often."""
    client = place.cast.signed_in(place.cast.owner)
    with _counted() as asked:
        _open(client, page)
        asked.clear()
        _open(client, page)
        queries = len(asked)
    milliseconds = []
    for _ in range(requests):
        began = time.perf_counter()
        _open(client, page)
        milliseconds.append((time.perf_counter() - began) * 1000)
    return Timed(queries, tuple(sorted(milliseconds)))


def _open(client: "Client", page: "TeamPage") -> None:
    response = client.get(page.address, headers=HOST)
    if response.status_code != 200:
        sys.exit(f"{page.name} at {page.address} answered {response.status_code}")


@contextmanager
def _counted() -> Iterator[list[str]]:
    """The questions that are asked meanwhile."""
    from django.db import connection

    asked: list[str] = []

    def noting(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(noting):
        yield asked


def table(few: dict[str, Timed], many: dict[str, Timed]) -> Iterator[str]:
    """A line a page."""
    before = f"queries at {FEW:,} | p50 at {FEW:,} | p50, ratio"
    yield f"| page | queries | min, ms | p50, ms | p95, ms | max, ms | {before} |"
    yield "|---|---:|---:|---:|---:|---:|---:|---:|---:|"
    for name, one in many.items():
        known = few[name]
        least, most = one.milliseconds[0], one.milliseconds[-1]
        times = f"{least:.0f} | {one.p50:.0f} | {one.p95:.0f} | {most:.0f}"
        ratio = one.p50 / known.p50
        yield f"| {name} | {one.queries} | {times} | {known.queries} | {known.p50:.0f} | {ratio:.1f} |"


def _export(place: "Place") -> str:
    """The one file that is as long as its stage: how long it takes, how large it is, and what it needs."""
    began = time.perf_counter()
    first, size = asyncio.run(_taken(place))
    seconds = time.perf_counter() - began
    tracemalloc.start()
    asyncio.run(_taken(place))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return (
        f"The stage as CSV: begins after {first * 1000:.0f} ms; {size / 1e6:.1f} MB in {seconds:.1f} s,"
        f" {peak / 1e6:.1f} MB of memory at most."
    )


async def _taken(place: "Place") -> tuple[float, int]:
    """Take the file as the site sends it: seconds until it begins, and its length."""
    from django.test import AsyncClient, override_settings
    from django.urls import reverse

    from assay_web.database import in_database

    client = AsyncClient()
    client.cookies = (await in_database(place.cast.signed_in, place.cast.owner)).cookies
    address = reverse("scoring:csv", args=[place.cast.stage.public_id])
    began, first, size = time.perf_counter(), 0.0, 0
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        response: Any = await client.get(address)
    async for piece in response.streaming_content:
        first = first or time.perf_counter() - began
        size += len(piece)
    return first, size


def _verdict(few: dict[str, Timed], many: dict[str, Timed]) -> int:
    slow = [name for name, one in many.items() if one.p95 > LIMIT]
    grown = [name for name, one in many.items() if one.queries > few[name].queries]
    print(f"Longer than {LIMIT} ms at p95: {', '.join(slow) or 'no page'}.")
    print(f"More queries than with {FEW:,} sessions: {', '.join(grown) or 'no page'}.")
    return 1 if slow or grown else 0


def _database() -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT sqlite_version()" if connection.vendor == "sqlite" else "SHOW server_version")
        return f"{connection.display_name} {cursor.fetchone()[0].split()[0]}"


if __name__ == "__main__":
    main()
