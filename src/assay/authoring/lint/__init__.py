"""The linter: what is wrong or doubtful in an exercise, a rubric or a ledger, with file, line and remedy."""

from pathlib import Path
from typing import Literal

from assay.authoring import mistakes
from assay.authoring.lint.briefs import check_brief, check_writing
from assay.authoring.lint.deliverables import check_deliverable
from assay.authoring.lint.leaks import check_leaks
from assay.authoring.lint.ledgers import check_ledger
from assay.authoring.lint.levels import check_levels
from assay.authoring.lint.limits import check_limits
from assay.authoring.lint.offline_judge import check_offline_judge
from assay.authoring.lint.remark import CODES, Check, Code, Remark, Severity, Subject, code
from assay.authoring.lint.rule_conflicts import check_rules
from assay.authoring.lint.vague import check_questions, check_vague_words
from assay.authoring.lint.weights import check_weights
from assay.authoring.load import exercise_file, read_exercise, read_ledger, read_rubric, read_source
from assay.authoring.mistakes import AuthoringMistakes

__all__ = [
    "CODES",
    "Code",
    "Remark",
    "Severity",
    "lint_exercise",
    "lint_ledger",
    "lint_path",
    "lint_rubric",
]

code(
    mistakes.CANNOT_READ,
    "error",
    means="A file is absent, too large, not UTF-8, or outside the exercise's folder.",
    because="An exercise must be whole wherever its folder is copied.",
    remedy="Put the file beside exercise.yaml, as UTF-8 text of at most 1 MB.",
)
code(
    mistakes.NOT_PLAIN_YAML,
    "error",
    means="A file is not YAML, or uses what Assay refuses: tags, merge keys, doubled keys, endless nesting.",
    because="An authored file is data; nothing in it may run, grow or depend on which tool reads it.",
    remedy="Write plain keys, texts, numbers and lists.",
)
code(
    mistakes.UNKNOWN_KEY,
    "error",
    means="A key is not known at its place; the nearest known one is named.",
    because="A key that is silently ignored is a setting that its author believes in.",
    remedy="Correct the key, or remove it.",
)
code(
    mistakes.MISSING_KEY,
    "error",
    means="A key that must be there is not.",
    because="Assay makes nothing up in its place.",
    remedy="Add the key.",
)
code(
    mistakes.WRONG_VALUE,
    "error",
    means="A value has the wrong type, is out of its bounds, or does not agree with another.",
    because="The exercise could not be run or scored as written.",
    remedy="Write the value as the remark says.",
)

_CHECKS: tuple[Check, ...] = (
    check_writing,
    check_brief,
    check_limits,
    check_leaks,
    check_levels,
    check_vague_words,
    check_questions,
    check_weights,
    check_rules,
    check_deliverable,
    check_ledger,
    check_offline_judge,
)


def lint_exercise(path: Path) -> tuple[Remark, ...]:
    """Remarks on an exercise, given by its folder or exercise.yaml, and on the files it refers to."""
    try:
        read = read_exercise(path)
    except AuthoringMistakes as found:
        return _as_remarks(found)
    return _remarks(
        Subject(
            source=read.source,
            exercise=read.value,
            rubric=read.value.rubric,
            ledger=read.value.ledger,
            rubric_path=("rubric",),
            ledger_path=("ledger",),
        )
    )


def lint_rubric(path: Path) -> tuple[Remark, ...]:
    """Remarks on a rubric file by itself."""
    try:
        read = read_rubric(path)
    except AuthoringMistakes as found:
        return _as_remarks(found)
    return _remarks(Subject(source=read.source, rubric=read.value))


def lint_ledger(path: Path) -> tuple[Remark, ...]:
    """Remarks on a ledger file by itself; what needs its exercise is checked with the exercise."""
    try:
        read = read_ledger(path)
    except AuthoringMistakes as found:
        return _as_remarks(found)
    return _remarks(Subject(source=read.source, ledger=read.value))


def lint_path(path: Path) -> tuple[Remark, ...]:
    """Remarks on a folder or a file, whichever of the three kinds it is."""
    if path.is_dir():
        return lint_exercise(path)
    try:
        kind = kind_of_file(path)
    except AuthoringMistakes as found:
        return _as_remarks(found)
    return {"exercise": lint_exercise, "rubric": lint_rubric, "ledger": lint_ledger}[kind](path)


def kind_of_file(path: Path) -> Literal["exercise", "rubric", "ledger"]:
    """Which of the three kinds of file this is, by its keys.

    Raises:
        AuthoringMistakes: the file cannot be read.
    """
    keys = set(read_source(exercise_file(path)).root.entries or {})
    if "errors" in keys:
        return "ledger"
    return "rubric" if "criteria" in keys else "exercise"


def _remarks(subject: Subject) -> tuple[Remark, ...]:
    return _in_order([remark for check in _CHECKS for remark in check(subject)])


def _as_remarks(found: AuthoringMistakes) -> tuple[Remark, ...]:
    return _in_order(
        [
            Remark(
                file=Path(mistake.place.file),
                line=mistake.place.line or 1,
                code=mistake.code,
                severity="error",
                says=mistake.message,
                remedy=mistake.remedy,
            )
            for mistake in found.mistakes
        ]
    )


def _in_order(remarks: list[Remark]) -> tuple[Remark, ...]:
    """By file and line, and reminders last: what has to be mended is read first."""
    return tuple(
        sorted(remarks, key=lambda r: (r.severity == "note", str(r.file), r.line, r.column, r.code, r.says))
    )
