"""Other people's text made safe to show: what hides or reorders text is written out instead.

A candidate's words are shown as they are, save for characters that a reader cannot see and that change
what a reader sees: terminal control codes, bidirectional overrides, zero-width and tag characters. Each
becomes its code point in angle brackets, such as ⟨U+202E⟩. Joiners inside emoji and scripts are kept.
"""

import re

_HIDDEN = re.compile(
    "["
    "\u0000-\u0008\u000b-\u001f\u007f-\u009f"  # control codes, except tab and line feed
    "\u00ad\u061c\u180e\u200b\u200e\u200f"  # soft hyphen, direction marks, zero-width space
    "\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"  # separators, overrides, isolates, invisible operators
    "\ud800-\udfff"  # halves of surrogate pairs, which no encoding can write
    "\U000e0000-\U000e007f"  # tag characters, which carry text unseen
    "]"
)


def visible(text: str) -> str:
    """`text` with every hidden character written out; carriage returns before line feeds are dropped."""
    return _HIDDEN.sub(lambda found: f"⟨U+{ord(found[0]):04X}⟩", text.replace("\r\n", "\n"))


def one_line(text: str) -> str:
    """`text` made visible, with every run of white space as one space."""
    return " ".join(visible(text).split())
