"""What a candidate will be shown of a draft, and nothing else of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assay_web.authoring.parts import criteria_of, criterion_title
from assay_web.authoring.settings import Parts


@dataclass(frozen=True, slots=True)
class ShownMaterial:
    """A material as it is shown."""

    title: str
    text: str
    format: str


@dataclass(frozen=True, slots=True)
class Preview:
    """The brief as a candidate reads it. It has no level, no weight and no planted error to give away."""

    title: str
    goal: str
    scenario: str
    materials: tuple[ShownMaterial, ...]
    asks: str
    format: str
    starts_with: str
    minutes: float | None
    rounds: int | None
    retake: bool
    greeting: str
    finds_errors: bool
    criteria: tuple[str, ...]
    rules: tuple[str, ...]


def preview_of(parts: Parts) -> Preview:
    """The candidate's side of a draft, complete or not."""
    deliverable = _mapping(parts, "deliverable")
    conversation, limits = _mapping(parts, "conversation"), _mapping(parts, "limits")
    rules = (parts.get("rubric") or {}).get("rules") or ()
    return Preview(
        title=parts.get("title", ""),
        goal=parts.get("goal", ""),
        scenario=parts.get("scenario", ""),
        materials=tuple(
            ShownMaterial(one.get("title", ""), one.get("text", ""), one.get("format", "markdown"))
            for one in parts.get("materials") or ()
        ),
        asks=deliverable.get("asks", ""),
        format=deliverable.get("format", "markdown"),
        starts_with=deliverable.get("starts_with", ""),
        minutes=limits.get("minutes"),
        rounds=limits.get("rounds"),
        retake=bool(limits.get("retake_on_timeout")),
        greeting=conversation.get("greeting", "") if conversation.get("greets_first") else "",
        finds_errors=parts.get("style") == "error_detection",
        criteria=tuple(criterion_title(name, one) for name, one in criteria_of(parts).items()),
        rules=tuple(str(rule.get("says", "")) for rule in rules),
    )


def _mapping(parts: Parts, name: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = parts.get(name) or {}
    return found
