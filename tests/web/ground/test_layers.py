"""Rules of the site's architecture that can be counted."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SITE = Path(__file__).parents[3] / "src" / "assay_web"
MODULES = sorted(SITE.rglob("*.py"))


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def who(predicate_on: str) -> set[str]:
    return {
        str(path.relative_to(SITE))
        for path in MODULES
        if any(name.split(".")[0] == predicate_on for name in imported(path))
    }


def test_one_module_knows_the_job_engine() -> None:
    assert who("dbos") == {"jobs/engine.py"}


def test_one_module_builds_streaming_responses() -> None:
    builds = {
        str(path.relative_to(SITE))
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Name) and node.id == "StreamingHttpResponse"
    }
    assert builds == {"streaming.py"}


@pytest.mark.parametrize("path", sorted(SITE.rglob("*.html")), ids=lambda path: str(path.relative_to(SITE)))
def test_no_template_has_what_the_policy_forbids(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for forbidden in (" style=", "<style", "onclick=", "onsubmit=", "onload=", "javascript:"):
        assert forbidden not in text
    # A block of data is no script: nothing in it runs.
    openings = [piece.split(">")[0] for piece in text.split("<script")[1:]]
    assert all("src=" in opening or 'type="application/json"' in opening for opening in openings)
