"""Importing an exercise's files, and exporting them again."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.people import Cast

from assay.drafting.closest import shipped
from assay.drafting.files import exercise_files, exercise_zip
from assay.library.exercises import exercise_folder
from assay_web.authoring.remarks import lint_parts
from assay_web.openings.models import Stage

from .conftest import Desk


@pytest.fixture
def fresh(cast: Cast) -> Desk:
    """An author at a stage without a draft."""
    stage = Stage.objects.create(opening=cast.opening, position=3, title="Imported")
    return Desk(cast.signed_in(cast.author), stage)


def upload(desk: Desk, *files: tuple[str, bytes]) -> Any:
    return desk.post("import", files=[SimpleUploadedFile(name, data) for name, data in files])


def archive(entries: dict[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in entries.items():
            file.writestr(name, content)
    return data.getvalue()


def version(desk: Desk) -> str:
    exercise = lint_parts(desk.parts).exercise
    assert exercise is not None
    return exercise.version


def test_an_exported_draft_imports_to_the_same_content_hash(desk: Desk, fresh: Desk) -> None:
    answer = desk.browser.get(desk.address("export"))
    assert answer["Content-Type"] == "application/zip"
    assert answer["Content-Disposition"] == 'attachment; filename="labeling-assistant.zip"'
    page = upload(fresh, ("labeling-assistant.zip", answer.content))
    assert "Imported." in page.content.decode()
    assert version(fresh) == version(desk)


def test_the_stages_settings_follow_what_is_imported(fresh: Desk) -> None:
    exercise = next(one for one in shipped() if one.style == "error_detection")
    upload(fresh, ("e.zip", exercise_zip(exercise)))
    stage = Stage.objects.get(pk=fresh.stage.pk)
    assert (stage.style, stage.rounds) == ("error_detection", exercise.limits.rounds)
    assert version(fresh) == exercise.version


def test_the_files_of_a_folder_are_imported_as_a_browser_sends_them(fresh: Desk) -> None:
    folder = exercise_folder("support-escalation")
    files = [(path.name, path.read_bytes()) for path in folder.glob("*.yaml")]
    files += [(path.name, path.read_bytes()) for path in folder.glob("materials/*")]
    upload(fresh, *files)
    assert version(fresh) == next(one for one in shipped() if one.exercise == "support-escalation").version


def test_one_file_that_holds_everything_is_imported(fresh: Desk) -> None:
    text = (Path(__file__).parent / "whole.yaml").read_bytes()
    upload(fresh, ("anything.yaml", text))
    assert fresh.parts["title"] == "Count the parcels"


def test_another_style_is_not_imported_over_a_draft(desk: Desk) -> None:
    exercise = next(one for one in shipped() if one.style == "error_detection")
    answer = upload(desk, ("e.zip", exercise_zip(exercise)))
    assert "whose style is fixed" in answer.content.decode()
    assert desk.parts["style"] == "standard"


def test_mistakes_are_named_with_file_and_line_and_without_our_folders(fresh: Desk) -> None:
    files = exercise_files(shipped()[2].model_dump(mode="json"))
    broken = files["exercise.yaml"].replace("limits:", "limit:").encode()
    rubric, reviews = files["rubric.yaml"].encode(), files["materials/reviews.csv"].encode()
    answer = upload(fresh, ("exercise.yaml", broken), ("rubric.yaml", rubric), ("reviews.csv", reviews))
    text = answer.content.decode()
    assert "exercise.yaml:" in text
    assert "Did you mean `limits`?" in text
    assert "assay-import" not in text


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("e.zip", b"not a zip", "cannot be read"),
        ("e.zip", archive({"../exercise.yaml": b"x"}), "leads elsewhere"),
        ("e.zip", archive({"/etc/passwd": b"x"}), "leads elsewhere"),
        ("e.zip", archive({"a\\..\\..\\b": b"x"}), "leads elsewhere"),
        ("e.zip", archive({"readme.md": b"x"}), "no exercise.yaml"),
        ("e.zip", archive({f"{n}.md": b"x" for n in range(61)}), "more than 60 files"),
        ("e.zip", archive({"exercise.yaml": b" " * 1_000_001}), "too large"),
        ("e.zip", archive({f"{n}.md": b" " * 900_000 for n in range(5)}), "too large"),
        ("e.yaml", b" " * 1_000_001, "too large"),
        ("e.yaml", b"!!python/object/apply:os.system ['true']", "is not allowed"),
        ("e.yaml", b"a: &a [*a]", "refers to itself"),
        ("e.yaml", b"\xff\xfe", "not UTF-8"),
        ("e.yaml", b"rubric: ../../../etc/passwd", "leads out of the exercise"),
    ],
)
def test_an_upload_that_cannot_be_used_is_refused_in_words(
    fresh: Desk, name: str, data: bytes, said: str
) -> None:
    assert said in upload(fresh, (name, data)).content.decode()
    assert not hasattr(Stage.objects.get(pk=fresh.stage.pk), "draft")


def test_an_archive_that_unpacks_to_far_more_than_it_weighs_is_stopped(fresh: Desk) -> None:
    bomb = archive({f"{n}.csv": b"0" * 999_999 for n in range(50)})
    assert len(bomb) < 200_000
    assert "too large" in upload(fresh, ("bomb.zip", bomb)).content.decode()


def test_no_file_at_all_is_said_so(fresh: Desk) -> None:
    assert "No file was chosen" in fresh.post("import").content.decode()


def test_an_incomplete_draft_is_not_exported_as_an_exercise(desk: Desk) -> None:
    desk.post("save", "goal", **{"goal-goal": ""})
    answer = desk.browser.get(desk.address("export"), follow=True)
    assert "not complete yet" in answer.content.decode()
