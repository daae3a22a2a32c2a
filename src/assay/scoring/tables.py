"""Tables inside a text: Markdown pipe tables, and CSV with comma, semicolon or tab."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

_DELIMITER = re.compile(r":?-+:?")
_CELL_BREAK = re.compile(r"(?<!\\)\|")
_CSV_DELIMITERS = (",", ";", "\t")
_LONGEST_HEADER = 20_000


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its column names as written, how many rows are not blank, and where its header stands."""

    columns: tuple[str, ...]
    rows: int
    start: int
    end: int

    def lacks(self, columns: Sequence[str]) -> list[str]:
        """Which of `columns` it does not have; case and outer white space do not matter."""
        own = {column.casefold() for column in self.columns}
        return [column for column in columns if column.strip().casefold() not in own]


@dataclass(frozen=True, slots=True)
class _Row:
    text: str
    start: int


def find_tables(text: str, columns: Sequence[str]) -> Iterator[Table]:
    """Every Markdown table, and every CSV header that has at least one of `columns`.

    The rows of a CSV table are counted only where its header has all of them: a line of prose with a
    comma in it must not swallow the table below.
    """
    lines = list(_rows(text))
    at = 0
    while at < len(lines):
        table, length = _table_at(lines, at, columns)
        if table is not None:
            yield table
        at += length


def _rows(text: str) -> Iterator[_Row]:
    start = 0
    for line in text.splitlines(keepends=True):
        yield _Row(line.rstrip("\r\n"), start)
        start += len(line)


def _table_at(lines: Sequence[_Row], at: int, columns: Sequence[str]) -> tuple[Table | None, int]:
    """The table whose header is on this line, and how many lines are done with it."""
    header = lines[at]
    if not header.text.strip() or len(header.text) > _LONGEST_HEADER:
        return None, 1
    following = lines[at + 1].text if at + 1 < len(lines) else ""
    if "|" in header.text and _is_delimiter_row(following):
        rows = [row.text for row in takewhile(lambda row: "|" in row.text, _from(lines, at + 2))]
        return _table(_cells(header.text), sum(any(_cells(row)) for row in rows), header), 2 + len(rows)
    return _csv_table_at(lines, at, columns)


def _from(lines: Sequence[_Row], at: int) -> Iterator[_Row]:
    return (lines[index] for index in range(at, len(lines)))


def _is_delimiter_row(line: str) -> bool:
    cells = line.strip().strip("|").split("|")
    return all(_DELIMITER.fullmatch(cell.strip()) for cell in cells)


def _cells(line: str) -> tuple[str, ...]:
    inner = line.strip().removeprefix("|")
    if inner.endswith("|") and not inner.endswith("\\|"):
        inner = inner[:-1]
    return tuple(_bare(cell) for cell in _CELL_BREAK.split(inner))


def _bare(cell: str) -> str:
    """A cell without the marks that only make it bold or code."""
    return cell.replace("\\|", "|").strip().strip("*`_").strip()


def _csv_table_at(lines: Sequence[_Row], at: int, columns: Sequence[str]) -> tuple[Table | None, int]:
    header = lines[at]
    best: Table | None = None
    for delimiter in _CSV_DELIMITERS:
        names = next(_csv([header.text], delimiter), ())
        table = _table(names, 0, header)
        lacking = table.lacks(columns)
        if not lacking and names:
            block = [row.text for row in takewhile(lambda row: row.text.strip(), _from(lines, at + 1))]
            rows = sum(any(row) for row in _csv(block, delimiter))
            return _table(names, rows, header), 1 + len(block)
        if len(lacking) < len(columns if best is None else best.lacks(columns)):
            best = table
    return best, 1


def _csv(lines: Iterable[str], delimiter: str) -> Iterator[tuple[str, ...]]:
    try:
        for row in csv.reader((f"{line}\n" for line in lines), delimiter=delimiter):
            yield tuple(cell.strip() for cell in row)
    except csv.Error:
        # A field longer than the csv module reads ends the table there: what was read before it counts.
        return


def _table(columns: tuple[str, ...], rows: int, header: _Row) -> Table:
    return Table(columns, rows, header.start, header.start + len(header.text))
