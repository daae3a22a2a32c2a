"""The report as Markdown (CommonMark with tables), for a ticket, a pull request or a wiki."""

import re
from collections.abc import Iterator, Sequence

from assay.record import Record
from assay.reports.checked import checked_in_words, notes_of, verified, warning_of
from assay.reports.drawing import track
from assay.reports.findings import (
    RATER_KINDS,
    WORDS_NOT_READ,
    alarms,
    anchors,
    any_rule_applies,
    clock,
    count,
    credits_in_words,
    effect_of,
    ended_in_words,
    left_unscored,
    level_in_words,
    moment,
    only_the_offline_judge,
    range_in_words,
    rated_by,
    reasons_in_words,
    refused_quotes,
    rounds_of_turns,
    sentence,
    session_facts,
    share,
    shared_reason,
    sign_in_words,
    speaker_of,
    story,
    verdict_in_words,
)
from assay.reports.judges import judge_in_words, passes_in_words
from assay.reports.lift import beside_in_words, kind_in_words, overall_in_words, read_first
from assay.reports.marks import Mark, all_marks, criterion_marks, marks_of_turn, rule_marks, segments
from assay.reports.safe import one_line, visible
from assay.scoring.lift import Lifts
from assay.scoring.narrative import show_level
from assay.scoring.score import CriterionScore
from assay.session.transcript import Turn

_SPECIAL = re.compile(r"([\\`*_\[\]<>&#|~$!{}])")
_LINE_START = re.compile(r"^(\d{1,9})?([-+=.)])")
_ADDRESS = re.compile(r"://|\bwww\.", re.IGNORECASE)
_INDENT = re.compile(r"^[ \t]+")
_TRACK_WIDTH = 41


def markdown_report(record: Record, lifts: Lifts | None = None) -> str:
    """The whole report of a record as Markdown, beside the assistant alone where `lifts` is given.

    Texts of people stay text.
    """
    parts = (
        _head(record),
        _first(record),
        _overall(record),
        _table(record),
        _lift(record, lifts),
        _criteria(record),
        _conversation(record),
        _deliverable(record),
        _rules(record),
        _session(record),
        _scoring(record),
        _checked(record),
        _seal(record),
    )
    return "\n".join(line for part in parts for line in part).rstrip("\n") + "\n"


def escaped(text: str) -> str:
    """One line of text in which nothing is Markdown, HTML or a link any more."""
    plain = _SPECIAL.sub(r"\\\1", one_line(text))
    unlinked = _ADDRESS.sub(lambda found: {"://": ":\\//"}.get(found[0], f"{found[0][:-1]}\\."), plain)
    return _LINE_START.sub(lambda found: f"{found[1] or ''}\\{found[2]}", unlinked)


def _head(record: Record) -> Iterator[str]:
    yield f"# {escaped(record.title)}"
    yield ""
    yield f"{kind_in_words(record)} · session {escaped(record.session)} · {moment(record.made_at)}"
    yield ""


def _first(record: Record) -> Iterator[str]:
    if warning := warning_of(verified(record)):
        yield from (f"**{escaped(warning)}**", "")
    for told in read_first(record):
        yield from (escaped(told), "")
    found = alarms(record)
    if found:
        yield from ("## Look at this first", "")
        yield from (f"- **{escaped(alarm.title)}** <br> {escaped(alarm.detail)}" for alarm in found)
        yield ""


def _overall(record: Record) -> Iterator[str]:
    score, overall = record.score, record.score.overall
    yield from ("## Overall", "")
    if overall is None:
        yield from (f"**No overall score.** {escaped(sentence(score.unscored or ''))}", "")
    else:
        span = f", interval {range_in_words(overall.interval, score.threshold)}" if overall.interval else ""
        drawn = track(
            score.scale,
            _TRACK_WIDTH,
            value=overall.value,
            interval=overall.interval,
            threshold=score.threshold,
        )
        value = show_level(overall.value, score.threshold)
        yield from (f"**{value}** out of {show_level(score.scale.max)}{span}", "")
        yield from (f"`{score.scale.min} {drawn} {score.scale.max}`", "")
        if overall.before_caps != overall.value:
            before = show_level(overall.before_caps, overall.value)
            yield f"The criteria alone come to {before}; failed rules changed that."
            yield ""
        if overall.interval:
            yield from (escaped(sentence(f"The interval comes from {overall.interval.source}")), "")
    yield from (f"{verdict_in_words(score)}.", "")
    for text in story(score):
        yield from (escaped(text), "")


