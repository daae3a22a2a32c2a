"""Briefs that give away what is scored, and ledgers that do not stay sealed."""

from collections.abc import Iterator

from assay.authoring.exercise import Exercise
from assay.authoring.lint.remark import Remark, Subject, code
from assay.authoring.lint.wording import copied, words

RUBRIC = code(
    "brief-leaks-rubric",
    "error",
    means="Something the candidate or the assistant reads holds a criterion's or a level's words at length.",
    because="The candidate can then copy the highest level instead of showing it.",
    remedy="Say in the brief what is wanted, in other words, without saying how it is judged.",
)
LEDGER = code(
    "brief-leaks-ledger",
    "error",
    means="The brief, the greeting or the assistant's notes hold a planted error or its correction.",
    because="A candidate can find the error by searching, or the assistant gives it away.",
    remedy="Take the passage out; the true facts belong in the materials.",
)

_RUN_IN_BRIEF = 7
# Levels and examples may quote the facts of the material, as a good example does.
_RUN_IN_MATERIAL = 10
_RUN_OF_AN_EXAMPLE = 10


def visible_texts(exercise: Exercise) -> Iterator[tuple[tuple[object, ...], str, str]]:
    """What candidate or assistant read beside the materials: path, name and text of each."""
    yield ("goal",), "goal", exercise.goal
    yield ("scenario",), "scenario", exercise.scenario
    yield ("deliverable", "asks"), "deliverable", exercise.deliverable.asks
    yield ("deliverable", "starts_with"), "deliverable", exercise.deliverable.starts_with
    yield ("conversation", "greeting"), "greeting", exercise.conversation.greeting
    yield ("conversation", "assistant_notes"), "assistant's notes", exercise.conversation.assistant_notes


def check_leaks(subject: Subject) -> Iterator[Remark]:
    """Rubric or ledger words where candidate or assistant can read them."""
    if subject.exercise is None:
        return
    for path, name, text in visible_texts(subject.exercise):
        if text:
            yield from _rubric_words(subject, path, f"The {name}", text, _RUN_IN_BRIEF)
            yield from _ledger_words(subject, path, f"The {name}", text)
    for index, material in enumerate(subject.exercise.materials):
        where = ("materials", index, "text")
        yield from _rubric_words(subject, where, f"Material {material.id}", material.text, _RUN_IN_MATERIAL)


def _rubric_words(
    subject: Subject, path: tuple[object, ...], name: str, text: str, length: int
) -> Iterator[Remark]:
    for secret, what, run in _secrets(subject, length):
        leaked = copied(secret, text, run)
        if leaked and len(words(secret)) >= 4:
            says = f"{name} holds words of {what}: “{leaked}”"
            yield subject.remark(RUBRIC, path, says, phrase=leaked)
            return


def _secrets(subject: Subject, length: int) -> Iterator[tuple[str, str, int]]:
    assert subject.rubric is not None
    for name, criterion in subject.rubric.criteria.items():
        yield criterion.asks, f"criterion {name}", length
        for number, level in sorted(criterion.levels.items()):
            yield level.words, f"level {number} of {name}", length
            if level.example and length == _RUN_IN_BRIEF and len(words(level.example)) >= _RUN_OF_AN_EXAMPLE:
                yield level.example, f"the example of level {number} of {name}", _RUN_OF_AN_EXAMPLE


def _ledger_words(subject: Subject, path: tuple[object, ...], name: str, text: str) -> Iterator[Remark]:
    for error in subject.ledger.errors if subject.ledger else ():
        for secret, what in ((error.wrong, "the wrong span"), (error.truth, "the truth")):
            leaked = copied(secret, text, _RUN_IN_BRIEF)
            if leaked and len(words(secret)) >= 4:
                says = f"{name} holds {what} of error {error.id}: “{leaked}”"
                yield subject.remark(LEDGER, path, says, phrase=leaked)
