"""Pictures of every page, in both widths and both themes, and a sheet that shows them side by side.

    python -m tests.pictures [FOLDER] [--only WORD …]

starts the site on its own, with a home of its own and scripted models, and writes to FOLDER (`screenshots`).
With `--only` just those pictures are taken whose name holds one of the words; the sheet shows all there are.
"""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

import tests.installation  # noqa: F401  (before everything that needs settings)
from django.conf import settings
from playwright.sync_api import sync_playwright
from tests.chromium import ARGUMENTS, find_chromium
from tests.pictures.all_pages import all_pictures
from tests.pictures.camera import Camera
from tests.pictures.server import Server
from tests.pictures.sheet import write_sheet
from tests.pictures.site import PDF_FOLDER


def main() -> int:
    """Take them; the exit code says whether every picture could be taken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=Path("screenshots"))
    parser.add_argument("--only", nargs="+", default=[], metavar="WORD")
    wanted = parser.parse_args()
    chromium = find_chromium()
    if chromium is None:
        print("No Chromium was found: make chromium installs one", file=sys.stderr)
        return 1
    settings.ROOT_URLCONF = "tests.pictures.urls"
    wanted.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="assay-pictures-") as home:
        failed = _take(chromium, Path(home), wanted.folder, wanted.only)
    write_sheet(wanted.folder)
    print(f"{wanted.folder / 'index.html'} shows them side by side")
    for name, why in failed.items():
        print(f"{name}: {why}", file=sys.stderr)
    return 1 if failed else 0


def _take(chromium: Path, home: Path, folder: Path, only: list[str]) -> dict[str, str]:
    pictures = [one for one in all_pictures() if not only or any(word in one.name for word in only)]
    with Server(home) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(chromium), args=ARGUMENTS)
        camera = Camera(browser, server, folder)
        for number, picture in enumerate(pictures, 1):
            print(f"\r{number} of {len(pictures)}: {picture.name:<40}", end="", flush=True)
            camera.take(picture)
        print()
        browser.close()
    for page in (home / PDF_FOLDER).glob("*.png"):
        shutil.copy(page, folder / f"pdf-page-{page.stem}.png")
    return camera.failed


if __name__ == "__main__":
    sys.exit(main())
