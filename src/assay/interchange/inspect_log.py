"""Scored sessions as a log of Inspect AI, made and written by Inspect's own library.

A log is about one task, so its records share an exercise and a rubric, and each is one sample. The same
records make the same log, whenever and wherever it is made.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assay import __version__
from assay.authoring.exercise import Exercise
from assay.canonical import digest
from assay.errors import UserMistake, Where
from assay.interchange.inspect_scores import OVERALL, scores_of
from assay.record import Record
from assay.scoring.inputs.inspect_logs import LOG_NAME, OURS, need_inspect
from assay.session.transcript import Transcript, Turn

if TYPE_CHECKING:
    from inspect_ai.log import EvalLog, EvalSample, EvalSpec
    from inspect_ai.model import ChatMessage, ModelOutput

NO_MODEL = "none/none"
"""Inspect's own word for an evaluation of no model: it is a person's work that was scored."""

NAMES = (LOG_NAME, ".json")
"""How the name of a log may end; that decides its form."""

LONGEST_NAME = 1000
"""Characters that a session's id may have to name a sample."""


def inspect_log(records: Sequence[Record]) -> "EvalLog":
    """The records as one log.

    Args:
        records: scored sessions of one exercise, or of none, on one rubric.

    Raises:
        UserMistake: Inspect's library is missing, or the records do not go into one log.
    """
    need_inspect()
    from inspect_ai.log import EvalLog, recompute_metrics

    if not records:
        raise UserMistake("There is no record to export", remedy="Name at least one record")
    _refuse_mixed(records)
    _refuse_names([record.session for record in records])
    samples = [_sample(record) for record in records]
    log = EvalLog(status="success", eval=_spec(records), samples=samples)
    recompute_metrics(log)
    return log


def write_inspect_log(records: Sequence[Record], path: Path) -> None:
    """Write the records as one log; a reader sees either the whole file or none.

    Raises:
        UserMistake: as `inspect_log` does, or the file cannot be written there.
    """
    if path.suffix.lower() not in NAMES:
        raise UserMistake(
            "The name does not say which form of log is wanted",
            remedy=f"Give it a name that ends in {' or '.join(NAMES)}",
            where=Where(path),
        )
    log = inspect_log(records)
    from inspect_ai.log import write_eval_log

    unfinished = path.with_name(f".{path.name}.unfinished{path.suffix.lower()}").absolute()
    try:
        # Inspect would make the folder, and a slip of the pen would become one.
        unfinished.parent.resolve(strict=True)
        write_eval_log(log, str(unfinished))
        unfinished.replace(path)
    except OSError as error:
        raise UserMistake(
            f"The log cannot be written: {error.strerror}",
            remedy="Name a file in a folder that exists and that you may write to",
            where=Where(path),
        ) from error
    finally:
        unfinished.unlink(missing_ok=True)


def brief(exercise: Exercise) -> str:
    """What the candidate was given to read, as Markdown."""
    materials = (f"# {material.title}\n{material.text.strip()}" for material in exercise.materials)
    return "\n\n".join(
        [
            f"# {exercise.title}\n{exercise.goal.strip()}",
            f"# The situation\n{exercise.scenario.strip()}",
            *materials,
            f"# What to hand in\n{exercise.deliverable.asks.strip()}",
        ]
    )


def _refuse_mixed(records: Sequence[Record]) -> None:
    first = _task_of(records[0])
    other = next((record for record in records if _task_of(record) != first), None)
    if other is not None:
        raise UserMistake(
            f"The sessions {records[0].session!r} and {other.session!r} are of two exercises, versions or "
            "rubrics, and a log is about one",
            remedy="Export the sessions of each by themselves",
        )


def _task_of(record: Record) -> tuple[str | None, str]:
    """Exercise version and rubric hash."""
    return record.hashes.exercise, record.scored_rubric.content_hash()


