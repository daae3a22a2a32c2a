"""The four ways a run can go wrong, told apart by who has to act.

A `UserMistake` is mended by the person at the keyboard, a `ModelMisbehaviour` by trying again or
choosing another model, a `LimitReached` by raising a cap on purpose. Anything else that is raised
is a bug of ours and is reported as one.
"""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Where:
    """A place in a file: `line` counts from 1, `None` where no line can be named."""

    file: Path | str
    line: int | None = None

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line is not None else str(self.file)


class AssayError(Exception):
    """Something a person can act on: what happened, where, and what to do about it.

    Args:
        message: what happened, as one sentence without a full stop.
        remedy: what to do now, as one sentence.
        where: the file and line it is about, when there is one.
    """

    exit_code = 1

    def __init__(self, message: str, *, remedy: str = "", where: Where | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.where = where

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        return f"{place}{self.message}" + (f". {self.remedy}" if self.remedy else "")


class UserMistake(AssayError):
    """Input or settings that only the person who gave them can put right."""

    exit_code = 2


class ModelMisbehaviour(AssayError):
    """A model or its endpoint failed, stalled, or answered outside the contract."""

    exit_code = 3


class LimitReached(AssayError):
    """A cap on time, tokens or money was reached; nothing beyond it was spent."""

    exit_code = 4
