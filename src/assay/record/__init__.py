"""One portable file for a whole scored session, and the checks that anyone can make on it."""

from assay.record.checks import Check
from assay.record.file import FORMAT, Hashes, Record, build_record, parse_record, read_record, write_record
from assay.record.verification import Verification, verify

__all__ = [
    "FORMAT",
    "Check",
    "Hashes",
    "Record",
    "Verification",
    "build_record",
    "parse_record",
    "read_record",
    "verify",
    "write_record",
]
