"""What a candidate may see of an exercise: never its rubric's levels, its ledger or the assistant's notes."""

from dataclasses import dataclass

from assay.authoring.exercise import Exercise, Limits, Material
from assay.session.brief import rules_for_candidates


@dataclass(frozen=True, slots=True)
class CandidateBrief:
    """The candidate's side of an exercise, safe to send to a browser.

    `minutes` includes extra time; `criteria` are the names of what is scored, `rules` the hard checks in the
    words that their author wrote for candidates.
    """

    title: str
    goal: str
    scenario: str
    materials: tuple[Material, ...]
    deliverable: str
    deliverable_format: str
    limits: Limits
    minutes: float
    criteria: tuple[str, ...]
    rules: tuple[str, ...]
    scale_max: int
    error_detection: bool
    greets_first: bool


def candidate_brief(exercise: Exercise, time_multiplier: float = 1.0) -> CandidateBrief:
    """The brief of an exercise."""
    rubric = exercise.rubric
    return CandidateBrief(
        title=exercise.title,
        goal=exercise.goal,
        scenario=exercise.scenario,
        materials=exercise.materials,
        deliverable=exercise.deliverable.asks,
        deliverable_format=exercise.deliverable.format,
        limits=exercise.limits,
        minutes=exercise.limits.minutes * time_multiplier,
        criteria=tuple(rubric.title_of(name) for name in rubric.criteria),
        rules=rules_for_candidates(exercise),
        scale_max=rubric.scale.max,
        error_detection=exercise.style == "error_detection",
        greets_first=exercise.conversation.greets_first,
    )
