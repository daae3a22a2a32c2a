"""Writing an exercise as files, such as a person would write by hand, which load to the same hash."""

import io
import re
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from assay.authoring.exercise import Exercise
from assay.authoring.ledger import ErrorLedger, PlantedError
from assay.authoring.load import EXERCISE_FILE
from assay.authoring.rubric import Criterion, Rubric

RUBRIC_FILE, LEDGER_FILE, MATERIALS_FOLDER = "rubric.yaml", "ledger.yaml", "materials"

Parts = Mapping[str, Any]
"""An exercise's fields as plain JSON, complete or not."""

_ENDINGS = {"text": "txt", "markdown": "md", "csv": "csv", "json": "json", "sql": "sql", "log": "log"}
_IDENTIFIER = re.compile(r"[a-z][a-z0-9_-]{0,63}")
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9 ,.()/_-]*[A-Za-z0-9.)]|[A-Za-z]")
_LONG = 88
_ZIP_MOMENT = (2020, 1, 1, 0, 0, 0)


def exercise_files(parts: Parts) -> dict[str, str]:
    """The files by name: exercise.yaml, and rubric, ledger and materials where there are any.

    What is empty is left out. Incomplete parts are written as they are, so that the linter can say what
    is missing.
    """
    files: dict[str, str] = {}
    top = {name: parts[name] for name in _ordered(parts, Exercise.model_fields)}
    if top.get("materials"):
        top["materials"] = [
            _material(index, one, top["materials"], files) for index, one in enumerate(top["materials"])
        ]
    if top.get("rubric"):
        files[RUBRIC_FILE] = _yaml(_rubric(top["rubric"]))
        top["rubric"] = RUBRIC_FILE
    if top.get("ledger"):
        files[LEDGER_FILE] = _yaml(_in_order(top["ledger"], ErrorLedger.model_fields, errors=PlantedError))
        top["ledger"] = LEDGER_FILE
    return {EXERCISE_FILE: _yaml(top), **files}


def write_exercise(parts: Parts, folder: Path) -> None:
    """Write the files into a folder, which is made where it does not exist."""
    for name, text in exercise_files(parts).items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="\n")


def exercise_zip(exercise: Exercise) -> bytes:
    """The files in a ZIP archive, in a folder named by the exercise's id; equal exercises, equal bytes."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in exercise_files(exercise.model_dump(mode="json")).items():
            entry = zipfile.ZipInfo(f"{exercise.exercise}/{name}", date_time=_ZIP_MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            file.writestr(entry, text)
    return archive.getvalue()


def _material(
    index: int, material: Mapping[str, Any], materials: Iterable[Mapping[str, Any]], files: dict[str, str]
) -> Mapping[str, Any]:
    text = str(material.get("text", ""))
    if not text:
        return material
    name = str(material.get("id", ""))
    alone = sum(other.get("id") == name for other in materials) == 1
    stem = name if alone and _IDENTIFIER.fullmatch(name) else f"material-{index + 1}"
    file = f"{MATERIALS_FOLDER}/{stem}.{_ENDINGS.get(str(material.get('format', '')), 'md')}"
    files[file] = text + "\n"
    return {**{key: value for key, value in material.items() if key != "text"}, "file": file}


def _rubric(rubric: Mapping[str, Any]) -> dict[str, Any]:
    written = {name: rubric[name] for name in _ordered(rubric, Rubric.model_fields)}
    criteria: Mapping[str, Mapping[str, Any]] = written.get("criteria") or {}
    written["criteria"] = {
        name: _criterion({key: one[key] for key in _ordered(one, Criterion.model_fields)})
        for name, one in criteria.items()
    }
    return written


def _criterion(criterion: dict[str, Any]) -> dict[str, Any]:
    levels = criterion.get("levels") or {}
    numbered = {int(key) if str(key).isdecimal() else key: level for key, level in levels.items()}
    return {**criterion, "levels": dict(sorted(numbered.items(), key=lambda item: str(item[0]).zfill(4)))}


def _in_order(
    value: Mapping[str, Any], known: Iterable[str], *, errors: type[PlantedError]
) -> dict[str, Any]:
    written = {name: value[name] for name in _ordered(value, known)}
    written["errors"] = [
        {key: one[key] for key in _ordered(one, errors.model_fields)} for one in written.get("errors") or ()
    ]
    return written


def _ordered(value: Mapping[str, Any], known: Iterable[str]) -> list[str]:
    """The keys of a value, those of the reference page first and in its order."""
    first = [name for name in known if name in value]
    return [*first, *(name for name in value if name not in first)]


def _without_empty(value: Any) -> Any:
    """The value without what is empty: each such key either has that as its default, or must be written."""
    if isinstance(value, Mapping):
        kept = {key: _without_empty(inner) for key, inner in value.items()}
        return {key: inner for key, inner in kept.items() if inner not in (None, "", [], {})}
    if isinstance(value, list | tuple):
        return [_without_empty(inner) for inner in value]
    # 25.0 minutes are 25 to whoever reads the file, and to the hash.
    return int(value) if isinstance(value, float) and value.is_integer() else value


class _Writer(yaml.SafeDumper):
    """Lists are indented below their key, and nothing is written as a reference to something else."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        del indentless
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        del data
        return True


def _text(writer: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style: str | None = None
    if "\n" in text:
        style = "|"
    elif len(text) > _LONG:
        style = ">" if "  " not in text and not text.startswith((" ", "\t")) else '"'
    elif not _PLAIN.fullmatch(text) or text.lower() in ("true", "false", "null", "yes", "no", "on", "off"):
        style = "'" if text.isprintable() else '"'
    return writer.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Writer.add_representer(str, _text)


def _yaml(value: Any) -> str:
    return yaml.dump(
        _without_empty(value), Dumper=_Writer, sort_keys=False, allow_unicode=True, width=100, indent=2
    )
