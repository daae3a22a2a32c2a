"""Records of scores, read and held to their word. What was read is kept for a while: it never changes."""

from functools import lru_cache

from assay.record import Record, Verification, parse_record, verify
from assay_web.scoring.models import SessionScore

KEPT = 64


def record_of(score: SessionScore) -> Record:
    """The record of a score.

    Raises:
        UserMistake: what is kept is no record any more: somebody changed it in the database.
    """
    return _parsed(bytes(score.record))


def verification_of(score: SessionScore) -> Verification:
    """What checking a score's record finds, whatever is kept there."""
    return _verified(bytes(score.record))


@lru_cache(KEPT)
def _parsed(data: bytes) -> Record:
    return parse_record(data)


@lru_cache(KEPT)
def _verified(data: bytes) -> Verification:
    return verify(data)
