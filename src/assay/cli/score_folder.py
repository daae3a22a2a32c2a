"""The folder of results: nothing in it is overwritten unless that was asked for."""

import hashlib
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Literal
from urllib.parse import quote

from assay.cli.score import Form
from assay.errors import UserMistake, Where

if TYPE_CHECKING:
    from assay.record import Record

SCORES = "scores.jsonl"
UNFINISHED = "scores.unfinished.jsonl"

_SUFFIXES = {Form.record: ".assay.json", Form.json: ".assay.json", Form.html: ".html", Form.md: ".md"}
_REPORTS: dict[Form, Literal["html", "md", "json"]] = {
    Form.record: "json",
    Form.json: "json",
    Form.html: "html",
    Form.md: "md",
}
_LONGEST_STEM = 150
_DEVICES = {
    "con",
    "prn",
    "aux",
    "nul",
    *(f"{port}{number}" for port in ("com", "lpt") for number in range(10)),
}


@dataclass(frozen=True, slots=True)
class Folder:
    """Where the files of each session go, and which."""

    path: Path
    forms: tuple[Form, ...] = ()

    def write(self, record: "Record", stem: str) -> None:
        """Write the session's files.

        Raises:
            UserMistake: a file cannot be written.
        """
        from assay.reports import write_report

        for form in self.forms:
            write_report(record, _REPORTS[form], self.path / f"{stem}{_SUFFIXES[form]}")


def open_folder(path: Path, forms: tuple[Form, ...], *, force: bool) -> Folder:
    """Make the folder, or take one that is empty.

    Raises:
        UserMistake: it cannot be made, or it holds files already and `force` was not given.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
        empty = next(path.iterdir(), None) is None
    except (FileExistsError, NotADirectoryError) as error:
        raise UserMistake(
            "--out needs a folder, and this is a file", remedy="Name a folder", where=Where(path)
        ) from error
    except (OSError, ValueError) as error:
        raise cannot_write(path, error) from error
    if not empty and not force:
        raise UserMistake(
            "The folder is not empty",
            remedy="Name a new folder, or give --force to replace files of the same name in it",
            where=Where(path),
        )
    return Folder(path, forms)


def cannot_write(path: Path, error: OSError | ValueError) -> UserMistake:
    """The refusal for a file or folder that cannot be written."""
    why = getattr(error, "strerror", None) or str(error)
    return UserMistake(
        f"This cannot be written: {why}", remedy="Name a folder you may write to", where=Where(path)
    )


class ScoresFile:
    """`scores.jsonl`, written under another name until it is complete."""

    def __init__(self, folder: Folder) -> None:
        self.path = folder.path / SCORES
        self.unfinished = folder.path / UNFINISHED
        try:
            # What has this name may be a link to a file elsewhere: it is replaced, never written through.
            self.unfinished.unlink(missing_ok=True)
            self._file: IO[bytes] = self.unfinished.open("xb")
        except OSError as error:
            raise cannot_write(self.unfinished, error) from error

    def add(self, line: str) -> None:
        """Add one line."""
        try:
            self._file.write(line.encode() + b"\n")
        except OSError as error:
            raise cannot_write(self.unfinished, error) from error

    def finish(self) -> None:
        """Give the file its name: all sessions are in it."""
        try:
            self._file.close()
            self.unfinished.replace(self.path)
        except OSError as error:
            raise cannot_write(self.path, error) from error

    def close(self) -> None:
        """Stop early; what is there stays under its unfinished name."""
        self._file.close()


@dataclass(slots=True)
class FileNames:
    """File names for session ids: safe everywhere, and different even where case is ignored."""

    _used: set[str] = field(default_factory=set)

    def name(self, session: str) -> str:
        """A file name, without its ending, for an id that has not been named yet."""
        plain = stem = safe_name(session)
        tries = 0
        while _folded(stem) in self._used:
            # Another id may look like this one with its digest, so the digest alone is not enough.
            tries += 1
            stem = f"{plain}-{_digest(session)}" + (f"-{tries}" if tries > 1 else "")
        self._used.add(_folded(stem))
        return stem


def safe_name(session: str) -> str:
    """The id with everything but letters, digits, `-`, `_` and inner dots percent-encoded.

    An id that would be too long for a file system is cut and gets a digest of the whole at its end.
    """
    text = unicodedata.normalize("NFC", session)
    stem = "".join(char if _is_plain(char) else _encoded(char) for char in text)
    if stem.startswith("."):
        stem = _encoded(stem[0]) + stem[1:]
    if stem.endswith("."):
        stem = stem[:-1] + "%2E"
    if stem.casefold().split(".")[0] in _DEVICES:
        stem = f"%{ord(stem[0]):02X}{stem[1:]}"
    if len(stem.encode()) > _LONGEST_STEM:
        stem = f"{stem.encode()[:_LONGEST_STEM].decode(errors='ignore')}-{_digest(session)}"
    return stem


def _folded(stem: str) -> str:
    """Equal for names that some file system takes for one: a canonical caseless match (Unicode, D145)."""
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", stem).casefold())


def _is_plain(char: str) -> bool:
    return char in "-_." or char.isalnum()


def _encoded(char: str) -> str:
    return "%2E" if char == "." else quote(char, safe="")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
