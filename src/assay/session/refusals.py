"""What a session does not take, whatever its state."""

from assay.errors import UserMistake

MAX_MESSAGE = 20_000
"""Characters of a message or a flag's note."""
MAX_DELIVERABLE = 200_000
"""Characters of a deliverable."""
MAX_TIME_MULTIPLIER = 10.0


def check_time_multiplier(multiplier: float) -> None:
    """Refuse what is no extra time.

    Raises:
        UserMistake: it is below 1, or beyond any accommodation.
    """
    if not 1 <= multiplier <= MAX_TIME_MULTIPLIER:
        raise UserMistake(
            f"A time multiplier of {multiplier:g} cannot be used",
            remedy=f"Give a number from 1 to {MAX_TIME_MULTIPLIER:g}, such as 1.5",
        )


def check_flagging(style: str) -> None:
    """Refuse flags where an exercise has none.

    Raises:
        UserMistake: the exercise is not in error-detection style.
    """
    if style != "error_detection":
        raise UserMistake(
            "Passages are not flagged in this exercise",
            remedy="Say in a message what is wrong, or correct it in the deliverable",
        )


def check_text(text: str, what: str, longest: int) -> None:
    """Refuse what is too long, or cannot be written down.

    Args:
        text: what was typed.
        what: what it is, in a word.
        longest: how many characters it may have.

    Raises:
        UserMistake: it is one of the two.
    """
    if len(text) > longest:
        raise UserMistake(
            f"The {what} has {len(text):,} characters; the most is {longest:,}", remedy="Shorten it"
        )
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise UserMistake(
            f"The {what} holds half a character at position {error.start + 1}",
            remedy="Type that place again",
        ) from error


def writable(text: str) -> str:
    """The text with a question mark for each half character, so that it can be written down."""
    return text.encode("utf-8", "replace").decode("utf-8")
