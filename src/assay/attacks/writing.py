"""Ways of writing a text so that a person, a pattern or a model may read it differently.

Only what stands between `[[` and `]]` is rewritten; all of it where nothing is marked.
"""

import base64
import codecs
import re
from collections.abc import Callable
from typing import Literal

Writing = Literal[
    "plain",
    "base64",
    "hex",
    "rot13",
    "backwards",
    "tags",
    "zero_width",
    "bidi",
    "look_alikes",
    "full_width",
    "leet",
    "spaced",
]

_MARKED = re.compile(r"\[\[(.*?)\]\]", re.DOTALL)
# Cyrillic letters that look like Latin ones.
_LOOK_ALIKES = str.maketrans("aceopisxy", "\u0430\u0441\u0435\u043e\u0440\u0456\u0455\u0445\u0443")
_LEET = str.maketrans("aeiost", "431057")


def written(text: str, way: Writing) -> str:
    """`text` written in this way."""
    change = _WAYS[way]
    if _MARKED.search(text):
        return _MARKED.sub(lambda found: change(found[1]), text)
    return change(text)


def _in_tags(text: str) -> str:
    """Characters that are not shown at all and carry ASCII one by one."""
    return "".join(chr(0xE0000 + ord(char)) if " " <= char <= "~" else char for char in text)


def _zero_width(text: str) -> str:
    return re.sub(r"(?<=\w)(?=\w)", "\u200b", text)


def _overridden(text: str) -> str:
    """Each line backwards within an override, so that it is shown forwards."""
    return "\n".join(f"\u202e{line[::-1]}\u202c" if line else line for line in text.split("\n"))


def _full_width(text: str) -> str:
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)


_WAYS: dict[Writing, Callable[[str], str]] = {
    "plain": str,
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "hex": lambda text: text.encode().hex(),
    "rot13": lambda text: codecs.encode(text, "rot13"),
    "backwards": lambda text: text[::-1],
    "tags": _in_tags,
    "zero_width": _zero_width,
    "bidi": _overridden,
    "look_alikes": lambda text: text.translate(_LOOK_ALIKES),
    "full_width": _full_width,
    "leet": lambda text: text.translate(_LEET),
    "spaced": " ".join,
}
