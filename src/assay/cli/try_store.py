"""The folder that terminal sessions are kept in: a journal each, and the exercise as it was then."""

import os
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from assay.authoring.exercise import Exercise
from assay.errors import UserMistake, Where

_JOURNAL = ".jsonl"
_PRIVATE = 0o600


@dataclass(frozen=True, slots=True)
class Kept:
    """The files of one session."""

    journal: Path

    @property
    def session(self) -> str:
        """The session's id."""
        return self.journal.name.removesuffix(_JOURNAL)

    @property
    def exercise(self) -> Path:
        """A copy of the exercise, so that a session outlives a change of it."""
        return self.journal.with_name(f"{self.session}.exercise.json")

    @property
    def draft(self) -> Path:
        """The deliverable while an editor has it."""
        return self.journal.with_name(f"{self.session}.draft.md")


def sessions_folder(chosen: Path | None) -> Path:
    """The chosen folder, or `assay/sessions` in the user's data folder (XDG base directory specification)."""
    if chosen is not None:
        return chosen
    data = os.environ.get("XDG_DATA_HOME", "")
    base = Path(data) if Path(data).is_absolute() else Path.home() / ".local" / "share"
    return base / "assay" / "sessions"


def new_files(folder: Path, session: str) -> Kept:
    """Where a new session goes."""
    return Kept(folder / f"{session}{_JOURNAL}")


def kept_files(folder: Path, session: str) -> Kept:
    """The files of a kept session, by its id or by its journal's path.

    Raises:
        UserMistake: there is no such session.
    """
    for path in (folder / f"{session}{_JOURNAL}", Path(session)):
        if path.is_file():
            return Kept(path)
    raise UserMistake(
        f"There is no kept session {session!r} in {folder}",
        remedy="Give the id that was shown when the session was left, or name its folder with --sessions",
    )


def keep_exercise(kept: Kept, exercise: Exercise) -> None:
    """Keep a copy of the exercise beside the journal.

    Raises:
        UserMistake: the folder cannot be written.
    """
    try:
        kept.exercise.parent.mkdir(parents=True, exist_ok=True)
        with open(kept.exercise, "x", encoding="utf-8", opener=_private) as file:
            file.write(exercise.model_dump_json())
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise UserMistake(
            f"Sessions cannot be kept here: {error.strerror}",
            remedy="Choose a folder that can be written with --sessions",
            where=Where(kept.exercise),
        ) from error


def keep_draft(kept: Kept, text: str) -> None:
    """Lay the deliverable out for an editor; a draft that is there already stays as it is.

    Raises:
        UserMistake: the folder cannot be written.
    """
    try:
        with open(kept.draft, "x", encoding="utf-8", opener=_private) as file:
            file.write(text)
    except FileExistsError:
        return
    except OSError as error:
        raise UserMistake(
            f"The draft cannot be written: {error.strerror}",
            remedy="Free some disk space, or unset EDITOR to write line by line",
            where=Where(kept.draft),
        ) from error


def kept_draft(kept: Kept) -> str:
    """What an editor left of the draft, closed again to others: editors may replace the file.

    Raises:
        UserMistake: the editor took the draft away.
    """
    try:
        kept.draft.chmod(_PRIVATE)
        return kept.draft.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise UserMistake(
            f"The draft cannot be read: {error.strerror}",
            remedy="Save it under the name that it had; /deliverable opens a new one",
            where=Where(kept.draft),
        ) from error


def _private(path: str, flags: int) -> int:
    """Open a file that nobody else may read: it holds a rubric and a ledger, or a candidate's work."""
    return os.open(path, flags, _PRIVATE)


def kept_exercise(kept: Kept) -> Exercise:
    """The exercise that a kept session was started with.

    Raises:
        UserMistake: the copy is gone or is not an exercise.
    """
    try:
        return Exercise.model_validate_json(kept.exercise.read_bytes())
    except OSError as error:
        raise UserMistake(
            f"The session's exercise cannot be read: {error.strerror}",
            remedy="Keep both files of a session together",
            where=Where(kept.exercise),
        ) from error
    except ValidationError as error:
        raise UserMistake(
            "The session's copy of its exercise was changed", remedy="Restore it", where=Where(kept.exercise)
        ) from error
