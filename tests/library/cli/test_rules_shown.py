"""What a candidate may know of the rules is decided in one place, for everyone who shows it."""

import json

import pytest
from typer.testing import CliRunner

from assay.cli.app import app
from assay.library.exercises import find_exercise
from assay.session import brief

NAME = "support-escalation"


def shown(*arguments: str) -> str:
    return CliRunner().invoke(app, ["exercises", "show", NAME, *arguments], catch_exceptions=False).output


def test_an_author_reads_the_rules_that_a_candidate_will_read() -> None:
    rules = brief.rules_for_candidates(find_exercise(NAME))
    assert rules
    assert json.loads(shown("--json"))["rules"] == list(rules)
    assert all(rule in " ".join(shown().split()) for rule in rules)


def test_what_candidates_are_told_of_the_rules_is_decided_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(brief, "rules_for_candidates", lambda _: ("Nothing but this.",))
    assert json.loads(shown("--json"))["rules"] == ["Nothing but this."]
    assert "- Nothing but this.\n" in shown()
