"""The page of promises names tests that exist, and leaves no promise without one."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "design" / "promises.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/\S+\.py)::(\w+)`", PAGE)))


@cache
def names_in(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


@pytest.mark.parametrize(("path", "name"), NAMED, ids=[name for _, name in NAMED])
def test_a_test_that_the_page_names_is_there(path: str, name: str) -> None:
    assert name.startswith("test_")
    assert name in names_in(path)


@pytest.mark.parametrize("number", range(1, 12))
def test_every_numbered_promise_names_what_proves_it(number: int) -> None:
    (words,) = re.findall(rf"^\*\*P{number} .*?(?=^\*\*P|^## )", PAGE, re.MULTILINE | re.DOTALL)
    proofs = re.findall(r"`(tests/\S+\.py)::\w+`", words) + re.findall(r"`(bench/\S+\.py)`", words)
    assert proofs
    assert all((ROOT / proof).exists() for proof in proofs)
