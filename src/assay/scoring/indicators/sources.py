"""What a candidate may paste from: the brief of the exercise and the words of the rubric."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from assay.authoring.exercise import Exercise
from assay.authoring.rubric import Rubric
from assay.scoring.indicators.text import Folded, content_words, sentences_of, words_of

_PASTED_SHARE = 0.6
_SHINGLE = 3


def shingles(words: list[str]) -> frozenset[tuple[str, ...]]:
    """Every run of three words."""
    return frozenset(zip(*(words[offset:] for offset in range(_SHINGLE)), strict=False))


@dataclass(frozen=True)
class Source:
    """What a candidate may paste from: the brief or the rubric. `sentences` hold its own, word by word.

    `criteria` are the ids and titles of a rubric's criteria, in lower case.
    """

    sentences: frozenset[str] = frozenset()
    shingles: frozenset[tuple[str, ...]] = frozenset()
    content: frozenset[str] = frozenset()
    criteria: tuple[str, ...] = ()

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Source":
        """One source from several texts."""
        found: set[tuple[str, ...]] = set()
        content: set[str] = set()
        whole: set[str] = set()
        for text in texts:
            folded = Folded(text)
            found |= shingles(words_of(folded.text))
            content |= content_words(folded.text)
            whole |= {" ".join(sentence.words) for sentence in sentences_of(folded)}
        return cls(frozenset(whole), frozenset(found), frozenset(content))

    def holds(self, words: list[str]) -> bool:
        """Whether most of these words stand in it in the same order."""
        own = shingles(words)
        return len(words) > _SHINGLE and bool(own) and len(own & self.shingles) >= _PASTED_SHARE * len(own)

    def says(self, words: list[str]) -> bool:
        """Whether one of its sentences, of three words or more, is exactly this."""
        return len(words) >= _SHINGLE and " ".join(words) in self.sentences


def brief_of(exercise: Exercise | None) -> Source:
    """The goal, scenario, materials and deliverable a candidate was given."""
    if exercise is None:
        return Source()
    texts = [exercise.title, exercise.goal, exercise.scenario, exercise.deliverable.asks]
    return Source.of([*texts, *(material.text for material in exercise.materials)])


def anchors_of(rubric: Rubric) -> Source:
    """The rubric's own words: questions, levels and their examples, and the names of its criteria."""
    texts: list[str] = []
    for criterion in rubric.criteria.values():
        texts.append(criterion.asks)
        for number, level in criterion.levels.items():
            # What somebody at the lowest level would write is typed, and nobody copies it.
            texts += [level.words, level.example or "" if number > min(criterion.levels) else ""]
    names = [*rubric.criteria, *(rubric.title_of(name) for name in rubric.criteria)]
    return replace(Source.of(texts), criteria=tuple(dict.fromkeys(Folded(name).text for name in names)))
