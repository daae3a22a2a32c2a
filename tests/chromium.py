"""Where the browser tests find a Chromium, and how one is installed where there is none.

    python -m tests.chromium             says which one the tests use
    python -m tests.chromium --install   installs one where there is none

On Debian and its kin, as root, the distribution's own is installed; elsewhere Playwright's.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
"""Without a sandbox, since tests also run as root; and nothing but the site is talked to."""


def find_chromium() -> Path | None:
    """The Chromium to drive: `ASSAY_CHROMIUM`, one on PATH, or the one that Playwright installed."""
    named = os.environ.get("ASSAY_CHROMIUM")
    if named:
        return Path(named)
    on_path = next((found for name in NAMES if (found := shutil.which(name))), None)
    return Path(on_path) if on_path else _of_playwright()


def _of_playwright() -> Path | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = Path(playwright.chromium.executable_path)
    return path if path.exists() else None


def install() -> None:
    """Install a Chromium.

    Raises:
        CalledProcessError: the installer failed; its output says why.
    """
    if shutil.which("apt-get") and os.geteuid() == 0:
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "--quiet"], check=True, env=quiet)
        command = ["apt-get", "install", "--yes", "--quiet", "--no-install-recommends", "chromium"]
        subprocess.run(command, check=True, env=quiet)
        return
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)


def main() -> None:
    """Say which Chromium there is; with `--install`, see to it that there is one."""
    if find_chromium() is None and "--install" in sys.argv[1:]:
        install()
    print(find_chromium() or "No Chromium was found: make chromium installs one")


if __name__ == "__main__":
    main()
