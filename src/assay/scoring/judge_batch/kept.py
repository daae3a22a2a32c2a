"""A judge that says what it was heard to say: from kept answers alone, without a call."""

import os
from collections.abc import Iterable
from pathlib import Path

from assay.errors import AssayError
from assay.scoring.judge.judging import next_requests, unasked
from assay.scoring.judge.reading import read
from assay.scoring.judge.requests import Questions
from assay.scoring.judge.settings import JudgeSettings
from assay.scoring.judge_batch.answers import AnswerFile
from assay.scoring.raters import Case
from assay.scoring.ratings import Proposal, RaterIdentity


class NotAnswered(AssayError):
    """A judge's answer that a score needs is not kept, so there is no score yet."""


class KeptJudge:
    """Rates by the answers in a file. Implements `assay.scoring.raters.Rater`.

    It may be made before a process is forked: each opens the file for itself.
    """

    def __init__(self, settings: JudgeSettings, path: Path) -> None:
        self.settings = settings
        self._path = path
        self._opened: tuple[int, AnswerFile] | None = None

    @property
    def identity(self) -> RaterIdentity:
        """The judge's."""
        return self.settings.identity

    def rate(self, case: Case) -> Iterable[Proposal]:
        """One proposal a criterion and pass, as the judge gave them.

        Raises:
            NotAnswered: an answer is missing.
        """
        questions, answers = Questions(case, self.settings), self._answers()
        given = unasked(questions)
        while requests := next_requests(questions, given):
            for request in requests:
                replies = answers.get(request.key)
                if replies is None:
                    raise NotAnswered(
                        f"The judge {self.identity.name} has not answered all that it has to be asked",
                        remedy="Run this again: only what is missing is asked for",
                    )
                given = (*given, *read(request, replies))
        return given

    def _answers(self) -> AnswerFile:
        if self._opened is None or self._opened[0] != os.getpid():
            self._opened = os.getpid(), AnswerFile(self._path)
        return self._opened[1]
