"""The runs of `assay baseline`: what is missing in the folder is made, and all of it is added up."""

import asyncio
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from rich.console import Console

from assay.authoring.exercise import Exercise
from assay.cli.baseline import Wishes
from assay.cli.try_model import check_model
from assay.cli.try_screen import cut_off_in_words, words
from assay.errors import ModelMisbehaviour, UserMistake, Where
from assay.models.gateway import open_gateway
from assay.models.setting import ModelSetting, read_setting
from assay.record import Record, build_record, write_record
from assay.reports.findings import range_in_words, session_facts
from assay.reports.lift import (
    BY_THE_OFFLINE_JUDGE,
    alone_in_words,
    read_runs,
    runs_in_words,
    same_assistant,
    scored_in_words,
)
from assay.reports.safe import one_line
from assay.scoring.lift import Alone, baseline_of
from assay.scoring.narrative import show_level
from assay.scoring.pipeline import score_case
from assay.scoring.raters import Case
from assay.scoring.score import Interval
from assay.session.assistant import brief_for, room_of, with_longest_reply
from assay.session.baseline import LineBy, baseline_mark, line_of, own_line, play_alone
from assay.session.engine import Session


@dataclass(frozen=True, slots=True)
class _Asked:
    """What every run of a baseline has in common."""

    exercise: Exercise
    setting: ModelSetting
    line: str
    by: LineBy


def run(wishes: Wishes) -> int:
    """Make the runs that are missing, and show what all come to; 1 when the model failed in one.

    Raises:
        AssayError: the call cannot be carried out; the runs that were made are kept.
    """
    asked = _asked(wishes)
    kept = _kept(wishes.out, asked)
    console = Console(highlight=False, soft_wrap=True)
    _say(console, f"{asked.exercise.title}: the assistant alone, {asked.setting}")
    _say(console, f"It is given one line: {asked.line}")
    _say(console, BY_THE_OFFLINE_JUDGE)
    failed = 0
    for number in (number for number in range(1, wishes.runs + 1) if number not in kept):
        try:
            made = _made(asked, number)
        except ModelMisbehaviour as error:
            _say(console, f"Run {number} of {wishes.runs} failed: {error}")
            failed += 1
            continue
        kept[number] = made
        write_record(made, _file(wishes.out, number))
        _say(console, f"Run {number} of {wishes.runs}: {_in_words(made)}")
    if kept:
        _show(console, [kept[number] for number in sorted(kept)], wishes.out)
    if failed:
        _say(console, f"{failed} of {wishes.runs} runs failed. Run this again to make what is missing.")
    return 1 if failed else 0


def _asked(wishes: Wishes) -> _Asked:
    from assay.library.exercises import find_exercise

    exercise = find_exercise(wishes.exercise)
    setting = with_longest_reply(read_setting(wishes.model))
    brief_for(exercise, room_of(setting))
    check_model(setting)
    if wishes.line is None:
        return _Asked(exercise, setting, line_of(exercise), "exercise")
    return _Asked(exercise, setting, own_line(wishes.line), "author")


def _file(folder: Path, number: int) -> Path:
    return folder / f"run-{number:02}.assay.json"


def _kept(folder: Path, asked: _Asked) -> dict[int, Record]:
    """The runs that are in the folder already. Files that are not named as a run is are not looked at.

    Raises:
        UserMistake: the folder cannot be made, or holds a run of another baseline.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        found = [entry.name for entry in folder.iterdir()]
    except OSError as error:
        raise UserMistake(
            f"Runs cannot be kept here: {error.strerror}",
            remedy="Name a folder that you may write to",
            where=Where(folder),
        ) from error
    runs = {_file(folder, number).name: number for number in range(1, 100)}
    kept: dict[int, Record] = {}
    for name in sorted(found):
        if name not in runs:
            continue
        [record] = read_runs(folder / name)
        if not _is_of(record, asked):
            raise UserMistake(
                f"The folder holds {name}, which is no run of this exercise, model and line",
                remedy="Name a folder of its own for each baseline",
                where=Where(folder),
            )
        kept[runs[name]] = record
    return kept


def _is_of(record: Record, asked: _Asked) -> bool:
    """Whether a run was made of the same exercise version, with the same assistant and line."""
    facts = session_facts(record)
    sent = [turn.text for turn in record.transcript.candidate_turns()]
    return (
        facts is not None
        and record.hashes.exercise == asked.exercise.version
        and same_assistant(facts.model, str(asked.setting))
        and (sent, baseline_mark(record.events)) == ([asked.line], asked.by)
    )


def _made(asked: _Asked, number: int) -> Record:
    """One run, scored. A setting with a seed is given another one each run, so that runs can differ."""
    seed = asked.setting.seed
    setting = asked.setting if seed is None else asked.setting.model_copy(update={"seed": seed + number - 1})
    played = asyncio.run(_played(asked, setting, f"baseline-{_wall():%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"))
    case = Case(transcript=played.transcript, rubric=asked.exercise.rubric, exercise=asked.exercise)
    return build_record(
        session_id=played.state.session,
        case=case,
        scored=score_case(case),
        events=played.events,
        made_at=_wall().isoformat(timespec="seconds"),
    )


async def _played(asked: _Asked, setting: ModelSetting, session: str) -> Session:
    async with open_gateway(setting) as gateway:
        return await play_alone(
            asked.exercise,
            asked.line,
            asked.by,
            session=session,
            model=str(setting),
            ask=partial(gateway.stream, purpose="assistant"),
            room=room_of(setting),
            wall=_wall,
        )


def _in_words(record: Record) -> str:
    """How long the reply is, whether it was cut off, and the overall score."""
    overall = record.score.overall
    score = f"overall {show_level(overall.value)}" if overall else "no overall score"
    about = next(event.data["about"] for event in record.events if event.kind == "reply_finished")
    cut = cut_off_in_words(about.get("ending"), (about.get("usage") or {}).get("completion"))
    return ", ".join(part for part in (words(record.transcript.final_deliverable), score, cut) if part)


def _show(console: Console, runs: list[Record], folder: Path) -> None:
    """What the runs come to, and how to hold a session against them."""
    score = runs[0].score
    baseline = baseline_of([run.score for run in runs])
    _say(console, "")
    _say(console, runs_in_words(baseline.overall))
    if baseline.overall.level is not None:
        _say(console, f"Overall: {_level(baseline.overall)}, out of {show_level(score.scale.max)}")
    for item in score.criteria:
        _say(console, f"{one_line(item.title)}: {_level(baseline.criteria[item.criterion])}")
    _say(console, "")
    _say(console, f"To see what a candidate added: assay report RECORD --baseline {folder}")
    again = f"assay score {folder}/*.assay.json --judge MODEL --format record --out DIR"
    _say(console, f"To have others rate the runs: {again}")


def _level(alone: Alone) -> str:
    told = [alone_in_words(alone)]
    if alone.low is not None and alone.high is not None:
        told.append(f"({range_in_words(Interval(low=alone.low, high=alone.high, source=''))})")
    return " ".join(part for part in (*told, scored_in_words(alone)) if part)


def _say(console: Console, text: str) -> None:
    console.print(one_line(text), markup=False)


def _wall() -> datetime:
    return datetime.now(UTC)
