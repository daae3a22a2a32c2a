"""One way to write a value as bytes, so that its hash means the same to everyone (RFC 8785)."""

import hashlib
from typing import Any

import rfc8785

from assay.errors import UserMistake

_REMEDY = "Use only text, numbers within ±2^53, true, false, null, lists and objects with text keys"


def canonical_json(value: Any) -> bytes:
    """Write `value` as RFC 8785 canonical JSON in UTF-8.

    Raises:
        UserMistake: the value holds something JSON cannot carry exactly.
    """
    try:
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError) as error:
        raise UserMistake(f"This value has no canonical JSON form: {error}", remedy=_REMEDY) from error


def digest(value: Any) -> str:
    """SHA-256 of the canonical JSON of `value`, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical_json(value)).hexdigest()
