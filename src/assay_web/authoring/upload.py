"""Reading an exercise's files from an upload: one YAML file, the files of a folder, or a ZIP archive of it.

Nothing of an upload is trusted: names cannot lead out of the folder, sizes are counted while they are read,
and the files are then read as every authored file is, as data and nothing else.
"""

import io
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from assay.authoring.exercise import Exercise
from assay.authoring.files import MAX_BYTES
from assay.authoring.load import EXERCISE_FILE, load_exercise
from assay.authoring.mistakes import AuthoringMistakes
from assay.drafting.files import MATERIALS_FOLDER
from assay.errors import UserMistake

if TYPE_CHECKING:
    Upload = UploadedFile[bytes]
else:
    Upload = UploadedFile

MOST_FILES = 60
MOST_BYTES = 4_000_000
_YAML = (".yaml", ".yml")


def read_upload(files: Sequence[Upload]) -> Exercise:
    """The exercise that the files hold.

    Raises:
        UserMistake: there is none, they are too many or too large, or they hold mistakes; each is named.
    """
    if not files:
        raise UserMistake(
            _("No file was chosen"), remedy=_("Choose exercise.yaml with its files, or a ZIP of them")
        )
    with tempfile.TemporaryDirectory(prefix="assay-import-") as name:
        folder = Path(name).resolve()
        first = files[0]
        if len(files) == 1 and str(first.name).lower().endswith(".zip"):
            _unpack(first, folder)
        else:
            _lay_out(files, folder)
        try:
            return load_exercise(_root(folder))
        except AuthoringMistakes as found:
            raise UserMistake(
                _in_words(found, folder), remedy=_("Correct the files and import them again")
            ) from None


def _in_words(found: AuthoringMistakes, folder: Path) -> str:
    """Every mistake with its file and line, without the folder that the files stood in for a moment."""
    lines = []
    for mistake in found.mistakes[:12]:
        name = Path(mistake.place.file).name
        line = f":{mistake.place.line}" if mistake.place.line else ""
        lines.append(f"{name}{line}: {mistake.message}. {mistake.remedy}".replace(str(folder), ""))
    return _("The files hold mistakes. %(mistakes)s") % {"mistakes": " · ".join(lines)}


def _root(folder: Path) -> Path:
    """The folder of exercise.yaml, here or one below."""
    found = sorted(folder.rglob(EXERCISE_FILE), key=lambda path: len(path.parts))
    if not found:
        raise UserMistake(
            _("There is no exercise.yaml among the files"), remedy=_("Choose it too; it names the others")
        )
    return found[0].parent


def _lay_out(files: Sequence[Upload], folder: Path) -> None:
    """Put single files where exercise.yaml may look for them: a browser sends names without folders."""
    if len(files) > MOST_FILES:
        raise _too_many()
    budget = MOST_BYTES
    only_yaml = len(files) == 1 and str(files[0].name).lower().endswith(_YAML)
    for file in files:
        name = EXERCISE_FILE if only_yaml else PurePosixPath(str(file.name)).name
        data = _read(file, min(MAX_BYTES, budget), name)
        budget -= len(data)
        for place in (folder / name, folder / MATERIALS_FOLDER / name):
            place.parent.mkdir(exist_ok=True)
            place.write_bytes(data)


def _unpack(file: Upload, folder: Path) -> None:
    if (file.size or 0) > MOST_BYTES:
        raise _too_large(str(file.name))
    budget = MOST_BYTES
    try:
        with zipfile.ZipFile(io.BytesIO(file.read())) as archive:
            for entry, parts in _entries(archive):
                with archive.open(entry) as inner:
                    data = _read(inner, min(MAX_BYTES, budget), entry.filename)
                budget -= len(data)
                place = folder.joinpath(*parts)
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(data)
    except (zipfile.BadZipFile, RuntimeError, OSError, EOFError, ValueError) as error:
        raise UserMistake(
            _("The archive cannot be read: %(why)s") % {"why": str(error)[:120]},
            remedy=_("Make a plain ZIP without a password"),
        ) from error


def _entries(archive: zipfile.ZipFile) -> Iterator[tuple[zipfile.ZipInfo, tuple[str, ...]]]:
    """The files of an archive with the parts of their names, none of which leads elsewhere."""
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > MOST_FILES:
        raise _too_many()
    for entry in entries:
        path = PurePosixPath(entry.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or ":" in entry.filename or "\0" in entry.filename:
            raise UserMistake(
                _("The archive holds a name that leads elsewhere: %(name)s") % {"name": entry.filename[:80]},
                remedy=_("Make the archive from the exercise's folder alone"),
            )
        if not any(part.startswith((".", "__MACOSX")) for part in path.parts):
            yield entry, path.parts


def _read(file: IO[bytes] | Upload, most: int, name: str) -> bytes:
    data: bytes = file.read(most + 1)
    if len(data) > most:
        raise _too_large(name)
    return data


def _too_large(name: str) -> UserMistake:
    return UserMistake(
        _("%(name)s is too large") % {"name": name[:80]},
        remedy=_("A file may have 1 MB, and all together 4 MB"),
    )


def _too_many() -> UserMistake:
    return UserMistake(
        _("These are more than %(most)d files") % {"most": MOST_FILES},
        remedy=_("Choose only those of the exercise"),
    )
