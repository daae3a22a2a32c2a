"""The result page's content: what the library's reports compute from a record, laid out for templates."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe

from assay.errors import AssayError
from assay.record import Record, Verification
from assay.reports.checked import checked_in_words, notes_of, warning_of
from assay.reports.findings import (
    RATER_KINDS,
    WORDS_NOT_READ,
    Alarm,
    alarms,
    anchors,
    any_rule_applies,
    clock,
    count,
    level_in_words,
    only_the_offline_judge,
    range_in_words,
    reasons_in_words,
    rounds_of_turns,
    sentence,
    share,
    shared_reason,
    sign_in_words,
    speaker_of,
    story,
    verdict_in_words,
)
from assay.reports.html import provenance
from assay.reports.html.conversation import hue
from assay.reports.html.markup import Html
from assay.reports.html.plots import bar, dial
from assay.reports.judges import passes_in_words
from assay.reports.marks import Mark, Segment, all_marks, criterion_marks, marks_of_turn, segments
from assay.reports.safe import visible
from assay.scoring.narrative import show_level
from assay.scoring.ratings import Judged, Rating
from assay.scoring.rules import count_words
from assay.scoring.score import CriterionScore
from assay.session.transcript import DeliverableVersion, Turn
from assay_web.scoring.models import SessionScore
from assay_web.scoring.opened import record_of, verification_of
from assay_web.scoring.raters import Rated, how_rated


@dataclass(frozen=True, slots=True)
class QuoteShown:
    """One quote, named, with where it stands. `name` is unique on the page: `2c`, or `R1a` for a rule."""

    name: str
    hue: str
    words: str
    where: str
    note: str


@dataclass(frozen=True, slots=True)
class VoiceShown:
    """What one rater said of a criterion, whether or not the level rests on it."""

    rater: str
    kind: str
    level: str
    why: str
    version: str = ""
    judged: Judged | None = None


@dataclass(frozen=True, slots=True)
class CriterionShown:
    """One criterion of a score, ready to show."""

    id: str
    number: int
    hue: str
    title: str
    level: str
    scored: bool
    serious: bool
    range: str
    share: str
    bar: SafeString
    why: tuple[str, ...]
    quotes: tuple[QuoteShown, ...]
    anchors: tuple[tuple[str, str], ...]
    basis: str
    voices: tuple[VoiceShown, ...]
    passes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text under the same marks: the marks that begin at it, and those that end with it."""

    text: str
    hues: str
    names: str
    begins: tuple[str, ...]
    ends: tuple[QuoteShown, ...]


@dataclass(frozen=True, slots=True)
class FlagShown:
    """A passage that the candidate flagged, and why."""

    passage: str
    note: str


@dataclass(frozen=True, slots=True)
class TurnShown:
    """One message."""

    index: int
    speaker: str
    own: bool
    facts: str
    pieces: tuple[Piece, ...]
    flags: tuple[FlagShown, ...]


@dataclass(frozen=True, slots=True)
class VersionShown:
    """One version of the deliverable."""

    facts: str
    text: str


@dataclass(frozen=True, slots=True)
class OverallShown:
    """The overall score, or why there is none."""

    value: str
    most: str
    range: str
    dial: SafeString
    verdict: str
    tone: str
    beside: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that a result page says of one score."""

    overall: OverallShown
    alarms: tuple[Alarm, ...]
    story: tuple[str, ...]
    about: str
    criteria: tuple[CriterionShown, ...]
    turns: tuple[TurnShown, ...]
    deliverable: tuple[Piece, ...]
    deliverable_facts: str
    earlier: tuple[VersionShown, ...]
    rules: SafeString
    session: SafeString
    rated: Rated
    brief: SafeString
    checked: str
    notes: tuple[str, ...]
    seal: str


def result_page(score: SessionScore) -> tuple[Result | None, str]:
    """A score laid out, and the warning that goes before it.

    A record that holds has no warning. One that was changed has, and where what it says cannot even be laid
    out, the warning is all there is.
    """
    verification = verification_of(score)
    if verification.holds:
        return result_of(record_of(score), verification), ""
    try:
        return result_of(record_of(score), verification), warning_of(verification)
    except (AssayError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError):
        return None, warning_of(verification)


def result_of(record: Record, verification: Verification) -> Result:
    """Lay a record out."""
    marks = all_marks(record.score)
    versions = record.transcript.deliverable
    return Result(
        overall=_overall(record),
        alarms=tuple(alarms(record)),
        story=tuple(visible(text) for text in story(record.score)),
        about=_about(record),
        criteria=criteria_of(record),
        turns=_turns(record, marks),
        deliverable=_pieces(record.transcript.final_deliverable, marks_of_turn(marks, None)),
        deliverable_facts=_saved(versions[-1], len(versions)) if versions else "",
        earlier=tuple(
            VersionShown(_saved(version, number), visible(version.text))
            for number, version in enumerate(versions[:-1], start=1)
        ),
        rules=_safe(provenance.rules(record)) if any_rule_applies(record.score) else SafeString(),
        session=_safe(provenance.session(record)),
        rated=how_rated(record),
        brief=_safe(provenance.brief(record)),
        checked=checked_in_words(verification),
        notes=tuple(visible(note) for note in notes_of(verification)),
        seal=record.seal,
    )


def criteria_of(record: Record) -> tuple[CriterionShown, ...]:
    """Every criterion of a record's score, in its order."""
    groups = criterion_marks(record.score)
    return tuple(
        _criterion(record, item, number, marks)
        for number, (item, marks) in enumerate(zip(record.score.criteria, groups, strict=True), start=1)
    )


