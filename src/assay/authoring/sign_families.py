"""What the offline judge can rate, as an author has to know it: its scale and its families of signs.

Authoring comes before scoring and does not import it; a test holds these names equal to the judge's own.
"""

SCALE = (0, 4)
"""The lowest and the highest level that the offline judge gives."""

FAMILIES = (
    "task_decomposition",
    "instruction_clarity",
    "error_recovery",
    "verification",
    "difficulty",
    "realism",
    "safety",
)
"""The families of signs, in the judge's order; a criterion is read by the family it names."""

OTHER_NAMES = frozenset(
    {
        "decomposition",
        "planning",
        "clarity",
        "constraint_control",
        "instructions",
        "instruction_clarity_and_constraint_control",
        "clarity_and_constraints",
        "error_recovery_and_iteration",
        "recovery",
        "iteration",
        "fact_checking",
        "checking",
        "verification_and_testing",
        "privacy",
        "safety_and_privacy",
    }
)
"""Further names that stand for a family."""


def has_signs(name: str) -> bool:
    """Whether the offline judge has signs for a criterion's `signs`, or its id where it names none."""
    plain = name.lower().replace("-", "_")
    return plain in FAMILIES or plain in OTHER_NAMES