def _table(record: Record) -> Iterator[str]:
    yield from ("## Criteria", "")
    yield "| | Criterion | Level | Interval | Weight | Quotes |"
    yield "|---|---|---|---|---|---|"
    for number, item in enumerate(record.score.criteria, start=1):
        serious = " (serious)" if item.serious else ""
        cells = (
            str(number),
            f"{escaped(item.title)}{serious}",
            level_in_words(item),
            range_in_words(item.interval) or "none",
            f"{share(item, record.score):.0%}",
            str(len(item.evidence)),
        )
        yield f"| {' | '.join(cells)} |"
    yield ""


def _lift(record: Record, lifts: Lifts | None) -> Iterator[str]:
    if lifts is None:
        return
    yield from ("## What the candidate added", "")
    for text in overall_in_words(lifts):
        yield from (escaped(text), "")
    for number, item in enumerate(record.score.criteria, start=1):
        yield f"{number}. {escaped(item.title)}: {escaped(beside_in_words(lifts.criteria[item.criterion]))}"
    yield ""


def _criteria(record: Record) -> Iterator[str]:
    groups = criterion_marks(record.score)
    if (shared := shared_reason(record.score)) is not None:
        yield from (escaped(sentence(f"No criterion is scored: {shared}")), "")
        return
    if only_the_offline_judge(record):
        yield from (WORDS_NOT_READ, "")
    for number, (item, marks) in enumerate(zip(record.score.criteria, groups, strict=True), start=1):
        yield from (f"### {number}. {escaped(item.title)}: {level_in_words(item)}", "")
        yield from _criterion(record, item, marks)


def _criterion(record: Record, item: CriterionScore, marks: Sequence[Mark]) -> Iterator[str]:
    if item.unscored is not None:
        yield from (f"Unscored: {escaped(sentence(item.unscored))}", "")
    for reason in reasons_in_words(record, item):
        yield from (escaped(reason), "")
    for told in passes_in_words(item, record.score.scale):
        yield from (escaped(told), "")
    yield from _quotes(marks)
    for label, words in anchors(record.scored_rubric, item):
        yield from (f"*{label}*: {escaped(words)}", "")


def _quotes(marks: Sequence[Mark]) -> Iterator[str]:
    for mark in marks:
        evidence = mark.evidence
        where = "deliverable" if evidence.turn is None else f"message {evidence.turn}"
        sign = f", {escaped(sign_in_words(evidence))}" if evidence.sign else ""
        repaired = ", wording repaired" if evidence.repaired else ""
        link = f'<a id="quote-{mark.name}"></a>[{mark.name}](#mark-{mark.name})'
        yield f"- {link} “{escaped(evidence.quote)}” ({where}{sign}{repaired})"
    if marks:
        yield ""


def _conversation(record: Record) -> Iterator[str]:
    marks = all_marks(record.score)
    yield from ("## Conversation", "")
    for turn, round_ in zip(record.transcript.turns, rounds_of_turns(record), strict=True):
        yield from (_turn_line(record, turn, round_), "")
        yield from _quoted(turn.text, marks_of_turn(marks, turn.index))
        for flag in (flag for flag in record.transcript.flags if flag.turn == turn.index):
            passage = escaped(turn.text[flag.start : flag.end])
            yield from (f"Flagged “{passage}”: {escaped(flag.note)}", "")


def _turn_line(record: Record, turn: Turn, round_: int) -> str:
    facts = [f"message {turn.index}"]
    facts += [f"round {round_}"] if turn.role == "user" else []
    facts += [clock(turn.at)] if turn.at is not None else []
    return f"**{speaker_of(record, turn)}** · {' · '.join(facts)}"


def _deliverable(record: Record) -> Iterator[str]:
    yield from ("## Deliverable", "")
    text, versions = record.transcript.final_deliverable, len(record.transcript.deliverable)
    if not text:
        yield from ("No deliverable was saved.", "")
        return
    yield from (f"{count(versions, 'version', 'versions')} saved; this is the last.", "")
    yield from _quoted(text, marks_of_turn(all_marks(record.score), None))


