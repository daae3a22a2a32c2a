"""The report in a terminal. Everything is printed as `Text`, so that no one's words act as markup."""

from collections.abc import Iterable, Sequence
from functools import partial

from rich.console import Console
from rich.padding import Padding
from rich.segment import Segment, Segments
from rich.table import Table
from rich.text import Text

from assay.record import Record
from assay.reports.checked import checked_in_words, notes_of, verified, warning_of
from assay.reports.drawing import track
from assay.reports.findings import (
    RATER_KINDS,
    alarms,
    any_rule_applies,
    clock,
    count,
    credits_in_words,
    effect_of,
    ended_in_words,
    left_unscored,
    level_in_words,
    moment,
    range_in_words,
    rated_by,
    reasons_in_words,
    refused_quotes,
    rules_in_words,
    sentence,
    session_facts,
    share,
    shared_reason,
    sign_in_words,
    story,
    verdict_in_words,
)
from assay.reports.judges import judge_in_words, passes_in_words
from assay.reports.lift import beside_in_words, kind_in_words, overall_in_words, read_first
from assay.reports.marks import Mark, criterion_marks
from assay.reports.safe import one_line
from assay.scoring.lift import Lifts
from assay.scoring.narrative import show_level
from assay.scoring.score import CriterionScore

HUES = ("blue", "yellow", "green", "magenta", "cyan", "red", "bright_blue", "bright_green")

QUOTES_SHOWN = 3
"""Quotes printed for one criterion; the other reports hold them all."""

_WIDEST = 100
_DIAL = 49
_BAR = 21


def print_report(record: Record, console: Console, lifts: Lifts | None = None) -> None:
    """Print the report of a record: first things first, the score, why, how, what was checked, the seal.

    With `lifts` the score stands beside the assistant alone.
    """
    width = min(console.width, _WIDEST)
    score = (_head, _first, _overall, _criteria, partial(_lift, lifts))
    for block in (*score, _why, _rules, _session, _scoring, _checked, _seal):
        for line, indent in block(record):
            if isinstance(line, Text) and not line:
                console.print()
            else:
                _print_unpadded(console, Padding(line, (0, 0, 0, indent), expand=False), width)


def _print_unpadded(console: Console, what: Padding, width: int) -> None:
    """Print without the blanks that rich fills lines up with: in a file or a pipe they would stay."""
    options = console.options.update(width=width, highlight=False)
    for line in console.render_lines(what, options, pad=False):
        kept = [*_without_last_blanks(line), Segment.line()]
        console.print(Segments(kept), end="")


def _without_last_blanks(line: list[Segment]) -> list[Segment]:
    kept = list(line)
    while kept and not kept[-1].text.strip():
        kept.pop()
    return [*kept[:-1], Segment(kept[-1].text.rstrip(), kept[-1].style)] if kept else []


_Lines = Iterable[tuple[Text | Table, int]]


def _head(record: Record) -> _Lines:
    yield _text(""), 0
    yield _text(record.title, "bold"), 0
    yield _text(f"{kind_in_words(record)} · session {record.session} · {moment(record.made_at)}", "dim"), 0


def _first(record: Record) -> _Lines:
    if warning := warning_of(verified(record)):
        yield _text(""), 0
        yield _text(f"! {warning}", "bold red"), 0
    for told in read_first(record):
        yield _text(""), 0
        yield _text(told), 0
    for alarm in alarms(record):
        yield _text(""), 0
        yield _text(f"! {alarm.title}", "bold red"), 0
        yield _text(alarm.detail), 2


def _overall(record: Record) -> _Lines:
    score, overall = record.score, record.score.overall
    yield from _heading("Overall")
    if overall is None:
        yield _text("No overall score", "bold"), 2
        yield _text(sentence(score.unscored or "")), 2
    else:
        span = range_in_words(overall.interval, score.threshold)
        span = f"   interval {span}" if span else ""
        value, most = show_level(overall.value, score.threshold), show_level(score.scale.max)
        yield Text.assemble((value, "bold green"), f" out of {most}", (span, "dim")), 2
        drawn = track(
            score.scale, _DIAL, value=overall.value, interval=overall.interval, threshold=score.threshold
        )
        yield _text(f"{score.scale.min} {drawn} {score.scale.max}", "green"), 2
        if overall.before_caps != overall.value:
            before = show_level(overall.before_caps, overall.value)
            yield _text(f"The criteria alone come to {before}; failed rules changed that."), 2
    yield _text(f"{verdict_in_words(score)}."), 2
    if overall is not None and overall.interval:
        yield _text(sentence(f"The interval comes from {overall.interval.source}"), "dim"), 2
    yield _text(""), 0
    for told in story(score):
        yield _text(told), 2


def _criteria(record: Record) -> _Lines:
    yield from _heading("Criteria")
    grid = Table.grid(padding=(0, 2))
    for justify in ("right", "left", "left", "right", "left", "right"):
        grid.add_column(justify="right" if justify == "right" else "left", no_wrap=justify == "right")
    for number, item in enumerate(record.score.criteria, start=1):
        drawn = track(record.score.scale, _BAR, value=item.level, interval=item.interval)
        hue = _hue(number)
        grid.add_row(
            _text(str(number), f"bold {hue}"),
            _text(item.title + (" (serious)" if item.serious else ""), "bold red" if item.serious else ""),
            _text(drawn, hue if item.level is not None else "dim"),
            _text(level_in_words(item), "bold" if item.level is not None else "dim"),
            _text(range_in_words(item.interval), "dim"),
            _text(f"{share(item, record.score):.0%}", "dim"),
        )
    yield grid, 2


