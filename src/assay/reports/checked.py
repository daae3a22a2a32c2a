"""What the reader of a report is told of its record: whether it holds, and which checks were not made."""

from functools import lru_cache

from assay.record import Record, Verification, verify
from assay.record.file import record_bytes
from assay.reports.findings import count, sentence


def verified(record: Record) -> Verification:
    """The record held to its word now, whoever made it and whenever."""
    return _verified(record_bytes(record))


@lru_cache(maxsize=2)
def _verified(data: bytes) -> Verification:
    # A session's reports are written one after the other: its record is verified once for all of them.
    return verify(data)


def warning_of(verification: Verification) -> str:
    """What must stand above everything else; empty for a record that holds."""
    failure = verification.first_failure
    if failure is not None:
        return (
            f"This record does not hold, and nothing in this report can be relied on. {failure.says}: no; "
            f"{sentence(failure.detail)}"
        )
    if verification.left_to_another_version:
        left = count(len(verification.left_to_another_version), "check was", "checks were")
        return f"This record holds as far as it could be checked: {left} left out (see “What was checked”)."
    return ""


def checked_in_words(verification: Verification) -> str:
    """The outcome with the number of checks, as one sentence with its full stop."""
    total = len(verification.checks)
    if verification.first_failure is not None:
        return "This record does not hold."
    if verification.left_to_another_version:
        made = total - len(verification.not_made)
        return f"It holds as far as it could be checked: {made} of {total} checks were made."
    if verification.cannot_be_made:
        made = total - len(verification.cannot_be_made)
        return f"It holds: all {made} checks that a record of this kind allows were made."
    return f"It holds: all {total} checks were made."


def notes_of(verification: Verification) -> list[str]:
    """Each check that was not made with its reason, and whose word the levels rest on, a sentence each."""
    notes = [
        sentence(f"Not checked: {check.says[0].lower()}{check.says[1:]}. {sentence(check.detail)}")
        for check in verification.left_to_another_version
    ]
    notes += [
        sentence(f"Cannot be checked here: {check.says[0].lower()}{check.says[1:]}. {sentence(check.detail)}")
        for check in verification.cannot_be_made
    ]
    return notes + [sentence(words) for words in verification.rests_on]
