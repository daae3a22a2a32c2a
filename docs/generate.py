"""Write every generated reference page and schema again. A test says when one is stale."""

import json
import re
import sys
from pathlib import Path

from assay.attacks import offline
from assay.attacks import reference as attacks
from assay.authoring import reference as authoring
from assay.reports import json_lines
from assay.scoring.indicators import reference as signs

REFERENCE = Path(__file__).parent / "reference"


def main() -> None:
    """Write what the code knows about itself into the reference."""
    sys.argv[1:] = [str(REFERENCE)]
    authoring.write(REFERENCE)
    signs.main()
    attacked = attacks.offline_report()
    (REFERENCE / attacks.PAGE).write_text(attacks.page(attacked), encoding="utf-8")
    offline.FILE.write_text(offline.as_file(attacked.families), encoding="utf-8")
    _write_score_output()


def _write_score_output() -> None:
    schema = json.dumps(json_lines.schema(), indent=2, ensure_ascii=False) + "\n"
    (REFERENCE / "schemas" / "score-line.schema.json").write_text(schema, encoding="utf-8")
    page = REFERENCE / "score-output.md"
    tables = f"<!-- keys -->\n\n{json_lines.reference_tables().strip()}\n\n<!-- end of keys -->"
    text = re.sub(
        r"<!-- keys -->.*<!-- end of keys -->", lambda _: tables, page.read_text("utf-8"), flags=re.DOTALL
    )
    page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