def _lift(lifts: Lifts | None, record: Record) -> _Lines:
    """The score beside the assistant alone, where a baseline was given."""
    if lifts is None:
        return
    yield from _heading("What the candidate added")
    for told in overall_in_words(lifts):
        yield _text(told), 2
    yield _text(""), 0
    for number, item in enumerate(record.score.criteria, start=1):
        yield Text.assemble((str(number), f"bold {_hue(number)}"), f" {one_line(item.title)}"), 2
        yield _text(beside_in_words(lifts.criteria[item.criterion]), "dim"), 4


def _why(record: Record) -> _Lines:
    yield from _heading("Why these levels")
    if (shared := shared_reason(record.score)) is not None:
        yield _text(sentence(f"No criterion is scored: {shared}")), 2
        return
    groups = criterion_marks(record.score)
    for number, (item, marks) in enumerate(zip(record.score.criteria, groups, strict=True), start=1):
        name = f" {one_line(item.title)}  {level_in_words(item)}"
        yield Text.assemble((str(number), f"bold {_hue(number)}"), (name, "bold")), 2
        yield from _criterion(record, item, marks, _hue(number))
        yield _text(""), 0


def _criterion(record: Record, item: CriterionScore, marks: Sequence[Mark], hue: str) -> _Lines:
    """Reason and quotes; a reason that the narrative above has told in full is not told again."""
    if item.unscored is not None:
        yield _text(f"Unscored: {sentence(item.unscored)}"), 4
    for reason in reasons_in_words(record, item):
        if not any(reason.rstrip(".") in told for told in record.score.narrative):
            yield _text(reason), 4
    for told in passes_in_words(item, record.score.scale):
        yield _text(told, "dim"), 4
    for mark in marks[:QUOTES_SHOWN]:
        where = "deliverable" if mark.evidence.turn is None else f"message {mark.evidence.turn}"
        words = f" “{one_line(mark.evidence.quote)}” "
        sign = one_line(sign_in_words(mark.evidence))
        about = f"{where} · {sign}" if sign else where
        yield Text.assemble((mark.name, hue), (words, "italic"), (about, "dim")), 4
    if len(marks) > QUOTES_SHOWN:
        more = count(len(marks) - QUOTES_SHOWN, "more quote", "more quotes")
        yield _text(f"and {more}, all of them in the HTML report", "dim"), 4


def _rules(record: Record) -> _Lines:
    if not any_rule_applies(record.score):
        return
    failed = [outcome for outcome in record.score.rules if outcome.state == "failed"]
    yield _text("Rules", "bold underline"), 0
    yield _text(rules_in_words(record.score)), 2
    for outcome in failed:
        told = (sentence(outcome.says), sentence(outcome.detail), effect_of(record, outcome))
        yield _text(f"Failed: {' '.join(told)}", "red"), 2


def _session(record: Record) -> _Lines:
    facts = session_facts(record)
    yield from _heading("The session")
    if facts is None:
        yield _text("No events: the conversation came from elsewhere, so its course cannot be checked."), 2
        return
    yield _text(f"{facts.rounds} of {facts.rounds_allowed} rounds, {clock(facts.charged)} charged."), 2
    yield _text(f"Not charged: {credits_in_words(facts)}."), 2
    yield _text(f"{ended_in_words(record)}. The assistant's model: {facts.model}."), 2


def _scoring(record: Record) -> _Lines:
    yield from _heading("How this was scored")
    for rater in record.raters:
        version = f", version {rater.version[:12]}" if rater.version else ""
        yield _text(f"{RATER_KINDS[rater.kind]} ({rater.name}{version}): {rated_by(record, rater)}."), 2
        if rater.calibration:
            yield _text(sentence(rater.calibration), "dim"), 4
        for told in judge_in_words(record, rater):
            yield _text(told, "dim"), 4
    for told in left_unscored(record):
        yield _text(told, "dim"), 4
    refused = refused_quotes(record)
    checked = sum(len(rating.evidence) for rating in record.ratings)
    yield _text(f"{count(checked, 'quote', 'quotes')} found word for word, {len(refused)} refused."), 2
    for item in refused:
        yield _text(f"Refused, by {item.rater.name}: “{item.quote.text}”", "dim"), 4


def _checked(record: Record) -> _Lines:
    verification = verified(record)
    yield from _heading("What was checked")
    yield _text(checked_in_words(verification)), 2
    for note in notes_of(verification):
        yield _text(note, "dim"), 2


def _seal(record: Record) -> _Lines:
    yield _text(""), 0
    yield _text(f"Seal {record.seal}", "dim"), 0


def _heading(title: str) -> _Lines:
    yield _text(""), 0
    yield _text(title, "bold underline"), 0


def _hue(number: int) -> str:
    return HUES[(number - 1) % len(HUES)]


def _text(words: str, style: str = "") -> Text:
    return Text(one_line(words) if words else "", style=style)
