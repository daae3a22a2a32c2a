"""A stage's settings and its draft agree on style, conversation and limits; here one follows the other.

The settings come first in time: they are made before there is an exercise. Once there is a draft, both can be
edited, and neither may contradict the other.
"""

from typing import Any

from django.utils.translation import gettext as _

from assay_web.authoring.models import Draft
from assay_web.openings.models import Stage

Parts = dict[str, Any]
"""An exercise's fields as plain JSON, complete or not."""


def settings_into_draft(stage: Stage) -> None:
    """Let the draft follow the stage's settings, where there is a draft."""
    draft = Draft.objects.select_for_update().filter(stage=stage).first()
    if draft is not None and draft.parts:
        followed: Any = with_settings(draft.parts, stage)
        draft.parts = followed
        draft.save(update_fields=["parts", "changed_at"])


def with_settings(parts: Parts, stage: Stage) -> Parts:
    """The parts with the stage's style, conversation and limits."""
    conversation = {
        **parts.get("conversation", {}),
        "greets_first": stage.greets_first,
        "invents_missing_details": stage.invents_missing_details,
    }
    if stage.greets_first and not str(conversation.get("greeting", "")).strip():
        conversation["greeting"] = _("Hello. I have read the same brief as you. What shall we begin with?")
    limits = {
        **parts.get("limits", {}),
        "minutes": stage.minutes,
        "rounds": stage.rounds,
        "retake_on_timeout": stage.retake_on_timeout,
    }
    return {**parts, "style": stage.style, "conversation": conversation, "limits": limits}


def draft_into_settings(stage: Stage, parts: Parts) -> None:
    """Let the stage's settings follow the parts, as far as they are usable."""
    conversation, limits = parts.get("conversation", {}), parts.get("limits", {})
    stage.style = parts.get("style", stage.style)
    stage.greets_first = bool(conversation.get("greets_first", stage.greets_first))
    stage.invents_missing_details = bool(
        conversation.get("invents_missing_details", stage.invents_missing_details)
    )
    stage.minutes = max(1, round(limits.get("minutes", stage.minutes)))
    stage.rounds = int(limits.get("rounds", stage.rounds))
    stage.retake_on_timeout = bool(limits.get("retake_on_timeout", stage.retake_on_timeout))
    stage.save(
        update_fields=[
            "style",
            "greets_first",
            "invents_missing_details",
            "minutes",
            "rounds",
            "retake_on_timeout",
        ]
    )
