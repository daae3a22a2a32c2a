"""A judge's verdict: the form its answer must have, and reading what came back.

The form is a JSON schema that an endpoint can be held to; every answer is read here all the same, whatever
the endpoint promised. An answer that is not usable is a fault with a name, and never a level.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

from assay.authoring.rubric import Scale
from assay.canonical import digest
from assay.models.replies import Reply
from assay.models.wording import well_formed
from assay.scoring.evidence import EvidenceGate
from assay.scoring.judge.fence import original, visible
from assay.scoring.judge.picking import Listed
from assay.scoring.ratings import Quote

MOST_QUOTES = 12
MOST_COUNTED = 100
"""Quotes of an answer that has too many that are looked up all the same, for they may be made up."""
LONGEST_QUOTE = 2_000
LONGEST_REASON = 1_000
PICKED_QUOTES = 3
"""Quotes that are picked from a list for one verdict, at most."""
PICKED_REASON = 300
"""Characters of the reason beside them, at most: a weak model finds no end by itself."""

_THOUGHTS = re.compile(r"<think>.*?</think>", re.DOTALL)
_ESCAPED = re.compile(r'\\(["\\/nt])')
_ESCAPES = {"n": "\n", "t": "\t"}


class Fault(Exception):
    """Why an answer is of no use, as the end of a sentence: "the judge's answer could not be used: …".

    It holds none of the answer's own words, which may be a candidate's. `quotes` are those that it claimed,
    as far as they could be read.
    """

    def __init__(self, problem: str, quotes: tuple[Quote, ...] = ()) -> None:
        super().__init__(problem)
        self.quotes = quotes


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a judge says of one criterion: a level with quotes and a reason, or why there is none."""

    quotes: tuple[Quote, ...]
    reason: str
    level: float | None
    unscored: str | None


@dataclass(frozen=True)
class AnswerForm:
    """The form of an answer about these criteria. With `keyed` it is an object with a verdict for each.

    Where sentences are `listed`, its quotes are picked from them.
    """

    scale: Scale
    criteria: tuple[str, ...]
    keyed: bool
    listed: Listed = ()

    @cached_property
    def schema(self) -> dict[str, Any]:
        """The JSON Schema, in the strict form: every key required, no others allowed."""
        levels = list(self.scale.levels)
        if self.listed:
            return _picked_schema(levels, self.listed, self.criteria if self.keyed else ())
        one = _verdict_schema(levels)
        return _object(dict.fromkeys(self.criteria, one)) if self.keyed else one

    @cached_property
    def hash(self) -> str:
        """The schema's content hash."""
        return digest(self.schema)

    @property
    def response_format(self) -> dict[str, Any]:
        """What a chat request carries to hold the endpoint to the schema."""
        described = {"name": "verdicts" if self.keyed else "verdict", "strict": True, "schema": self.schema}
        return {"type": "json_schema", "json_schema": described}

    @property
    def in_words(self) -> str:
        """The same for an endpoint that takes no schema; words hold no model to a list."""
        free = replace(self, listed=())
        return (
            "No introduction, no code fence. The object must satisfy this JSON Schema:\n"
            f"{json.dumps(free.schema, ensure_ascii=False)}"
        )


@lru_cache(maxsize=256)
def answer_form(
    low: int, high: int, criteria: tuple[str, ...], *, keyed: bool, listed: Listed = ()
) -> AnswerForm:
    """The form of an answer about these criteria, on the scale from `low` to `high`."""
    return AnswerForm(Scale(min=low, max=high), criteria, keyed, listed)


def read_verdicts(reply: Reply, form: AnswerForm, gate: EvidenceGate) -> dict[str, Verdict | Fault]:
    """What a reply says of each criterion of its form: a verdict, or what is wrong with it."""
    try:
        answer = _object_in(reply)
    except Fault as fault:
        return dict.fromkeys(form.criteria, fault)
    if not form.keyed:
        return {form.criteria[0]: _read(answer, form.scale, gate)}
    return {name: _read(answer.get(name), form.scale, gate) for name in form.criteria}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}


def _verdict_schema(levels: list[int]) -> dict[str, Any]:
    quote = _object({"turn": _or_null({"type": "integer"}), "text": {"type": "string"}})
    return _object(
        {
            "quotes": {"type": "array", "items": quote},
            "reason": {"type": "string"},
            "level": _or_null({"type": "integer", "enum": levels}),
            "unscored": _or_null({"type": "string"}),
        }
    )


def _picked_schema(levels: list[int], listed: Listed, keys: tuple[str, ...]) -> dict[str, Any]:
    """Verdicts whose parts all have an end, with a level and quotes from the list, or with neither.

    One verdict without keys, and one for each key. The list stands in it once.
    """
    quotes = [_object({"turn": {"enum": [turn]}, "text": {"enum": list(texts)}}) for turn, texts in listed]
    shared: dict[str, Any] = {"quote": {"anyOf": quotes}}
    text, none = {"type": "string", "maxLength": PICKED_REASON}, {"type": "null"}

    def verdict(fewest: int, level: dict[str, Any], unscored: dict[str, Any]) -> dict[str, Any]:
        picked = {
            "type": "array", "items": _shared("quote"), "minItems": fewest, "maxItems": PICKED_QUOTES
        }  # fmt: skip
        return _object({"quotes": picked, "reason": text, "level": level, "unscored": unscored})

    one = {"anyOf": [verdict(1, {"enum": levels}, none), verdict(0, none, text)]}
    if not keys:
        return {**one, "$defs": shared}
    return {**_object(dict.fromkeys(keys, _shared("verdict"))), "$defs": {**shared, "verdict": one}}


