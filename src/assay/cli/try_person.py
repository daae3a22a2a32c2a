"""A person at the terminal: reads what they type and drives their session."""

import asyncio
import os
import secrets
import shlex
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from assay.cli.try_lines import Entry, InputCleared, Lines
from assay.cli.try_screen import Screen, before_submitting, limits_in_words, words
from assay.cli.try_store import Kept, keep_draft, kept_draft
from assay.errors import AssayError, UserMistake
from assay.session.assistant import Room
from assay.session.conversation import Ask, answer
from assay.session.engine import Session
from assay.session.passages import find_passage
from assay.session.refusals import check_flagging

CLEARED = "Input cleared; nothing of it was sent or saved. Ctrl-C at an empty prompt leaves."


class TimeIsOver(Exception):
    """The session ended while its candidate was typing."""


class Person:
    """One candidate at the terminal.

    Args:
        session: their session.
        kept: the session's files.
        ask: the model.
        room: how much the model holds.
        runner: the event loop that the model's connections live in.
        screen: where everything is shown.
    """

    def __init__(
        self,
        session: Session,
        *,
        kept: Kept,
        ask: Ask,
        room: Room,
        runner: asyncio.Runner,
        screen: Screen,
    ) -> None:
        self._session = session
        self._kept = kept
        self._ask = ask
        self._room = room
        self._runner = runner
        self._screen = screen
        self._lines = Lines(self._watch_the_clock)
        self._told = len(session.events)
        self._asked_at = -1

    def work(self) -> None:
        """Go on until the session has ended and no retake is open.

        Raises:
            EOFError: there is no more input; the session is kept.
            KeyboardInterrupt: Ctrl-C at an empty prompt; the session is kept.
        """
        if self._kept.draft.exists():
            self._screen.say(f"A draft that was not saved is in {self._kept.draft}.")
        while True:
            self._keep_time()
            self._tell_news()
            state = self._session.state
            if state.ending is not None and not state.retake_offered:
                return
            if state.retake_offered:
                self._screen.say("You can start afresh once: /retake. Or hand in what there is: /submit.")
            try:
                entry = self._lines.entry()
                if state.retake_offered and entry.command == "submit":
                    return
                self._take(entry)
            except InputCleared:
                self._screen.say()
                self._screen.quiet(CLEARED)
            except TimeIsOver:
                self._screen.say()

    def _keep_time(self) -> None:
        """Look at the clock. What stands in the way of writing down what is due, the next command says."""
        with suppress(AssayError):
            self._session.keep_time()

    def _take(self, entry: Entry) -> None:
        try:
            if entry.command:
                self._command(entry)
            elif entry.text.strip():
                if entry.pasted:
                    self._screen.quiet(f"({entry.pasted} lines pasted as one message)")
                self._session.send(entry.text, secrets.token_hex(8))
                self._answer()
        except AssayError as error:
            self._tell_news()
            self._screen.say(str(error), "yellow")

    def _command(self, entry: Entry) -> None:
        commands: dict[str, Callable[[], object]] = {
            "deliverable": self._deliverable,
            "insert": self._insert,
            "show": lambda: self._screen.block(self._session.deliverable or "(empty)"),
            "brief": self._brief,
            "materials": lambda: self._screen.materials(self._session.exercise),
            "time": lambda: self._screen.left(self._session),
            "flag": lambda: self._flag(entry.text),
            "retry": self._retry,
            "retake": self._session.retake,
            "submit": self._submit,
            "help": lambda: self._screen.help(self._session.exercise),
        }
        if entry.command not in commands:
            raise UserMistake(
                f"There is no command /{entry.command}",
                remedy="/help lists them; a message that begins with a slash is written with two",
            )
        commands[entry.command]()

    def _retry(self) -> None:
        if not self._session.reply_due:
            raise UserMistake("No message is waiting for a reply", remedy="Send a message first")
        self._answer()

    def _answer(self) -> None:
        """Stream a reply. Ctrl-C stops the reply, not the session."""
        try:
            self._runner.run(answer(self._session, self._ask, self._screen.piece, self._room))
        except KeyboardInterrupt:
            self._screen.end_reply()
            begun = not self._session.reply_due
            self._screen.quiet("Stopped." if begun else "Stopped before it began; /retry asks again.")
        except AssayError as error:
            self._screen.end_reply()
            self._screen.say(str(error), "yellow")
            if self._session.reply_due and self._session.state.ending is None:
                self._screen.say("Your message is kept and the time is not charged. /retry asks again.")
        finally:
            self._screen.end_reply()
        self._screen.left(self._session)

    def _deliverable(self) -> None:
        editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
        if self._lines.interactive and editor:
            self._edit(editor)
            return
        current = self._session.deliverable
        text = self._written(current)
        if text.strip() or not current.strip():
            self._save(text)
        else:
            self._screen.quiet("Nothing was written, so nothing changed.")

    def _written(self, current: str) -> str:
        """The deliverable as it is typed anew, line by line."""
        try:
            self._screen.quiet("Write the deliverable; a line with a lone . ends it.")
            if current.strip():
                self._screen.quiet(
                    f"This replaces {words(current)} (/show shows them); a lone . at once keeps them."
                )
            return self._lines.text()
        except KeyboardInterrupt:
            # Pressed before the first line was waited for; to the person that makes no difference.
            if self._lines.interactive:
                raise InputCleared from None
            raise

    def _edit(self, editor: str) -> None:
        """Hand the deliverable to an editor. The draft stays on disk until it is saved in the session."""
        draft = self._kept.draft
        keep_draft(self._kept, self._session.deliverable)
        try:
            with _left_to_the_editor():
                done = subprocess.run([*shlex.split(editor), str(draft)], check=False)
        except (OSError, ValueError) as error:
            raise UserMistake(
                f"The editor {editor!r} does not start: {error}", remedy="Set EDITOR"
            ) from error
        text = kept_draft(self._kept)
        if done.returncode != 0:
            raise UserMistake(
                f"The editor ended with code {done.returncode}, so nothing was saved",
                remedy=f"Your draft is in {draft}; /deliverable opens it again",
            )
        self._save(text)
        draft.unlink()

    def _insert(self) -> None:
        replies = [turn.text for turn in self._session.transcript.turns if turn.role == "assistant"]
        if not replies:
            raise UserMistake("There is no reply yet", remedy="Send a message first")
        current = self._session.deliverable.rstrip()
        self._save(f"{current}\n\n{replies[-1]}" if current else replies[-1])

    def _save(self, text: str) -> None:
        saved = self._session.save_deliverable(text)
        self._screen.quiet(f"Saved, {words(text)}." if saved else "Nothing changed.")

    def _brief(self) -> None:
        exercise, state = self._session.exercise, self._session.state
        self._screen.brief(exercise, limits_in_words(exercise, state.time_multiplier))

    def _flag(self, text: str) -> None:
        check_flagging(self._session.exercise.style)
        quote, bar, note = text.partition("|")
        if not bar:
            raise UserMistake("A flag needs a quote and a note", remedy="Write /flag QUOTE | NOTE")
        passage = find_passage(self._session.transcript.turns, quote)
        if passage is None:
            raise UserMistake("No reply holds these words", remedy="Copy the passage from the reply")
        self._session.flag(*passage, note.strip())
        self._screen.quiet("Flagged.")

    def _submit(self) -> None:
        """Hand in; a person, and anybody with nothing to hand in, is asked once before."""
        asked = self._asked_at == len(self._session.events)
        self._asked_at = len(self._session.events)
        if not asked and self._session.state.deliverable is None:
            raise UserMistake(
                "Nothing of the deliverable has been saved", remedy="/submit again hands in nothing"
            )
        if not asked and self._lines.interactive:
            self._screen.say(before_submitting(self._session.deliverable, self._session.state.rounds_left))
            return
        self._session.submit()

    def _tell_news(self) -> None:
        events = self._session.events
        self._screen.news(events[self._told :])
        self._told = len(events)

    @contextmanager
    def _watch_the_clock(self) -> Iterator[None]:
        """While a person types, the warning is shown in time and the end interrupts them."""
        before = signal.signal(signal.SIGALRM, self._on_alarm)
        self._set_alarm()
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)

    def _on_alarm(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self._keep_time()
        if self._session.state.ending is not None:
            raise TimeIsOver
        if len(self._session.events) > self._told:
            self._screen.say()
            self._tell_news()
        self._set_alarm()

    def _set_alarm(self) -> None:
        state, left = self._session.state, self._session.seconds_left()
        if state.ending is not None:
            return
        warning = left - state.warning_seconds()
        due = warning if not state.warned and warning > 0 else left + state.limits.grace_seconds
        # A little late rather than early: an alarm before its moment would find nothing to do.
        signal.setitimer(signal.ITIMER_REAL, due + 0.05)


@contextmanager
def _left_to_the_editor() -> Iterator[None]:
    """While an editor runs, Ctrl-C is a key of the editor's."""
    # A handler, not SIG_IGN: the editor would inherit that.
    before = signal.signal(signal.SIGINT, _ignore)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _ignore(number: int, frame: FrameType | None) -> None:
    del number, frame
