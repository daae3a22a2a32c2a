"""Make the archive of this version: an installation in the middle of its life, on both kinds of database.

    python -m tests.upgrade.make

Run it from the checkout of a release, and commit the folder that it writes, `tests/upgrade/VERSION`. Every
later version is then tested to go on with what this one left. Everything in it is made up, and what looks
like a key opens nothing.
"""

import json
import tempfile
from pathlib import Path

from tests.crash.installations import Installation, Kind, Workshop
from tests.crash.sites import Site
from tests.crash.workers import Moment, work_until_done, work_until_killed
from tests.upgrade.archives import FOUND, HERE, pack
from tests.upgrade.living import (
    ASKED,
    BEGUN,
    DELIVERABLE,
    HANDED_OVER,
    PENDING,
    QUESTION,
    RUNNING,
    hand_in,
    heads,
    prepare,
    record_hashes,
    seen,
)

from assay import __version__

_RATED = Moment("assay_web.jobs.attempts", "rate", "after")
_ENQUEUED = Moment("assay_web.jobs.engine", "enqueue", "after")
KILLED = -9


def make(kind: Kind, folder: Path, to: Path) -> None:
    """Let an installation live, kill everything in it, and pack what is left."""
    installation = Workshop(folder, kind).new(prepare)
    installation.run(work_until_done)
    site = Site(installation)
    site.start()
    found = _work(installation, site)
    found |= {"heads": installation.run(heads), "records": installation.run(record_hashes)}
    pack(installation, kind, to)
    (to / FOUND).write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def _work(installation: Installation, site: Site) -> dict[str, object]:
    running = site.candidate(RUNNING)
    running.say(QUESTION, "m1", die_at=0)
    points = site.points()
    running.say("Write the guide for these.", "m2")
    assert running.call("deliverable", text=DELIVERABLE).status == 200
    for number, moment in ((BEGUN, _RATED), (HANDED_OVER, _ENQUEUED)):
        hand_in(site.candidate(number))
        ended = installation.start(work_until_killed, moment).ended()
        assert ended == KILLED, f"{moment}: {ended}"
    hand_in(site.candidate(ASKED))
    before: dict[str, object] = {"running": seen(running), "pending": seen(site.candidate(PENDING))}
    site.candidate(PENDING).say(QUESTION, "m1", die_at=points.index("a piece of the reply") + 1)
    assert site.running is not None
    assert site.running.ended() == KILLED
    return before


def main() -> None:
    """Make it for both kinds."""
    kinds: tuple[Kind, ...] = ("sqlite", "postgresql")
    for kind in kinds:
        with tempfile.TemporaryDirectory(prefix="assay-archive-") as folder:
            make(kind, Path(folder), HERE / __version__ / kind)
        print(f"tests/upgrade/{__version__}/{kind}")


if __name__ == "__main__":
    main()
