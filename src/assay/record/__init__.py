"""One portable file for a whole scored session, and the checks that anyone can make on it."""

from assay.record.checks.answer import Check
from assay.record.file import FORMAT, Hashes, Record, build_record, parse_record, read_record, write_record
from assay.record.verification import Outcome, Verification, verify, verify_record

__all__ = [
    "FORMAT",
    "Check",
    "Hashes",
    "Outcome",
    "Record",
    "Verification",
    "build_record",
    "parse_record",
    "read_record",
    "verify",
    "verify_record",
    "write_record",
]
