"""Levels and their examples: complete, in words that say something, and distinguishable."""

import re
from collections.abc import Iterator
from itertools import combinations

from assay.authoring.lint.remark import Code, Remark, Subject, code
from assay.authoring.lint.wording import (
    GRADES,
    INTENSIFIERS,
    content,
    difference,
    indistinguishable,
    same,
    similarity,
    word_set,
    words,
)
from assay.authoring.rubric import Criterion, Level

MISSING_LEVEL = code(
    "missing-level",
    "warning",
    means="A criterion has no anchor for a level of the scale.",
    because="Raters make up a level that nobody described, each in their own way.",
    remedy="Write words and an example for the level, or narrow the scale.",
)
WITHOUT_WORDS = code(
    "level-without-words",
    "warning",
    means="A level's words are a placeholder or a bare grade.",
    because="A number in words fixes nothing.",
    remedy="Say what a session at this level looks like: what the candidate does or leaves out.",
)
WITHOUT_EXAMPLE = code(
    "level-without-example",
    "warning",
    means="A level has words but no example.",
    because="People agree on examples sooner than on descriptions; words alone drift.",
    remedy="Add `example:` with something a candidate at this level would write.",
)
IDENTICAL = code(
    "identical-levels",
    "error",
    means="Two levels of a criterion have the same words.",
    because="No rater can tell them apart.",
    remedy="Say what a session at the higher level shows that one at the lower does not.",
)
OVERLAPPING = code(
    "overlapping-levels",
    "warning",
    means="Two levels share nearly all their words, and what differs is neither a number nor a negation.",
    because="A session fits both, so raters differ at random.",
    remedy="Name the behaviour that separates them.",
)
BY_DEGREE = code(
    "levels-differ-by-degree",
    "warning",
    means="Two levels differ only in words such as very, mostly, somewhat, good, excellent.",
    because="Everyone draws the line between mostly and somewhat elsewhere.",
    remedy="Replace the degree with something countable or visible.",
)
EXAMPLE_REPEATS = code(
    "example-repeats-words",
    "warning",
    means="An example only says the level's words again.",
    because="An example fixes a level by showing it; a description of it shows nothing.",
    remedy="Quote what a candidate would type, facts of the scenario included.",
)
EXAMPLE_TWICE = code(
    "example-at-two-levels",
    "error",
    means="Two levels of a criterion have the same example.",
    because="The example then proves both levels.",
    remedy="Keep it at the level it belongs to, and write another for the other.",
)
EXAMPLES_ALIKE = code(
    "examples-hardly-differ",
    "warning",
    means="The examples of two neighbouring levels share nearly all their words.",
    because="The difference between the levels does not show in them.",
    remedy="Let the higher example do what only the higher level asks for.",
)

_PLACEHOLDERS = word_set("tbd tba placeholder none n a level na unknown words example text here lorem ipsum")


def check_levels(subject: Subject) -> Iterator[Remark]:
    """Every check of one level, and of two levels of one criterion."""
    if subject.rubric is None:
        return
    for name, criterion in subject.rubric.criteria.items():
        path = (*subject.rubric_path, "criteria", name, "levels")
        missing = [level for level in subject.rubric.scale.levels if level not in criterion.levels]
        if missing:
            listed = ", ".join(map(str, missing))
            yield subject.remark(MISSING_LEVEL, path, f"{name} has no anchor for level {listed}")
        for number, level in sorted(criterion.levels.items()):
            yield from _one(subject, (*path, number), f"Level {number} of {name}", level)
        if subject.is_english:
            yield from _pairs(subject, path, name, criterion)


def _one(subject: Subject, path: tuple[object, ...], label: str, level: Level) -> Iterator[Remark]:
    if _says_nothing(level.words):
        yield subject.remark(
            WITHOUT_WORDS, (*path, "words"), f"{label} is a bare grade or a placeholder: “{level.words}”"
        )
    if level.example is None or not level.example.strip():
        yield subject.remark(WITHOUT_EXAMPLE, path, f"{label} has no example")
    elif _repeats(level.words, level.example):
        yield subject.remark(
            EXAMPLE_REPEATS, (*path, "example"), f"{label} repeats its words where its example should be"
        )


def _says_nothing(text: str) -> bool:
    told = [word for word in words(text) if not re.fullmatch(r"[\d_]+|x{3,}|to-?do", word)]
    return all(word in _PLACEHOLDERS for word in told) or all(word in GRADES | INTENSIFIERS for word in told)


def _repeats(described: str, example: str) -> bool:
    if same(described, example):
        return True
    return len(content(described)) >= 3 and similarity(described, example) >= 0.8


def _pairs(subject: Subject, path: tuple[object, ...], name: str, criterion: Criterion) -> Iterator[Remark]:
    for (low, lower), (high, higher) in combinations(sorted(criterion.levels.items()), 2):
        pair = f"Levels {low} and {high} of {name}"
        kind = _closeness(lower.words, higher.words)
        if kind is not None:
            yield subject.remark(kind, (*path, high), f"{pair} {_CLOSENESS[kind.name]}")
        if lower.example and higher.example:
            at = (*path, high, "example")
            if same(lower.example, higher.example):
                yield subject.remark(EXAMPLE_TWICE, at, f"{pair} have the same example")
            elif high - low == 1 and indistinguishable(lower.example, higher.example, threshold=0.85):
                yield subject.remark(EXAMPLES_ALIKE, at, f"{pair} have examples that hardly differ")


_CLOSENESS = {
    "identical-levels": "have the same words",
    "levels-differ-by-degree": "differ only by degree",
    "overlapping-levels": "share nearly all their words",
}


# With their stems, since the words that differ have been cut to theirs.
_DEGREES = frozenset(stem for word in INTENSIFIERS | GRADES for stem in (word, *content(word)))


def _closeness(lower: str, higher: str) -> Code | None:
    if same(lower, higher):
        return IDENTICAL
    differing = difference(lower, higher)
    shared = set(content(lower)) & set(content(higher))
    if shared and differing and differing <= _DEGREES:
        return BY_DEGREE
    return OVERLAPPING if len(shared) >= 3 and indistinguishable(lower, higher) else None
