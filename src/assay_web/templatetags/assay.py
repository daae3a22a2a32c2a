"""Filters that every template may use: numbers on a scale, moments, and text from models and candidates."""

from datetime import datetime

from django import template
from django.forms import BoundField
from django.utils.safestring import SafeString

from assay.scoring.narrative import show_level
from assay_web.markdown import render

register = template.Library()


@register.filter
def level(value: float | None) -> str:
    """A level or a score as people read it, such as 3.5; a dash where there is none."""
    return "–" if value is None else show_level(value)


@register.filter
def markdown(text: str) -> SafeString:
    """Markdown of an author or a model as safe HTML."""
    return render(text)


@register.filter
def moment(value: datetime | None) -> str:
    """A moment as people read it, in UTC."""
    return "–" if value is None else value.strftime("%-d %b %Y, %H:%M UTC")


@register.filter
def minutes(seconds: float) -> str:
    """Seconds as minutes and seconds, such as 12:05."""
    whole = max(0, round(seconds))
    return f"{whole // 60}:{whole % 60:02d}"


@register.filter
def bare(field: BoundField) -> SafeString:
    """A form's field without a placeholder: its label says what belongs into it."""
    return field.as_widget(attrs={"placeholder": False})
