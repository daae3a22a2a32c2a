"""Weights that decide everything, or nothing."""

from collections.abc import Iterator

from assay.authoring.lint.remark import Remark, Subject, code

DOMINATES = code(
    "weight-dominates",
    "warning",
    means="One of three or more criteria carries more than half of the weight.",
    because="The overall score is then that criterion under another name.",
    remedy="Lower its weight, or split it into criteria that can be rated by themselves.",
)
NEGLIGIBLE = code(
    "weight-negligible",
    "warning",
    means="A criterion carries less than a fiftieth of the weight.",
    because="Raters work on a criterion that cannot move the score by a tenth of a level.",
    remedy="Raise its weight, or remove the criterion.",
)
NEARLY_EQUAL = code(
    "weights-nearly-equal",
    "warning",
    means="All weights lie within a tenth of each other without being equal.",
    because="The difference looks considered and changes no score.",
    remedy="Make them equal, or far enough apart to matter.",
)


def check_weights(subject: Subject) -> Iterator[Remark]:
    """How the weights of a rubric stand to each other."""
    if subject.rubric is None or len(subject.rubric.criteria) < 2:
        return
    weights = {name: criterion.weight for name, criterion in subject.rubric.criteria.items()}
    total = sum(weights.values())
    for name, weight in weights.items():
        path = (*subject.rubric_path, "criteria", name, "weight")
        share = weight / total
        if share > 0.5 and len(weights) >= 3:
            yield subject.remark(DOMINATES, path, f"{name} carries {share:.0%} of the weight")
        if share < 0.02:
            yield subject.remark(NEGLIGIBLE, path, f"{name} carries {share:.1%} of the weight")
    low, high = min(weights.values()), max(weights.values())
    if 0 < high - low < 0.1 * high:
        heaviest = max(weights, key=lambda name: weights[name])
        yield subject.remark(
            NEARLY_EQUAL,
            (*subject.rubric_path, "criteria", heaviest, "weight"),
            f"The weights lie between {low:g} and {high:g}",
        )