def _quoted(text: str, marks: Sequence[Mark]) -> Iterator[str]:
    """A text as a block quote, line by line, with its marks in brackets that no one types by accident."""
    pieces = []
    for part in segments(text, marks):
        opened = "".join(f'\x02<a id="mark-{mark.name}"></a>⟦\x03' for mark in part.begins)
        closed = "".join(f"\x02⟧<sup>[{mark.name}](#quote-{mark.name})</sup>\x03" for mark in part.ends)
        pieces.append(f"{opened}{visible(part.text)}{closed}")
    lines = [_line(line) for line in "".join(pieces).split("\n")]
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        yield f"> {line}\\" if line and following else f"> {line}".rstrip()
    yield ""


def _line(line: str) -> str:
    """One line of a quoted text.

    Our own markup stands between U+0002 and U+0003, which `visible` lets nobody else use.
    """
    indent = _INDENT.match(line)
    width = len(indent[0].expandtabs(4)) if indent else 0
    bare = line[len(indent[0]) :] if indent else line
    parts = re.split("\x02(.*?)\x03", bare)
    written = []
    for place, part in enumerate(parts):
        written.append(part if place % 2 else _inline(part, starts=place == 0))
    return "&nbsp;" * width + "".join(written)


def _inline(text: str, *, starts: bool) -> str:
    before = text[: len(text) - len(text.lstrip())]
    after = text[len(text.rstrip()) :] if text.strip() else ""
    body = escaped(text)
    return f"{'' if starts else before}{body}{after}"


def _rules(record: Record) -> Iterator[str]:
    if not any_rule_applies(record.score):
        return
    yield from ("## Rules", "")
    for rule, marks in zip(record.score.rules, rule_marks(record.score), strict=True):
        state = "**failed**" if rule.state == "failed" else rule.state
        told = (sentence(rule.says), sentence(rule.detail), effect_of(record, rule))
        yield f"- {state}: {' '.join(escaped(text) for text in told if text)}"
        yield from (f"  {line}" for line in _quotes(marks) if line)
    yield ""


def _session(record: Record) -> Iterator[str]:
    facts = session_facts(record)
    yield from ("## The session", "")
    if facts is None:
        messages = count(len(record.transcript.turns), "message", "messages")
        yield f"{messages}, and no events: the conversation came from elsewhere, so its course"
        yield from ("cannot be checked.", "")
        return
    yield f"- Rounds: {facts.rounds} of {facts.rounds_allowed}"
    yield f"- Time charged: {clock(facts.charged)}"
    yield f"- Not charged: {credits_in_words(facts)}"
    yield f"- Ended: {ended_in_words(record)}"
    yield f"- Assistant's model: {escaped(facts.model)}"
    yield ""


def _scoring(record: Record) -> Iterator[str]:
    yield from ("## How this was scored", "")
    for rater in record.raters:
        version = f", version {escaped(rater.version[:12])}" if rater.version else ""
        calibration = f" {escaped(sentence(rater.calibration))}" if rater.calibration else ""
        kind = RATER_KINDS[rater.kind]
        yield f"- {kind} ({escaped(rater.name)}{version}): {rated_by(record, rater)}.{calibration}"
        yield from (f"  - {escaped(told)}" for told in judge_in_words(record, rater))
    yield from (f"  - {escaped(told)}" for told in left_unscored(record))
    refused = refused_quotes(record)
    checked = sum(len(rating.evidence) for rating in record.ratings)
    yield f"- {count(checked, 'quote', 'quotes')} found word for word, {len(refused)} refused"
    yield from (
        f"  - refused, by {escaped(item.rater.name)}: “{escaped(item.quote.text)}”" for item in refused
    )
    yield ""


def _checked(record: Record) -> Iterator[str]:
    verification = verified(record)
    yield from ("## What was checked", "", checked_in_words(verification), "")
    yield from (f"- {escaped(note)}" for note in notes_of(verification))
    yield ""


def _seal(record: Record) -> Iterator[str]:
    yield from ("## Seal", "", f"`{record.seal}`", "")
    made = f"made {moment(record.made_at)} by Assay {escaped(record.assay)}"
    yield f"From one record file, {made}."
    yield "`assay verify FILE` checks that file offline; compare its seal with this one."
