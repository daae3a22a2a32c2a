"""Remembering what was worked out of the last few exercises and rubrics: sessions mostly share theirs."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

Made = TypeVar("Made")
Given = ParamSpec("Given")

_MOST = 8


def of_the_last(make: Callable[Given, Made]) -> Callable[Given, Made]:
    """`make`, called once for the same objects.

    Equal objects are not taken for the same: telling that would take as long. None of them may change.
    """
    known: tuple[tuple[tuple[object, ...], Made], ...] = ()

    def remembered(*given: Given.args, **named: Given.kwargs) -> Made:
        nonlocal known
        for objects, made in known:
            if all(one is other for one, other in zip(objects, (*given, *named.values()), strict=True)):
                return made
        made = make(*given, **named)
        known = (((*given, *named.values()), made), *known[: _MOST - 1])
        return made

    return remembered
