"""Someone at the terminal, or a program, attacks and probes a judge."""

import json
import sys

import pytest
import typer
from tests.library.attacks.conftest import Obey
from tests.library.attacks.obedient import quoting
from typer.testing import CliRunner, Result

from assay.cli import attack, main, probe
from assay.errors import AssayError


def assay(*arguments: str) -> Result:
    app = typer.Typer()
    attack.register(app)
    probe.register(app)
    return CliRunner().invoke(app, list(arguments))


def test_someone_who_attacks_the_offline_judge_reads_that_every_bound_holds() -> None:
    result = assay("attack", "--exercise", "labeling-assistant", "--family", "orders")
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert "9 attacks in 27 sessions" in lines[0]
    assert next(line for line in lines if line.startswith("orders")).split()[:3] == ["orders", "9", "27"]
    assert lines[-1].startswith("Every bound holds: no attack moved anything up by more than 0.5")


def test_someone_whose_judge_obeys_reads_what_moved_and_gets_exit_code_1(obey: Obey) -> None:
    judge = obey(quoting).judge
    result = assay("attack", "--judge", judge, "--exercise", "labeling-assistant", "--family", "orders")
    assert result.exit_code == 1
    assert "What moved most:" in result.stdout
    assert "1.0 to 4.0" in result.stdout
    assert "Broken: " in result.stdout.splitlines()[-1]


def test_a_program_reads_one_object_with_every_attack_and_what_moved_most(obey: Obey) -> None:
    judge = obey(quoting).judge
    result = assay(
        "attack", "--judge", judge, "--exercise", "labeling-assistant", "--family", "orders", "--json"
    )
    report = json.loads(result.stdout)
    assert result.exit_code == 1
    assert report["holds"] is False
    assert report["judge"]["kind"] == "judge"
    assert len(report["attacks"]) == 9
    assert report["families"][0]["up"] == 3.0
    assert report["worst"][0]["movement"]["criteria"][0]["shift"] == 3.0


def test_all_sessions_and_places_are_more_than_the_sample() -> None:
    some = assay("attack", "--exercise", "support-escalation", "--family", "deliverable", "--json")
    every = assay("attack", "--exercise", "support-escalation", "--family", "examples", "--all", "--json")
    assert json.loads(some.stdout)["sessions"] == 3 * 8
    assert json.loads(every.stdout)["sessions"] == 3 * 9


def test_someone_who_probes_a_judge_reads_groups_probes_and_means() -> None:
    result = assay("probe", "--exercise", "labeling-assistant")
    assert result.exit_code == 0, result.output
    assert "24 rewritings in 72 sessions" in result.stdout
    assert all(group in result.stdout for group in ("name", "register", "length", "layout"))
    report = json.loads(assay("probe", "--exercise", "labeling-assistant", "--json").stdout)
    assert {line["group"] for line in report["groups"]} == {"name", "register", "length", "layout"}
    assert all(line["sessions"] == 3 for line in report["probes"])


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("attack", "--family", "order"), "Did you mean orders"),
        (("attack", "--exercise", "labelling-assistant"), "labeling-assistant"),
        (("attack", "--judge", "nonsense"), "is not a model setting"),
        (("probe", "--judge", "openai:some passes=99"), "passes"),
    ],
)
def test_a_mistake_on_the_command_line_is_said_with_what_to_do(arguments: tuple[str, ...], says: str) -> None:
    result = assay(*arguments)
    assert isinstance(result.exception, AssayError)
    assert result.exception.exit_code == 2
    assert says in str(result.exception)


def test_a_judge_that_nobody_answers_for_is_a_failure_and_not_a_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        sys,
        "argv",
        ["assay", "attack", "--judge", "gone@http://127.0.0.1:9/v1 retries=0", "--family", "examples"],
    )
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 3
