"""What a terminal session shows: the brief, the conversation, what is left, and what happened."""

import textwrap
from collections.abc import Sequence

from rich.console import Console
from rich.rule import Rule
from rich.text import Text

from assay.authoring.exercise import Exercise
from assay.cli.try_flow import INDENT, Flow
from assay.reports.safe import visible
from assay.scoring.rules import count_words
from assay.session.brief import rules_for_candidates
from assay.session.engine import Session
from assay.session.events import Event
from assay.session.state import SessionState

FLAG = "/flag QUOTE | NOTE"
HELP = (
    ("/deliverable", "write the deliverable: in $EDITOR, or line by line up to a lone ."),
    ("/insert", "add the last reply to the deliverable"),
    ("/show", "show the deliverable"),
    ("/brief", "show the task again"),
    ("/materials", "show the materials"),
    ("/time", "show rounds and time left"),
    (FLAG, "mark a passage of a reply, and say what is wrong with it"),
    ("/retry", "ask again for a reply that failed"),
    ("/submit", "hand in the deliverable and see the report"),
    ("/help", "show this list"),
)
MANNERS = (
    "Everything else is a message to the AI. End a line with \\ to go on, or write several lines between "
    '""" and """. Several lines that are pasted at once are one message.',
    "Ctrl-C stops a reply, or takes back what you were typing; at an empty prompt it leaves and keeps the "
    "session.",
)
_COMPACT_LINES = 5


class Screen:
    """Writes to one console. Texts of others never act on the terminal."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._flow: Flow | None = None

    def say(self, text: str = "", style: str = "") -> None:
        """A line of Assay's own."""
        self._print(text, style=style)

    def unbroken(self, text: str) -> None:
        """Lines to be copied, which a narrow screen must not break."""
        self.console.print(Text(visible(text)), soft_wrap=True)

    def quiet(self, text: str) -> None:
        """A line that should not draw attention."""
        self.say(text, "dim")

    def piece(self, text: str) -> None:
        """A piece of a reply as it comes; the first one puts the heading before it."""
        if self._flow is None:
            self.heading("AI")
            self._flow = Flow(self.console.file.write, self.console.width)
        self._flow.feed(visible(text))
        self.console.file.flush()

    def end_reply(self, note: str = "") -> None:
        """Complete the line of a reply that was being shown, and add a note to it; harmless when none was."""
        flow, self._flow = self._flow, None
        if flow is not None:
            flow.end()
            self.remark(note)

    def remark(self, note: str) -> None:
        """A note below somebody's text; none when it is empty."""
        if note:
            self._print(note, first=INDENT, rest=INDENT, style="dim")

    def heading(self, text: str) -> None:
        """A heading."""
        self.say()
        self.say(text, "bold")

    def block(self, text: str) -> None:
        """Somebody's text, indented."""
        self._print(text.strip("\n"), first=INDENT, rest=INDENT)

    def points(self, texts: Sequence[str]) -> None:
        """A list."""
        for text in texts:
            self._print(text, first=f"{INDENT}- ", rest=f"{INDENT}  ")

    def _print(self, text: str, *, first: str = "", rest: str = "", style: str = "") -> None:
        """Lines broken between words, without blanks at their ends, whether or not a screen is there."""
        width = max(20, self.console.width - len(rest))
        for number, line in enumerate(Text(visible(text)).wrap(self.console, width)):
            line.rstrip()
            shown = Text(rest if number else first) + line if line.plain else line
            self.console.print(shown, style=style or None, soft_wrap=True)

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
        if rules := rules_for_candidates(exercise):
            self.heading("Rules")
            self.points(rules)

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

    def help(self, exercise: Exercise) -> None:
        """The commands that this exercise has."""
        for command, means in HELP:
            if command != FLAG or exercise.style == "error_detection":
                self._print(means, first=f"{INDENT}{command:<20} ", rest=" " * 23)
        for text in MANNERS:
            self._print(text, first=INDENT, rest=INDENT, style="dim")

    def compact(self, who: str, text: str) -> None:
        """A message or deliverable in a few lines."""
        lines = visible(text).splitlines()
        shown = [textwrap.shorten(line, 160, placeholder=" …") for line in lines[:_COMPACT_LINES]]
        if len(lines) > _COMPACT_LINES:
            shown.append(f"… ({len(lines) - _COMPACT_LINES} more lines)")
        self.heading(who)
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
    """How many words a text has, by the count that length rules go by."""
    return _counted(count_words(text), "word")


def cut_off_in_words(ending: str | None, tokens: int | None) -> str:
    """What to say below a reply that its length limit cut off; empty for any other ending.

    Args:
        ending: how the reply ended, in the gateway's words.
        tokens: how long it was, or might be; None where neither is known.
    """
    if ending != "cut_off":
        return ""
    return f"(cut off at {tokens} tokens)" if tokens else "(cut off at the model's length limit)"


def before_submitting(deliverable: str, rounds_left: int) -> str:
    """What a person is told once before their work is handed in."""
    rounds = _counted(rounds_left, "round")
    return f"{words(deliverable)}, {rounds} left; type /submit again to hand it in."


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
