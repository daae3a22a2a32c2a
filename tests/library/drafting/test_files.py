"""Writing an exercise as files that load to the same exercise."""

import io
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.authoring.exercise import Exercise
from assay.authoring.lint import lint_exercise
from assay.authoring.load import load_exercise
from assay.authoring.yaml_text import tidy
from assay.drafting.closest import shipped
from assay.drafting.files import exercise_files, exercise_zip, write_exercise


def read_back(exercise: Exercise) -> Exercise:
    with TemporaryDirectory() as name:
        write_exercise(exercise.model_dump(mode="json"), Path(name))
        return load_exercise(Path(name))


@pytest.mark.parametrize("exercise", shipped(), ids=lambda one: one.exercise)
def test_a_shipped_exercise_comes_back_with_its_hash_and_the_order_of_its_criteria(
    exercise: Exercise,
) -> None:
    again = read_back(exercise)
    assert again.version == exercise.version
    assert list(again.rubric.criteria) == list(exercise.rubric.criteria)


def _texts() -> st.SearchStrategy[str]:
    """Texts that the loader can have read, the awkward ones of YAML among them."""
    awkward = st.sampled_from(
        [
            "no",
            "~",
            "1e5",
            ".5",
            "0x1F",
            "2026-01-01",
            "- a",
            "a: b",
            "'",
            '"',
            "#x",
            "a #b",
            "|",
            ">",
            "%",
            "@x",
            "{",
        ]
    )
    plain = st.text(st.characters(blacklist_categories=("Cc", "Cs")), min_size=1, max_size=200)
    lines = st.lists(plain, min_size=1, max_size=6).map("\n".join)
    words = st.lists(st.text("ab :#'\"-", min_size=1, max_size=12), min_size=1, max_size=40).map(" ".join)
    return st.one_of(awkward, plain, lines, words).map(tidy).filter(bool)


@given(_texts(), _texts(), _texts())
def test_whatever_an_author_writes_comes_back_word_for_word(goal: str, words: str, material: str) -> None:
    content = shipped()[2].model_dump(mode="json")
    content["goal"] = content["conversation"]["assistant_notes"] = goal
    content["rubric"]["criteria"]["safety"]["levels"]["0"] = {"words": words, "example": goal}
    content["materials"][0].update(text=material, title=words)
    exercise = Exercise.model_validate(content)
    assert read_back(exercise).version == exercise.version


def test_an_incomplete_draft_is_written_too_and_the_linter_says_what_is_missing(tmp_path: Path) -> None:
    write_exercise({"exercise": "half", "title": "Half", "materials": [{"id": "X!", "text": "t"}]}, tmp_path)
    said = " ".join(remark.says for remark in lint_exercise(tmp_path))
    assert "`goal` is missing" in said
    assert "`rubric` is missing" in said
    assert (tmp_path / "materials" / "material-1.md").exists()


def test_material_ids_cannot_name_a_file_elsewhere() -> None:
    files = exercise_files({"materials": [{"id": "../../etc", "text": "t"}, {"id": "a", "text": "t"}]})
    assert sorted(files) == ["exercise.yaml", "materials/a.md", "materials/material-1.md"]


def test_an_archive_is_the_same_each_time_and_unpacks_to_a_folder_that_loads(tmp_path: Path) -> None:
    exercise = shipped()[0]
    data = exercise_zip(exercise)
    assert data == exercise_zip(exercise)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        archive.extractall(tmp_path)
    assert load_exercise(tmp_path / exercise.exercise).version == exercise.version
