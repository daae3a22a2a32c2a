"""A refusal as the sentence that a page shows."""

from assay.errors import AssayError


def in_words(error: AssayError) -> str:
    """What happened, and what to do about it."""
    said = (error.message.rstrip("."), error.remedy.rstrip("."))
    return " ".join(f"{sentence}." for sentence in said if sentence)