def quote_shown(mark: Mark) -> QuoteShown:
    """A mark as a quote with its place."""
    evidence = mark.evidence
    notes = [sign_in_words(evidence), "wording repaired" if evidence.repaired else ""]
    return QuoteShown(
        name=mark.name,
        hue=hue(mark),
        words=visible(evidence.quote),
        where="deliverable" if evidence.turn is None else f"message {evidence.turn}",
        note=" · ".join(note for note in notes if note),
    )


def _overall(record: Record) -> OverallShown:
    score = record.score
    overall = score.overall
    verdict = verdict_in_words(score)
    if overall is None:
        why = sentence(score.unscored or "")
        return OverallShown("", "", "", SafeString(), why, "unscored", (sentence(verdict),))
    lines = []
    if overall.interval:
        lines.append(sentence(f"The interval comes from {overall.interval.source}"))
    if overall.before_caps != overall.value:
        before = show_level(overall.before_caps, overall.value)
        lines.append(f"The criteria alone come to {before}; failed rules changed that.")
    missing = [item.title for item in score.criteria if item.level is None]
    if missing:
        lines.append(f"Not counted, because unscored: {', '.join(missing)}.")
    return OverallShown(
        value=show_level(overall.value, score.threshold),
        most=show_level(score.scale.max),
        range=range_in_words(overall.interval, score.threshold),
        dial=_safe(dial(score)),
        verdict=sentence(verdict),
        tone=score.verdict.replace(" ", "-"),
        beside=tuple(lines),
    )


def _about(record: Record) -> str:
    shared = shared_reason(record.score)
    if shared is not None:
        return visible(sentence(f"No criterion is scored: {shared}"))
    return WORDS_NOT_READ if only_the_offline_judge(record) else ""


def _criterion(record: Record, item: CriterionScore, number: int, marks: Sequence[Mark]) -> CriterionShown:
    why = reasons_in_words(record, item)
    if item.level is None and not why and shared_reason(record.score) is None:
        why = [sentence(item.unscored or "")]
    return CriterionShown(
        id=item.criterion,
        number=number,
        hue=str((number - 1) % 8 + 1),
        title=item.title,
        level=level_in_words(item),
        scored=item.level is not None,
        serious=item.serious,
        range=range_in_words(item.interval),
        share=f"{share(item, record.score):.0%}",
        bar=_safe(bar(item, record.score.scale)),
        why=tuple(visible(text) for text in why),
        quotes=tuple(quote_shown(mark) for mark in marks),
        anchors=tuple((label, visible(words)) for label, words in anchors(record.scored_rubric, item)),
        basis=_basis(item),
        voices=tuple(_voice(rating) for rating in record.ratings if rating.criterion == item.criterion),
        passes=tuple(visible(words) for words in passes_in_words(item, record.score.scale)),
    )


def _basis(item: CriterionScore) -> str:
    if not item.raters:
        return ""
    rated = count(item.raters, "rating", "ratings")
    if item.interval is None:
        return rated
    return f"{rated}, {range_in_words(item.interval)} from {item.interval.source}"


def _voice(rating: Rating) -> VoiceShown:
    return VoiceShown(
        rater=rating.rater.name,
        kind=RATER_KINDS[rating.rater.kind],
        level="unscored" if rating.level is None else show_level(rating.level),
        why=visible(sentence(rating.unscored or rating.reason)),
        version=rating.rater.version,
        judged=rating.judged,
    )


def _turns(record: Record, marks: Sequence[Mark]) -> tuple[TurnShown, ...]:
    rounds = rounds_of_turns(record)
    return tuple(
        _turn(record, turn, round_, marks)
        for turn, round_ in zip(record.transcript.turns, rounds, strict=True)
    )


def _turn(record: Record, turn: Turn, round_: int, marks: Sequence[Mark]) -> TurnShown:
    own = turn.role == "user"
    at = clock(turn.at) if turn.at is not None else ""
    facts = (f"round {round_}" if own else "", at, f"message {turn.index}")
    return TurnShown(
        index=turn.index,
        speaker=speaker_of(record, turn),
        own=own,
        facts=" · ".join(fact for fact in facts if fact),
        pieces=_pieces(turn.text, marks_of_turn(marks, turn.index)),
        flags=tuple(
            FlagShown(visible(turn.text[flag.start : flag.end]), visible(flag.note))
            for flag in record.transcript.flags
            if flag.turn == turn.index
        ),
    )


def _pieces(text: str, marks: Sequence[Mark]) -> tuple[Piece, ...]:
    return tuple(_piece(segment) for segment in segments(text, marks)) if text else ()


def _piece(segment: Segment) -> Piece:
    """Marks of several criteria over the same words: the first gives the ground, the second the line."""
    hues = list(dict.fromkeys(hue(mark) for mark in segment.marks))
    under = [f"u{other}" for other in hues[1:2]]
    return Piece(
        text=visible(segment.text),
        hues=" ".join([f"h{hues[0]}", *under]) if hues else "",
        names=" ".join(mark.name for mark in segment.marks),
        begins=tuple(mark.name for mark in segment.begins),
        ends=tuple(quote_shown(mark) for mark in segment.ends),
    )


def _saved(version: DeliverableVersion, number: int) -> str:
    when = f" at {clock(version.at)}" if version.at is not None else ""
    return f"Version {number}, saved{when}, {count(count_words(version.text), 'word', 'words')}"


def _safe(markup: Html | None) -> SafeString:
    """The library's markup: it escapes every text when it is made."""
    return mark_safe(str(markup or ""))
