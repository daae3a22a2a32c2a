"""An author at the terminal, or a program that reads over their shoulder, runs `assay lint`."""

import json
from pathlib import Path

import pytest
import typer
from tests.library.authoring.specimens import FILES, line_of, replaced, write_exercise
from typer.testing import CliRunner, Result

from assay.cli import exercises, lint
from assay.errors import UserMistake
from assay.library.exercises import shipped_exercises


def assay(*arguments: str) -> Result:
    app = typer.Typer()
    lint.register(app)
    exercises.register(app)
    return CliRunner().invoke(app, list(arguments))


def test_an_author_of_a_clean_exercise_is_told_so(tmp_path: Path) -> None:
    result = assay("lint", str(write_exercise(tmp_path)))
    assert (result.exit_code, result.stdout) == (0, "No remarks; 1 checked.\n")


def test_an_author_sees_the_place_with_a_caret_and_what_to_do(tmp_path: Path) -> None:
    rubric = replaced(
        FILES["rubric.yaml"], "Names the reader or the length.", "Gives appropriate instructions."
    )
    folder = write_exercise(tmp_path, rubric=rubric)
    result = assay("lint", str(folder / "rubric.yaml"))
    line = line_of(rubric, "appropriate")
    lines = result.stdout.splitlines()
    assert lines[0] == (
        f"{folder / 'rubric.yaml'}:{line}: warning: "
        "Level 1 of instruction_clarity rests on “appropriate” [vague-words]"
    )
    assert lines[1].endswith("words: Gives appropriate instructions.")
    assert lines[2].index("^") == lines[1].index("appropriate")
    assert lines[3].strip().startswith("Say what the candidate does")
    assert lines[-1] == "1 warning; 1 checked."


@pytest.mark.parametrize(
    ("file", "old", "new", "plain", "strict"),
    [
        ("rubric", "weight: 2", "weight: 3", 0, 1),
        ("rubric", "weight: 2", "weihgt: 2", 1, 1),
        ("exercise", "minutes: 25", "minutes: 40", 0, 0),
    ],
    ids=["a warning", "an error", "a note"],
)
def test_a_build_fails_on_errors_and_if_strict_on_warnings(
    file: str, old: str, new: str, plain: int, strict: int, tmp_path: Path
) -> None:
    folder = write_exercise(tmp_path, **{file: replaced(FILES[f"{file}.yaml"], old, new)})
    assert assay("lint", str(folder)).exit_code == plain
    assert assay("lint", "--strict", str(folder)).exit_code == strict


def test_a_program_reads_one_remark_a_line(tmp_path: Path) -> None:
    rubric = replaced(FILES["rubric.yaml"], "        example: write the note pls\n", "").replace(
        "weight: 2", "weight: 3"
    )
    result = assay("lint", "--json", str(write_exercise(tmp_path, rubric=rubric)))
    remarks = [json.loads(line) for line in result.stdout.splitlines()]
    assert [remark["code"] for remark in remarks] == ["weight-dominates", "level-without-example"]
    assert all(
        set(remark) == {"file", "line", "column", "code", "severity", "says", "remedy"} for remark in remarks
    )
    assert remarks[0]["line"] == line_of(rubric, "weight: 3")


def test_a_program_reads_nothing_where_there_is_nothing_to_remark(tmp_path: Path) -> None:
    assert assay("lint", "--json", str(write_exercise(tmp_path))).stdout == ""


def test_an_author_lints_several_at_once(tmp_path: Path) -> None:
    write_exercise(tmp_path / "one")
    write_exercise(tmp_path / "two", rubric=replaced(FILES["rubric.yaml"], "weight: 2", "weight: 3"))
    write_exercise(tmp_path / "three")
    result = assay("lint", str(tmp_path), str(tmp_path / "one" / "ledger.yaml"))
    assert result.stdout.splitlines()[-1] == "1 warning; 4 checked."


def test_a_team_lints_a_shipped_exercise_by_its_id() -> None:
    result = assay("lint", "--strict", *shipped_exercises())
    assert (result.exit_code, result.stdout) == (0, f"No remarks; {len(shipped_exercises())} checked.\n")


@pytest.mark.parametrize("path", ["resarch-brief", "nowhere/exercise.yaml", "."])
def test_someone_who_names_nothing_is_told_what_there_is(
    path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    error = assay("lint", path).exception
    assert isinstance(error, UserMistake)
    assert error.exit_code == 2
    assert "research-brief" in error.remedy


def test_an_author_reads_every_mistake_of_a_file_that_does_not_load(tmp_path: Path) -> None:
    rubric = FILES["rubric.yaml"].replace("weight: 1", "weight: none")
    result = assay("lint", str(write_exercise(tmp_path, rubric=rubric)))
    assert result.exit_code == 1
    assert result.stdout.count("[wrong-value]") == 2
