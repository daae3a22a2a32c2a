"""Limits that the task does not fit into."""

from collections.abc import Iterator

from assay.authoring.exercise import Exercise
from assay.authoring.lint.leaks import visible_texts
from assay.authoring.lint.remark import Remark, Subject, code
from assay.authoring.lint.wording import words
from assay.authoring.rules import DeliverableLength

READING_WORDS_A_MINUTE = 230
WRITING_WORDS_A_MINUTE = 50
SHORTEST_ROUND_MINUTES = 0.25
SCREENING_MINUTES = (20, 30)

TOO_SHORT = code(
    "too-little-time",
    "warning",
    means=(
        f"Reading brief and materials at {READING_WORDS_A_MINUTE} words a minute, plus the shortest "
        f"accepted deliverable at {WRITING_WORDS_A_MINUTE} words a minute, takes longer than the limit."
    ),
    because="The score then measures reading speed.",
    remedy="Raise limits.minutes, cut the materials, or ask for a shorter deliverable.",
)
OUTRUN = code(
    "deliverable-outruns-time",
    "warning",
    means=f"The shortest accepted deliverable outruns the limit at {WRITING_WORDS_A_MINUTE} words a minute.",
    because="Nobody can draft it, even with an AI, and check it.",
    remedy="Lower min_words or raise limits.minutes.",
)
ROUNDS_IDLE = code(
    "rounds-never-reached",
    "warning",
    means="There are more rounds than one every 15 seconds of the candidate's own time.",
    because="The limit reads as one and never applies; only the clock does.",
    remedy="Lower limits.rounds to what the time allows, or raise limits.minutes.",
)
ROUNDS_FEW = code(
    "too-few-rounds",
    "warning",
    means="There are fewer than three rounds for more than ten minutes.",
    because="Nothing about correcting and steering the assistant can show in one or two messages.",
    remedy="Raise limits.rounds, or shorten the exercise.",
)
RETAKE = code(
    "retake-always",
    "error",
    means="retake_below_rounds is as high as the round limit.",
    because="Everyone who runs out of time may start over, however much they sent.",
    remedy="Set retake_below_rounds to a few rounds at most, or retake_on_timeout: false.",
)
UNUSUAL = code(
    "unusual-minutes",
    "note",
    means="The time limit is outside the 20 to 30 minutes that are usual for screening.",
    because="Longer costs candidates more than a screening should; shorter shows little.",
    remedy="Keep it if this is no screening.",
)


def check_limits(subject: Subject) -> Iterator[Remark]:
    """Time and rounds against the brief, the materials and the deliverable."""
    if subject.exercise is None:
        return
    limits = subject.exercise.limits
    minutes_at, rounds_at = ("limits", "minutes"), ("limits", "rounds")
    yield from _time(subject, subject.exercise)
    if limits.rounds * SHORTEST_ROUND_MINUTES > limits.minutes:
        says = f"{limits.rounds} rounds do not fit into {limits.minutes:g} minutes"
        yield subject.remark(ROUNDS_IDLE, rounds_at, says)
    if limits.rounds < 3 and limits.minutes > 10:
        says = f"{limits.rounds} rounds for {limits.minutes:g} minutes"
        yield subject.remark(ROUNDS_FEW, rounds_at, says)
    if limits.retake_on_timeout and limits.retake_below_rounds >= limits.rounds:
        says = f"A retake is given below {limits.retake_below_rounds} rounds, of {limits.rounds}"
        yield subject.remark(RETAKE, ("limits", "retake_below_rounds"), says)
    shortest, longest = SCREENING_MINUTES
    if not shortest <= limits.minutes <= longest:
        yield subject.remark(UNUSUAL, minutes_at, f"The time limit is {limits.minutes:g} minutes")


def _time(subject: Subject, exercise: Exercise) -> Iterator[Remark]:
    read = [text for _, name, text in visible_texts(exercise) if not name.startswith("assistant")]
    to_read = sum(len(words(text)) for text in (*read, *(material.text for material in exercise.materials)))
    lengths = [
        ((*subject.rubric_path, "rules", index, "min_words"), rule.min_words)
        for index, rule in enumerate(exercise.rubric.rules)
        if isinstance(rule, DeliverableLength)
    ]
    path, to_write = max(lengths, key=lambda item: item[1], default=((), 0))
    reading, writing = to_read / READING_WORDS_A_MINUTE, to_write / WRITING_WORDS_A_MINUTE
    minutes = exercise.limits.minutes
    if writing > minutes:
        says = f"{to_write} words take {writing:.0f} of {minutes:g} minutes to write"
        yield subject.remark(OUTRUN, path, says)
    elif reading + writing > minutes:
        says = f"Reading takes {reading:.0f} minutes and writing {writing:.0f}, and the limit is {minutes:g}"
        yield subject.remark(TOO_SHORT, ("limits", "minutes"), says)
