"""Someone who reads the reference, or lets an editor check a file by its schema, reads what the code does."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from tests.library.authoring.specimens import FILES, replaced, write_exercise

from assay.authoring.lint import CODES, lint_exercise, lint_rubric
from assay.authoring.load import load_exercise, load_rubric
from assay.authoring.reference import pages, write
from assay.authoring.reference_words import INTRODUCTIONS
from assay.authoring.schema import file_schemas
from assay.library.exercises import exercise_folder, shipped_exercises

REFERENCE = Path(__file__).parents[3] / "docs" / "reference"
SCHEMAS = file_schemas()


def as_json(text: str) -> Any:
    """What a JSON Schema validator sees of a YAML file: keys are text."""
    return json.loads(json.dumps(yaml.safe_load(text)))


def faults(kind: str, text: str) -> list[str]:
    return [error.message for error in Draft202012Validator(SCHEMAS[kind]).iter_errors(as_json(text))]


@pytest.mark.parametrize("name", pages())
def test_a_reader_finds_the_reference_up_to_date(name: str) -> None:
    assert (REFERENCE / name).read_text(encoding="utf-8") == pages()[name], (
        "stale: run python -m assay.authoring.reference docs/reference"
    )


def test_whoever_generates_the_reference_gets_every_page(tmp_path: Path) -> None:
    write(tmp_path)
    made = {str(file.relative_to(tmp_path)) for file in tmp_path.rglob("*") if file.is_file()}
    assert made == {
        "exercise-file.md", "rubric-file.md", "ledger-file.md", "linter.md",
        "schemas/exercise.schema.json", "schemas/rubric.schema.json", "schemas/ledger.schema.json",
    }  # fmt: skip


def test_a_reader_finds_every_kind_of_remark_explained() -> None:
    page = pages()["linter.md"]
    assert set(re.findall(r"^### (.+)$", page, re.MULTILINE)) == set(CODES)
    for kind in CODES.values():
        assert all(len(text.split()) >= 3 for text in (kind.means, kind.because, kind.remedy))


@pytest.mark.parametrize("kind", SCHEMAS)
def test_a_reader_finds_the_meaning_of_every_key(kind: str) -> None:
    rows = re.findall(r"^\| `\w+` \|.*$", pages()[f"{kind}-file.md"], re.MULTILINE)
    assert rows
    for row in rows:
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]]
        assert len(cells) == 4
        assert all(cells), row


@pytest.mark.parametrize("kind", SCHEMAS)
def test_a_reader_follows_no_dead_link(kind: str) -> None:
    page = pages()[f"{kind}-file.md"]
    headings = {title.lower().replace(" ", "-") for title in re.findall(r"^#+ (.+)$", page, re.MULTILINE)}
    for target in re.findall(r"\]\(([^)]+)\)", page):
        assert target.removeprefix("#") in headings or target in pages(), target


def test_a_reader_who_copies_the_examples_has_a_clean_exercise(tmp_path: Path) -> None:
    for kind, text in INTRODUCTIONS.items():
        blocks = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
        assert len(blocks) == 1
        (tmp_path / f"{kind}.yaml").write_text(blocks[0], encoding="utf-8")
        assert faults(kind, blocks[0]) == []
    with_ledger = (tmp_path / "exercise.yaml").read_text(encoding="utf-8")
    with_ledger += "style: error_detection\nledger: ledger.yaml\n"
    (tmp_path / "exercise.yaml").write_text(with_ledger, encoding="utf-8")
    load_exercise(tmp_path)
    # The page shows that a level may be bare words; that is the only thing the linter has to say.
    assert {remark.code for remark in lint_exercise(tmp_path)} == {"level-without-example"}


@pytest.mark.parametrize("kind", SCHEMAS)
def test_an_editor_accepts_what_the_loader_accepts(kind: str) -> None:
    Draft202012Validator.check_schema(SCHEMAS[kind])
    assert faults(kind, FILES[f"{kind}.yaml"]) == []


def test_an_editor_accepts_bare_words_as_a_level(tmp_path: Path) -> None:
    text = "criteria: {a: {asks: What, levels: {0: Nothing at all, 1: Something}}}"
    (tmp_path / "rubric.yaml").write_text(text, encoding="utf-8")
    assert faults("rubric", text) == []
    assert load_rubric(tmp_path / "rubric.yaml").criteria["a"].levels[1].words == "Something"


@pytest.mark.parametrize("name", shipped_exercises())
def test_an_editor_accepts_every_shipped_file(name: str) -> None:
    found = 0
    for kind in SCHEMAS:
        file = exercise_folder(name) / f"{kind}.yaml"
        if file.exists():
            found += 1
            assert faults(kind, file.read_text(encoding="utf-8")) == []
    assert found >= 2


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        ("exercise", "minutes: 25", "minutes: soon"),
        ("exercise", "goal:", "gaol:"),
        ("exercise", "file: materials/calls.csv", "colour: red"),
        ("exercise", "file: materials/calls.csv", "file: materials/calls.csv\n    text: also"),
        ("rubric", "weight: 2", "weight: 0"),
        ("rubric", "check: deliverable_contains", "check: deliverable_holds"),
        ("rubric", "  verification:", "  Verification:"),
        ("ledger", "kind: fact", "kind: slip"),
    ],
)
def test_an_editor_refuses_what_the_loader_refuses(kind: str, old: str, new: str, tmp_path: Path) -> None:
    text = replaced(FILES[f"{kind}.yaml"], old, new)
    assert faults(kind, text)
    write_exercise(tmp_path, **{kind: text})
    assert any(remark.severity == "error" for remark in lint_exercise(tmp_path))


def test_a_rubric_that_the_linter_has_nothing_against_stays_so_alone(tmp_path: Path) -> None:
    assert lint_rubric(write_exercise(tmp_path) / "rubric.yaml") == ()
