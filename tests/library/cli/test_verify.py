"""Somebody holds a record file and runs `assay verify` or `assay report`."""

import json
from pathlib import Path

import pytest
import typer
from tests.library.record.sessions import a_record, a_record_from_elsewhere
from tests.library.record.tampering import resealed
from typer.testing import CliRunner, Result

from assay.cli import report, verify
from assay.errors import UserMistake
from assay.record import write_record


def assay(*arguments: object) -> Result:
    app = typer.Typer()
    verify.register(app)
    report.register(app)
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "mara.assay.json"
    write_record(a_record(), path)
    return path


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    path = tmp_path / "forged.assay.json"
    write_record(a_record(), path)
    path.write_bytes(path.read_bytes().replace(b"a child of ten", b"a child of six"))
    return path


def test_somebody_with_a_sound_record_is_told_so_with_its_seal(good: Path) -> None:
    result = assay("verify", good)
    assert result.exit_code == 0
    assert result.stdout.startswith(
        f"{good}: holds; all 15 checks were made that this kind of record allows\n"
    )
    assert "Answer about opening hours, session s-mara-1, made 2026-03-02 10:15 UTC by Assay" in result.stdout
    assert "out of 4.0" in result.stdout
    assert result.stdout.endswith(f"seal {a_record().seal}\n")


def test_somebody_with_a_changed_record_is_told_the_first_thing_that_does_not_hold(bad: Path) -> None:
    result = assay("verify", bad)
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert lines[0] == f"{bad}: does not hold"
    assert lines[1] == "  No event of the session was changed, dropped, added or moved: no"
    assert "at event" in lines[2]


def test_somebody_is_told_what_could_not_be_checked(tmp_path: Path) -> None:
    path = tmp_path / "chat.assay.json"
    write_record(a_record_from_elsewhere(), path)
    result = assay("verify", path)
    assert result.exit_code == 0
    assert (
        "Cannot be checked on this kind of record: The conversation is what the events say happened.\n"
        "    Why: the record holds no events" in result.stdout
    )
    assert "Not checked" not in result.stdout


@pytest.fixture
def partly(tmp_path: Path) -> Path:
    """A record of another version, whose narrative that version told in its own words."""
    path = tmp_path / "older.assay.json"
    write_record(a_record(), path)
    content = json.loads(path.read_bytes())
    content["assay"], content["score"]["narrative"] = "0.0.1", ["Told in other words."]
    path.write_bytes(resealed(content))
    return path


def test_somebody_with_a_record_of_another_version_is_told_how_far_it_was_checked(partly: Path) -> None:
    result = assay("verify", partly)
    assert result.exit_code == 3
    lines = result.stdout.splitlines()
    outcome = "holds as far as it could be checked; 14 of 16 checks were made (the others are named below)"
    assert lines[0] == f"{partly}: {outcome}"
    assert "  Not checked: The score is what the ratings add up to." in lines
    assert "install 0.0.1 to check this" in result.stdout
    assert any("ratings of Ines, a person, rest on judgement" in line for line in lines)


def test_the_exit_code_is_that_of_the_worst_record(good: Path, partly: Path, bad: Path) -> None:
    assert assay("verify", good, partly).exit_code == 3
    assert assay("verify", partly, good).exit_code == 3
    assert assay("verify", partly, bad, good).exit_code == 1
    assert assay("verify", good, good).exit_code == 0


def test_a_program_reads_the_outcome_and_why_a_check_was_not_made(
    good: Path, partly: Path, bad: Path
) -> None:
    sound, older, forged = map(json.loads, assay("verify", "--json", good, partly, bad).stdout.splitlines())
    assert (sound["outcome"], sound["holds"]) == ("holds", True)
    assert (older["outcome"], older["holds"]) == ("holds as far as it could be checked", True)
    assert (forged["outcome"], forged["holds"]) == ("does not hold", False)
    unmade = {check["name"]: check["unmade"] for check in older["checks"] if check["holds"] is None}
    assert unmade == {"repeat": "cannot be made", "score": "another version"}
    assert {check["unmade"] for check in forged["checks"] if check["holds"] is None} == {"not reached"}
    assert "Ines" in sound["rests_on"][0]


@pytest.mark.parametrize("form", ["terminal", "md", "html"])
def test_the_report_of_a_record_of_another_version_says_so_at_its_head_and_names_the_check(
    partly: Path, form: str
) -> None:
    result = assay("report", partly, "--format", form)
    assert result.exit_code == 0
    text = " ".join(result.stdout.replace("\\", "").split())
    warning = "This record holds as far as it could be checked: 1 check was left out"
    assert 0 <= text.index(warning) < text.index("Overall</h2>" if form == "html" else "Overall")
    assert text.index("What was checked") < text.index(
        "Not checked: the score is what the ratings add up to."
    )
    assert "install 0.0.1 to check this." in text


