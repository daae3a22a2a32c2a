"""What a rater is: it reads one case and proposes, criterion by criterion."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from assay.authoring.exercise import Exercise
from assay.authoring.rubric import Rubric
from assay.scoring.ratings import Proposal, RaterIdentity
from assay.session.transcript import Transcript


@dataclass(frozen=True, slots=True)
class Case:
    """One session to rate. `exercise` is None for conversations that come without one."""

    transcript: Transcript
    rubric: Rubric
    exercise: Exercise | None = None


class Rater(Protocol):
    """Answers, one criterion at a time: which level, on which quotes, why; or why not scorable."""

    @property
    def identity(self) -> RaterIdentity:
        """Who rates, exactly enough to repeat it."""
        ...

    def rate(self, case: Case) -> Iterable[Proposal]:
        """Propose for the criteria of the case's rubric; a criterion left out was not asked of this rater."""
        ...
