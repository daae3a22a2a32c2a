"""The brief, the threshold and the way a file is written."""

import re
from collections.abc import Iterator
from pathlib import Path

from assay.authoring.lint.remark import Remark, Subject, code

NO_MATERIAL = code(
    "no-materials",
    "warning",
    means="The scenario speaks of something attached, and the exercise has no materials.",
    because="The candidate looks for what is not there, on the clock.",
    remedy="Add it under materials, or take the mention out.",
)
THRESHOLD = code(
    "threshold-at-the-edge",
    "warning",
    means="The threshold is the lowest or the highest score of the scale.",
    because="Everyone, or nobody, is on one side of it.",
    remedy="Choose a score inside the scale, or leave threshold out.",
)
LOOSE_COLON = code(
    "unquoted-colon",
    "warning",
    means="A one-line text holds a colon and a space without quotes around it.",
    because="Assay reads it as text; other YAML tools refuse the file.",
    remedy="Put the text in quotes.",
)

_ATTACHED = re.compile(
    r"\b(?:(?:is|are|find|see|the|files?|log|table|spreadsheet|documents?) attached|attached (?:is|are|file|"
    r"files|document|documents|log|table|spreadsheet|ticket|tickets|report|sheet|csv|pdf)|attachments?|"
    r"enclosed|in the materials?|materials? (?:below|above|beside))\b",
    re.IGNORECASE,
)


def check_brief(subject: Subject) -> Iterator[Remark]:
    """What the brief promises, and where the threshold lies."""
    exercise = subject.exercise
    if exercise is None:
        return
    mention = _ATTACHED.search(exercise.scenario)
    if mention and not exercise.materials and subject.is_english:
        says = f"The scenario says “{mention[0]}”, and there are no materials"
        yield subject.remark(NO_MATERIAL, ("scenario",), says, phrase=mention[0])
    scale = exercise.rubric.scale
    if exercise.threshold is not None and exercise.threshold in (scale.min, scale.max):
        says = f"The threshold {exercise.threshold:g} is an end of the scale {scale.min} to {scale.max}"
        yield subject.remark(THRESHOLD, ("threshold",), says)


def check_writing(subject: Subject) -> Iterator[Remark]:
    """How the file is written, where Assay reads more than YAML allows."""
    for where in subject.source.loose:
        yield Remark(
            file=Path(where.file),
            line=where.line or 1,
            code=LOOSE_COLON.name,
            severity=LOOSE_COLON.severity,
            says="The text on this line holds a colon without quotes",
            remedy=LOOSE_COLON.remedy,
        )
