"""What the suite does to the offline judge, as it was worked out when the reference page was written."""

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from assay.attacks.report import Line

FILE = Path(__file__).parent / "offline.json"


@cache
def offline_lines() -> dict[str, Line]:
    """A line a family, by its name. `python docs/generate.py` writes them; a test says when they are old."""
    return {row["family"]: Line.model_validate(row) for row in json.loads(FILE.read_text(encoding="utf-8"))}


def as_file(lines: Sequence[Line]) -> str:
    """The text of the file for these lines."""
    return json.dumps([line.model_dump(mode="json") for line in lines], indent=1) + "\n"
