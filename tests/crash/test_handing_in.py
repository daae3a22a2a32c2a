"""P6: handing in is idempotent; expiry hands in the last autosave as of the limit, however late a worker."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from tests.crash.installations import Installation
from tests.crash.sites import Site, set_clock_ahead
from tests.crash.workers import find, scored_once, work_until_done

HOUR = 3600.0
FIRST = "R01 positive_product"
LAST = f"{FIRST}\nR02 unclear: it speaks of two parcels"


class HandedIn(NamedTuple):
    """What the first candidate handed in."""

    by: str
    ends: int
    after_limit: float
    """Seconds from the limit, waits for replies not counted, to the end that was written down."""
    deliverable: str
    jobs: int


def handed_in() -> HandedIn:
    from tests.looking import look

    from assay_web.jobs.models import ScoringJob
    from assay_web.session.models import CandidateSession

    row = CandidateSession.objects.order_by("pk")[0]
    state, deliverable = look(row.pk, lambda one: (one.state, one.transcript.final_deliverable))
    assert row.ended_at is not None
    ended = (row.ended_at - row.started_at).total_seconds()
    return HandedIn(
        row.ended_by,
        row.events.filter(kind="ended").count(),
        ended - state.limit_moment(),
        deliverable or "",
        ScoringJob.objects.filter(session=row).count(),
    )


def work_late(ahead: float) -> None:
    """A worker that comes so many seconds from now, while the site was there all the time."""
    set_clock_ahead(ahead)
    from assay_web.clock import now
    from assay_web.session.models import Heartbeat

    Heartbeat.objects.update(seen_at=now())
    from assay_web.jobs.sweep import Left, end_sessions

    end_sessions(Left())
    work_until_done()


def test_fifty_submits_at_once_on_two_sites_hand_in_once(
    installation: Installation, new_site: Callable[[], Site]
) -> None:
    sites = [new_site(), new_site()]
    for site in sites:
        site.start()
    browsers = [site.candidate(0) for site in sites]
    browsers[0].say_until_answered("Which labels do we need?", "m1")
    with ThreadPoolExecutor(50) as pool:
        told = list(pool.map(lambda place: browsers[place % 2].call("submit", text=LAST), range(50)))
    assert {answer.status for answer in told} == {200}
    assert all(answer.json()["ended"] == "submitted" for answer in told)
    found = installation.run(handed_in)
    assert (found.by, found.ends, found.deliverable, found.jobs) == ("submitted", 1, LAST, 1)
    installation.run(work_until_done)
    assert scored_once(installation.run(find), sessions=1)


def test_a_worker_that_comes_an_hour_late_hands_in_the_last_autosave_as_of_the_limit(
    installation: Installation, new_site: Callable[[], Site]
) -> None:
    site = new_site()
    site.start()
    candidate = site.candidate(0)
    for number in range(2):
        candidate.say_until_answered("Which labels do we need?", f"m{number}")
    for text in (FIRST, LAST):
        assert candidate.call("deliverable", text=text).status == 200
    site.kill()
    installation.run(work_late, 1.5 * HOUR)
    found = installation.run(handed_in)
    assert (found.by, found.ends, found.deliverable, found.jobs) == ("time", 1, LAST, 1)
    assert abs(found.after_limit) < 0.01
    assert scored_once(installation.run(find), sessions=1)
