"""Words that grade without saying what was seen, and questions that ask several things at once."""

import re
from collections.abc import Iterator

from assay.authoring.lint.remark import Remark, Subject, code
from assay.authoring.lint.wording import INTENSIFIERS, STOP_WORDS, word_set, words

VAGUE = code(
    "vague-words",
    "warning",
    means="A level rests on a word such as good, appropriate or clear, and nothing says what it means.",
    because="Two raters who both find a session good enough need not have seen the same thing.",
    remedy="Say what the candidate does or writes at this level, so that two people would agree.",
)
DOUBLE = code(
    "double-barrelled",
    "warning",
    means="A criterion's question asks several things at once.",
    because="A session that does one and not the other has no level; raters then answer different questions.",
    remedy="Keep one question, and make the others criteria of their own.",
)

_VAGUE = word_set(
    "good bad well poor poorly nice great excellent excellently appropriate appropriately "
    "inappropriate adequate adequately inadequate proper properly clear clearly reasonable reasonably "
    "sufficient sufficiently effective effectively ineffective satisfactory acceptable strong "
    "strongly weak weakly decent solid impressive fair suitable suitably high-quality quality "
    "thorough thoroughly professional professionally competent competently skilful skilfully skillful "
    "skillfully outstanding ok okay fine best optimal meaningful meaningfully successful successfully"
)
# Words that any rubric about working with an AI holds, whatever is being told.
_GENERIC = word_set(
    "candidate candidates person people user ai assistant model models work works working job task "
    "tasks output outputs answer answers response responses reply replies result results level "
    "overall instruction instructions prompt prompts prompting deliverable performance approach skill "
    "skills ability use uses used using usage make makes give gives given show shows write writes "
    "provide provides demonstrate demonstrates communicate communicates communication handle handles "
    "handled manner way quality practice practices follows always highly very"
)
_SPECIFIES = re.compile(
    r"[:(\"“‘\d]|\b(?:such as|for example|for instance|e\.g|i\.e|because|so that|by \w+ing|namely|that is|"
    r"without|until|before|after|which|rather than|instead of|if|when|unless|enough (?:that|to|for)|"
    r"well[- ]formed|as well as|good (?:faith|for|at)|best before|clear of|fine print)\b",
    re.IGNORECASE,
)
_ENOUGH_CONCRETE_WORDS = 4
_PARENTHESIS = re.compile(r"\([^)]*\)")
_CHAIN = re.compile(r"\b(?:and|or|as well as|and also)\b", re.IGNORECASE)


def check_vague_words(subject: Subject) -> Iterator[Remark]:
    """Levels whose sentences grade without saying what was seen."""
    if subject.rubric is None or not subject.is_english:
        return
    for name, criterion in subject.rubric.criteria.items():
        for number, level in sorted(criterion.levels.items()):
            word = vague_word(level.words)
            if word:
                path = (*subject.rubric_path, "criteria", name, "levels", number, "words")
                says = f"Level {number} of {name} rests on “{word}”"
                yield subject.remark(VAGUE, path, says, phrase=word)


def vague_word(text: str) -> str:
    """The first vague word that nothing in its sentence makes concrete; empty when there is none."""
    if len(_concrete(text)) >= 3 * _ENOUGH_CONCRETE_WORDS:
        return ""
    for sentence in re.split(r"(?<=[.;!?])\s+", text):
        if not _SPECIFIES.search(sentence) and len(_concrete(sentence)) < _ENOUGH_CONCRETE_WORDS:
            for word in words(sentence):
                if word in _VAGUE:
                    return word
    return ""


def _concrete(sentence: str) -> list[str]:
    empty = _VAGUE | _GENERIC | STOP_WORDS | INTENSIFIERS
    return [word for word in words(sentence) if word not in empty]


def check_questions(subject: Subject) -> Iterator[Remark]:
    """Criteria that ask more than one question."""
    if subject.rubric is None or not subject.is_english:
        return
    for name, criterion in subject.rubric.criteria.items():
        asked = _PARENTHESIS.sub("", criterion.asks)
        links = len(_CHAIN.findall(asked))
        if asked.count("?") > 1 or "and/or" in asked.casefold() or links >= 4:
            path = (*subject.rubric_path, "criteria", name, "asks")
            yield subject.remark(DOUBLE, path, f"The question of {name} asks several things at once")
