"""From a validation error to plain words: what is wrong, on which line, and what to do."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import BaseModel, ValidationError

from assay.authoring.mistakes import MISSING_KEY, UNKNOWN_KEY, WRONG_VALUE, AuthoringMistake
from assay.authoring.positions import Source
from assay.authoring.rules import Rule
from assay.authoring.shape import file_keys, model_at, nearest, tag_of, variants

_IDENTIFIER = "^[a-z][a-z0-9_-]*$"

_TYPES = {
    "string_type": ("text", "Write text; put it in quotes when it looks like a number"),
    "int_type": ("a whole number", "Write a whole number without quotes"),
    "int_from_float": ("a whole number", "Write a whole number without a fraction"),
    "float_type": ("a number", "Write a number without quotes"),
    "bool_type": ("true or false", "Write true or false without quotes"),
    "dict_type": ("keys with values", "Write `key: value` lines, indented below it"),
    "model_type": ("keys with values", "Write `key: value` lines, indented below it"),
    "model_attributes_type": ("keys with values", "Write `key: value` lines, indented below it"),
    "tuple_type": ("a list", "Write a list: one `- item` a line, or [item, item]"),
    "list_type": ("a list", "Write a list: one `- item` a line, or [item, item]"),
}
_BOUNDS = {
    "greater_than": ("gt", "above"),
    "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "below"),
    "less_than_equal": ("le", "at most"),
}


def explain(error: ValidationError, source: Source, model: type[BaseModel]) -> list[AuthoringMistake]:
    """Every mistake that a validation error holds, with its place in `source`."""
    return [_mistake(dict(detail), source, model) for detail in error.errors(include_url=False)]


class _Written(str):
    """A value that is no text, as it stands in the file: 1.380 is not shown as 1.38."""


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where a mistake is: the path in the whole, and how much of it lies outside the file it is in."""

    path: tuple[Any, ...]
    outside: int
    model: type[BaseModel]

    @property
    def key(self) -> str:
        return str(self.path[-1])

    @property
    def holder(self) -> type[BaseModel] | None:
        """The model whose keys stand there."""
        return model_at(self.model, self.path[:-1])

    def name(self, *, up: int = 0) -> str:
        """The keys that lead there from the top of the file; `up` leaves out the last ones."""
        inside = self.path[self.outside : len(self.path) - up]
        steps = [str(step) for step in inside if step != "[key]" and step not in _tags()]
        return f"`{'.'.join(steps)}`" if steps else "the file"


def _spot(path: tuple[Any, ...], source: Source, model: type[BaseModel]) -> _Spot:
    files = [source.node(path[:length]).file for length in range(len(path) + 1)]
    outside = max((at for at in range(1, len(files)) if files[at] != files[at - 1]), default=0)
    return _Spot(path, outside, model)


def _mistake(detail: dict[str, Any], source: Source, model: type[BaseModel]) -> AuthoringMistake:
    context = detail.get("ctx", {})
    path = (*detail["loc"], *context.get("at", ()))
    if detail["type"] == "union_tag_invalid":
        path = (*path, "check")
    raw = source.node(path).raw
    if isinstance(detail["input"], int | float) and raw:
        detail["input"] = _Written(raw)
    code, says, remedy = _words(detail, context, _spot(path, source, model))
    where, _ = source.where(path)
    return AuthoringMistake(code, _capital(says), remedy=remedy, where=where)


def _words(detail: dict[str, Any], context: Mapping[str, Any], spot: _Spot) -> tuple[str, str, str]:
    kind = str(detail["type"])
    if kind == "misplaced":
        return WRONG_VALUE, context["says"], context["remedy"]
    if kind == "extra_forbidden":
        return UNKNOWN_KEY, f"`{spot.key}` is not a known key here", _known_key(spot)
    if kind == "union_tag_not_found":
        return MISSING_KEY, "the key `check` is missing in this rule", f"Name a check: {', '.join(_tags())}"
    if kind == "missing":
        return _missing(spot)
    for kinds, word in _WORDINGS:
        if kind in kinds:
            says, remedy = word(kind, context, detail["input"])
            named = _of_rule(detail["input"]) if kind == "union_tag_invalid" else spot.name()
            return WRONG_VALUE, f"{named} {says}", remedy
    return (
        WRONG_VALUE,
        f"{spot.name()} is not valid: {detail['msg']}",
        "Look the key up in the reference page",
    )


