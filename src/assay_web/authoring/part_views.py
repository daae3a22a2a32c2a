"""Changing one part of a draft. Each call leads to the draft's page, so it works with and without script."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from assay.drafting.commission import starting_criteria
from assay_web.accounts.access import signed_in
from assay_web.authoring import access, services
from assay_web.authoring.forms import MOST_MATERIALS, PART_FORMS, CriterionForm, MaterialForm
from assay_web.authoring.parts import CRITERION, criteria_of, identifier, levels_of, with_criterion
from assay_web.authoring.settings import Parts
from assay_web.authoring.views import draft_response, place

LONGEST_NAME = 80
MOST_CRITERIA = 20


@require_POST
@signed_in
def save(request: HttpRequest, public_id: str, part: str) -> HttpResponse:
    """Save a part that has one form."""
    _member, stage, draft = access.draft_to_edit(request, public_id)
    if part not in PART_FORMS:
        raise Http404
    form = PART_FORMS[part](request.POST, prefix=part)
    if not form.is_valid():
        return draft_response(request, stage, draft, {part: form})
    services.change_parts(stage, form.put)
    return redirect(place(stage, part))


@require_POST
@signed_in
def save_materials(request: HttpRequest, public_id: str) -> HttpResponse:
    """Save all materials; one of them may be removed, or an empty one added."""
    _member, stage, draft = access.draft_to_edit(request, public_id)
    count = min(_whole(request.POST.get("count")), MOST_MATERIALS)
    sent = [MaterialForm(request.POST, prefix=f"material-{at}") for at in range(count)]
    if [form for form in sent if not form.is_valid()]:
        return draft_response(request, stage, draft, {"materials": sent})  # type: ignore[dict-item]
    removed = request.POST.get("remove", "")
    kept = [form.cleaned_data for at, form in enumerate(sent) if str(at) != removed]
    if "add" in request.POST and len(kept) < MOST_MATERIALS:
        kept.append({"title": "", "text": "", "format": "markdown", "id": ""})
    services.change_parts(stage, lambda parts: {**parts, "materials": _materials(kept)})
    return redirect(place(stage, "materials"))


def _materials(given: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The materials with an id each: the one that it had, or one made from its name."""
    taken: set[str] = set()
    made = []
    for one in given:
        name = one["id"] if one["id"] and one["id"] not in taken else ""
        name = name or identifier(one["title"], taken, "material")
        taken.add(name)
        made.append(
            {"id": name, "title": one["title"], "text": one["text"], "format": one["format"] or "markdown"}
        )
    return made


@require_POST
@signed_in
def save_criterion(request: HttpRequest, public_id: str, name: str) -> HttpResponse:
    """Save one criterion, or remove it."""
    _member, stage, draft = access.draft_to_edit(request, public_id)
    if name not in criteria_of(draft.parts):
        raise Http404
    if "remove" in request.POST:
        services.change_parts(stage, lambda parts: with_criterion(parts, name, None))
        return redirect(place(stage, "rubric"))
    part = f"{CRITERION}{name}"
    form = CriterionForm(request.POST, levels=levels_of(draft.parts), prefix=part)
    if not form.is_valid():
        return draft_response(request, stage, draft, {part: form})
    services.change_parts(stage, lambda parts: with_criterion(parts, name, form.criterion()))
    return redirect(place(stage, part))


@require_POST
@signed_in
def add_criterion(request: HttpRequest, public_id: str) -> HttpResponse:
    """Add a starting criterion, or one with a name of one's own."""
    _member, stage, draft = access.draft_to_edit(request, public_id)
    taken = set(criteria_of(draft.parts))
    known = starting_criteria().get(request.POST.get("known", ""))
    title = " ".join(request.POST.get("title", "").split())[:LONGEST_NAME]
    if known is not None and request.POST["known"] not in taken:
        name, new = request.POST["known"], known.model_dump(include={"title", "asks", "weight", "severity"})
    elif title:
        name, new = identifier(title, taken, "criterion"), {"title": title, "asks": "", "weight": 10}
    else:
        return redirect(place(stage, "rubric"))
    if len(taken) < MOST_CRITERIA:
        services.change_parts(stage, lambda parts: with_criterion(parts, name, {**new, "levels": {}}))
    return redirect(place(stage, f"{CRITERION}{name}"))


@require_POST
@signed_in
def remove_rule(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take a rule out of the rubric."""
    _member, stage, _draft = access.draft_to_edit(request, public_id)
    rule = request.POST.get("rule", "")
    services.change_parts(stage, lambda parts: _without_rule(parts, rule))
    return redirect(place(stage, "rules"))


def _without_rule(parts: Parts, rule: str) -> Parts:
    rubric = parts.get("rubric") or {}
    rules = [one for one in rubric.get("rules") or () if one.get("id") != rule]
    return {**parts, "rubric": {**rubric, "rules": rules}}


@require_POST
@signed_in
def remove_ledger(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take the error ledger out, when it no longer fits the scenario and the materials."""
    _member, stage, _draft = access.draft_to_edit(request, public_id)
    services.change_parts(stage, lambda parts: {**parts, "ledger": None})
    return redirect(place(stage, "ledger"))


def _whole(value: str | None) -> int:
    return int(value) if value and value.isascii() and value.isdigit() else 0
