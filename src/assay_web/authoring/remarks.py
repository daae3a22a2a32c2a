"""What the linter says of a draft, beside the part that it is about.

The linter reads files, so that an author in a terminal and one on the site are told the same. The draft is
written to a folder of its own for a moment, and each remark's line leads back to its part.
"""

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from assay.authoring.exercise import Exercise
from assay.authoring.lint import Remark, lint_exercise
from assay.authoring.load import EXERCISE_FILE, load_exercise, read_source
from assay.authoring.mistakes import MISSING_KEY, AuthoringMistakes
from assay.authoring.positions import Node
from assay.drafting.files import LEDGER_FILE, MATERIALS_FOLDER, RUBRIC_FILE, write_exercise
from assay_web.authoring.parts import CRITERION, PART_OF_KEY
from assay_web.authoring.settings import Parts

_MISSING = re.compile(r"[Tt]he key `(?P<key>\w+)` is missing in the file")


@dataclass(frozen=True, slots=True)
class PartRemark:
    """One remark of the linter, and the part that it is about. An error blocks activation."""

    part: str
    severity: str
    says: str
    remedy: str

    @property
    def blocks(self) -> bool:
        """Whether the draft cannot be activated because of it."""
        return self.severity == "error"


@dataclass(frozen=True, slots=True)
class Linted:
    """A draft as the linter sees it.

    Attributes:
        exercise: the exercise that the draft is, or None while it is incomplete.
    """

    remarks: tuple[PartRemark, ...]
    exercise: Exercise | None

    @property
    def errors(self) -> tuple[PartRemark, ...]:
        """What blocks activation."""
        return tuple(remark for remark in self.remarks if remark.blocks)

    @property
    def doubts(self) -> tuple[PartRemark, ...]:
        """What does not."""
        return tuple(remark for remark in self.remarks if not remark.blocks)

    @property
    def ready(self) -> bool:
        """Whether the draft can be activated."""
        return self.exercise is not None and not self.errors

    def of(self, part: str) -> tuple[PartRemark, ...]:
        """The remarks on one part."""
        return tuple(remark for remark in self.remarks if remark.part == part)


def lint_parts(parts: Parts) -> Linted:
    """Lint a draft, complete or not."""
    with tempfile.TemporaryDirectory(prefix="assay-draft-") as name:
        folder = Path(name).resolve()
        write_exercise(parts, folder)
        remarks = tuple(_placed(remark, folder) for remark in lint_exercise(folder))
        try:
            exercise = load_exercise(folder)
        except AuthoringMistakes:
            exercise = None
    return Linted(tuple(dict.fromkeys(remarks)), exercise)


def _placed(remark: Remark, folder: Path) -> PartRemark:
    missing = _MISSING.search(remark.says) if remark.code == MISSING_KEY else None
    if missing and remark.file.name == EXERCISE_FILE and missing["key"] in PART_OF_KEY:
        part = PART_OF_KEY[missing["key"]]
        says = _("The title is empty") if missing["key"] == "title" else _("Nothing is written here yet")
        if missing["key"] == "summary":
            says = _("The summary is empty")
        return PartRemark(part, "error", says, _("Write it, or have it drafted"))
    return PartRemark(_part(remark, folder), remark.severity, remark.says, remark.remedy)


def _part(remark: Remark, folder: Path) -> str:
    if remark.file.parent.name == MATERIALS_FOLDER:
        return "materials"
    if remark.file.name == LEDGER_FILE:
        return "ledger"
    try:
        root = read_source(folder / remark.file.name).root
    except AuthoringMistakes:
        return "about"
    key, node = _entry_at(root, remark.line)
    if remark.file.name != RUBRIC_FILE:
        return PART_OF_KEY.get(key, "about")
    if key == "criteria" and node is not None:
        criterion, _node = _entry_at(node, remark.line)
        return f"{CRITERION}{criterion}" if criterion else "rubric"
    return "rules" if key == "rules" else "rubric"


def _entry_at(node: Node, line: int) -> tuple[str, Node | None]:
    """The last entry that begins on this line or above it."""
    entries = node.entries or {}
    above = [(inner.line, str(key), inner) for key, inner in entries.items() if inner.line <= line]
    if not above:
        return "", None
    _line, key, inner = max(above, key=lambda entry: entry[0])
    return key, inner
