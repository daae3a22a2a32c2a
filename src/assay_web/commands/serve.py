"""`assay up`, `assay site`, `assay worker`, `assay migrate`."""

import os
from typing import Annotated
from urllib.parse import urlsplit

import typer

from assay_web.commands import ready

Host = Annotated[str, typer.Option("--host", help="The address to listen on; 0.0.0.0 for every network.")]
Port = Annotated[
    int | None, typer.Option("--port", help="The port to listen on. Default: that of ASSAY_ADDRESS.")
]
AtOnce = Annotated[int, typer.Option("--at-once", min=1, max=64, help="Jobs done at the same time.")]
DEFAULT_PORT = 8000


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command("up")(up)
    app.command("site")(site)
    app.command("worker")(worker)
    app.command("migrate")(migrate)


def up(host: Host = "127.0.0.1", port: Port = None, at_once: AtOnce = 2) -> None:
    """Run the site and a worker together, until Ctrl-C.

    Settings are checked and the database is brought to this version first. With ASSAY_DEMO=1 example data
    is made, and links are printed to sign in and to try an assessment as a candidate.
    """
    from assay_web.commands.running import run_together

    port = _settle_address(port)
    ready.set_up()
    run_together(host, port, at_once)


def site(host: Host = "127.0.0.1", port: Port = None) -> None:
    """Run the site alone; the database has been migrated before."""
    port = _settle_address(port)
    ready.set_up()
    ready.check_migrated()
    from assay_web.commands.children import run_site

    run_site(host, port, until_parent_ends=False)


def worker(at_once: AtOnce = 2) -> None:
    """Run a worker alone, for more machines; the database has been migrated before."""
    ready.set_up()
    ready.check_migrated()
    from assay_web.commands.children import run_worker

    run_worker(at_once, until_parent_ends=False)


def migrate() -> None:
    """Bring the database to this version of Assay. Back it up before an upgrade."""
    ready.set_up()
    ready.migrate()
    typer.echo("The database fits this version of Assay.")


def _settle_address(port: int | None) -> int:
    """The port to listen on; without an address, browsers reach the site at that port of this machine."""
    address = os.environ.get("ASSAY_ADDRESS", "").strip()
    if address:
        return port or urlsplit(address).port or DEFAULT_PORT
    os.environ["ASSAY_ADDRESS"] = f"http://127.0.0.1:{port or DEFAULT_PORT}"
    return port or DEFAULT_PORT
