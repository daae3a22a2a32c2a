"""What the offline judge can rate of a rubric: reminders, for people and LLM judges rate the rest."""

from collections.abc import Iterator

from assay.authoring.lint.remark import Remark, Subject, code
from assay.authoring.sign_families import FAMILIES, SCALE, has_signs

_LOWEST, _HIGHEST = SCALE

OTHER_SCALE = code(
    "scale-without-offline-judge",
    "note",
    means=f"The scale is not {_LOWEST} to {_HIGHEST}, the only one that the offline judge rates on.",
    because="Without a person's or an LLM judge's ratings every criterion is unscored.",
    remedy=f"Write levels {_LOWEST} to {_HIGHEST}, or plan for people or an LLM judge to rate.",
)
NO_SIGNS = code(
    "no-signs",
    "note",
    means="A criterion names no family of signs that the offline judge knows.",
    because="Without a person's or an LLM judge's ratings the criterion is unscored.",
    remedy=f"Set `signs:` to the family that fits ({', '.join(FAMILIES)}), or plan for people or an LLM "
    "judge to rate it.",
)


def check_offline_judge(subject: Subject) -> Iterator[Remark]:
    """Scale and criteria that leave the offline judge nothing to say."""
    rubric = subject.rubric
    if rubric is None:
        return
    if (rubric.scale.min, rubric.scale.max) != SCALE:
        says = (
            f"The offline judge rates only on a scale of {_LOWEST} to {_HIGHEST}, and this one is "
            f"{rubric.scale.min} to {rubric.scale.max}"
        )
        yield subject.remark(OTHER_SCALE, (*subject.rubric_path, "scale"), says)
    for name, criterion in rubric.criteria.items():
        if not has_signs(criterion.signs or name):
            path = (*subject.rubric_path, "criteria", name, *(("signs",) if criterion.signs else ()))
            says = f"The offline judge has no signs for {criterion.signs or name}"
            yield subject.remark(NO_SIGNS, path, says)