def _refuse_names(sessions: Sequence[str]) -> None:
    """Refuse what Inspect could not keep apart or find again by its name."""
    doubled = next((name for index, name in enumerate(sessions) if name in sessions[:index]), None)
    if doubled is not None:
        raise UserMistake(f"There are two records of the session {doubled!r}", remedy="Leave one of them out")
    unfit = next((name for name in sessions if "\0" in name or len(name) > LONGEST_NAME), None)
    if unfit is not None:
        raise UserMistake(
            f"The session id {unfit[:40]!r} cannot name a sample: it holds the character U+0000, or has more "
            f"than {LONGEST_NAME} characters",
            remedy="Score the session again under another id",
        )


def _spec(records: Sequence[Record]) -> "EvalSpec":
    from inspect_ai.log import EvalConfig, EvalDataset, EvalSpec, HeadlineMetric

    first = records[0]
    version, rubric = _task_of(first)
    task = first.exercise.exercise if first.exercise else first.scored_rubric.rubric or "conversations"
    seals = {record.session: record.seal for record in records}
    names = [score.criterion for score in first.score.criteria]
    return EvalSpec(
        eval_id=digest(seals)[:22],
        run_id=digest(seals)[:22],
        created=max((record.made_at for record in records), key=_moment),
        task=task,
        task_id=digest([version, rubric])[:22],
        task_version=version or 0,
        task_display_name=first.exercise.title if first.exercise else None,
        dataset=EvalDataset(name=task, samples=len(records), sample_ids=list(seals)),
        model=NO_MODEL,
        config=EvalConfig(),
        packages={"assay": __version__},
        scorers=[{"name": name, "metrics": [{"name": "mean"}]} for name in (*names, OVERALL)],
        headline_metric=HeadlineMetric(scorer=OVERALL, metric="mean"),
        metadata={"assay": __version__, "exercise_version": version, "rubric_hash": rubric, "seals": seals},
    )


def _moment(made_at: str) -> Any:
    from datetime import datetime

    return datetime.fromisoformat(made_at)


def _sample(record: Record) -> "EvalSample":
    from inspect_ai.log import EvalSample

    transcript = record.transcript
    version, rubric = _task_of(record)
    return EvalSample(
        id=record.session,
        epoch=1,
        input=brief(record.exercise) if record.exercise else "",
        target="",
        messages=list(_messages(transcript)),
        output=_output(transcript),
        scores=scores_of(record),
        metadata={
            OURS: {
                "seal": record.seal,
                "made_at": record.made_at,
                "version": record.assay,
                "exercise_version": version,
                "rubric_hash": rubric,
                "ended_by": transcript.ended_by,
                "deliverable": [saved.model_dump(mode="json") for saved in transcript.deliverable],
                "flags": [flag.model_dump(mode="json") for flag in transcript.flags],
                "rules": [rule.model_dump(mode="json") for rule in record.score.rules],
            }
        },
    )


def message_id(turn: Turn) -> str:
    """The id of a turn's message: the turn's own, or its place where it has none."""
    return turn.id or f"turn-{turn.index}"


def _messages(transcript: Transcript) -> Iterator["ChatMessage"]:
    from inspect_ai.model import (
        ChatMessageAssistant,
        ChatMessageSystem,
        ChatMessageTool,
        ChatMessageUser,
    )

    kinds = {
        "user": ChatMessageUser,
        "assistant": ChatMessageAssistant,
        "system": ChatMessageSystem,
        "tool": ChatMessageTool,
    }
    for turn in transcript.turns:
        metadata = {"turn": turn.index, "at": turn.at}
        yield kinds[turn.role](id=message_id(turn), content=turn.text, metadata=metadata)


def _output(transcript: Transcript) -> "ModelOutput":
    """The final deliverable in the place of a model's output; no choice at all where none was saved."""
    from inspect_ai.model import ChatCompletionChoice, ChatMessageAssistant, ModelOutput

    if not transcript.deliverable:
        return ModelOutput(model=NO_MODEL)
    message = ChatMessageAssistant(id="deliverable", content=transcript.final_deliverable)
    return ModelOutput(model=NO_MODEL, choices=[ChatCompletionChoice(message=message, stop_reason="stop")])
