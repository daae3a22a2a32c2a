"""The deliverable that is asked for, against the rules that check it."""

import re
from collections.abc import Iterator
from itertools import pairwise

from assay.authoring.exercise import Deliverable
from assay.authoring.lint.remark import Remark, Subject, code
from assay.authoring.lint.rule_conflicts import of_kind, stated_bounds
from assay.authoring.rules import DeliverableLength, DeliverableTable

OTHER_COLUMNS = code(
    "columns-differ-from-start",
    "warning",
    means="A rule wants columns that the table which the editor holds at the start does not have.",
    because="A candidate who fills in the table they are given fails the rule.",
    remedy="Write the same column titles in the rule and in deliverable.starts_with.",
)
OTHER_LENGTH = code(
    "length-differs-from-brief",
    "warning",
    means="The deliverable's text states fewer words at most than the length rule allows.",
    because="Candidates cut what the rule would let stand, or learn that the brief is not meant.",
    remedy="State the same number in deliverable.asks and in the rule.",
)

_DELIMITER = re.compile(r":?-+:?")


def check_deliverable(subject: Subject) -> Iterator[Remark]:
    """Columns and length as the candidate meets them, and as the rules have them."""
    if subject.exercise is None:
        return
    yield from _columns(subject, subject.exercise.deliverable)
    _, high = stated_bounds(subject.exercise.deliverable.asks) if subject.is_english else (None, None)
    for path, rule in of_kind(subject, DeliverableLength):
        if high is not None and rule.max_words is not None and rule.min_words <= high < rule.max_words:
            says = f"By its text the deliverable may have {high} words, by {rule.id} {rule.max_words}"
            yield subject.remark(OTHER_LENGTH, (*path, "max_words"), says)


def _columns(subject: Subject, deliverable: Deliverable) -> Iterator[Remark]:
    headers = list(table_headers(deliverable.starts_with, csv=deliverable.format == "csv"))
    for path, rule in of_kind(subject, DeliverableTable):
        lacking = [[name for name in rule.columns if name.casefold() not in header] for header in headers]
        if lacking and all(lacking):
            fewest = min(lacking, key=len)
            named = ", ".join(f"“{name}”" for name in fewest)
            says = f"{rule.id} wants the column {named}, which no table in starts_with has"
            yield subject.remark(OTHER_COLUMNS, (*path, "columns"), says)


def table_headers(text: str, *, csv: bool) -> Iterator[frozenset[str]]:
    """The column titles, in lower case, of each table in a text: Markdown tables, or the first CSV line."""
    lines = text.splitlines()
    for line, following in pairwise(lines):
        if "|" in line and all(_DELIMITER.fullmatch(cell.strip()) for cell in _cells(following)):
            yield frozenset(cell.strip(" *`_").casefold() for cell in _cells(line))
    first = next((line for line in lines if line.strip()), "") if csv else ""
    if first:
        yield frozenset(cell.strip(' "').casefold() for cell in re.split(r"[,;\t]", first))


def _cells(row: str) -> list[str]:
    return row.strip().strip("|").split("|")
