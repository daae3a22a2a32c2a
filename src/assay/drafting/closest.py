"""Which shipped exercise comes closest to a task: by style, by field of work, and by the words they share."""

import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from assay.authoring.exercise import Exercise
from assay.authoring.load import load_exercise
from assay.library.exercises import exercise_folder, shipped_exercises

FIELD_WEIGHT = 3.0
"""A shared word that names the field of work counts this many times as much."""
LONGEST_TITLE = 80
LONGEST_SUMMARY = 300
_SHORTEST = 4
_COMMON = frozenset(
    [
        "about",
        "above",
        "after",
        "again",
        "against",
        "also",
        "answer",
        "because",
        "been",
        "before",
        "being",
        "below",
        "between",
        "both",
        "candidate",
        "could",
        "does",
        "doing",
        "done",
        "down",
        "during",
        "each",
        "from",
        "further",
        "given",
        "goal",
        "good",
        "have",
        "having",
        "here",
        "hers",
        "into",
        "itself",
        "just",
        "like",
        "make",
        "many",
        "more",
        "most",
        "much",
        "must",
        "need",
        "needs",
        "only",
        "other",
        "over",
        "same",
        "shall",
        "should",
        "some",
        "such",
        "take",
        "task",
        "than",
        "that",
        "their",
        "them",
        "then",
        "there",
        "these",
        "they",
        "this",
        "those",
        "through",
        "under",
        "until",
        "upon",
        "uses",
        "using",
        "very",
        "want",
        "well",
        "were",
        "what",
        "when",
        "where",
        "which",
        "while",
        "will",
        "with",
        "within",
        "without",
        "work",
        "works",
        "would",
        "your",
    ]
)
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Closeness:
    """A shipped exercise, and what it shares with the task.

    Attributes:
        shared: words of the task that the exercise also has, the most telling first.
        weight: what they add up to; only its order means something.
    """

    exercise: Exercise
    shared: tuple[str, ...]
    weight: float


def closest_exercises(
    task: str, style: Literal["standard", "error_detection"], job: str = ""
) -> tuple[Closeness, ...]:
    """The shipped exercises of a style, the closest first; in alphabetical order where nothing is shared.

    Args:
        task: the task background.
        style: only exercises of this style can stand in for one another.
        job: the job description; its words count half.
    """
    wanted = _stems(task)
    also = {stem: word for stem, word in _stems(job).items() if stem not in wanted}
    found = [_closeness(one, wanted, also) for one in shipped() if one.style == style]
    return tuple(sorted(found, key=lambda one: (-one.weight, one.exercise.exercise)))


@cache
def shipped() -> tuple[Exercise, ...]:
    """The shipped exercises, read once."""
    return tuple(load_exercise(exercise_folder(name)) for name in shipped_exercises())


def begun_from(exercise: Exercise, task: str) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The parts of a shipped exercise with the author's own words where they can honestly stand.

    The task background becomes the beginning of the scenario, word for word. Its first sentence becomes the
    summary, and the title, where it is short enough. Nothing is made up.

    Returns:
        The parts, and the names of those that hold the author's words.
    """
    parts: dict[str, Any] = exercise.model_dump(mode="json")
    text = task.strip()
    if not text:
        return parts, ()
    filled = ["scenario"]
    parts["scenario"] = f"{text}\n\n{parts['scenario']}"
    first = _first_sentence(text)
    if len(first) <= LONGEST_SUMMARY:
        parts["summary"] = first
        filled.append("summary")
    if len(first) <= LONGEST_TITLE:
        parts["title"] = first.rstrip(".")
        filled.append("title")
    return parts, tuple(filled)


def _closeness(exercise: Exercise, wanted: dict[str, str], also: dict[str, str]) -> Closeness:
    field, everywhere = set(_stems(exercise.field)), _vocabulary(exercise.exercise)
    weights = {
        stem: _telling(stem) * (FIELD_WEIGHT if stem in field else 1.0) * (1.0 if stem in wanted else 0.5)
        for stem in [*wanted, *also]
        if stem in everywhere
    }
    best = sorted(weights, key=lambda stem: (-weights[stem], stem))
    words = tuple({**wanted, **also}[stem] for stem in best)
    return Closeness(exercise, shared=words, weight=sum(weights.values()))


@cache
def _vocabulary(name: str) -> frozenset[str]:
    exercise = next(one for one in shipped() if one.exercise == name)
    texts: Iterable[str] = (
        exercise.title,
        exercise.summary,
        exercise.field,
        exercise.goal,
        exercise.scenario,
        exercise.deliverable.asks,
        *(material.title for material in exercise.materials),
    )
    return frozenset(_stems(" ".join(texts)))


@cache
def _spread() -> Counter[str]:
    return Counter(stem for one in shipped() for stem in _vocabulary(one.exercise))


def _telling(stem: str) -> float:
    """How much a word tells: less, the more of the shipped exercises have it (inverse document frequency)."""
    return math.log((1 + len(shipped())) / (1 + _spread()[stem])) + 0.1


def _stems(text: str) -> dict[str, str]:
    """Stem to the word it was first met as."""
    found: dict[str, str] = {}
    for word in _WORD.findall(text.lower()):
        if word not in _COMMON and (len(word) >= _SHORTEST or word == "sql"):
            found.setdefault(_stem(word), word)
    return found


def _stem(word: str) -> str:
    for ending in ("ations", "ation", "ings", "ing", "ies", "ed", "es", "s", "e", "y"):
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST - 1:
            word = word[: -len(ending)]
            break
    # labelling and labeling, planned and plan
    return word[:-1] if len(word) > _SHORTEST and word[-1] == word[-2] else word


def _first_sentence(text: str) -> str:
    line = text.splitlines()[0].strip()
    found = re.match(r".+?[.!?](?=\s|$)", line)
    return found[0] if found else line
