"""What the draft's page is made of: each part with its form, its remarks, and whether it can be redrafted."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _

from assay.drafting.closest import Closeness, closest_exercises, shipped
from assay.drafting.commission import starting_criteria
from assay_web.authoring import services
from assay_web.authoring.drafting import DRAFTED_PARTS, is_drafting
from assay_web.authoring.forms import (
    PART_FORMS,
    CriterionForm,
    MaterialForm,
    criterion_initial,
)
from assay_web.authoring.models import Draft
from assay_web.authoring.parts import (
    CRITERION,
    NAMES,
    criteria_of,
    criterion_title,
    levels_of,
    part_name,
    tidied,
)
from assay_web.authoring.preview import preview_of
from assay_web.authoring.remarks import Linted, PartRemark, lint_parts
from assay_web.authoring.settings import Parts
from assay_web.openings.models import Stage

SHARED_WORDS_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Section:
    """One part on the page."""

    name: str
    title: str
    form: forms.Form | None
    remarks: tuple[PartRemark, ...]
    redraftable: bool


@dataclass(frozen=True, slots=True)
class CriterionSection:
    """One criterion on the page."""

    id: str
    title: str
    share: int
    form: CriterionForm
    remarks: tuple[PartRemark, ...]

    @property
    def part(self) -> str:
        """The name of its part."""
        return f"{CRITERION}{self.id}"


@dataclass(frozen=True, slots=True)
class Choice:
    """A shipped exercise to begin with, and why."""

    exercise: Any
    because: str
    is_closest: bool


def has_drafting_model() -> bool:
    """Whether a model is configured that is large enough to draft."""
    return not settings.CONFIGURATION.drafting_model.startswith("embedded")


def choices_for(stage: Stage) -> list[Choice]:
    """The shipped exercises of the stage's style, the closest first."""
    found = closest_exercises(stage.task_background, _style(stage), stage.opening.job_description)
    return [Choice(one.exercise, _why(one), is_closest=at == 0) for at, one in enumerate(found)]


def _style(stage: Stage) -> Any:
    return stage.style


def _why(one: Closeness) -> str:
    if not one.shared:
        return _("It shares no word with the task background or the job description.")
    shown = ", ".join(one.shared[:SHARED_WORDS_SHOWN])
    return _("It shares with the task background or the job description: %(words)s.") % {"words": shown}


def begin_context(stage: Stage) -> dict[str, Any]:
    """What the page shows before there is a draft."""
    return {
        "choices": choices_for(stage),
        "has_model": has_drafting_model(),
        "drafting_model": settings.CONFIGURATION.drafting_model,
        "drafting": is_drafting(stage.pk),
        "drafted_parts": [(name, NAMES[name]) for name in DRAFTED_PARTS],
    }


def draft_context(
    stage: Stage, draft: Draft, bound: Mapping[str, forms.Form] | None = None
) -> dict[str, Any]:
    """What the page shows of a draft.

    Args:
        stage: the stage.
        draft: its draft.
        bound: forms that were sent and not accepted, by part.
    """
    parts, linted = draft.parts, lint_parts(draft.parts)
    bound = bound or {}
    return {
        **begin_context(stage),
        "draft": draft,
        "origin": _origin(draft),
        "holds_background": _holds_background(stage, parts),
        "sections": {name: _section(name, parts, linted, bound.get(name)) for name in NAMES},
        "materials": material_forms(parts) if "materials" not in bound else bound["materials"],
        "criteria": _criteria(parts, linted, bound),
        "unused": [
            (name, one) for name, one in starting_criteria().items() if name not in criteria_of(parts)
        ],
        "rules": (parts.get("rubric") or {}).get("rules") or [],
        "ledger": parts.get("ledger"),
        "linted": linted,
        "blocking": [(one, part_name(one.part, parts)) for one in linted.errors],
        "doubted": [
            (part, part_name(part, parts)) for part in dict.fromkeys(one.part for one in linted.doubts)
        ],
        "preview": preview_of(parts),
        "is_active": is_active(stage, linted),
    }


def _origin(draft: Draft) -> str:
    """Where the draft came from, in words."""
    kind, _space, rest = draft.origin.partition(" ")
    match kind:
        case services.IMPORTED:
            return _("imported from files")
        case "model":
            return _("drafted by %(model)s") % {"model": rest}
        case "version":
            return _("from version %(version)s") % {"version": rest}
    title = next((one.title for one in shipped() if one.exercise == draft.origin), draft.origin)
    return _("begun from “%(title)s”") % {"title": title}


def _holds_background(stage: Stage, parts: Parts) -> bool:
    background = tidied(stage.task_background).strip()
    return bool(background) and str(parts.get("scenario", "")).startswith(background)


def is_active(stage: Stage, linted: Linted) -> bool:
    """Whether the draft is, to the letter, the stage's active version."""
    exercise = linted.exercise
    return stage.active is not None and exercise is not None and stage.active.version == exercise.version


def _section(name: str, parts: Parts, linted: Linted, bound: forms.Form | None) -> Section:
    kind = PART_FORMS.get(name)
    form = bound or (kind(initial=kind.initial_of(parts), prefix=name) if kind else None)
    return Section(name, str(NAMES[name]), form, linted.of(name), redraftable=name in DRAFTED_PARTS)


def material_forms(parts: Parts) -> list[MaterialForm]:
    """A form for each material."""
    return [
        MaterialForm(initial=one, prefix=f"material-{at}")
        for at, one in enumerate(parts.get("materials") or ())
    ]


def _criteria(parts: Parts, linted: Linted, bound: Mapping[str, forms.Form]) -> list[CriterionSection]:
    criteria, levels = criteria_of(parts), levels_of(parts)
    whole = sum(float(one.get("weight") or 1) for one in criteria.values()) or 1.0
    return [
        CriterionSection(
            id=name,
            title=criterion_title(name, one),
            share=round(100 * float(one.get("weight") or 1) / whole),
            form=_criterion_form(name, one, levels, bound.get(f"{CRITERION}{name}")),
            remarks=linted.of(f"{CRITERION}{name}"),
        )
        for name, one in criteria.items()
    ]


def _criterion_form(
    name: str, criterion: Mapping[str, Any], levels: range, bound: forms.Form | None
) -> CriterionForm:
    if isinstance(bound, CriterionForm):
        return bound
    return CriterionForm(initial=criterion_initial(criterion), levels=levels, prefix=f"{CRITERION}{name}")
