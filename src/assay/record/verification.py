"""All checks on a record, in order, and what they come to."""

from collections.abc import Callable, Iterator
from typing import Literal

from pydantic import Field

from assay.errors import AssayError
from assay.frozen import Frozen
from assay.record.checks import CONTENT_CHECKS
from assay.record.checks.answer import NOT_REACHED, Answer, Check
from assay.record.checks.score import JUDGEMENT
from assay.record.checks.writing import (
    bytes_are_canonical,
    fields_fit,
    hashes_now,
    parts_match_their_hashes,
    seal_matches,
)
from assay.record.file import Record, record_bytes

Outcome = Literal["holds", "holds as far as it could be checked", "does not hold"]


class Verification(Frozen):
    """What checking a record found. A check that was not made neither holds nor fails."""

    checks: tuple[Check, ...]
    seal: str | None
    rests_on: tuple[str, ...] = Field(
        default=(), description="Whose word the levels rest on, one sentence each without a full stop."
    )

    @property
    def outcome(self) -> Outcome:
        """What a reader is told.

        "holds" where every check was made that a record of this kind allows; "holds as far as it could be
        checked" where nothing contradicts, and another version stood in the way of a check.
        """
        if self.first_failure is not None:
            return "does not hold"
        return "holds as far as it could be checked" if self.left_to_another_version else "holds"

    @property
    def holds(self) -> bool:
        """Nothing that was checked failed; `outcome` says whether all was checked that could be."""
        return self.first_failure is None

    @property
    def first_failure(self) -> Check | None:
        """The first check that failed: later ones may fail because of it."""
        return next((check for check in self.checks if check.holds is False), None)

    @property
    def not_made(self) -> tuple[Check, ...]:
        """The checks that were not made, each with its reason."""
        return tuple(check for check in self.checks if check.holds is None)

    @property
    def left_to_another_version(self) -> tuple[Check, ...]:
        """The checks that this record allows and that only another version can make."""
        return tuple(check for check in self.checks if check.unmade == "another version")

    @property
    def cannot_be_made(self) -> tuple[Check, ...]:
        """The checks for which a record of this kind holds nothing to make them on."""
        return tuple(check for check in self.checks if check.unmade == "cannot be made")


def verify(data: bytes) -> Verification:
    """Hold a record file to its word, from its bytes alone: no network, no model, no database.

    Never raises for anything the bytes may hold. What this cannot prove is in docs/design/record.md.
    """
    canonical = _check(
        "bytes", "The file is written exactly as Assay writes a record", bytes_are_canonical(data)
    )
    fits, record = fields_fit(data)
    checks = [canonical, _check("fields", "Every field is there, with a value it may have", fits)]
    if record is None:
        return Verification(checks=tuple(checks), seal=None)
    checks.extend(_content_checks(record))
    return Verification(checks=tuple(checks), seal=record.seal, rests_on=tuple(_words_of_others(record)))


def verify_record(record: Record) -> Verification:
    """Hold a record that was read or made already to its word, as `verify` does the file it makes."""
    return verify(record_bytes(record))


def _content_checks(record: Record) -> Iterator[Check]:
    """The checks on what the record says.

    Later checks make sense only on content that is sound so far: after a failure they are not made, and
    say so. Hashes are compared in any case: they are what a plain edit breaks.
    """
    sound = True
    for name, says, question in CONTENT_CHECKS:
        answer = _asked(question, record) if sound else NOT_REACHED
        if answer is not None:
            check = _check(name, says, answer)
            sound = sound and check.holds is not False
            yield check
    now = hashes_now(record)
    yield _check(
        "parts", "Each part has the content its hash stands for", parts_match_their_hashes(record, now)
    )
    yield _check("seal", "The seal stands for the whole file", seal_matches(record, now))


def _asked(question: Callable[[Record], Answer | None], record: Record) -> Answer | None:
    """The answer; content on which a question cannot even be worked through does not hold."""
    try:
        return question(record)
    except (AssayError, ValueError, ArithmeticError, RecursionError) as error:
        return Answer(False, f"what the record says here cannot be worked with: {error}")


def _words_of_others(record: Record) -> Iterator[str]:
    """Ratings that nobody can make again, however the record is checked."""
    for rater in record.raters:
        kind = JUDGEMENT.get(rater.kind)
        if kind is not None:
            yield (
                f"The ratings of {rater.name}, {kind}, rest on judgement: their quotes and how they add up "
                "were checked, and the levels cannot be made again"
            )


def _check(name: str, says: str, answer: Answer) -> Check:
    return Check(name=name, says=says, holds=answer.holds, detail=answer.detail, unmade=answer.unmade)
