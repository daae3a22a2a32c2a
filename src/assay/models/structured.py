"""Structured replies: a schema the endpoint can be held to, the same in words, and reading what came back."""

import json
import re
from functools import lru_cache
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

Answer = TypeVar("Answer", bound=BaseModel)

_FENCED = re.compile(r"```(?:json)?\s*\n(.*?)```", re.DOTALL)


class Unreadable(Exception):
    """An answer that is not what the schema asks for; the message says how it differs."""


@lru_cache(maxsize=64)
def response_format(schema: type[BaseModel]) -> dict[str, Any]:
    """The `response_format` of a chat request which holds the endpoint to `schema`; not to be changed."""
    described = {"name": schema.__name__, "strict": True, "schema": strict_schema(schema)}
    return {"type": "json_schema", "json_schema": described}


def strict_schema(schema: type[BaseModel]) -> dict[str, Any]:
    """The JSON Schema of `schema` as strict endpoints want it: every key required, no others allowed.

    A field with a default is required too: a constrained model writes its default or null explicitly.
    """
    strict: dict[str, Any] = _strictly(schema.model_json_schema())
    return strict


@lru_cache(maxsize=64)
def in_words(schema: type[BaseModel]) -> str:
    """Instructions for an endpoint that takes no schema."""
    described = json.dumps(strict_schema(schema), ensure_ascii=False, indent=1)
    return (
        "Answer with one JSON object and nothing else: no introduction, no code fence. "
        f"It must satisfy this JSON Schema:\n{described}"
    )


def repair_request(problem: str) -> str:
    """What to say to a model whose answer could not be read."""
    return (
        f"That answer cannot be used: {problem}. Answer again with the corrected JSON object alone, "
        "keeping to the schema."
    )


def read_answer(schema: type[Answer], text: str) -> Answer:
    """Read an answer, bare or in a code fence.

    Raises:
        Unreadable: it is not JSON, or not what the schema asks for.
    """
    fenced = _FENCED.search(text)
    raw = (fenced.group(1) if fenced else text).strip()
    try:
        return schema.model_validate_json(raw)
    except ValidationError as error:
        raise Unreadable(_differences(error)) from error


def _differences(error: ValidationError) -> str:
    parts = []
    for one in error.errors()[:5]:
        place = ".".join(str(step) for step in one["loc"])
        parts.append(f"{place}: {one['msg']}" if place else one["msg"])
    return "; ".join(parts)


def _strictly(node: Any) -> Any:
    if isinstance(node, list):
        return [_strictly(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept: dict[str, Any] = {}
    for name, value in node.items():
        if name in ("properties", "$defs"):
            # The keys here are names of fields and types, so none of them is a keyword to drop.
            kept[name] = {inner: _strictly(part) for inner, part in value.items()}
        elif name != "default":
            kept[name] = _strictly(value)
    if kept.get("type") == "object" and "properties" in kept:
        kept["required"] = list(kept["properties"])
        kept["additionalProperties"] = False
    return kept
