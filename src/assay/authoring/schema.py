"""JSON Schemas of the three files as an author writes them, generated from the models.

They differ from the models in three places: a rubric or a ledger may be the name of a file, a material may
name a file instead of holding text, and a level may be its bare words.
"""

from typing import Any

from pydantic import BaseModel

from assay.authoring.exercise import Exercise
from assay.authoring.ledger import ErrorLedger
from assay.authoring.rubric import Rubric

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_FILE_NAME = r"^[^/\\].*$"


def file_schemas() -> dict[str, dict[str, Any]]:
    """The schema of each kind of file, by kind."""
    return {
        "exercise": _schema(Exercise, "Assay exercise file"),
        "rubric": _schema(Rubric, "Assay rubric file"),
        "ledger": _schema(ErrorLedger, "Assay error ledger file"),
    }


def _schema(model: type[BaseModel], title: str) -> dict[str, Any]:
    schema = _without_titles(model.model_json_schema())
    definitions = schema.get("$defs", {})
    for key in ("rubric", "ledger"):
        if model is Exercise:
            _or_a_file(schema["properties"], key)
    if "Material" in definitions:
        _text_or_file(definitions["Material"])
    for holder in (schema, definitions.get("Rubric", {})):
        if "criteria" in holder.get("properties", {}):
            # Left open, a misspelt id would pass as an unknown key.
            holder["properties"]["criteria"]["additionalProperties"] = False
    if "Criterion" in definitions:
        _or_bare_words(definitions["Criterion"]["properties"]["levels"])
    return {"$schema": DIALECT, "title": title, **schema}


def _without_titles(value: Any) -> Any:
    """The schema without the titles that only say the keys again."""
    if isinstance(value, list):
        return [_without_titles(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: _without_titles(item)
        for key, item in value.items()
        # A property may itself be called title; then its value is a schema.
        if not (key == "title" and isinstance(item, str))
    }


def _or_a_file(properties: dict[str, Any], key: str) -> None:
    held = properties[key]
    name = {"type": "string", "pattern": _FILE_NAME, "description": "The name of a file beside this one."}
    kinds = held.get("anyOf") or [{"$ref": held["$ref"]}]
    rest = {name: value for name, value in held.items() if name not in ("anyOf", "$ref")}
    properties[key] = {"anyOf": [name, *kinds], **rest}


def _text_or_file(material: dict[str, Any]) -> None:
    material["properties"]["file"] = {
        "type": "string",
        "pattern": _FILE_NAME,
        "description": "The name of a file beside this one that holds the text, such as materials/log.csv.",
    }
    material["required"] = [key for key in material["required"] if key != "text"]
    material["oneOf"] = [{"required": ["text"]}, {"required": ["file"]}]


def _or_bare_words(levels: dict[str, Any]) -> None:
    levels["additionalProperties"] = {
        "anyOf": [{"type": "string", "minLength": 1}, levels["additionalProperties"]]
    }
    levels["propertyNames"] = {"pattern": "^[0-9]+$"}
