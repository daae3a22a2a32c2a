"""Text that came from an endpoint, made fit to be shown and kept: no half characters, and no keys."""

import json
import re
from functools import lru_cache
from urllib.parse import quote

from assay.models.setting import LOOKS_LIKE_A_KEY

REDACTED = "[key]"
_LONGEST = 300
_SHORT_KEY = 8


def well_formed(text: str) -> str:
    """The text with surrogate pairs joined and lone surrogates replaced by U+FFFD.

    JSON can spell half of a character (RFC 8259, 8.2); UTF-8 and a content hash cannot.
    """
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


class Halves:
    """Joins characters that a stream cuts in two: the first half waits here for the second."""

    def __init__(self) -> None:
        self._half = ""

    def add(self, text: str) -> str:
        """What can be said now, well formed."""
        text = self._half + text
        self._half = text[-1:] if "\ud800" <= text[-1:] <= "\udbff" else ""
        return well_formed(text.removesuffix(self._half))

    def rest(self) -> str:
        """What is left once nothing more comes."""
        half, self._half = self._half, ""
        return well_formed(half)


def one_line(value: object, key: str) -> str:
    """An endpoint's words for a person: well formed, without keys, on one line of at most 300 characters.

    Args:
        value: what the endpoint said; anything but text is written out.
        key: the key that was sent to it, which it may repeat; empty when none was.
    """
    # A key cut in two by the shortening would no longer be recognised.
    line = " ".join(without_keys(well_formed(written(value)), key).split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def written(value: object) -> str:
    """A value out of an endpoint's JSON as text."""
    try:
        return str(value)
    except RecursionError:
        return "an answer nested too deeply to show"


def without_keys(text: str, key: str) -> str:
    """The text with `key` and whatever else looks like a key replaced by `[key]`."""
    if key:
        text = _spellings(key).sub(REDACTED, text)
    return LOOKS_LIKE_A_KEY.sub(REDACTED, text)


@lru_cache(maxsize=16)
def _spellings(key: str) -> re.Pattern[str]:
    """The key as it is, in an address, and as text inside JSON or a Python value."""
    forms = {key, quote(key), quote(key, safe=""), json.dumps(key)[1:-1], repr(key)[1:-1]}
    spelled = "|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True))
    # A key of a few letters, as local servers are often given, may be part of an ordinary word.
    whole = (r"(?<!\w)", r"(?!\w)") if len(key) < _SHORT_KEY else ("", "")
    return re.compile(rf"(?:Bearer(?:\s+|%20|\+))?{whole[0]}(?:{spelled}){whole[1]}", re.IGNORECASE)
