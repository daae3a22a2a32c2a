"""The fence between a judge and the words of the person it rates.

What a candidate writes reaches a judge as JSON, one object a line, between two lines that carry a marker
which the candidate cannot know. A character that hides, reorders or could pass for a delimiter is written out
as ⟦U+202E⟧; since ⟦ itself is written out too, each mark stands for exactly one character and can be read
back. Nothing is deleted: a judge sees what a reader would not.
"""

import hashlib
import json
import re
from collections.abc import Iterable

_HIDDEN = (
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f"  # control codes, except tab and line feed
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f"  # shows nothing
    "\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb"  # separators, overrides, fillers
    "\u27e6\u27e7\u301a\u301b"  # white brackets, which our own lines begin and end with
    "\ud800-\udfff"  # halves of characters, which cannot be sent
    "\U0001d173-\U0001d17a\U000e0000-\U000e00ff]"  # invisible notation, tags
)
_JOINING = "\u0600-\u10ff\u1780-\u1fff\u2190-\u2bff\ua000-\ud7ff\ufb00-\ufe0f\U00010000-\U0001ffff"
"""Scripts and pictures in which a joiner changes what a reader sees."""

_TO_MARK = re.compile(
    rf"{_HIDDEN}"
    rf"|(?<![{_JOINING}])[\u200c\u200d]|[\u200c\u200d](?![{_JOINING}])"
    r"|[\ufe00-\ufe0f\U000e0100-\U000e01ef]{2,}|[\U000e0100-\U000e01ef](?![\u3400-\u9fff])"
    r"|<(?=\|)|(?<=\|)>|<(?=\uff5c)|(?<=\uff5c)>"  # marks by which chat templates part messages
    r"|<(?=/?(?:s|bos|eos|start_of_turn|end_of_turn|think)>)|\[(?=/?INST\])"
)
_PLAIN = re.compile(r"[\t\n\x20-\x7e]*")
_SPECIAL = re.compile(r"[<|\[]")
_MARK = re.compile(r"⟦U\+([0-9A-F]{4,6})⟧")
_MARKER_LENGTH = 16


def visible(text: str) -> str:
    """The text with everything hidden written out, one mark a character.

    Carriage returns before line feeds are dropped: JSON would show them at every end of a line.
    """
    text = text.replace("\r\n", "\n")
    if _PLAIN.fullmatch(text) and not _SPECIAL.search(text):
        return text
    return _TO_MARK.sub(lambda found: "".join(map(_mark, found[0])), text)


def original(text: str) -> str:
    """The text with marks read back into the characters that they stand for."""
    return _MARK.sub(_character, text)


def marker_for(seed: int, number: int, session: str) -> str:
    """The marker of one pass over one session, unknown to whoever has not seed, pass and session."""
    whole = hashlib.sha256(f"{seed}\0{number}\0{session}".encode()).hexdigest()
    return whole[:_MARKER_LENGTH]


def fenced(what: str, lines: Iterable[str], marker: str) -> str:
    """Lines of JSON between two lines that carry the marker.

    Where the marker stands in a line, which takes knowing it, its first character is written out.
    """
    body = "\n".join(lines)
    if marker in body.lower():
        body = re.sub(marker, lambda found: _mark(found[0][0]) + found[0][1:], body, flags=re.IGNORECASE)
    return f"⟦{what} BEGINS {marker}⟧\n{body}\n⟦{what} ENDS {marker}⟧"


def json_line(value: dict[str, object]) -> str:
    """One JSON object on one line, its texts readable in any script."""
    return json.dumps(value, ensure_ascii=False)


def _mark(char: str) -> str:
    return f"⟦U+{ord(char):04X}⟧"


def _character(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    return chr(code) if code <= 0x10FFFF else found[0]
