"""The command line of Assay."""

from assay.cli.app import main

__all__ = ["main"]
