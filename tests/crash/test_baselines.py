"""A worker that dies while the assistant works alone leaves nothing half done; the run is there once."""

import pytest
from tests.crash.conftest import Maker
from tests.crash.installations import SCRIPT
from tests.crash.workers import (
    Moment,
    ask_alone,
    find,
    played_runs,
    prepare,
    work_until_done,
    work_until_killed,
)

KILLED = -9
WHOLE = ["message_sent", "reply_finished", "deliverable_saved", "ended"]
PLAYING, SERVICES = "assay_web.baselines.playing", "assay_web.scoring.services"
MOMENTS = [
    Moment(SERVICES, "play", "before"),
    Moment(PLAYING, "_keep", "before"),
    Moment(PLAYING, "_keep", "after"),
    Moment(SERVICES, "play", "after"),
    Moment(SERVICES, "play", "before", 2),
]


def nothing_in_advance() -> None:
    """Migrate, and make the cast."""
    prepare(0)


@pytest.mark.parametrize("moment", MOMENTS, ids=lambda moment: f"{moment.name}-{moment.when}-{moment.nth}")
def test_a_run_is_there_once_and_whole_after_a_worker_died_over_it(
    new_installation: Maker, moment: Moment
) -> None:
    installation = new_installation(nothing_in_advance)
    (installation.home / SCRIPT).write_text("after_last: repeat\nreplies:\n  - text: Five labels.\n")
    installation.run(ask_alone, 2)
    assert installation.start(work_until_killed, moment).ended() == KILLED
    assert all(run in ([], WHOLE) for run in installation.run(played_runs))
    installation.run(work_until_done)
    assert installation.run(played_runs) == [WHOLE, WHOLE]
    found = installation.run(find)
    assert found.jobs == [("done", "")] * 2
    assert found.scores == found.noted == 2
    assert found.chain_holds
