"""The site's commands, which `assay` finds by its entry points. Nothing heavy is imported before one runs."""

import typer

from assay_web.commands import audit, owner, serve, store


def register(app: typer.Typer) -> None:
    """Add the site's commands to the command line."""
    for group in (serve, owner, store, audit):
        group.register(app)
