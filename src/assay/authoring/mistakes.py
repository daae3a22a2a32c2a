"""Mistakes in an authored file: each with its line, what is wrong in plain words, and what to do."""

from collections.abc import Iterable

from pydantic_core import PydanticCustomError

from assay.errors import UserMistake, Where

CANNOT_READ = "cannot-read"
NOT_PLAIN_YAML = "not-plain-yaml"
UNKNOWN_KEY = "unknown-key"
MISSING_KEY = "missing-key"
WRONG_VALUE = "wrong-value"


class AuthoringMistake(UserMistake):
    """One mistake in an authored file; `code` is its kind, as the linter's reference lists it."""

    def __init__(self, code: str, message: str, *, remedy: str, where: Where) -> None:
        super().__init__(message, remedy=remedy, where=where)
        self.code = code
        self.place = where


class AuthoringMistakes(UserMistake):
    """Every mistake found in a file and the files it refers to, in the order of their lines."""

    def __init__(self, mistakes: Iterable[AuthoringMistake]) -> None:
        self.mistakes = tuple(sorted(mistakes, key=lambda m: (str(m.place.file), m.place.line or 0)))
        first = self.mistakes[0]
        count = len(self.mistakes)
        message = first.message if count == 1 else f"{count} mistakes, the first of them: {first.message}"
        super().__init__(message, remedy=first.remedy, where=first.where)

    def __str__(self) -> str:
        if len(self.mistakes) == 1:
            return str(self.mistakes[0])
        return "\n  ".join([f"{len(self.mistakes)} mistakes", *map(str, self.mistakes)])


def not_plain(message: str, remedy: str, where: Where) -> AuthoringMistake:
    """A file that is not plain YAML."""
    return AuthoringMistake(NOT_PLAIN_YAML, message, remedy=remedy, where=where)


def cannot_read(message: str, remedy: str, where: Where) -> AuthoringMistake:
    """A file that is absent, too large, unreadable or outside the exercise's folder."""
    return AuthoringMistake(CANNOT_READ, message, remedy=remedy, where=where)


def misplaced(message: str, *at: str | int, remedy: str) -> PydanticCustomError:
    """For a model's validator: what is wrong, the keys that lead from the model to it, and what to do."""
    return PydanticCustomError("misplaced", "{says}", {"says": message, "at": at, "remedy": remedy})
