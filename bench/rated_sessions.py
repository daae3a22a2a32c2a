"""Sessions with reference ratings, read from a data directory that is not part of the repository."""

import json
import statistics
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from assay.authoring.rubric import Rubric
from assay.scoring.indicators.judge import IndicatorJudge, marks_of, not_called_for
from assay.scoring.indicators.signs import FAMILIES
from assay.scoring.raters import Case
from assay.session.transcript import Transcript, Turn

CRITERIA = ("task_decomposition", "instruction_clarity", "error_recovery", "verification")
# The judge looks at a criterion's id; the words only matter where a candidate pastes them.
RUBRIC = Rubric.model_validate(
    {"criteria": {name: {"asks": name.replace("_", " "), "levels": {}} for name in CRITERIA}}
)
DEFAULT_DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "real-chats"


@dataclass(frozen=True)
class RatedSession:
    """One session with what each reference rater said of it."""

    id: str
    transcript: Transcript
    ratings: dict[str, dict[str, float | None]]

    @property
    def participant(self) -> str:
        """Who the session is by: the first two parts of its id."""
        return "-".join(self.id.split("-")[:2])

    def levels(self, criterion: str) -> list[float]:
        """The levels of the raters that scored the criterion."""
        return [level for rater in self.ratings.values() if (level := rater.get(criterion)) is not None]

    def median(self, criterion: str) -> float | None:
        """The raters' median, halves rounded down; None where fewer than two raters scored it."""
        levels = self.levels(criterion)
        return float(statistics.median(levels) // 1) if len(levels) >= 2 else None

    @property
    def characters(self) -> int:
        """Length of everything the candidate sent."""
        return sum(len(turn.text) for turn in self.transcript.candidate_turns())

    @cached_property
    def marks(self) -> dict[str, dict[str, int]]:
        """Family to sign to how often it fired."""
        case = Case(transcript=self.transcript, rubric=RUBRIC)
        reading = IndicatorJudge().read(case)
        return {
            family: {sign.id: len(found) for sign, found in marks_of(family, reading).items()}
            for family in FAMILIES
        }

    @cached_property
    def unscored(self) -> dict[str, bool]:
        """Criterion to whether the judge leaves it unscored."""
        case = Case(transcript=self.transcript, rubric=RUBRIC)
        reading = IndicatorJudge().read(case)
        return {name: not_called_for(name, reading, case) is not None for name in CRITERIA}


def load(data: Path) -> list[RatedSession]:
    """The rated sessions of a data directory; ends the program with a clear message where it is absent."""
    needed = [data / name for name in ("sessions.jsonl", "reference-ratings.jsonl")]
    missing = [path.name for path in needed if not path.is_file()]
    if missing:
        sys.exit(f"{data} does not hold {', '.join(missing)}; give the directory with --data")
    sessions = {row["id"]: row for row in _rows(needed[0])}
    rows = _rows(needed[1])
    unknown = [row["id"] for row in rows if row["id"] not in sessions]
    if unknown:
        sys.exit(f"{needed[1]} rates {unknown[0]}, which sessions.jsonl does not hold")
    return [_rated(row, sessions[row["id"]]) for row in rows]


def _rated(row: dict[str, Any], session: dict[str, Any]) -> RatedSession:
    turns = tuple(
        Turn(index=index, role=message["role"], text=message["content"])
        for index, message in enumerate(session["messages"])
    )
    ratings = {rater: said["levels"] for rater, said in row["ratings"].items()}
    return RatedSession(row["id"], Transcript(turns=turns), ratings)


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
