"""HTML by construction: text becomes markup only through `element`, which escapes it."""

from collections.abc import Iterable
from html import escape
from typing import TypeAlias

from assay.reports.safe import visible

_VOID = frozenset({"meta", "link", "br", "hr", "line", "rect", "circle", "path"})


class Html(str):
    """Markup that is finished. Any other string is text, and is escaped when it is put into an element."""

    __slots__ = ()


Child: TypeAlias = "str | Iterable[Child] | None"


def element(tag: str, *children: Child, **attributes: str | int | float | bool | None) -> Html:
    """One element. Attribute names lose a final underscore, and inner ones become hyphens.

    True writes a bare attribute; None and False leave it out.
    """
    written = "".join(_attribute(name, value) for name, value in attributes.items())
    if tag in _VOID:
        return (
            Html(f"<{tag}{written}>") if tag in {"meta", "link", "br", "hr"} else Html(f"<{tag}{written}/>")
        )
    return Html(f"<{tag}{written}>{fragment(*children)}</{tag}>")


def fragment(*children: Child) -> Html:
    """Children side by side: finished markup as it is, text escaped, None left out."""
    return Html("".join(_written(child) for child in children))


def _written(child: Child) -> str:
    if child is None:
        return ""
    if isinstance(child, Html):
        return str(child)
    if isinstance(child, str):
        return escape(visible(child), quote=True)
    return "".join(_written(each) for each in child)


def _attribute(name: str, value: str | int | float | bool | None) -> str:
    if value is None or value is False:
        return ""
    plain = name.rstrip("_").replace("_", "-")
    if value is True:
        return f" {plain}"
    text = f"{value:.4g}" if isinstance(value, float) else str(value)
    return f' {plain}="{escape(visible(text), quote=True)}"'