def _shared(name: str) -> dict[str, str]:
    return {"$ref": f"#/$defs/{name}"}


_ENDINGS = {
    "refused": "the model refused to answer",
    "cut_off": "it was cut off at its length limit",
    "empty": "it was empty",
    "cancelled": "it was stopped half-way",
}


def _object_in(reply: Reply) -> Mapping[str, Any]:
    """The JSON object of a reply, bare, in a code fence, or after a model's thoughts.

    Raises:
        Fault: there is none.
    """
    if reply.ending in _ENDINGS:
        raise Fault(_ENDINGS[reply.ending])
    text = _THOUGHTS.sub("", reply.text)
    start, end = text.find("{"), text.rfind("}") + 1
    try:
        value = json.loads(text[start:end], parse_constant=_no_constant) if 0 <= start < end else None
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise Fault("it is not a JSON object")
    return value


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _read(value: Any, scale: Scale, gate: EvidenceGate) -> Verdict | Fault:
    try:
        return _verdict(value, scale, gate)
    except Fault as fault:
        return fault


def _verdict(value: Any, scale: Scale, gate: EvidenceGate) -> Verdict:
    if not isinstance(value, dict):
        raise Fault("it has no verdict on this criterion")
    quotes, wrong = _quotes(value.get("quotes"), gate)
    missing = [key for key in ("quotes", "reason", "level", "unscored") if key not in value]
    try:
        if missing:
            raise Fault(f"it has no {missing[0]}")
        if wrong is not None:
            raise wrong
        return _rest(value, quotes, scale, gate)
    except Fault as fault:
        raise Fault(str(fault), quotes) from None


def _rest(value: dict[str, Any], quotes: tuple[Quote, ...], scale: Scale, gate: EvidenceGate) -> Verdict:
    """The verdict with these quotes."""
    reason = _words(value["reason"], "reason")
    level = None if value["level"] is None else _level(value["level"], scale)
    unscored = None if value["unscored"] is None else _words(value["unscored"], "unscored")
    if unscored in ("", "null"):
        # The word of a model that was told to write null, and no reason.
        unscored = None
    if (level is None) == (unscored is None):
        both = (
            "neither a level nor why there is none" if level is None else "both a level and why there is none"
        )
        raise Fault(f"it gives {both}")
    if level is not None and not any(map(gate.is_candidates, filter(None, map(gate.locate, quotes)))):
        what = (
            "none of its quotes is the candidate's words where it says they stand" if quotes else "no quote"
        )
        raise Fault(f"it gives a level, and {what}")
    return Verdict(quotes, reason, level, unscored)


def _level(value: Any, scale: Scale) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Fault("its level is not a number")
    if value not in scale.levels:
        given = str(value)[:12]
        raise Fault(f"its level, {given}, is none of the whole levels from {scale.min} to {scale.max}")
    return float(value)


def _quotes(value: Any, gate: EvidenceGate) -> tuple[tuple[Quote, ...], Fault | None]:
    """The quotes that can be read, each once, and what is wrong with the list or the first that cannot.

    A judge copies from what it was shown, so marks and JSON's escapes are read back where only that makes a
    quote one of the record.
    """
    if not isinstance(value, list):
        return (), Fault("its quotes are not a list")
    wrong = Fault(f"it has more than {MOST_QUOTES} quotes") if len(value) > MOST_QUOTES else None
    found: dict[tuple[int | None, str], Quote] = {}
    for item in value[:MOST_COUNTED]:
        try:
            quote = _as_it_stands(_quote(item), gate)
        except Fault as fault:
            wrong = wrong or fault
        else:
            found.setdefault((quote.turn, quote.text), quote)
    return tuple(found.values()), wrong


def _quote(item: Any) -> Quote:
    turn, text = (item.get("turn"), item.get("text")) if isinstance(item, dict) else (None, None)
    if not isinstance(text, str) or not text.strip() or "turn" not in item:
        raise Fault("one of its quotes has no turn or no text")
    if isinstance(turn, bool) or not isinstance(turn, int | None):
        raise Fault("the turn of one of its quotes is not the number of a message")
    if len(text) > LONGEST_QUOTE:
        raise Fault(f"one of its quotes is longer than {LONGEST_QUOTE:,} characters")
    return Quote(turn=turn, text=well_formed(text))


def _as_it_stands(quote: Quote, gate: EvidenceGate) -> Quote:
    unescaped = _ESCAPED.sub(lambda found: _ESCAPES.get(found[1], found[1]), quote.text)
    forms = dict.fromkeys((quote.text, original(quote.text), unescaped, original(unescaped)))
    for text in forms:
        told = quote.model_copy(update={"text": text})
        if gate.locate(told) is not None:
            return told
    return quote


def _words(value: Any, key: str) -> str:
    """A text of the judge's own on one line, made fit to be shown and kept."""
    if not isinstance(value, str):
        raise Fault(f"its {key} is not a text")
    line = " ".join(visible(well_formed(value)).split())
    return line if len(line) <= LONGEST_REASON else f"{line[: LONGEST_REASON - 1]}…"
