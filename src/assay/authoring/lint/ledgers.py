"""Error ledgers: errors that can be told apart, recognised, and found only by checking."""

from collections.abc import Iterator
from itertools import permutations

from assay.authoring.ledger import Catch, PlantedError
from assay.authoring.lint.leaks import visible_texts
from assay.authoring.lint.remark import Remark, Subject, code
from assay.authoring.lint.wording import holds, holds_any, same, words

NO_LEDGER = code(
    "error-detection-without-ledger",
    "warning",
    means="The style is error_detection, and there is no ledger.",
    because="Nothing says which errors there are to find.",
    remedy="Write a ledger and name it with `ledger:`, or set style: standard.",
)
WRONG_IS_TRUE = code(
    "wrong-equals-truth",
    "error",
    means="A planted error's wrong span and its truth are the same.",
    because="There is nothing to catch.",
    remedy="Write what the material really says in truth, and something else in wrong.",
)
IN_MATERIAL = code(
    "wrong-span-in-material",
    "error",
    means="A planted error's wrong span stands in the materials.",
    because="Whoever checks it against the material finds it confirmed.",
    remedy="Change the wrong span to something that no material says.",
)
TOO_LATE = code(
    "error-after-last-round",
    "error",
    means="A planted error belongs to a round after the last.",
    because="Nobody is ever shown it.",
    remedy="Plant it in an earlier round, or raise limits.rounds.",
)
CUE_IN_BRIEF = code(
    "catch-cue-in-brief",
    "warning",
    means="A passage of the brief holds everything by which a catch is recognised.",
    because="A candidate who quotes the brief is taken to have caught the error.",
    remedy="Add a phrase to all_of that only somebody who noticed the error would write.",
)
CUE_IN_WRONG = code(
    "catch-cue-in-error",
    "warning",
    means="The sentence that carries the error holds everything by which a catch is recognised.",
    because="A candidate who repeats the error is taken to have caught it.",
    remedy="Choose cues from the truth, or from words of doubt, instead of the error itself.",
)
CUES_OVERLAP = code(
    "overlapping-cues",
    "warning",
    means="Words that catch one planted error also catch another.",
    because="One remark of the candidate's is counted twice.",
    remedy="Add what tells the two apart to all_of of each.",
)
FIX_CONTRADICTS = code(
    "fix-contradicts",
    "error",
    means="A fix is recognised by a phrase that must be there and must not.",
    because="No deliverable can count as fixed.",
    remedy="Remove the phrase from present or from absent, or make one of them longer.",
)
FIX_IN_WRONG = code(
    "fix-cue-in-error",
    "error",
    means="The sentence that carries the error already holds everything by which its fix is recognised.",
    because="A deliverable with the error in it counts as fixed.",
    remedy="Add the wrong span to absent, or a phrase of the truth to present.",
)
CLEAN_IS_PLANTED = code(
    "clean-claim-is-planted",
    "error",
    means="A clean claim holds a planted error's wrong span.",
    because="Flagging it would be a catch and a false alarm at once.",
    remedy="Remove the claim, or correct it.",
)


def check_ledger(subject: Subject) -> Iterator[Remark]:
    """Every check of an error ledger, by itself and against its exercise."""
    if subject.ledger is None:
        if subject.exercise is not None and subject.exercise.style == "error_detection":
            says = "The style is error_detection, and the exercise has no ledger"
            yield subject.remark(NO_LEDGER, ("style",), says)
        return
    for index, error in enumerate(subject.ledger.errors):
        path = (*subject.ledger_path, "errors", index)
        yield from _by_itself(subject, path, error)
        yield from _against_exercise(subject, path, error)
    yield from _cues_between(subject)
    for at, claim in enumerate(subject.ledger.clean_claims):
        for error in subject.ledger.errors:
            if holds(claim, error.wrong):
                says = f"The clean claim “{claim}” holds error {error.id}"
                yield subject.remark(CLEAN_IS_PLANTED, (*subject.ledger_path, "clean_claims", at), says)


def _by_itself(subject: Subject, path: tuple[object, ...], error: PlantedError) -> Iterator[Remark]:
    if same(error.wrong, error.truth):
        says = f"Error {error.id} has the same words in wrong and truth"
        yield subject.remark(WRONG_IS_TRUE, (*path, "wrong"), says)
    if caught_by(error.woven_in, error.catch):
        says = f"The sentence of error {error.id} counts as catching it"
        yield subject.remark(CUE_IN_WRONG, (*path, "catch"), says)
    clash = next((p for p in error.fix.present if holds_any(p, error.fix.absent)), None)
    if clash is not None:
        says = f"The fix of error {error.id} needs “{clash}” present, and a part of it absent"
        yield subject.remark(FIX_CONTRADICTS, (*path, "fix"), says)
    elif all(holds(error.woven_in, phrase) for phrase in error.fix.present) and not holds_any(
        error.woven_in, error.fix.absent
    ):
        says = f"The sentence of error {error.id} counts as fixing it"
        yield subject.remark(FIX_IN_WRONG, (*path, "fix"), says)


def _against_exercise(subject: Subject, path: tuple[object, ...], error: PlantedError) -> Iterator[Remark]:
    if subject.exercise is None:
        return
    rounds = subject.exercise.limits.rounds
    if error.round > rounds:
        says = f"Error {error.id} is planted in round {error.round} of {rounds}"
        yield subject.remark(TOO_LATE, (*path, "round"), says)
    for material in subject.exercise.materials:
        # A single number or name may well stand elsewhere in the material and mean something else.
        if len(words(error.wrong)) >= 2 and holds(material.text, error.wrong):
            says = f"The wrong span of error {error.id} stands in material {material.id}"
            yield subject.remark(IN_MATERIAL, (*path, "wrong"), says)
    for _, name, text in visible_texts(subject.exercise):
        if any(caught_by(passage, error.catch) for passage in text.split("\n\n")):
            says = f"The {name} holds the cues by which a catch of error {error.id} is recognised"
            yield subject.remark(CUE_IN_BRIEF, (*path, "catch"), says)


def _cues_between(subject: Subject) -> Iterator[Remark]:
    assert subject.ledger is not None
    for (_, first), (index, second) in permutations(enumerate(subject.ledger.errors), 2):
        options = first.catch.any_of or ("",)
        for option in options:
            said = ". ".join((*first.catch.all_of, option))
            if caught_by(said, second.catch):
                says = f"“{said.strip('. ')}” catches error {first.id} and also {second.id}"
                path = (*subject.ledger_path, "errors", index, "catch")
                yield subject.remark(CUES_OVERLAP, path, says)
                break


def caught_by(text: str, catch: Catch) -> bool:
    """Whether a text holds all phrases of `all_of` and, where there are any, one of `any_of`."""
    return all(holds(text, phrase) for phrase in catch.all_of) and (
        not catch.any_of or holds_any(text, catch.any_of)
    )
