"""One run of `assay score`: read, score in several processes, show and write in the order of the input."""

import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Any

from rich.console import Console

from assay.authoring.exercise import Exercise
from assay.authoring.rubric import Rubric
from assay.cli.score import Asking, Wishes
from assay.cli.score_folder import FileNames, Folder, ScoresFile, open_folder
from assay.cli.score_progress import Progress
from assay.cli.score_summary import Summary
from assay.cli.score_work import Outcome, Scoring, Task, shared_raters
from assay.errors import AssayError, UserMistake, Where
from assay.reports.safe import one_line
from assay.scoring.batch import Lost, work_in_order
from assay.scoring.inputs import (
    InputSession,
    RecordedCase,
    Refusal,
    case_of,
    check_files,
    people_in,
    read_sessions,
)
from assay.scoring.people import PeoplesRatings, read_ratings
from assay.scoring.raters import Case, Rater

STOPPED = 130
"""The exit code after Ctrl-C."""

READER_GONE = 141
"""The exit code when whoever read standard output has gone, as in `assay score … | head`."""


def run(wishes: Wishes) -> int:
    """Score everything that was asked for; the exit code says whether a session was refused.

    Raises:
        UserMistake: the call cannot be carried out; nothing was scored.
    """
    check_files(wishes.files)
    if wishes.forms and wishes.out is None:
        raise UserMistake("--format needs a folder to write to", remedy="Name one with --out DIR")
    exercise = _exercise(wishes.exercise)
    rubric = _rubric(wishes.rubric, exercise)
    people = read_ratings(wishes.ratings) if wishes.ratings else PeoplesRatings()
    if rubric is not None:
        people.check(rubric)
    tasks = _Tasks(wishes, people, rubric)
    head = list(islice(tasks, 2))
    raters = None
    if wishes.judges and wishes.asking:
        raters = _heard(
            wishes, wishes.asking, lambda: _cases(_Tasks(wishes, people, rubric), rubric, exercise)
        )
        if wishes.asking.only_estimate:
            return 0
    shared_raters()
    folder = open_folder(wishes.out, wishes.forms, force=wishes.force) if wishes.out else None
    scoring = Scoring(
        rubric=rubric,
        exercise=exercise,
        people=people,
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        raters=raters,
        folder=folder,
        lines=wishes.lines or folder is not None,
        keep=len(head) == 1 and not wishes.lines,
    )
    return _Run(wishes, folder).carry_out(scoring, chain(head, tasks), tasks)


def _heard(wishes: Wishes, asking: Asking, cases: Callable[[], Iterable[Case]]) -> tuple[Rater, ...]:
    """The raters that were asked for, once those that ask a model have been asked."""
    from assay.cli.score_judges import ask_judges, chosen_judges

    judges = chosen_judges(wishes, asking)
    ask_judges(judges, asking, cases, Console(stderr=True, soft_wrap=True, highlight=False))
    return judges.raters()


def _cases(tasks: Iterable[Task], rubric: Rubric | None, exercise: Exercise | None) -> Iterator[Case]:
    """The sessions that can be scored; what is wrong with the others is told when they are."""
    for task in tasks:
        if isinstance(task.item, InputSession):
            with suppress(AssayError):
                yield case_of(task.item, rubric=rubric, exercise=exercise)


def _exercise(named: str | None) -> Exercise | None:
    if named is None:
        return None
    from assay.library.exercises import find_exercise

    return find_exercise(named)


def _rubric(path: Path | None, exercise: Exercise | None) -> Rubric | None:
    from assay.authoring.load import load_rubric
    from assay.library.exercises import shipped_exercises

    if path is not None:
        if str(path) in shipped_exercises() and not path.exists():
            raise UserMistake(
                f"There is no rubric file {path}; {path} is a shipped exercise",
                remedy=f"To score with its rubric, write --exercise {path}",
            )
        return load_rubric(path)
    return exercise.rubric if exercise else None


def recorded_case(value: Any, where: Where, people: PeoplesRatings, rubric: Rubric | None) -> RecordedCase:
    """The case inside a record's JSON value, whatever its layout, and what people said of it.

    Args:
        value: the record.
        where: where it stands.
        people: ratings given anew, which go before those of the record.
        rubric: what the session is scored with; None: the record's own.

    Raises:
        UserMistake: it is not a record this version reads, or it does not hold.
    """
    from assay.canonical import canonical_json
    from assay.record import verify
    from assay.record.file import record_from

    record = record_from(value, where)
    verification = verify(canonical_json(value) + b"\n")
    failure = verification.first_failure
    if failure is not None:
        raise UserMistake(
            one_line(f"This record does not hold. {failure.says}: no; {failure.detail}"),
            remedy="Ask whoever made it for the file as it was; assay verify names all that does not hold",
            where=where,
        )
    own = record.scored_rubric
    anew = [rater.name for rater in people.of(record.session)]
    carried, notes = people_in(record.ratings, own, rubric or own, anew)
    unchecked = [
        f"the record holds as far as it could be checked, and this was not: {check.says}; {check.detail}"
        for check in verification.left_to_another_version
    ]
    return RecordedCase(record.session, record.case(), record.events, carried, (*unchecked, *notes))


