"""All signs, by family. A family is what one criterion is read by."""

from assay.scoring.indicators.signs import clarity, decomposition, recovery, safety, scenario, verification
from assay.scoring.indicators.signs.sign import Sign

FAMILIES: dict[str, tuple[Sign, ...]] = {
    decomposition.FAMILY: decomposition.SIGNS,
    clarity.FAMILY: clarity.SIGNS,
    recovery.FAMILY: recovery.SIGNS,
    verification.FAMILY: verification.SIGNS,
    scenario.DIFFICULTY: scenario.DIFFICULTY_SIGNS,
    scenario.REALISM: scenario.REALISM_SIGNS,
    safety.FAMILY: safety.SIGNS,
}

ALIASES: dict[str, str] = {
    "decomposition": decomposition.FAMILY,
    "planning": decomposition.FAMILY,
    "clarity": clarity.FAMILY,
    "constraint_control": clarity.FAMILY,
    "instructions": clarity.FAMILY,
    "instruction_clarity_and_constraint_control": clarity.FAMILY,
    "clarity_and_constraints": clarity.FAMILY,
    "error_recovery_and_iteration": recovery.FAMILY,
    "recovery": recovery.FAMILY,
    "iteration": recovery.FAMILY,
    "fact_checking": verification.FAMILY,
    "checking": verification.FAMILY,
    "verification_and_testing": verification.FAMILY,
    "privacy": safety.FAMILY,
    "safety_and_privacy": safety.FAMILY,
}


def family_of(name: str) -> str | None:
    """The family a criterion's `signs` or id stands for, None when there is none."""
    plain = name.lower().replace("-", "_")
    return plain if plain in FAMILIES else ALIASES.get(plain)
