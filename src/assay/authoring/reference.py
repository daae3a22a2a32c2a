"""The reference pages and published schemas of authored files, generated from the models and the linter.

`python -m assay.authoring.reference FOLDER` writes them all; a test says when they are stale.
"""

import json
import sys
from collections.abc import Container, Iterator
from pathlib import Path
from typing import Any

from assay.authoring.lint import CODES, Code
from assay.authoring.reference_words import INTRODUCTIONS, LINTER_INTRODUCTION, RULES, SEVERITIES
from assay.authoring.schema import file_schemas

_BOUNDS = (
    ("minimum", "at least"),
    ("exclusiveMinimum", "above"),
    ("maximum", "at most"),
    ("exclusiveMaximum", "below"),
)
_TYPES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
}
_OWN_PAGE = {"Rubric": "rubric-file.md", "ErrorLedger": "ledger-file.md"}
_EVERY_RULE = ("id", "says", "on_fail")
_EITHER = "one of text and file"


def pages() -> dict[str, str]:
    """Every generated file by its path below the reference folder."""
    made = {f"{kind}-file.md": file_page(kind, schema) for kind, schema in file_schemas().items()}
    made |= {
        f"schemas/{kind}.schema.json": json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
        for kind, schema in file_schemas().items()
    }
    return made | {"linter.md": linter_page()}


def file_page(kind: str, schema: dict[str, Any]) -> str:
    """The reference page of one kind of file: an introduction, an example, and a table for each model."""
    link = f"Schema for editors: [{kind}.schema.json](schemas/{kind}.schema.json)."
    parts = [INTRODUCTIONS[kind].strip(), link, "## Keys of the file", _table(schema, schema)]
    mentioned = _in_order_of_mention(schema)
    rules = [name for name in mentioned if _is_rule(schema["$defs"][name])]
    for name in sorted(mentioned, key=rules.__contains__):
        definition = schema["$defs"][name]
        if rules and name == rules[0]:
            parts += [RULES.strip(), _table(definition, schema, only=_EVERY_RULE)]
        parts += [f"{'###' if name in rules else '##'} {_spaced(name)}", definition["description"]]
        parts.append(_table(definition, schema, without=_EVERY_RULE if name in rules else ()))
    return "\n\n".join(parts) + "\n"


def linter_page() -> str:
    """The page that documents every kind of remark."""
    parts = [LINTER_INTRODUCTION.strip()]
    for severity, title in SEVERITIES.items():
        parts.append(f"## {title}")
        parts += [_remark(kind) for _, kind in sorted(CODES.items()) if kind.severity == severity]
    return "\n\n".join(parts) + "\n"


def _remark(kind: Code) -> str:
    return f"### {kind.name}\n\n{kind.means}\n\nWhy it matters: {kind.because}\n\nWhat to do: {kind.remedy}"


def _table(
    held: dict[str, Any], schema: dict[str, Any], *, only: Container[str] = (), without: Container[str] = ()
) -> str:
    rows = ["| key | type | default | meaning |", "|---|---|---|---|"]
    for key, value in held.get("properties", {}).items():
        if key in without or (only and key not in only):
            continue
        default = _EITHER if held.get("oneOf") and key in ("text", "file") else _default(value)
        if key in held.get("required", ()):
            default = "required"
        cells = (f"`{key}`", _type(value), default, _meaning(value, schema))
        rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(rows)


def _meaning(value: dict[str, Any], schema: dict[str, Any]) -> str:
    """The description; that of the model it refers to where it says nothing else."""
    named = schema.get("$defs", {}).get(value.get("$ref", "").rsplit("/", 1)[-1], {})
    return str(value.get("description") or named.get("description", ""))


def _is_rule(definition: dict[str, Any]) -> bool:
    return "const" in definition.get("properties", {}).get("check", {})


def _default(held: dict[str, Any]) -> str:
    if "default" not in held:
        return "see its keys"
    value = held["default"]
    if value is None or value == "":
        return "none"
    if isinstance(value, list):
        return ", ".join(f"`{item}`" for item in value) or "empty"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`{value:g}`" if isinstance(value, float) else f"`{value}`"


def _type(held: dict[str, Any]) -> str:
    if "$ref" in held:
        return _link(held["$ref"].rsplit("/", 1)[1])
    if "discriminator" in held:
        return "[rule](#rules)"
    if choices := held.get("anyOf"):
        return " or ".join(_type(choice) for choice in choices if choice.get("type") != "null")
    if held["type"] == "array":
        return f"list of {_type(held['items'])}"
    return _mapping(held) if held["type"] == "object" else _scalar(held)


def _link(name: str) -> str:
    title = _spaced(name).lower()
    return f"[{title}]({_OWN_PAGE.get(name) or '#' + title.replace(' ', '-')})"


def _mapping(held: dict[str, Any]) -> str:
    by_id = held.get("patternProperties")
    if by_id:
        return f"id to {_type(next(iter(by_id.values())))}"
    return f"level number to {_type(held['additionalProperties'])}"


def _scalar(held: dict[str, Any]) -> str:
    if "const" in held:
        return f"`{held['const']}`"
    if "enum" in held:
        return "one of " + ", ".join(f"`{option}`" for option in held["enum"])
    words = [_TYPES[held["type"]]]
    pattern = held.get("pattern", "")
    if pattern == "^[a-z][a-z0-9_-]*$":
        words = ["id"]
    elif "/" in pattern:
        words = ["file name"]
    words += [f"{word} {held[key]:g}" for key, word in _BOUNDS if key in held]
    if "maxLength" in held and words[0] != "id":
        words.append(f"at most {held['maxLength']} characters")
    return ", ".join(words)


def _in_order_of_mention(schema: dict[str, Any]) -> list[str]:
    found: dict[str, None] = {}

    def visit(value: Any) -> None:
        for name in _mentions(value):
            if name not in found and name not in _OWN_PAGE:
                found[name] = None
                visit(schema["$defs"][name])

    visit(schema.get("properties", {}))
    return list(found)


def _mentions(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"].rsplit("/", 1)[1]
        for item in value.values():
            yield from _mentions(item)
    elif isinstance(value, list):
        for item in value:
            yield from _mentions(item)


def _spaced(name: str) -> str:
    return "".join(f" {char.lower()}" if char.isupper() and at else char for at, char in enumerate(name))


def write(folder: Path) -> None:
    """Write every generated file below `folder`."""
    for name, text in pages().items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/reference"))
