"""What a session does not take."""

from collections.abc import Sequence

from assay.errors import LimitReached, UserMistake
from assay.session.state import Ending, SentMessage, Waiting
from assay.session.transcript import Turn

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


def check_open(ending: Ending | None) -> None:
    """Refuse to change a session that has ended.

    Raises:
        LimitReached: its time was over.
        UserMistake: it was submitted.
    """
    if ending is None:
        return
    if ending.by == "submitted":
        raise UserMistake("This session has been submitted", remedy="Nothing can be changed any more")
    raise LimitReached(
        "The time is over", remedy="What you had saved of the deliverable by then has been handed in"
    )


def check_same(text: str, sent: SentMessage) -> None:
    """Refuse another text under the id of a message that was sent.

    Raises:
        UserMistake: it is another text.
    """
    if text != sent.text:
        raise UserMistake(
            "A different message was already sent under this id", remedy="Send it under an id of its own"
        )


def check_not_waiting(waiting: Waiting | None, what: str) -> None:
    """Refuse what has to wait for a reply.

    Args:
        waiting: the reply that is awaited, if one is.
        what: what the candidate wants to do, as it would follow "then".

    Raises:
        UserMistake: a reply is awaited.
    """
    if waiting is not None:
        raise UserMistake("A reply is still awaited", remedy=f"Wait for it or stop it, then {what}")


def check_outage(since: float, until: float, *, begun: float, now: float) -> None:
    """Refuse an outage that the session cannot have had. All times are seconds of the session clock.

    Raises:
        UserMistake: it does not lie between the attempt's beginning and now.
    """
    if not begun <= since < until <= now:
        raise UserMistake(
            f"An outage from {since:g} s to {until:g} s does not lie within this session",
            remedy="Give seconds since the session began, up to now",
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


def check_note(note: str) -> None:
    """Refuse words of a flag that say nothing, or cannot be kept.

    Raises:
        UserMistake: they are empty, too long, or cannot be written down.
    """
    check_text(note, "note", MAX_MESSAGE)
    if not note.strip():
        raise UserMistake("The flag says nothing", remedy="Write what is wrong with the passage")


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


def check_passage(turns: Sequence[Turn], turn: int, start: int, end: int) -> None:
    """Refuse a passage that is no part of a reply.

    Args:
        turns: the conversation.
        turn: index of the reply.
        start: where the passage begins, in code points of the reply.
        end: where it ends.

    Raises:
        UserMistake: there is no such reply, or the passage lies outside it.
    """
    if not 0 <= turn < len(turns) or turns[turn].role != "assistant":
        raise UserMistake("Only a passage of a reply can be flagged", remedy="Choose a reply")
    if not 0 <= start < end <= len(turns[turn].text):
        raise UserMistake("This passage lies outside the reply", remedy="Mark at least one character of it")