class _Tasks:
    """The sessions of all files as tasks, and which of the rated ones were among them."""

    def __init__(self, wishes: Wishes, people: PeoplesRatings, rubric: Rubric | None) -> None:
        self._needs_own_rubric = rubric is None
        self._names = FileNames() if wishes.forms else None
        self._unseen = dict.fromkeys(people.by_session)
        self._people = people
        read_record = partial(recorded_case, people=people, rubric=rubric)
        self._items = read_sessions(wishes.files, read_record)

    def __iter__(self) -> Iterator[Task]:
        return self

    def __next__(self) -> Task:
        item = next(self._items)
        if isinstance(item, Refusal):
            return Task(item)
        if self._needs_own_rubric and item.recorded is None:
            raise UserMistake(
                "There is no rubric to score this with",
                remedy="Name one with --rubric FILE, or an exercise that has one with --exercise NAME "
                "(assay exercises lists those that ship); only a record brings its own",
                where=Where(item.file, item.line),
            )
        self._unseen.pop(item.id, None)
        return Task(item, self._names.name(item.id) if self._names else None)

    def unmet(self) -> Iterator[Refusal]:
        """People's ratings of sessions that no file held."""
        for session in self._unseen:
            for rater in self._people.of(session):
                error = f"{rater.name} rates session {session!r}, which none of the files holds"
                yield Refusal(
                    session,
                    str(rater.where.file),
                    rater.where.line,
                    error,
                    "Correct the id, or score its file too",
                )


@dataclass(slots=True)
class _Run:
    """What has been shown and written so far."""

    wishes: Wishes
    folder: Folder | None
    errors: Console = field(default_factory=lambda: Console(stderr=True, soft_wrap=True, highlight=False))
    summary: Summary = field(default_factory=Summary)

    def carry_out(self, scoring: Scoring, tasks: Iterable[Task], read: _Tasks) -> int:
        """Score all tasks; the exit code."""
        scores = ScoresFile(self.folder) if self.folder else None
        started = time.monotonic()
        try:
            with Progress(self.errors, self.wishes.files) as progress:
                results = work_in_order(
                    scoring,
                    tasks,
                    workers=self.wishes.workers,
                    size=lambda task: task.size,
                    live=not all(Path(file).is_file() for file in self.wishes.files),
                )
                with closing(results):
                    for result in chain(_outcomes(results), read.unmet()):
                        self._take(result, scores)
                        progress.advance(result)
            if scores:
                scores.finish()
        except KeyboardInterrupt:
            self._say_stopped(scores)
            return STOPPED
        except BrokenPipeError:
            # Whatever is still buffered must go nowhere, or Python complains about it on its way out.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return READER_GONE
        finally:
            if scores:
                scores.close()
        self._show(time.monotonic() - started)
        return 1 if self.summary.refused else 0

    def _take(self, result: Outcome | Refusal, scores: ScoresFile | None) -> None:
        self.summary.add(result)
        if scores or self.wishes.lines:
            self._write_line(result, scores)
        if isinstance(result, Refusal):
            self.say(f"assay: {result}")
            return
        for warning in result.warnings:
            self.say(f"assay: warning: session {result.id}: {warning}")
        for note in result.notes:
            self.say(f"assay: session {result.id}: {note}")

    def _write_line(self, result: Outcome | Refusal, scores: ScoresFile | None) -> None:
        from assay.reports.json_lines import refused_line

        line = refused_line(result) if isinstance(result, Refusal) else result.line
        if scores:
            scores.add(line)
        if self.wishes.lines:
            sys.stdout.buffer.write(line.encode() + b"\n")
            sys.stdout.buffer.flush()

    def say(self, text: str) -> None:
        """A message on standard error; what came out of a file cannot act on the terminal."""
        self.errors.print(one_line(text), markup=False)

    def _say_stopped(self, scores: ScoresFile | None) -> None:
        kept = f"; they are in {scores.unfinished}" if scores else ""
        self.say(f"assay: stopped after {self.summary.counted()}{kept}")

    def _show(self, seconds: float) -> None:
        if not self.wishes.lines:
            self.summary.show(Console(soft_wrap=False))
        if self.folder:
            self.say(
                f"{self.summary.counted()}; {seconds:.1f} s, "
                f"{self.summary.total / max(seconds, 0.001):.0f} a second; results in {self.folder.path}"
            )


def _outcomes(
    results: Iterable[tuple[Task, Outcome | Refusal] | Lost[Task]],
) -> Iterator[Outcome | Refusal]:
    for result in results:
        if isinstance(result, Lost):
            yield from _refusals_of(result)
        else:
            yield result[1]


def _refusals_of(lost: Lost[Task]) -> Iterator[Refusal]:
    sessions = [task.item for task in lost.items if isinstance(task.item, InputSession)]
    for task in lost.items:
        if isinstance(task.item, Refusal):
            yield task.item
    if not sessions:
        return
    first, last = sessions[0], sessions[-1]
    span = f"session {first.id!r}" if first is last else f"sessions {first.id!r} to {last.id!r}"
    for session in sessions:
        yield Refusal(
            session.id,
            session.file,
            session.line,
            f"The process scoring {span} ended {lost.how}",
            "Score these sessions again with --workers 1; if memory ran out, close other programs first",
        )