def test_somebody_with_a_reindented_record_reads_what_is_different_and_that_its_fields_are_sound(
    good: Path, tmp_path: Path
) -> None:
    path = tmp_path / "indented.json"
    path.write_text(json.dumps(json.loads(good.read_bytes()), indent=2), encoding="utf-8")
    result = assay("verify", path)
    assert result.exit_code == 1
    assert result.stdout.count(": no\n") == 1
    assert "spaces, line breaks, order of keys or form of numbers" in result.stdout
    (object_,) = map(json.loads, assay("verify", "--json", path).stdout.splitlines())
    assert [check["name"] for check in object_["checks"] if check["holds"] is False] == ["bytes"]


def test_every_check_that_fails_is_told_with_what_was_found(good: Path) -> None:
    content = json.loads(good.read_bytes())
    del content["session"]
    good.write_text(json.dumps(content, indent=2), encoding="utf-8")
    lines = assay("verify", good).stdout.splitlines()
    fields = next(at for at, line in enumerate(lines) if "Every field is there" in line)
    assert "session: Field required" in lines[fields + 1]


def test_somebody_who_asks_for_the_report_of_a_chat_is_told_to_score_it_first(tmp_path: Path) -> None:
    path = tmp_path / "chat.json"
    for value in ([{"role": "user", "content": "Hi"}], {"messages": [{"role": "user", "content": "Hi"}]}):
        path.write_text(json.dumps(value), encoding="utf-8")
        error = assay("report", path).exception
        assert isinstance(error, UserMistake)
        assert "not a record: it holds a conversation" in error.message
        assert "assay score FILE" in error.remedy


def test_somebody_who_wants_another_form_is_told_which_there_are(good: Path) -> None:
    result = assay("report", good, "--format", "pdf")
    assert result.exit_code == 2
    assert "There is no form 'pdf'; write terminal, html" in " ".join(result.output.split())
    assert "Value error" not in result.output


def test_a_program_reads_one_object_a_file(good: Path, bad: Path, tmp_path: Path) -> None:
    result = assay("verify", "--json", good, bad, tmp_path / "nowhere.json")
    assert result.exit_code == 1
    sound, forged, missing = map(json.loads, result.stdout.splitlines())
    assert (sound["file"], sound["holds"], sound["first_failure"]) == (str(good), True, None)
    assert sound["seal"] == a_record().seal
    assert (forged["holds"], forged["first_failure"]["name"]) == (False, "events")
    assert (missing["holds"], missing["unreadable"]) == (False, "No such file or directory")
    assert sound.keys() == forged.keys() == missing.keys()


def test_one_missing_file_does_not_stop_the_others(good: Path, tmp_path: Path) -> None:
    result = assay("verify", tmp_path / "nowhere.json", good)
    assert result.exit_code == 1
    assert "nowhere.json: cannot be read: No such file or directory" in result.stdout
    assert f"{good}: holds" in result.stdout


def test_a_file_that_tries_to_drive_the_terminal_is_shown_harmless(tmp_path: Path) -> None:
    path = tmp_path / "odd.json"
    path.write_bytes(b'{"\x1b[2J\x9b": 1}')
    result = assay("verify", path)
    assert result.exit_code == 1
    assert "\x1b" not in result.stdout


def test_somebody_reads_a_record_in_the_terminal(good: Path) -> None:
    result = assay("report", good)
    assert result.exit_code == 0
    assert "Answer about opening hours" in result.stdout
    assert "How this was scored" in result.stdout


@pytest.mark.parametrize(
    ("form", "begins"), [("html", "<!doctype html>"), ("md", "# Answer"), ("terminal", "\nAnswer")]
)
def test_somebody_writes_a_report_beside_the_record(
    form: str, begins: str, good: Path, tmp_path: Path
) -> None:
    out = tmp_path / "report"
    result = assay("report", good, "--format", form, "--out", out)
    assert (result.exit_code, result.stdout) == (0, f"Report written to {out}.\n")
    assert out.read_text("utf-8").startswith(begins)
    if form != "terminal":
        assert assay("report", good, "--format", form).stdout == out.read_text("utf-8")


def test_a_record_that_does_not_hold_gets_no_report(bad: Path) -> None:
    error = assay("report", bad).exception
    assert isinstance(error, UserMistake)
    assert "does not hold" in error.message
    assert "assay verify" in error.remedy
