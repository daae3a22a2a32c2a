"""Reading authored files: bounded in size, UTF-8, and never from outside the exercise's folder."""

import os
import re
import stat
from pathlib import Path

from assay.authoring.mistakes import AuthoringMistake, cannot_read
from assay.errors import Where

MAX_BYTES = 1_000_000

_DRIVE = re.compile(r"[A-Za-z]:")


def read_text(path: Path, where: Where | None = None) -> str:
    """The text of one file.

    Args:
        path: the file to read.
        where: the place that refers to it, for the message; the file itself when left out.

    Raises:
        AuthoringMistake: the file is absent, no regular file, too large, unreadable, or not UTF-8.
    """
    place = where or Where(path)
    data = _read_bytes(path, place)
    if len(data) > MAX_BYTES:
        raise cannot_read(
            f"{path.name} is larger than {MAX_BYTES // 1_000_000} MB",
            "Cut it down to what a person can read in the time",
            place,
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise cannot_read(
            f"{path.name} is not UTF-8: byte {error.start} on line {line} cannot be read",
            "Save the file as UTF-8",
            Where(path, line),
        ) from error


def beside(folder: Path, name: str, where: Where) -> Path:
    """The file that `name` stands for, inside `folder`.

    Raises:
        AuthoringMistake: the name is absolute, climbs with `..`, or leads out through a link.
    """
    parts = name.split("/")
    if not name or "\\" in name or name.startswith("/") or ".." in parts or _DRIVE.match(name):
        raise _outside(name, where)
    try:
        target = (folder / name).resolve()
        inside = target.is_relative_to(folder.resolve())
    except (OSError, ValueError, RuntimeError) as error:
        raise cannot_read(f"`{name}` is not a usable file name", "Rename the file", where) from error
    if not inside:
        raise _outside(name, where)
    return folder / name


def _outside(name: str, where: Where) -> AuthoringMistake:
    return cannot_read(
        f"`{name}` leads out of the exercise's folder",
        "Put the file in the folder and name it relative to exercise.yaml, with / and without ..",
        where,
    )


def _read_bytes(path: Path, where: Where) -> bytes:
    try:
        # Without O_NONBLOCK, opening a named pipe would wait for a writer that never comes.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise cannot_read(f"{path.name} is not a file", "Name a regular file", where)
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise cannot_read(
            f"There is no file {path.name}", "Check the name, or create the file", where
        ) from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise cannot_read(
            f"{path.name} cannot be read: {reason}", "Check the path and its permissions", where
        ) from error
