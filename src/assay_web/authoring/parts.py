"""The parts of a draft: how they are named, tidied, and changed one at a time."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from assay.authoring.yaml_text import tidy
from assay_web.authoring.settings import Parts

NAMES = {
    "about": _("Title and summary"),
    "goal": _("Goal"),
    "scenario": _("Scenario"),
    "materials": _("Materials"),
    "deliverable": _("Deliverable"),
    "conversation": _("Conversation"),
    "limits": _("Limits"),
    "rubric": _("Rubric"),
    "rules": _("Rules"),
    "ledger": _("Error ledger"),
}
"""The parts as people read them, in the order of the page."""

PART_OF_KEY = {
    **dict.fromkeys(("exercise", "title", "summary", "field", "language", "style"), "about"),
    **dict.fromkeys(("threshold", "rubric"), "rubric"),
    **{name: name for name in ("goal", "scenario", "materials", "deliverable")},
    **{name: name for name in ("conversation", "limits", "ledger")},
}
"""Which part holds which key of the exercise file."""

CRITERION = "criterion-"
"""How the part of one criterion is named, before the criterion's id."""


def part_name(part: str, parts: Parts) -> str:
    """A part as people read it."""
    if part.startswith(CRITERION):
        name = part.removeprefix(CRITERION)
        return criterion_title(name, criteria_of(parts).get(name, {}))
    return str(NAMES[part])


def criteria_of(parts: Parts) -> dict[str, dict[str, Any]]:
    """The criteria by id, in their author's order."""
    found: dict[str, dict[str, Any]] = (parts.get("rubric") or {}).get("criteria") or {}
    return found


def criterion_title(name: str, criterion: Mapping[str, Any]) -> str:
    """The name that people see for a criterion, as `Rubric.title_of` makes it."""
    return str(criterion.get("title") or "") or name.replace("_", " ").replace("-", " ").capitalize()


def levels_of(parts: Parts) -> range:
    """The levels of the rubric's scale."""
    scale = (parts.get("rubric") or {}).get("scale") or {}
    return range(int(scale.get("min", 0)), int(scale.get("max", 4)) + 1)


def with_criterion(parts: Parts, name: str, criterion: Mapping[str, Any] | None) -> Parts:
    """The parts with this criterion put in place, or taken out where it is None."""
    criteria = dict(criteria_of(parts))
    if criterion is None:
        criteria.pop(name, None)
    else:
        criteria[name] = {**criteria.get(name, {}), **criterion}
    return {**parts, "rubric": {**(parts.get("rubric") or {}), "criteria": criteria}}


def tidied(value: Any) -> Any:
    """The value with every text as a file's loader would read it, so that a hash outlives an export.

    Characters that a page would obey rather than show are left out.
    """
    if isinstance(value, str):
        shown = "".join(
            char for char in value if char in "\n\t\r" or unicodedata.category(char) not in ("Cc", "Cs")
        )
        return tidy(shown)
    if isinstance(value, Mapping):
        return {key: tidied(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [tidied(inner) for inner in value]
    return value


def identifier(words: str, taken: set[str], otherwise: str) -> str:
    """An id made from words: lower-case letters, digits and hyphens, and not one that is taken."""
    plain = unicodedata.normalize("NFKD", words.lower()).encode("ascii", "ignore").decode()
    stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-0123456789")[:50].strip("-") or otherwise
    name, number = stem, 2
    while name in taken:
        name, number = f"{stem}-{number}", number + 1
    return name
