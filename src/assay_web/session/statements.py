"""The statements that candidates at work cause hundreds of times a second.

Django puts a statement together anew each time, which takes longer than doing it; these are made once.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Field, Model, QuerySet

Value = int | str
Row = tuple[Any, ...]


class Question:
    """A query that is written as any other, and put together once for all values that it is asked with.

    Args:
        write: makes the query, of `values_list`, from its values; what it makes hangs on none of them.
    """

    def __init__(self, write: "Callable[..., QuerySet[Any, Any]]") -> None:
        self._write = write
        self._made: dict[str, _Made] = {}

    def ask(self, *values: Value) -> list[Row]:
        """The rows that the query finds."""
        made = self._made.get(connection.vendor)
        if made is None:
            made = self._made[connection.vendor] = _make(self._write, values)
        with connection.cursor() as cursor:
            cursor.execute(made.sql, made.fill(values))
            return [made.read(row) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class _Made:
    """A query as one kind of database takes it: its text, its parameters, and how its rows are read."""

    sql: str
    fill: Callable[[Sequence[Value]], list[Any]]
    read: Callable[[Row], Row]


def _make(write: "Callable[..., QuerySet[Any, Any]]", values: Sequence[Value]) -> _Made:
    stand_ins = [_stand_in(place, value) for place, value in enumerate(values)]
    compiler = write(*stand_ins).query.get_compiler(connection=connection)
    sql, given = compiler.as_sql()
    places = {place: stand_ins.index(one) for place, one in enumerate(given) if one in stand_ins}
    converters = compiler.get_converters([column for column, *_ in compiler.select or ()])

    def fill(values: Sequence[Value]) -> list[Any]:
        return [values[places[place]] if place in places else one for place, one in enumerate(given)]

    def read(row: Row) -> Row:
        columns = list(row)
        for place, (steps, column) in converters.items():
            for step in steps:
                columns[place] = step(columns[place], column, connection)
        return tuple(columns)

    return _Made(sql, fill, read)


def _stand_in(place: int, value: Value) -> Value:
    """A value of the same kind that no query says by itself."""
    return -1_000_003 - place if isinstance(value, int) else f"\0{place}\0"


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
