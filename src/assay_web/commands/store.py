"""`assay backup` and `assay restore`."""

from pathlib import Path
from typing import Annotated

import typer

from assay_web.commands import ready

File = Annotated[Path, typer.Argument(metavar="FILE", help="The backup, such as assay-2026-03-02.zip.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command("backup")(backup)
    app.command("restore")(restore)


def backup(file: File) -> None:
    """Write the whole installation into one file, while it runs: the database and its secrets.

    Keep the file as safe as the installation: it holds everything about candidates, and the keys to it.
    """
    ready.set_up()
    ready.check_migrated()
    from assay_web.backup import write_backup

    manifest = write_backup(file)
    typer.echo(f"Backed up {manifest.rows} rows in {len(manifest.counts)} tables to {file}.")
    for chain in manifest.chains:
        typer.echo(f"Audit log {chain.chain}: {chain.length} events, head {chain.head}")


def restore(file: File) -> None:
    """Make an installation again from a backup, in an empty ASSAY_HOME, and check counts and audit logs."""
    ready.check_installed()
    from assay_web.backup import unpack_backup

    manifest = unpack_backup(file)
    ready.set_up()
    from assay_web.backup import check_restored

    check_restored(manifest)
    ready.migrate()
    typer.echo(f"Restored {manifest.rows} rows in {len(manifest.counts)} tables; every audit log holds.")
    typer.echo("Start it with assay up. Who was signed in is still signed in.")
