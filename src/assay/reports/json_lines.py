"""The line that `assay score --json` writes for each session: its shape, its making, its published schema.

The shape is a promise: keys are added, never renamed or removed, as long as `format` stays the same.
`python -m assay.reports.json_lines` prints the schema, and with `--reference` the tables of the reference
page.
"""

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from assay.authoring.rubric import Scale
from assay.scoring.inputs import InputSession, Refusal
from assay.scoring.pipeline import Scored
from assay.scoring.raters import Case
from assay.scoring.ratings import Evidence, RaterKind, Rating, RuleOutcome
from assay.scoring.score import CriterionScore, Overall
from assay.session.baseline import LineBy, baseline_mark

FORMAT: Literal["assay-score-line/1"] = "assay-score-line/1"


class _Part(BaseModel):
    """Part of a line. Unlike what Assay keeps, it does not forbid keys: a reader must let new ones pass."""

    model_config = ConfigDict(frozen=True)


class ScaleLine(_Part):
    """The scale of every level and score on the line."""

    min: int = Field(description="The lowest level.")
    max: int = Field(description="The highest level.")


class MessageQuote(_Part):
    """A quote from a message. It stands verbatim at its offsets, in code points of the original text."""

    turn: int = Field(ge=0, description="Index of the message in the input, from 0, whoever sent it.")
    start: int = Field(ge=0, description="Offset of the first character.")
    end: int = Field(gt=0, description="Offset after the last character.")
    quote: str = Field(min_length=1, description="The characters from start to end.")
    sign: str | None = Field(default=None, description="The sign that fired here, for the offline judge.")
    repaired: bool = Field(
        default=False, description="True where the rater's words differed slightly from what stands there."
    )


class DeliverableQuote(_Part):
    """A quote from the last version of the deliverable."""

    start: int = Field(ge=0, description="Offset of the first character.")
    end: int = Field(gt=0, description="Offset after the last character.")
    quote: str = Field(min_length=1, description="The characters from start to end.")
    sign: str | None = Field(default=None, description="The sign that fired here, for the offline judge.")
    repaired: bool = Field(
        default=False, description="True where the rater's words differed slightly from what stands there."
    )


class CapLine(_Part):
    """A ceiling that a failed rule puts on the overall score."""

    rule: str = Field(description="The rule's id.")
    says: str = Field(description="The rule in words.")
    ceiling: float = Field(description="What the overall score may not exceed.")


class OverallLine(_Part):
    """The overall score, after caps."""

    value: float = Field(description="The score on the line's scale.")
    max: float = Field(description="The highest score there is.")
    low: float | None = Field(description="Lower end of the interval; null where none is known.")
    high: float | None = Field(description="Upper end of the interval; null where none is known.")
    interval_source: str | None = Field(description="Where the interval comes from, in words.")
    before_caps: float = Field(description="The weighted mean of the scored criteria, before any rule.")
    caps: tuple[CapLine, ...] = Field(description="The ceilings that failed rules put on the score.")


class RaterLine(_Part):
    """Whoever or whatever rated."""

    kind: RaterKind = Field(description="What sort of rater it is.")
    name: str = Field(description="Its name, or the person's.")
    version: str = Field(
        description="Version or content hash of what it decides by; empty where it has none."
    )
    calibration: str = Field(description="What is known of its agreement with others, in words.")


class RatingLine(_Part):
    """One rater's answer on a criterion, whether or not the panel's level rests on it."""

    rater: int = Field(ge=0, description="Index into `raters`.")
    level: float | None = Field(description="The level, or null.")
    unscored: str | None = Field(description="Why there is no level.")
    dropped_quotes: int = Field(ge=0, description="Quotes that do not stand where the rater said.")
    pass_number: int | None = Field(
        default=None,
        exclude_if=lambda number: number is None,
        description="Which pass of an LLM judge it is, from 1; left out for other raters.",
    )


class CriterionLine(_Part):
    """One criterion."""

    title: str = Field(description="The criterion's name as people see it.")
    weight: float = Field(description="Its share in the overall score, relative to the others.")
    level: float | None = Field(description="The panel's level on the line's scale; null when unscored.")
    unscored: str | None = Field(description="Why there is no level.")
    low: float | None = Field(description="Lower end of the interval; null where none is known.")
    high: float | None = Field(description="Upper end of the interval; null where none is known.")
    interval_source: str | None = Field(description="Where the interval comes from, in words.")
    serious: bool = Field(description="A failed rule, or a low level on a serious criterion.")
    reasons: tuple[str, ...] = Field(description="Why this level, in the raters' words.")
    evidence: tuple[MessageQuote, ...] = Field(description="Quotes from messages.")
    deliverable_evidence: tuple[DeliverableQuote, ...] = Field(description="Quotes from the deliverable.")
    ratings: tuple[RatingLine, ...] = Field(description="What each rater said.")


