"""The command line as a whole: what a person meets before any command, and when one fails."""

import sys

import pytest

from assay.cli import main
from assay.errors import LimitReached, UserMistake


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["assay", *arguments])
    with pytest.raises(SystemExit) as stopped:
        main()
    return int(stopped.value.code or 0)


def failing_with(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setattr("assay.cli.app.app", fail)


def test_a_newcomer_who_asks_for_help_sees_every_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "--help") == 0
    text = capsys.readouterr().out
    assert all(name in text for name in ("try", "score", "report", "verify", "exercises", "lint", "doctor"))


def test_someone_reporting_a_fault_can_name_the_version(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "--version") == 0
    assert capsys.readouterr().out.startswith("assay 0.")


@pytest.mark.parametrize(
    ("error", "code"), [(UserMistake("It is red", remedy="Paint it"), 2), (LimitReached("Full"), 4)]
)
def test_a_refusal_is_one_message_with_its_own_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: Exception, code: int
) -> None:
    failing_with(monkeypatch, error)
    assert run(monkeypatch) == code
    assert capsys.readouterr().err == f"assay: {error}\n"


def test_a_message_from_elsewhere_cannot_steer_the_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failing_with(monkeypatch, UserMistake("The endpoint says \x1b[31mEVIL"))
    run(monkeypatch)
    assert "\x1b" not in capsys.readouterr().err


def test_a_bug_of_ours_says_so_and_how_to_see_more(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failing_with(monkeypatch, KeyError("turn"))
    assert run(monkeypatch) == 70
    assert "ASSAY_DEBUG=1" in capsys.readouterr().err


def test_doctor_finds_everything_in_order_with_a_scripted_model(
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = tmp_path_factory.mktemp("doctor")
    script = folder / "replies.yaml"
    script.write_text("replies:\n  - text: A table of levels.\n", encoding="utf-8")
    assert run(monkeypatch, "doctor", "--model", f"scripted:{script}", "--sessions", str(folder)) == 0
    assert "FAIL" not in capsys.readouterr().out


def test_doctor_names_what_is_wrong_and_the_remedy(
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = tmp_path_factory.mktemp("doctor")
    assert run(monkeypatch, "doctor", "--model", "nonsense", "--sessions", str(folder), "--json") == 1
    last = capsys.readouterr().out.splitlines()[-1]
    assert '"well": false' in last
    assert "embedded" in last
