"""Two statements that candidates at work cause hundreds of times a second.

Django puts a statement together anew each time, which takes longer than doing it; these are made once.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Field, Model


def insert(rows: Sequence[Model]) -> None:
    """Write new rows of one model; they get no primary key here.

    Raises:
        IntegrityError: a row breaks a rule of its table.
    """
    if not rows:
        return
    fields = _fields(type(rows[0]), None)
    with connection.cursor() as cursor:
        cursor.executemany(_insertion(type(rows[0]), fields), [_values(row, fields) for row in rows])


def update(row: Model, names: tuple[str, ...] | None = None) -> None:
    """Write these fields of a row, or all of them."""
    fields = _fields(type(row), names)
    with connection.cursor() as cursor:
        cursor.execute(_change(type(row), fields), [*_values(row, fields), row.pk])


Fields = tuple["Field[Any, Any]", ...]


@cache
def _fields(model: type[Model], names: tuple[str, ...] | None) -> Fields:
    return tuple(
        field
        for field in model._meta.concrete_fields
        if not field.primary_key and (names is None or field.name in names)
    )


@cache
def _insertion(model: type[Model], fields: Fields) -> str:
    columns = ", ".join(_named(field) for field in fields)
    places = ", ".join("%s" for _ in fields)
    return f"INSERT INTO {_quoted(model._meta.db_table)} ({columns}) VALUES ({places})"


@cache
def _change(model: type[Model], fields: Fields) -> str:
    changes = ", ".join(f"{_named(field)} = %s" for field in fields)
    return f"UPDATE {_quoted(model._meta.db_table)} SET {changes} WHERE {_named(model._meta.pk)} = %s"


def _named(field: "Field[Any, Any]") -> str:
    return _quoted(str(field.column))


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def _values(row: Model, fields: Fields) -> list[Any]:
    return [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
