"""What a candidate may know of an exercise's rubric before the clock runs."""

from assay.authoring.exercise import Exercise


def rules_for_candidates(exercise: Exercise) -> tuple[str, ...]:
    """The hard rules that the score depends on, each in the words that its author wrote for candidates."""
    return tuple(rule.says for rule in exercise.rubric.rules)
