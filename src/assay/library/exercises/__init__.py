"""Finding the exercises that ship: each is a folder here, as a person would write it by hand."""

from pathlib import Path

from assay.authoring.exercise import Exercise
from assay.authoring.load import EXERCISE_FILE, load_exercise
from assay.authoring.shape import nearest
from assay.errors import UserMistake

_HERE = Path(__file__).parent


def shipped_exercises() -> tuple[str, ...]:
    """The ids of the shipped exercises, in alphabetical order."""
    return tuple(sorted(file.parent.name for file in _HERE.glob(f"*/{EXERCISE_FILE}")))


def exercise_folder(id: str) -> Path:  # noqa: A002 - the glossary's word for it
    """The folder of a shipped exercise.

    Raises:
        UserMistake: no shipped exercise has this id; it names the nearest one.
    """
    shipped = shipped_exercises()
    if id not in shipped:
        close = nearest(id, shipped)
        raise UserMistake(
            f"No shipped exercise is called {id}",
            remedy=(f"Did you mean {close}? " if close else "") + f"There are {', '.join(shipped)}",
        )
    return _HERE / id


def exercise_path(id_or_path: str) -> Path:
    """The folder or file that a shipped id or a path stands for.

    A folder with an exercise.yaml, or a file, comes before a shipped exercise of the same name, so that a
    copy which someone works on is the one that runs.

    Raises:
        UserMistake: there is neither.
    """
    path = Path(id_or_path)
    try:
        if path.is_file() or (path / EXERCISE_FILE).is_file():
            return path
        looks_like_a_path = path.is_dir() or len(path.parts) != 1 or path.suffix in (".yaml", ".yml")
    except (OSError, ValueError):
        looks_like_a_path = False
    if looks_like_a_path:
        raise UserMistake(
            f"There is no exercise at {id_or_path}",
            remedy=f"Give a folder with an {EXERCISE_FILE}, or one of {', '.join(shipped_exercises())}",
        )
    return exercise_folder(id_or_path)


def find_exercise(id_or_path: str) -> Exercise:
    """The exercise that a shipped id or a path stands for.

    Raises:
        UserMistake: there is none, or its files hold mistakes.
    """
    return load_exercise(exercise_path(id_or_path))