class RuleLine(_Part):
    """What one hard rule found."""

    rule: str = Field(description="The rule's id.")
    says: str = Field(description="The rule in words.")
    applies: bool = Field(description="False where the session has nothing to hold the rule against.")
    held: bool = Field(description="Whether the rule was kept; true as well where it does not apply.")
    detail: str = Field(description="What was found.")
    evidence: tuple[MessageQuote, ...] = Field(description="Quotes from messages.")
    deliverable_evidence: tuple[DeliverableQuote, ...] = Field(description="Quotes from the deliverable.")


class ExerciseLine(_Part):
    """The exercise a session belongs to."""

    id: str = Field(description="The exercise's id.")
    version: str = Field(description="Its content hash.")


class ScoreLine(_Part):
    """A session that was scored, or is unscored with the reason."""

    format: Literal["assay-score-line/1"] = Field(default=FORMAT, description="The form of this line.")
    id: str = Field(description="The session's id; made from file name and line where none was given.")
    file: str = Field(description="The file it was read from.")
    line: int | None = Field(description="Its line there, from 1; null for a file that is one document.")
    scale: ScaleLine = Field(description="The scale that every level and score of this line is on.")
    overall: OverallLine | None = Field(description="The overall score; null when there is none.")
    unscored: str | None = Field(description="Why there is no overall score.")
    threshold: float | None = Field(description="The overall score that people look at twice, if any.")
    verdict: Literal["above", "below", "too close to call", "no threshold", "unscored"] = Field(
        description="How the overall score stands to the threshold."
    )
    criteria: dict[str, CriterionLine] = Field(description="Criterion id to result, in the rubric's order.")
    rules: tuple[RuleLine, ...] = Field(description="What the hard rules found, in the rubric's order.")
    narrative: tuple[str, ...] = Field(description="The score told in sentences.")
    raters: tuple[RaterLine, ...] = Field(description="Who and what rated, each once.")
    rubric: str = Field(description="Content hash of the rubric scored with.")
    exercise: ExerciseLine | None = Field(description="The exercise; null for conversations without one.")
    notes: tuple[str, ...] = Field(
        description="What was left out on reading, such as images, or could not be checked of a record."
    )
    baseline: LineBy | None = Field(
        default=None,
        exclude_if=lambda mark: mark is None,
        description="Nobody worked in the session: the assistant was given one line, the exercise's goal "
        "(`exercise`) or one by the author (`author`). Left out for a person's session.",
    )


class RefusedLine(_Part):
    """A session that could not be read or scored."""

    id: str | None = Field(description="The session's id, where it could be read.")
    file: str = Field(description="The file.")
    line: int | None = Field(description="The line in it, from 1; null where no line can be named.")
    error: str = Field(description="What is wrong.")
    remedy: str = Field(description="What to do about it.")


def score_line(session: InputSession, case: Case, scored: Scored, rubric_hash: str, version: str) -> str:
    """A scored session as one line of JSON, without a line break.

    Args:
        session: where the session came from.
        case: what the raters were given.
        scored: what scoring it brought about.
        rubric_hash: content hash of the case's rubric.
        version: content hash of the case's exercise; not read when it has none.
    """
    score = scored.score
    raters = list(dict.fromkeys(rating.rater for rating in scored.ratings))
    exercise = ExerciseLine(id=case.exercise.exercise, version=version) if case.exercise else None
    line = ScoreLine(
        id=session.id,
        file=session.file,
        line=session.line,
        scale=ScaleLine(min=score.scale.min, max=score.scale.max),
        overall=_overall(score.overall, score.scale) if score.overall else None,
        unscored=score.unscored,
        threshold=score.threshold,
        verdict=score.verdict,
        criteria={item.criterion: _criterion(item, scored.ratings, raters) for item in score.criteria},
        rules=tuple(_rule(outcome) for outcome in score.rules),
        narrative=score.narrative,
        raters=tuple(RaterLine(**rater.model_dump()) for rater in raters),
        rubric=rubric_hash,
        exercise=exercise,
        notes=session.notes,
        baseline=baseline_mark(session.recorded.events) if session.recorded else None,
    )
    return line.model_dump_json()


