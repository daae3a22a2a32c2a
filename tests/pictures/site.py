"""The site whose pictures are taken, in a process of its own.

    python -m tests.pictures.site PORT [--fresh] [--at MOMENT]

With `--fresh` the database and everything in it are made first, and what the camera needs to know is printed
as one line of JSON. Its clock stands still from then on, or at MOMENT, so that no page changes while its four
pictures are taken.
"""

import argparse
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import tests.installation  # noqa: F401  (before everything that needs settings)
from django.conf import settings

from assay_web.clock import following

PDF_FOLDER = "pages-of-the-report"
_PIXELS_AN_INCH = 96


def main() -> None:
    """Make the scene where that is asked for, and serve it until the process is ended."""
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("--fresh", action="store_true")
    parser.add_argument("--at", type=datetime.fromisoformat, default=datetime.now(UTC).replace(microsecond=0))
    wanted = parser.parse_args()
    settings.ROOT_URLCONF = "tests.pictures.urls"
    with following(lambda: wanted.at):
        if wanted.fresh:
            print(json.dumps(_made()), flush=True)
        import uvicorn

        uvicorn.run("assay_web.asgi:application", host="127.0.0.1", port=wanted.port, log_level="error")


def _made() -> dict[str, Any]:
    from django.core.management import call_command
    from tests.pictures.scene import make_scene

    call_command("migrate", verbosity=0)
    scene = make_scene()
    _print_report(scene.keys["ines.session"])
    return {"keys": scene.keys, "cookies": scene.cookies, "present": scene.present.isoformat()}


def _print_report(session_id: str) -> None:
    """The pages of the PDF as images: the same call to typst, with another format."""
    import typst

    from assay_web.scoring.models import SessionScore
    from assay_web.scoring.pdf import report_pdf

    set_as_pdf = typst.compile

    def set_as_images(template: bytes, **how: Any) -> bytes:
        inputs = how["sys_inputs"]
        pages = set_as_pdf(template, format="png", sys_inputs=inputs, ppi=_PIXELS_AN_INCH)
        folder = Path(PDF_FOLDER)
        folder.mkdir(exist_ok=True)
        for number, page in enumerate(pages if isinstance(pages, list) else [pages], 1):
            (folder / f"{number}.png").write_bytes(page)
        return b""

    score = SessionScore.objects.select_related("session").get(session__public_id=session_id, current=True)
    with patch("typst.compile", set_as_images):
        report_pdf(score.session, score)


if __name__ == "__main__":
    main()
