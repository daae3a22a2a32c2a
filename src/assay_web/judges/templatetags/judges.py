"""What pages of other parts show of judges."""

from typing import Any

from django import template
from django.template.defaultfilters import floatformat
from django.utils.translation import gettext as _

from assay_web.judges.choice import chosen_now
from assay_web.openings.models import Stage

register = template.Library()

_MILLION = 1_000_000


@register.filter
def span(numbers: tuple[int, int]) -> str:
    """From one number to another; from a million on in millions, of which three figures are told."""
    low, high = numbers
    if low < _MILLION:
        return f"{floatformat(low, '0g')} – {floatformat(high, '0g')}"
    return _("%(low)s – %(high)s million") % {"low": _millions(low), "high": _millions(high)}


def _millions(number: int) -> str:
    millions = number / _MILLION
    places = 2 if millions < 10 else 1 if millions < 100 else 0
    return str(floatformat(millions, f"{places}g"))


@register.inclusion_tag("judges/_who_rates.html", takes_context=True)
def who_rates(context: template.Context, stage: Stage) -> dict[str, Any]:
    """Who rates the sessions of a stage that end from now on, in a line.

    Whoever may not see judges reads how many there are.
    """
    return {"may": context.get("may", {}), "stage": stage, "chosen": chosen_now(stage)}
