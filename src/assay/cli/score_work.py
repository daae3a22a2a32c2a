"""What one process does with one session: score it, put it into a line, write its files."""

import os
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from assay.authoring.exercise import Exercise
from assay.authoring.rubric import Rubric
from assay.cli.score_folder import Folder
from assay.errors import AssayError
from assay.scoring.inputs import InputSession, Refusal, case_of
from assay.scoring.people import PeoplesRatings, dropped_quotes
from assay.scoring.pipeline import Scored, offline_raters, score_case
from assay.scoring.raters import Case, Rater

if TYPE_CHECKING:
    from assay.record import Record


@dataclass(frozen=True, slots=True)
class Task:
    """A session, and what its files are called when it gets any."""

    item: InputSession | Refusal
    stem: str | None = None

    @property
    def size(self) -> int:
        """Roughly how many bytes it has."""
        return self.item.size


@dataclass(frozen=True, slots=True)
class Outcome:
    """A session that was scored. `line` is empty and `record` None where they were not asked for.

    `warnings` tell of quotes in people's ratings that do not stand where they claim to.
    """

    id: str
    overall: float | None
    low: float | None
    high: float | None
    scale_max: int
    unscored: str | None
    levels: dict[str, float | None]
    titles: dict[str, str]
    reasons: dict[str, str | None]
    capped: bool
    notes: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    line: str = ""
    record: "Record | None" = None


@dataclass(frozen=True, slots=True)
class Scoring:
    """How sessions are scored in this run. Calling it never raises for a session that is merely bad.

    Attributes:
        rubric: given on the command line, or the given exercise's; None: each record brings its own.
        raters: who rates, people apart; None: the offline raters.
        made_at: when the records are made, ISO 8601 with its offset.
        folder: where files for each session go; None writes none.
        lines: whether JSON lines are wanted.
        keep: whether the record is handed back.
    """

    rubric: Rubric | None
    exercise: Exercise | None
    people: PeoplesRatings
    made_at: str
    raters: tuple[Rater, ...] | None = None
    folder: Folder | None = None
    lines: bool = False
    keep: bool = False

    def __call__(self, task: Task) -> Outcome | Refusal:
        """Score one session."""
        if isinstance(task.item, Refusal):
            return task.item
        session = task.item
        try:
            return self._score(session, task.stem)
        except AssayError as error:
            return Refusal(session.id, session.file, session.line, error.message, error.remedy)
        except Exception as error:
            if os.environ.get("ASSAY_DEBUG"):
                raise
            return Refusal(
                session.id,
                session.file,
                session.line,
                f"Assay has a bug here: {type(error).__name__}: {error}",
                "Run again with ASSAY_DEBUG=1 to see where, and report it with that output",
            )

    def _score(self, session: InputSession, stem: str | None) -> Outcome:
        case = case_of(session, rubric=self.rubric, exercise=self.exercise)
        people = self.people.of(session.id)
        for person in people:
            person.check(case.rubric)
        earlier = session.recorded.people if session.recorded else ()
        scored = score_case(case, (*(self.raters or shared_raters()), *people, *earlier))
        record = None
        if self.keep or (self.folder and self.folder.forms and stem):
            record = self._record(session, case, scored)
        if self.folder and record and stem:
            self.folder.write(record, stem)
        line = _line(session, case, scored) if self.lines else ""
        return _outcome(session, scored, line, record if self.keep else None)

    def _record(self, session: InputSession, case: Case, scored: Scored) -> "Record":
        from assay.record import build_record

        events = session.recorded.events if session.recorded else ()
        return build_record(
            session_id=session.id, case=case, scored=scored, events=events, made_at=self.made_at
        )


@cache
def shared_raters() -> tuple[Rater, ...]:
    """The offline raters, made once. Made before processes are forked, all of them share them."""
    return offline_raters()


_LAST_HASHES: list[tuple[Rubric, Exercise | None, tuple[str, str]]] = []


def _hashes(case: Case) -> tuple[str, str]:
    """Content hashes of rubric and exercise; those of the last case are kept, for they seldom change."""
    if _LAST_HASHES and _LAST_HASHES[0][0] is case.rubric and _LAST_HASHES[0][1] is case.exercise:
        return _LAST_HASHES[0][2]
    hashes = case.rubric.content_hash(), case.exercise.version if case.exercise else ""
    _LAST_HASHES[:] = [(case.rubric, case.exercise, hashes)]
    return hashes


def _line(session: InputSession, case: Case, scored: Scored) -> str:
    from assay.reports.json_lines import score_line

    return score_line(session, case, scored, *_hashes(case))


def _outcome(session: InputSession, scored: Scored, line: str, record: "Record | None") -> Outcome:
    from assay.reports.findings import is_capped

    score = scored.score
    interval = score.overall.interval if score.overall else None
    return Outcome(
        id=session.id,
        overall=score.overall.value if score.overall else None,
        low=interval.low if interval else None,
        high=interval.high if interval else None,
        scale_max=score.scale.max,
        unscored=score.unscored,
        levels={item.criterion: item.level for item in score.criteria},
        titles={item.criterion: item.title for item in score.criteria},
        reasons={item.criterion: item.unscored for item in score.criteria if item.level is None},
        capped=score.overall is not None and is_capped(score.overall),
        notes=session.notes,
        warnings=tuple(dropped_quotes(scored.ratings)),
        line=line,
        record=record,
    )