def _of_rule(given: object) -> str:
    """`check` with the id of the rule it stands in, where the rule has one."""
    name = given.get("id") if isinstance(given, dict) else None
    return f"`check` of rule {name}" if isinstance(name, str) and name else "`check`"


def _missing(spot: _Spot) -> tuple[str, str, str]:
    inside, holder = spot.name(up=1), spot.holder
    means = holder.model_fields[spot.key].description if holder and spot.key in holder.model_fields else None
    remedy = f"Add `{spot.key}: …` to {inside}" + (f": {means.rstrip('.')}" if means else "")
    return MISSING_KEY, f"the key `{spot.key}` is missing in {inside}", remedy


def _known_key(spot: _Spot) -> str:
    if spot.holder is None:
        return "Remove it"
    known = file_keys(spot.holder)
    close = nearest(spot.key, known)
    return f"Did you mean `{close}`?" if close else f"Remove it; the keys known here are {', '.join(known)}"


def _wrong_type(kind: str, context: Mapping[str, Any], given: object) -> tuple[str, str]:
    del context
    wanted, remedy = _TYPES[kind]
    return f"must be {wanted}, not {_kind_of(given)}", remedy


def _out_of_bounds(kind: str, context: Mapping[str, Any], given: object) -> tuple[str, str]:
    key, words = _BOUNDS[kind]
    bound = f"{words} {context[key]:g}"
    return f"must be {bound}, and is {given}", f"Write a number {bound}"


def _not_an_option(kind: str, context: Mapping[str, Any], given: object) -> tuple[str, str]:
    options = str(context["expected" if kind == "literal_error" else "expected_tags"])
    tag = given.get("check") if isinstance(given, dict) else given
    known = [option.strip().strip("'") for option in options.replace(" or ", ", ").split(",")]
    close = nearest(str(tag), known)
    remedy = f"Did you mean {close}?" if close else f"Write one of {', '.join(known)}"
    return f"does not know {_shown(tag)}", remedy


def _wrong_length(kind: str, context: Mapping[str, Any], given: object) -> tuple[str, str]:
    if kind in ("string_too_short", "too_short"):
        filler = "the text" if kind == "string_too_short" else "at least one item"
        return "is empty", f"Write {filler}, or remove the key if it can be left out"
    length = len(given) if isinstance(given, str | list | tuple | dict) else 0
    return f"has {length} characters; {context['max_length']} is the most", "Shorten it"


def _wrong_pattern(kind: str, context: Mapping[str, Any], given: object) -> tuple[str, str]:
    del kind
    if context.get("pattern") == _IDENTIFIER:
        return (
            f"must be an id, and {_shown(given)} is not one",
            "Begin with a lower-case letter; then lower-case letters, digits, - and _",
        )
    return f"must match {context.get('pattern')}, and {_shown(given)} does not", "Write it in that form"


_Wording = Callable[[str, Mapping[str, Any], object], tuple[str, str]]
_WORDINGS: tuple[tuple[frozenset[str], _Wording], ...] = (
    (frozenset(_TYPES), _wrong_type),
    (frozenset(_BOUNDS), _out_of_bounds),
    (frozenset({"literal_error", "union_tag_invalid"}), _not_an_option),
    (frozenset({"string_too_short", "too_short", "string_too_long", "too_long"}), _wrong_length),
    (frozenset({"string_pattern_mismatch"}), _wrong_pattern),
)


@cache
def _tags() -> tuple[str, ...]:
    """The values of `check`; pydantic puts them into its paths, and no file has them there."""
    return tuple(tag_of(kind) for kind in variants(Rule))


def _kind_of(value: object) -> str:
    if value is None:
        return "empty"
    if isinstance(value, _Written):
        return value if value.casefold() in ("true", "false") else f"the number {value}"
    if isinstance(value, str):
        return "text"
    return "a list" if isinstance(value, list | tuple) else "keys with values"


def _shown(value: object) -> str:
    text = str(value)
    return repr(text if len(text) <= 60 else text[:57] + "…")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
