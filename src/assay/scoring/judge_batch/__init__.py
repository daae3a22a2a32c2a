"""Judging many sessions: as many calls at a time as an endpoint takes, and no finished one paid for twice."""

from assay.scoring.judge_batch.answers import AnswerFile
from assay.scoring.judge_batch.batch import Gateways, Standing, judge_sessions
from assay.scoring.judge_batch.estimate import Estimate, estimate
from assay.scoring.judge_batch.kept import KeptJudge, NotAnswered
from assay.scoring.judge_batch.pace import Pace

__all__ = [
    "AnswerFile",
    "Estimate",
    "Gateways",
    "KeptJudge",
    "NotAnswered",
    "Pace",
    "Standing",
    "estimate",
    "judge_sessions",
]