def refused_line(refusal: Refusal) -> str:
    """A refused session as one line of JSON, without a line break."""
    line = RefusedLine(
        id=refusal.id,
        file=refusal.file,
        line=refusal.line,
        error=refusal.error,
        remedy=refusal.remedy,
    )
    return line.model_dump_json()


def schema() -> dict[str, Any]:
    """The JSON Schema of a line: a `ScoreLine` or a `RefusedLine`."""
    made = TypeAdapter(ScoreLine | RefusedLine).json_schema(mode="serialization")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A line of assay score --json",
        **made,
    }


def reference_tables() -> str:
    """The fields of a line as Markdown tables, for the reference page."""
    return "\n".join(_model_table(model) for model in _MODELS)


def _overall(overall: Overall, scale: Scale) -> OverallLine:
    interval = overall.interval
    return OverallLine(
        value=overall.value,
        max=float(scale.max),
        low=interval.low if interval else None,
        high=interval.high if interval else None,
        interval_source=interval.source if interval else None,
        before_caps=overall.before_caps,
        caps=tuple(CapLine(**cap.model_dump()) for cap in overall.caps),
    )


def _criterion(item: CriterionScore, ratings: Iterable[Rating], raters: Sequence[Any]) -> CriterionLine:
    messages, deliverable = _quotes(item.evidence)
    interval = item.interval
    return CriterionLine(
        title=item.title,
        weight=item.weight,
        level=item.level,
        unscored=item.unscored,
        low=interval.low if interval else None,
        high=interval.high if interval else None,
        interval_source=interval.source if interval else None,
        serious=item.serious,
        reasons=item.reasons,
        evidence=messages,
        deliverable_evidence=deliverable,
        ratings=tuple(
            RatingLine(
                rater=raters.index(rating.rater),
                level=rating.level,
                unscored=rating.unscored,
                dropped_quotes=len(rating.dropped),
                pass_number=rating.judged.number if rating.judged else None,
            )
            for rating in ratings
            if rating.criterion == item.criterion
        ),
    )


def _rule(outcome: RuleOutcome) -> RuleLine:
    messages, deliverable = _quotes(outcome.evidence)
    return RuleLine(
        rule=outcome.rule,
        says=outcome.says,
        applies=outcome.applies,
        held=outcome.held,
        detail=outcome.detail,
        evidence=messages,
        deliverable_evidence=deliverable,
    )


def _quotes(evidence: Iterable[Evidence]) -> tuple[tuple[MessageQuote, ...], tuple[DeliverableQuote, ...]]:
    messages: list[MessageQuote] = []
    deliverable: list[DeliverableQuote] = []
    for item in evidence:
        place = {"start": item.start, "end": item.end, "quote": item.quote}
        marks = {"sign": item.sign, "repaired": item.repaired}
        if item.turn is None:
            deliverable.append(DeliverableQuote.model_validate({**place, **marks}))
        else:
            messages.append(MessageQuote.model_validate({"turn": item.turn, **place, **marks}))
    return tuple(messages), tuple(deliverable)


_MODELS: tuple[type[BaseModel], ...] = (
    ScoreLine,
    OverallLine,
    CapLine,
    CriterionLine,
    MessageQuote,
    DeliverableQuote,
    RatingLine,
    RuleLine,
    RaterLine,
    ExerciseLine,
    ScaleLine,
    RefusedLine,
)


def _model_table(model: type[BaseModel]) -> str:
    shape = model.model_json_schema(mode="serialization")
    rows = [
        f"| `{name}` | {_type(field)} | {field.get('description', '')} |"
        for name, field in shape["properties"].items()
    ]
    about = " ".join((model.__doc__ or "").split())
    return "\n".join(
        [f"## `{model.__name__}`", "", about, "", "| key | type | meaning |", "|---|---|---|", *rows, ""]
    )


def _type(field: dict[str, Any]) -> str:
    if "anyOf" in field:
        return " or ".join(_type(option) for option in field["anyOf"])
    if field.get("type") == "array":
        return f"list of {_type(field['items'])}"
    if isinstance(field.get("additionalProperties"), dict):
        return f"object of {_type(field['additionalProperties'])}"
    return _single_type(field)


def _single_type(field: dict[str, Any]) -> str:
    if "$ref" in field:
        name = str(field["$ref"]).rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "enum" in field or "const" in field:
        return ", ".join(f"`{value}`" for value in field.get("enum", [field.get("const")]))
    names = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false"}
    return names.get(str(field.get("type")), "null")


if __name__ == "__main__":
    if "--reference" in sys.argv[1:]:
        print(reference_tables())
    else:
        print(json.dumps(schema(), indent=2, ensure_ascii=False))
