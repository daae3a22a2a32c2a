"""The house rules that can be counted, held by counting."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
LONGEST_MODULE = 400
LONGEST_FUNCTION = 40


def definitions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT / "src")))
def test_a_reader_meets_no_long_module_and_no_long_function(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE
    long = [
        node.name for node in definitions(path) if (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert not long


def test_a_reader_finds_no_unfinished_work() -> None:
    unfinished = re.compile(r"\b(TODO|FIXME|XXX)\b|NotImplementedError|[Cc]oming soon")
    assert not [str(path) for path in SOURCES if unfinished.search(path.read_text(encoding="utf-8"))]


def test_no_lock_file_holds_an_address() -> None:
    assert not [
        path for path in (ROOT / "requirements").glob("*.txt") if "://" in path.read_text(encoding="utf-8")
    ]


@pytest.mark.parametrize("statement", ["import assay", "from assay.cli.app import app"])
def test_starting_up_loads_nothing_heavy(statement: str) -> None:
    heavy = ("numpy", "openai", "xllamacpp", "pydantic", "yaml", "ruamel", "aiohttp")
    code = f"import sys; {statement}; print([m for m in {heavy!r} if m in sys.modules])"
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT / "src"
    )
    assert found.stdout.strip() == "[]"
