"""What keys the models know, and where: for the nearest known key and for the reference pages."""

import types
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from assay.authoring.exercise import Material


def variants(annotation: Any) -> Iterator[Any]:
    """The plain types that an annotation stands for: without `Annotated`, each member of a union."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from variants(get_args(annotation)[0])
    elif origin in (Union, types.UnionType):
        for member in get_args(annotation):
            yield from variants(member)
    else:
        yield annotation


def is_model(kind: Any) -> bool:
    """Whether a type is one of our models."""
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def tag_of(model: type[BaseModel]) -> str:
    """The value of `check` by which a rule is told from the others; empty for every other model."""
    field = model.model_fields.get("check")
    return str(get_args(field.annotation)[0]) if field and get_origin(field.annotation) is Literal else ""


def model_at(model: type[BaseModel], path: Sequence[object]) -> type[BaseModel] | None:
    """The model whose keys stand at `path`, as pydantic writes paths; None where there is none."""
    kinds: list[Any] = [model]
    for step in path:
        kinds = [inner for kind in kinds for inner in _step(kind, step)]
    models = [kind for kind in kinds if is_model(kind)]
    return models[0] if len(models) == 1 else None


def _step(kind: Any, step: object) -> Iterator[Any]:
    if is_model(kind):
        if tag_of(kind) == step:
            yield kind
        elif step in kind.model_fields:
            yield from variants(kind.model_fields[step].annotation)
    elif get_origin(kind) is dict:
        yield from variants(get_args(kind)[1])
    elif get_origin(kind) in (tuple, list):
        yield from variants(get_args(kind)[0])


def file_keys(model: type[BaseModel]) -> list[str]:
    """The keys an author may write for `model` in a file, in the order of the reference page."""
    keys = list(model.model_fields)
    return [*keys, "file"] if model is Material else keys


def nearest(name: str, known: Sequence[str]) -> str | None:
    """The known name that `name` was probably meant to be; None when none is close."""
    found = get_close_matches(name.casefold(), known, n=1, cutoff=0.6)
    return found[0] if found else None
