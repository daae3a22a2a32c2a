"""What pages of other parts show of judges."""

from typing import Any

from django import template

from assay_web.judges.choice import chosen_now
from assay_web.openings.models import Stage

register = template.Library()


@register.inclusion_tag("judges/_who_rates.html", takes_context=True)
def who_rates(context: template.Context, stage: Stage) -> dict[str, Any]:
    """Who rates the sessions of a stage that end from now on, in a line.

    Whoever may not see judges reads how many there are.
    """
    return {"may": context.get("may", {}), "stage": stage, "chosen": chosen_now(stage)}
