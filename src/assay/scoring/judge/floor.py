"""The floor: sessions in which there is nothing to rate, told by code before any judge is asked.

A judge that is shown an empty answer, a bare ":" or a copy of the task may still find a level for it. Such a
session is unscored, with the reason. It is not given the lowest level: a level needs evidence, and a copied
task shows nothing about, say, care with private data, in either direction.
"""

import re
from collections.abc import Iterable, Iterator

from assay.authoring.exercise import Exercise
from assay.authoring.rubric import Rubric
from assay.scoring.indicators.sources import Source, anchors_of
from assay.scoring.indicators.text import Folded, words_of
from assay.scoring.indicators.words import word_set
from assay.scoring.judge.remembering import of_the_last
from assay.scoring.raters import Case

NOTHING = "the candidate wrote no word and handed nothing in"
ONLY_BOILERPLATE = "all that the candidate wrote is greetings, thanks and openings without a subject"
ONLY_COPIES = "all that the candidate wrote stands in the task or in the rubric"

_PIECES = re.compile(r"[.!?:;\n|]+")
_EMPTY_WORDS = word_set(
    "a again all am and answer are assistant begin by bye can cheers continue could day dear do evening "
    "everything fine for go good great greetings hello help hey hi i is it just let let's lot me morning "
    "much my nice now of ok okay on please problem proceed process question regards response sent so "
    "solution solve start step steps thank thanks that the there think thinking this thought to ty us very "
    "we welcome well would yes yep you your"
)
"""Words of which greetings, thanks and openings such as "Let's solve this step by step" are made."""


def floor(case: Case) -> str | None:
    """Why no judge need be asked about this session; None where there is something to rate."""
    texts = [turn.text for turn in case.transcript.candidate_turns()]
    texts.append(case.transcript.final_deliverable)
    sources = _sources(case.exercise, case.rubric)
    reason = NOTHING
    for words in _pieces(texts):
        if any(source.holds(words) or source.says(words) for source in sources):
            reason = ONLY_COPIES
        elif not _EMPTY_WORDS.issuperset(words):
            return None
        elif reason == NOTHING:
            reason = ONLY_BOILERPLATE
    return reason


@of_the_last
def _sources(exercise: Exercise | None, rubric: Rubric) -> tuple[Source, Source]:
    """The rubric's words, and everything that the candidate was given to read or to start from."""
    if exercise is None:
        return anchors_of(rubric), Source()
    deliverable = exercise.deliverable
    texts = [exercise.title, exercise.goal, exercise.scenario, deliverable.asks, deliverable.starts_with]
    task = Source.of([*texts, *(material.text for material in exercise.materials)])
    return anchors_of(rubric), task


def _pieces(texts: Iterable[str]) -> Iterator[list[str]]:
    """The words of each sentence or line, as far as it has any."""
    for text in texts:
        for piece in _PIECES.split(Folded(text).text):
            words = words_of(piece)
            if words:
                yield words
