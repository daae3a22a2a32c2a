"""The operator at the command line of an installation."""

import os
import socket
import subprocess
import sys
from pathlib import Path

ASSAY = [sys.executable, "-c", "import sys; sys.argv[0] = 'assay'; from assay.cli import main; main()"]


def environ(home: Path) -> dict[str, str]:
    """The environment of an installation in this folder, and of no other."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ASSAY_", "DATABASE_"))}
    return kept | {
        "ASSAY_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "assay_web.settings",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }


def run(home: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run one command of `assay` to its end."""
    return subprocess.run([*ASSAY, *command], env=environ(home), capture_output=True, text=True, check=False)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
