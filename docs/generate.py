"""Write every generated reference page and schema again. A test says when one is stale."""

import runpy
import sys
from pathlib import Path

REFERENCE = Path(__file__).parent / "reference"
GENERATORS = {
    "assay.authoring.reference": [str(REFERENCE)],
}


def main() -> None:
    """Run each module that knows how to write its own pages."""
    for module, arguments in GENERATORS.items():
        sys.argv = [module, *arguments]
        runpy.run_module(module, run_name="__main__")


if __name__ == "__main__":
    main()
