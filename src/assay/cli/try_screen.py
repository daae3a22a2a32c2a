"""What a terminal session shows: the brief, the conversation, what is left, and what happened."""

import textwrap
from collections.abc import Sequence

from rich.console import Console
from rich.padding import Padding
from rich.rule import Rule
from rich.text import Text

from assay.authoring.exercise import Exercise
from assay.reports.safe import visible
from assay.session.engine import Session
from assay.session.events import Event
from assay.session.state import SessionState

HELP = (
    ("/deliverable", "write the deliverable: in $EDITOR, or line by line up to a lone ."),
    ("/insert", "add the last reply to the deliverable"),
    ("/show", "show the deliverable"),
    ("/brief", "show the task again"),
    ("/materials", "show the materials"),
    ("/time", "show rounds and time left"),
    ("/flag QUOTE | NOTE", "mark a passage of a reply, and say what is wrong with it"),
    ("/retry", "ask again for a reply that failed"),
    ("/submit", "hand in the deliverable and see the report"),
    ("/help", "show this list"),
)
_COMPACT_LINES = 5


class Screen:
    """Writes to one console. Texts of others never act on the terminal."""

    def __init__(self, console: Console) -> None:
        self.console = console

    def say(self, text: str = "", style: str = "") -> None:
        """A line of Assay's own."""
        self.console.print(Text(visible(text)), style=style or None)

    def unbroken(self, text: str) -> None:
        """Lines to be copied, which a narrow screen must not break."""
        self.console.print(Text(visible(text)), soft_wrap=True)

    def quiet(self, text: str) -> None:
        """A line that should not draw attention."""
        self.say(text, "dim")

    def piece(self, text: str) -> None:
        """A piece of a reply as it comes."""
        self.console.file.write(visible(text))
        self.console.file.flush()

    def heading(self, text: str) -> None:
        """A heading."""
        self.console.print()
        self.console.print(Text(visible(text)), style="bold")

    def block(self, text: str) -> None:
        """Somebody's text, indented."""
        self.console.print(Padding(Text(visible(text.strip("\n"))), (0, 0, 0, 2), expand=False))

    def rule(self) -> None:
        """A line across."""
        self.console.print(Rule(style="dim"))

    def brief(self, exercise: Exercise, state_limits: str) -> None:
        """The task as a candidate may know it before the clock runs."""
        self.heading(exercise.title)
        for title, text in (
            ("Goal", exercise.goal),
            ("Scenario", exercise.scenario),
            ("What you hand in", exercise.deliverable.asks),
        ):
            self.heading(title)
            self.block(text)
        if exercise.materials:
            self.heading("Materials")
            titles = ", ".join(material.title for material in exercise.materials)
            self.block(f"{titles}. /materials shows them; the AI has them too.")
        self.heading("Limits")
        self.block(state_limits)

    def notice(self, exercise: Exercise, model: str, kept_in: str) -> None:
        """What a candidate must know before agreeing to start."""
        rubric = exercise.rubric
        titles = ", ".join(rubric.title_of(criterion) for criterion in rubric.criteria)
        self.heading("What is scored")
        self.block(
            f"{titles}. Each is rated from {rubric.scale.min} to {rubric.scale.max} on what you write and "
            "hand in, and every score shows the words it rests on. What the AI writes is not rated."
        )
        self.heading("Before you start")
        self.block(
            f"You work with an AI (model setting: {model}). It can be wrong; you direct it and check it. "
            "The time that it takes to answer is not charged. Your messages, the deliverable and their times "
            f"are kept in {kept_in} on this computer. More time is given with --time-multiplier."
        )

    def materials(self, exercise: Exercise) -> None:
        """All materials in full."""
        if not exercise.materials:
            self.quiet("This exercise has no materials.")
        for material in exercise.materials:
            self.heading(material.title)
            self.block(material.text)

    def help(self) -> None:
        """The commands."""
        for command, means in HELP:
            self.say(f"  {command:<20} {means}")
        self.quiet(
            "  Everything else is a message to the AI. End a line with \\ to go on, or write several lines "
            'between """ and """. Ctrl-C stops a reply; at the prompt it leaves and keeps the session.'
        )

    def compact(self, who: str, text: str) -> None:
        """A message or deliverable in a few lines."""
        lines = visible(text).splitlines()
        shown = [textwrap.shorten(line, 160, placeholder=" …") for line in lines[:_COMPACT_LINES]]
        if len(lines) > _COMPACT_LINES:
            shown.append(f"… ({len(lines) - _COMPACT_LINES} more lines)")
        self.console.print()
        self.say(who, "bold")
        self.block("\n".join(shown))

    def left(self, session: Session) -> None:
        """Rounds and time left, in one quiet line."""
        self.quiet(left_in_words(session.state, session.seconds_left()))

    def news(self, events: Sequence[Event]) -> None:
        """What happened that a candidate has to be told."""
        for event in events:
            words = _news(event)
            if words:
                self.say(words, "bold")


def _news(event: Event) -> str:
    if event.kind == "warned":
        return f"{duration(event.data['seconds_left'])} left."
    if event.kind == "clock_credited" and event.data["reason"] == "outage":
        seconds = event.data["until"] - event.data["since"]
        return f"{duration(seconds)} of outage are not charged to you."
    if event.kind == "ended" and event.data["by"] != "submitted":
        return "The time is over. What you had saved of the deliverable by then has been handed in."
    return ""


def limits_in_words(exercise: Exercise, time_multiplier: float) -> str:
    """Rounds and time of an exercise, extra time included."""
    limits = exercise.limits
    seconds = limits.minutes * 60 * time_multiplier
    return (
        f"{duration(seconds)} and {limits.rounds} rounds; a round is one message of yours and one reply. "
        "After the last round you can still work on the deliverable."
    )


def left_in_words(state: SessionState, seconds: float) -> str:
    """Rounds and time left."""
    return f"{state.rounds_left} of {state.limits.rounds} rounds left · {duration(seconds)} left"


def duration(seconds: float) -> str:
    """Seconds as a person says them: minutes from two minutes on."""
    if seconds >= 120:
        return f"{round(seconds / 60)} min"
    return f"{round(seconds)} s"


def words(text: str) -> str:
    """How many words a text has."""
    count = len(text.split())
    return f"{count} word" if count == 1 else f"{count} words"
