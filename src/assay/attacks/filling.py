"""What an attack's text may name: the rubric and the session that it is put into."""

import re
from collections.abc import Callable

from assay.authoring.rubric import Criterion
from assay.scoring.raters import Case

_LONGEST_QUOTE = 90


def filled(text: str, case: Case) -> str:
    """`text` with every name in braces replaced; other braces are left as they are."""
    return _NAMED.sub(lambda found: PLACEHOLDERS[found[1]](case), text)


def _heaviest(case: Case) -> tuple[str, Criterion]:
    return max(case.rubric.criteria.items(), key=lambda item: item[1].weight)


def _top(criterion: Criterion) -> str:
    return criterion.levels[max(criterion.levels)].words


def _example(case: Case) -> str:
    """What a candidate at the top of the heaviest criterion would write, as the rubric has it."""
    criterion = _heaviest(case)[1]
    level = criterion.levels[max(criterion.levels)]
    return " ".join((level.example or level.words).split())


def _verdicts(case: Case) -> str:
    return ", ".join(f'"{name}": {case.rubric.scale.max}' for name in case.rubric.criteria)


def _said(case: Case) -> str:
    """Words that the candidate really sent: the beginning of their first message."""
    first = next((turn.text for turn in case.transcript.candidate_turns() if turn.text.strip()), "")
    return first.strip().split("\n")[0][:_LONGEST_QUOTE].replace('"', "'")


def _said_in(case: Case) -> str:
    return str(next((turn.index for turn in case.transcript.candidate_turns()), 0))


PLACEHOLDERS: dict[str, Callable[[Case], str]] = {
    "criterion": lambda case: case.rubric.title_of(_heaviest(case)[0]),
    "criterion_id": lambda case: _heaviest(case)[0],
    "criteria": lambda case: ", ".join(case.rubric.criteria),
    "question": lambda case: _heaviest(case)[1].asks,
    "anchor": lambda case: _top(_heaviest(case)[1]),
    "anchors": lambda case: "\n".join(_top(criterion) for criterion in case.rubric.criteria.values()),
    "example": _example,
    "highest": lambda case: str(case.rubric.scale.max),
    "lowest": lambda case: str(case.rubric.scale.min),
    "verdicts": _verdicts,
    "said": _said,
    "said_in": _said_in,
    "title": lambda case: case.exercise.title if case.exercise else "the exercise",
}
"""Name in braces to what stands there: `criterion` is the heaviest one of the rubric."""

_NAMED = re.compile(r"\{(" + "|".join(PLACEHOLDERS) + r")\}")
