"""The two processes of a running installation, each as `python -m assay_web.commands.children site|worker`.

They watch their standard input: `assay up` holds its other end, so they also end when it is killed.
"""

import argparse
import gc
import os
import signal
import sys
import threading
from collections.abc import Callable

from assay_web.commands.ready import set_up

GRACE_SECONDS = 10
"""What replies that stream are given to end when the site stops; the next start credits the rest."""

SWITCH_SECONDS = 0.0005
"""How long one thread of the site keeps the others waiting. With Python's own 5 ms, at each of the dozen
steps of a call to the database, every call would wait for the replies that stream."""


def run_site(host: str, port: int, *, until_parent_ends: bool) -> None:
    """Serve the site until it is told to stop."""
    import uvicorn

    set_up()
    from assay_web.session.outages import start_beating

    sys.setswitchinterval(SWITCH_SECONDS)
    # What is loaded by now stays; looking through it again and again is work for nothing.
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)

    config = uvicorn.Config(
        "assay_web.asgi:application",
        host=host,
        port=port,
        lifespan="off",
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    turned = threading.Event()

    class Server(uvicorn.Server):
        """Shows at every turn of its event loop that it is not stuck."""

        async def on_tick(self, counter: int) -> bool:
            """Called ten times a second."""
            turned.set()
            return await super().on_tick(counter)

    server = Server(config)
    if until_parent_ends:
        _when_parent_ends(lambda: setattr(server, "should_exit", True))
    start_beating(turned)
    server.run()


def run_worker(at_once: int, *, until_parent_ends: bool) -> None:
    """Do jobs until told to stop."""
    set_up()
    from assay_web.jobs.worker import Pace, new_name, work

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if until_parent_ends:
        _when_parent_ends(stop.set)
    work(stop, Pace(at_once=at_once), new_name())


def _when_parent_ends(do: Callable[[], object]) -> None:
    def watch() -> None:
        # Unbuffered: a thread that waits inside a buffered read cannot be left behind at exit.
        while os.read(sys.stdin.fileno(), 1):
            pass
        do()

    threading.Thread(target=watch, daemon=True).start()


def main() -> None:
    """Run the process that is named."""
    parser = argparse.ArgumentParser(prog="python -m assay_web.commands.children")
    parser.add_argument("process", choices=["site", "worker"])
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--at-once", type=int, default=2)
    given = parser.parse_args()
    if given.process == "site":
        run_site(given.host, given.port, until_parent_ends=True)
    else:
        run_worker(given.at_once, until_parent_ends=True)


if __name__ == "__main__":
    main()
