"""All checks on a record, in order, and the first that does not hold."""

from collections.abc import Iterator

from assay.frozen import Frozen
from assay.record.checks import (
    RECORD_CHECKS,
    Answer,
    Check,
    bytes_are_canonical,
    fields_fit,
    hashes_now,
    offline_judge_repeats_itself,
    parts_match_their_hashes,
    score_follows_from_ratings,
    seal_matches,
)
from assay.record.file import Record


class Verification(Frozen):
    """What checking a record found. A check that could not be made neither holds nor fails."""

    checks: tuple[Check, ...]
    seal: str | None

    @property
    def holds(self) -> bool:
        """Nothing that could be checked failed."""
        return self.first_failure is None

    @property
    def first_failure(self) -> Check | None:
        """The first check that failed: later ones may fail because of it."""
        return next((check for check in self.checks if check.holds is False), None)

    @property
    def not_made(self) -> tuple[Check, ...]:
        """The checks that could not be made, each with its reason."""
        return tuple(check for check in self.checks if check.holds is None)


def verify(data: bytes) -> Verification:
    """Hold a record file to its word, from its bytes alone: no network, no model, no database.

    Never raises for anything the bytes may hold. What this cannot prove is in docs/design/record.md.
    """
    canonical = _check(
        "bytes", "The file is written exactly as Assay writes a record", bytes_are_canonical(data)
    )
    fits, record = fields_fit(data)
    checks = [canonical, _check("fields", "Every field is there, with a value it may have", fits)]
    if record is not None:
        checks.extend(_content_checks(record))
    return Verification(checks=tuple(checks), seal=record.seal if record else None)


def _content_checks(record: Record) -> Iterator[Check]:
    """The checks on what the record says.

    Running raters and panel again makes sense only on content that is sound so far: after a failure
    those checks are not made, and say so.
    """
    sound = True
    for name, says, question in RECORD_CHECKS:
        check = _check(name, says, question(record) if sound else _NOT_REACHED)
        sound = sound and check.holds is not False
        yield check
    repeats = offline_judge_repeats_itself(record) if sound else _NOT_REACHED
    yield _check("repeat", "The offline judge, run again, says the same", repeats)
    adds_up = score_follows_from_ratings(record) if sound and repeats.holds is not False else _NOT_REACHED
    yield _check("score", "The score is what the ratings add up to", adds_up)
    now = hashes_now(record)
    yield _check(
        "parts", "Each part has the content its hash stands for", parts_match_their_hashes(record, now)
    )
    yield _check("seal", "The seal stands for the whole file", seal_matches(record, now))


_NOT_REACHED = Answer(None, "not checked, because something before it does not hold")


def _check(name: str, says: str, answer: Answer) -> Check:
    return Check(name=name, says=says, holds=answer.holds, detail=answer.detail)
