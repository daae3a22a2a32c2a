"""Finding the line of a quote that was never closed: YAML complains where it gives up, often far below."""

import re
from collections.abc import Callable, Sequence

_MOST_TRIES = 5
_OPENS = re.compile(r"""\s*(?:- +)*(?:[\w.-]+: +)?(?P<quote>["'])(?P<rest>.*)""")


def unclosed_quote(
    lines: Sequence[str], stopped: int, first_error: Callable[[str], int | None]
) -> int | None:
    """The line, from 0, whose quote is missing its end; None where no quote explains the error.

    Args:
        lines: the file's lines.
        stopped: the line at which the parser gave up, from 0.
        first_error: where the parser gives up on a text, from 0; None where it does not.
    """
    tries = 0
    for at in range(min(stopped, len(lines) - 1), -1, -1):
        quote = _odd_quote(lines[at])
        if quote is None:
            continue
        # Text in quotes may go on over several lines. Only where closing the quote here gets the parser
        # past the place it gave up at, was this the quote.
        mended = [*lines[:at], lines[at].rstrip() + quote, *lines[at + 1 :]]
        further = first_error("\n".join(mended))
        if further is None or further > stopped:
            return at
        tries += 1
        if tries == _MOST_TRIES:
            break
    return None


def _odd_quote(line: str) -> str | None:
    """The quote that a value on this line begins with and that does not end on it."""
    found = _OPENS.match(line)
    if found is None:
        return None
    quote = found["quote"]
    inside = re.sub(r"\\.", "", found["rest"]) if quote == '"' else found["rest"]
    return quote if inside.count(quote) % 2 == 0 else None
