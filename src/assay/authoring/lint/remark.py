"""What the linter says: remarks, the kinds of them, and the material that checks read."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from assay.authoring.exercise import Exercise
from assay.authoring.ledger import ErrorLedger
from assay.authoring.positions import Source
from assay.authoring.rubric import Rubric

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Remark:
    """One finding. `line` and `column` count from 1; a note never changes an exit code."""

    file: Path
    line: int
    code: str
    severity: Severity
    says: str
    remedy: str
    column: int = 1


@dataclass(frozen=True, slots=True)
class Code:
    """A kind of remark: what it means, why it matters, and what to do about it."""

    name: str
    severity: Severity
    means: str
    because: str
    remedy: str


CODES: dict[str, Code] = {}


def code(name: str, severity: Severity, *, means: str, because: str, remedy: str) -> Code:
    """Declare a kind of remark; its name is unique."""
    if name in CODES:
        raise ValueError(f"the remark code {name} is declared twice")
    CODES[name] = Code(name, severity, means, because, remedy)
    return CODES[name]


@dataclass(frozen=True, slots=True)
class Subject:
    """What is linted. A part that the file does not have is None, and its checks say nothing.

    `rubric_path` and `ledger_path` lead from the root of the source to the rubric and the ledger.
    """

    source: Source
    exercise: Exercise | None = None
    rubric: Rubric | None = None
    ledger: ErrorLedger | None = None
    rubric_path: tuple[str, ...] = ()
    ledger_path: tuple[str, ...] = ()

    @property
    def is_english(self) -> bool:
        """Whether checks that know English words apply; a rubric by itself is taken to be English."""
        return self.exercise is None or self.exercise.language == "en"

    def remark(
        self, kind: Code, path: Sequence[object], says: str, *, remedy: str = "", phrase: str = ""
    ) -> Remark:
        """A remark at a value, or at `phrase` inside it."""
        where, column = self.source.where(path, phrase)
        return Remark(
            file=Path(where.file),
            line=where.line or 1,
            code=kind.name,
            severity=kind.severity,
            says=says,
            remedy=remedy or kind.remedy,
            column=column or 1,
        )


Check = Callable[[Subject], Iterator[Remark]]
