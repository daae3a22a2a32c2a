"""From signs to a level, by a table a person can read: `levels.yaml` beside this file.

A family starts at `start`. Each sign adds its points for its first mark and half of them for each
further one, up to the sign's cap, so that variety counts and volume does not. The sum is kept within
the scale and rounded to the nearest half level, ties downward.
"""

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import yaml
from pydantic import Field

from assay.frozen import Frozen
from assay.scoring.indicators.signs.sign import Sign

LOWEST, HIGHEST = 0.0, 4.0


class FamilyTable(Frozen):
    """The table of one family, and how well it was measured to agree."""

    start: float = Field(description="Points before any sign.")
    points: dict[str, float] = Field(description="Sign id to points for its first mark.")
    qwk: float | None = Field(
        default=None, description="Cross-validated quadratic weighted kappa, if measured."
    )
    error: float | None = Field(
        default=None, description="Cross-validated standard error in levels, if measured."
    )
    sessions: int = Field(
        default=0, ge=0, description="Rated sessions it was fitted on; 0: set from the anchors alone."
    )


class LevelsTable(Frozen):
    """The whole table."""

    fitted_on: str
    families: dict[str, FamilyTable]

    @property
    def calibration(self) -> str:
        """One sentence about what is known of the agreement with others."""
        measured = [
            f"{name} {table.qwk:.2f}" for name, table in self.families.items() if table.qwk is not None
        ]
        if not measured:
            return "not calibrated"
        return (
            f"fitted on {self.fitted_on}, cross-validated quadratic weighted kappa with their median "
            f"{', '.join(measured)}; the other families are set from their anchors and "
            f"unmeasured; not yet calibrated against people"
        )


def counted(marks: int, cap: int) -> float:
    """What so many marks of one sign count as: the first whole, each further one half, up to the cap."""
    return 0.0 if marks == 0 else 1.0 + 0.5 * (min(marks, cap) - 1)


def points_for(table: FamilyTable, signs: tuple[Sign, ...], marks: Mapping[str, int]) -> dict[str, float]:
    """The points each sign adds, for those that fired."""
    return {
        sign.id: table.points[sign.id] * counted(marks[sign.id], sign.cap)
        for sign in signs
        if marks.get(sign.id)
    }


def level_of(total: float) -> float:
    """The level a sum of points stands for: within 0 to 4, to the nearest half, ties downward."""
    kept = min(HIGHEST, max(LOWEST, total))
    whole = kept * 2
    down = int(whole)
    return (down + (1 if whole - down > 0.5 else 0)) / 2


def _levels_text() -> str:
    return (files("assay.scoring.indicators") / "levels.yaml").read_text("utf-8")


@cache
def shipped_levels() -> LevelsTable:
    """The table that ships."""
    return LevelsTable.model_validate(yaml.safe_load(_levels_text()))


def fingerprint(*texts: str) -> str:
    """A short content hash over texts."""
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]
