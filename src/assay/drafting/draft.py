"""Drafting an exercise with a model, one part at a time.

    async with open_gateway("openai:gpt-4.1") as gateway:
        async for name, parts in draft_exercise(gateway, Commission(task_background="…")):
            print(name, "is written")

Each part is one structured call that sees what is written already, so any of them can be drawn again alone.
The rubric takes one call for the choice of criteria and one for the levels of each.
"""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel

from assay.authoring.sign_families import FAMILIES
from assay.drafting.commission import Commission, messages_for, starting_criteria
from assay.errors import UserMistake
from assay.models.gateway import Gateway

PURPOSE = "drafting"
BRIEF = ("title", "goal", "scenario", "deliverable")
"""The parts that candidates read, in the order in which they are drafted."""
LEVELS = range(5)
_FEWEST, _MOST = 3, 7

Parts = dict[str, Any]
Draft = TypeVar("Draft", bound=BaseModel)


def _text(most: int) -> AfterValidator:
    # A check rather than a bound in the schema: some endpoints refuse schemas with bounds on texts.
    def checked(text: str) -> str:
        text = text.strip()
        if not text:
            raise ValueError("must not be empty")
        if len(text) > most:
            raise ValueError(f"must have at most {most} characters, and has {len(text)}")
        return text

    return AfterValidator(checked)


Short = Annotated[str, _text(300)]
Long = Annotated[str, _text(6_000)]


class TitleDraft(BaseModel):
    """Title and summary."""

    title: Annotated[str, _text(120)]
    summary: Short


class GoalDraft(BaseModel):
    """The goal."""

    goal: Long


class ScenarioDraft(BaseModel):
    """The scenario."""

    scenario: Long


class DeliverableDraft(BaseModel):
    """What is handed in."""

    asks: Long
    format: Literal["text", "markdown", "csv", "json", "sql"]
    starts_with: str


class CriterionChoice(BaseModel):
    """One criterion that was chosen, and why."""

    id: Literal[
        "task_decomposition",
        "instruction_clarity",
        "error_recovery",
        "verification",
        "difficulty",
        "realism",
        "safety",
    ]
    asks: Short
    weight: float
    why: str


def _some_of_each_once(chosen: list[CriterionChoice]) -> list[CriterionChoice]:
    names = [one.id for one in chosen]
    if len(set(names)) < len(names):
        raise ValueError("must name each criterion once")
    if not _FEWEST <= len(names) <= _MOST:
        raise ValueError(f"must have {_FEWEST} to {_MOST} criteria")
    if any(not 0 < one.weight <= 100 for one in chosen):
        raise ValueError("must have weights above 0, and at most 100")
    return chosen


class CriteriaDraft(BaseModel):
    """The choice of criteria."""

    criteria: Annotated[list[CriterionChoice], AfterValidator(_some_of_each_once)]


class LevelDraft(BaseModel):
    """The anchor of one level."""

    words: Long
    example: Long


class LevelsDraft(BaseModel):
    """The levels of one criterion."""

    level_0: LevelDraft
    level_1: LevelDraft
    level_2: LevelDraft
    level_3: LevelDraft
    level_4: LevelDraft
    unscored_when: str | None


async def draft_exercise(
    gateway: Gateway, commission: Commission, so_far: Mapping[str, Any] | None = None
) -> AsyncGenerator[tuple[str, Parts], None]:
    """Draft everything, part by part.

    Yields:
        The name of the part that was just written (a part of `BRIEF`, "rubric" for the choice of criteria,
        "criterion-ID" for the levels of one), and all parts so far.

    Raises:
        AssayError: the model failed; what was yielded before stands.
    """
    parts: Parts = dict(so_far or {})
    for name in BRIEF:
        parts = await draft_part(gateway, commission, name, parts)
        yield name, parts
    async with aclosing(draft_rubric(gateway, commission, parts)) as rubric:
        async for made in rubric:
            yield made


async def draft_part(gateway: Gateway, commission: Commission, name: str, so_far: Mapping[str, Any]) -> Parts:
    """The parts with one part of `BRIEF` drafted, or drafted again.

    Raises:
        UserMistake: there is no such part.
        AssayError: the model failed.
    """
    schemas: dict[str, type[BaseModel]] = {
        "title": TitleDraft,
        "goal": GoalDraft,
        "scenario": ScenarioDraft,
        "deliverable": DeliverableDraft,
    }
    if name not in schemas:
        raise UserMistake(f"{name!r} is no part that is drafted", remedy=f"Name one of {', '.join(BRIEF)}")
    # What is to be written anew must not be copied from what there is.
    others = {key: value for key, value in so_far.items() if key != name}
    answer = await _ask(gateway, commission, name, others, schemas[name])
    made = answer.model_dump()
    return {**so_far, **({"deliverable": made} if name == "deliverable" else made)}


async def draft_rubric(
    gateway: Gateway, commission: Commission, so_far: Mapping[str, Any]
) -> AsyncGenerator[tuple[str, Parts], None]:
    """Draft the rubric: the choice of criteria first, then the levels of each. Rules that there are stay.

    Yields:
        As `draft_exercise` does.
    """
    offered = "\n".join(f"- {name}: {one.title}. {one.asks}" for name, one in starting_criteria().items())
    chosen = await _ask(gateway, commission, "criteria", so_far, CriteriaDraft, starting_criteria=offered)
    criteria = {one.id: _begun(one) for one in chosen.criteria}
    # A rule that names a criterion which is gone stays: the linter says so, and its author decides.
    rules = (so_far.get("rubric") or {}).get("rules") or [_within_limits()]
    parts: Parts = {**so_far, "rubric": {"scale": {"min": 0, "max": 4}, "criteria": criteria, "rules": rules}}
    yield "rubric", parts
    for name in criteria:
        parts = await draft_criterion(gateway, commission, name, parts)
        yield f"criterion-{name}", parts


async def draft_criterion(
    gateway: Gateway, commission: Commission, name: str, so_far: Mapping[str, Any]
) -> Parts:
    """The parts with the levels of one criterion drafted, or drafted again.

    Raises:
        UserMistake: the rubric has no such criterion.
        AssayError: the model failed.
    """
    rubric = so_far.get("rubric") or {}
    criteria: dict[str, Any] = dict(rubric.get("criteria") or {})
    if name not in criteria:
        raise UserMistake(f"The rubric has no criterion {name!r}", remedy="Reload the page")
    criterion = criteria[name]
    known = starting_criteria().get(name)
    answer = await _ask(
        gateway,
        commission,
        "levels",
        so_far,
        LevelsDraft,
        title=str(criterion.get("title") or name),
        asks=str(criterion.get("asks") or ""),
        advice=known.advice if known else "",
        others=", ".join(str(one.get("title") or key) for key, one in criteria.items() if key != name)
        or "none",
    )
    levels = {str(level): getattr(answer, f"level_{level}").model_dump() for level in LEVELS}
    criteria[name] = {**criterion, "levels": levels, "unscored_when": answer.unscored_when or None}
    return {**so_far, "rubric": {**rubric, "criteria": criteria}}


def _begun(choice: CriterionChoice) -> Parts:
    known = starting_criteria()[choice.id]
    assert choice.id in FAMILIES
    return {
        "title": known.title,
        "asks": choice.asks,
        "weight": choice.weight,
        "severity": known.severity,
        "levels": {},
    }


def _within_limits() -> Parts:
    return {
        "id": "within-limits",
        "says": "The work is submitted within its rounds and its time.",
        "check": "limits_kept",
    }


async def _ask(
    gateway: Gateway,
    commission: Commission,
    prompt: str,
    so_far: Mapping[str, Any],
    schema: type[Draft],
    **values: str,
) -> Draft:
    messages = messages_for(commission, prompt, so_far, **values)
    answer, _reply = await gateway.structured(messages, schema, purpose=PURPOSE)
    return answer
