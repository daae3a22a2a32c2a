"""One run of `assay try`: set up, work, score."""

import asyncio
import secrets
import shlex
import sys
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from assay.authoring.exercise import Exercise
from assay.cli.try_ import DEFAULT_EXERCISE, DEFAULT_MODEL, Wishes
from assay.cli.try_ending import check_out, end
from assay.cli.try_lines import Lines
from assay.cli.try_model import check_model
from assay.cli.try_person import Person
from assay.cli.try_screen import Screen, cut_off_in_words, limits_in_words, words
from assay.cli.try_store import Kept, keep_exercise, kept_exercise, kept_files, new_files, sessions_folder
from assay.errors import AssayError, UserMistake
from assay.models.replies import Chunk, Conversation
from assay.models.setting import ModelSetting, read_setting
from assay.session.assistant import brief_for, room_of, with_longest_reply
from assay.session.bots import Act, Watching, play
from assay.session.conversation import Ask
from assay.session.engine import Session
from assay.session.journal import Journal
from assay.session.reference import ReferenceSession, reference_of
from assay.session.refusals import check_time_multiplier

if TYPE_CHECKING:
    from assay.models.gateway import Gateway

INTERRUPTED = 130
BOT_REPLY_TOKENS = 32
"""A small local model writes about a hundred tokens a second: a scripted run should take seconds."""


def run(wishes: Wishes) -> int:
    """Do what was asked for; the exit code.

    Raises:
        AssayError: it cannot be done; a session that had begun is kept.
    """
    screen = Screen(Console(highlight=False))
    if wishes.out is not None:
        check_out(wishes.out)
    if wishes.resume is not None:
        return _resume(wishes, screen)
    exercise, folder = _exercise(wishes.exercise or DEFAULT_EXERCISE)
    reference = reference_of(folder, wishes.bot) if wishes.bot else None
    setting = _setting(wishes, wishes.model or DEFAULT_MODEL)
    brief_for(exercise, room_of(setting))
    if wishes.time_multiplier is not None:
        check_time_multiplier(wishes.time_multiplier)
    check_model(setting)
    kept = new_files(sessions_folder(wishes.sessions), _session_id())
    if not _agrees(exercise, setting, kept, wishes, screen):
        screen.say("Nothing was started.")
        return 0
    keep_exercise(kept, exercise)
    with Journal.create(kept.journal) as journal:
        session = Session.start(
            exercise,
            journal,
            _wall,
            session=kept.session,
            model=str(setting),
            time_multiplier=wishes.time_multiplier or 1.0,
        )
        return _work(session, kept, wishes, screen, setting=setting, reference=reference)


def _resume(wishes: Wishes, screen: Screen) -> int:
    for name, given in (
        ("--bot", wishes.bot),
        ("--time-multiplier", wishes.time_multiplier),
        ("An exercise", wishes.exercise),
    ):
        if given is not None:
            raise UserMistake(
                f"{name} cannot be given with --resume", remedy="It is set when a session starts"
            )
    kept = kept_files(sessions_folder(wishes.sessions), str(wishes.resume))
    exercise = kept_exercise(kept)
    with Journal.open(kept.journal) as journal:
        if journal.note:
            screen.quiet(f"{journal.note}.")
        before = len(journal.events)
        session = Session.resume(exercise, journal, _wall)
        setting = _setting(wishes, wishes.model or session.state.model)
        screen.say(f"Resumed session {kept.session}: {exercise.title}", "bold")
        for turn in session.transcript.turns[-2:]:
            screen.compact("You" if turn.role == "user" else "AI", turn.text)
        screen.remark(_cut_off(session))
        screen.news(session.events[before:])
        if session.state.unanswered is not None:
            screen.say("Your last message has no reply yet. /retry asks for it.")
        return _work(session, kept, wishes, screen, setting=setting)


def _work(
    session: Session,
    kept: Kept,
    wishes: Wishes,
    screen: Screen,
    *,
    setting: ModelSetting,
    reference: ReferenceSession | None = None,
) -> int:
    from assay.models.gateway import open_gateway

    with asyncio.Runner() as runner:
        gateway = open_gateway(setting)
        try:
            if reference is None:
                _person(session, kept, gateway, runner, screen)
            else:
                _bot(session, reference, gateway, runner, screen)
        except (KeyboardInterrupt, EOFError):
            screen.end_reply()
            screen.say()
            screen.unbroken(_kept_words(kept, wishes))
            return INTERRUPTED
        except AssayError:
            screen.end_reply()
            print(_kept_words(kept, wishes), file=sys.stderr)
            raise
        finally:
            runner.run(gateway.aclose())
    screen.rule()
    try:
        end(session, wishes.out, _wall(), screen)
    except AssayError:
        print(_unrecorded_words(kept, wishes), file=sys.stderr)
        raise
    return 0


def _person(session: Session, kept: Kept, gateway: "Gateway", runner: asyncio.Runner, screen: Screen) -> None:
    for turn in session.transcript.turns if len(session.transcript.turns) == 1 else ():
        screen.compact("AI", turn.text)
    screen.left(session)
    person = Person(
        session,
        kept=kept,
        ask=_ask(gateway, screen),
        room=room_of(gateway.setting),
        runner=runner,
        screen=screen,
    )
    person.work()


def _bot(
    session: Session, reference: ReferenceSession, gateway: "Gateway", runner: asyncio.Runner, screen: Screen
) -> None:
    def act(one: Act) -> None:
        if one.kind == "send":
            screen.compact("Candidate", one.text)
        elif one.kind == "save":
            screen.say()
            screen.quiet(f"The candidate saves the deliverable ({words(one.text)}).")
        else:
            screen.compact("The candidate flags", f"{one.quote}\n{one.text}")

    screen.say(f"{session.exercise.title}: a {reference.quality} scripted candidate", "bold")
    screen.quiet(reference.about)
    watching = Watching(act=act, reply=screen.piece, remark=screen.quiet)
    runner.run(play(session, reference, _ask(gateway, screen), room_of(gateway.setting), watching))
    screen.say()


def _ask(gateway: "Gateway", screen: Screen) -> Ask:
    """The model, whose replies end their line on the screen and say when they were cut off."""

    async def ask(messages: Conversation) -> AsyncGenerator[Chunk, None]:
        async with aclosing(gateway.stream(messages, purpose="assistant")) as chunks:
            async for chunk in chunks:
                if chunk.reply is not None:
                    used = chunk.reply.usage
                    tokens = used.completion if used else gateway.setting.max_tokens
                    screen.end_reply(cut_off_in_words(chunk.reply.ending, tokens))
                yield chunk

    return ask


def _cut_off(session: Session) -> str:
    """What to say of the last reply of a session that is gone on with, where it ended at its length limit."""
    if not session.transcript.turns or session.transcript.turns[-1].role != "assistant":
        return ""
    finished = [event.data["about"] for event in session.events if event.kind == "reply_finished"]
    about = finished[-1] if finished else {}
    return cut_off_in_words(about.get("ending"), (about.get("usage") or {}).get("completion"))


def _exercise(id_or_path: str) -> tuple[Exercise, Path]:
    """The exercise and its folder."""
    from assay.authoring.load import load_exercise
    from assay.library.exercises import exercise_path

    path = exercise_path(id_or_path)
    return load_exercise(path), path if path.is_dir() else path.parent


def _setting(wishes: Wishes, model: str) -> ModelSetting:
    """The model setting with its seed and a longest reply."""
    setting = read_setting(model)
    added: dict[str, int] = {}
    if wishes.seed is not None:
        added["seed"] = wishes.seed
    if wishes.bot and setting.form == "embedded" and setting.max_tokens is None:
        added["max_tokens"] = BOT_REPLY_TOKENS
    return with_longest_reply(ModelSetting.model_validate(setting.model_dump() | added))


def _agrees(exercise: Exercise, setting: ModelSetting, kept: Kept, wishes: Wishes, screen: Screen) -> bool:
    """Show the brief and the notice, and ask whether to start; a pipe's owner has agreed beforehand."""
    if wishes.bot:
        return True
    screen.brief(exercise, limits_in_words(exercise, wishes.time_multiplier or 1.0))
    screen.notice(exercise, str(setting), str(kept.journal.parent))
    screen.say()
    screen.help(exercise)
    lines = Lines()
    if not lines.interactive:
        return True
    screen.say()
    try:
        return lines.read("Start now? The clock runs from then on. [y/N] ").strip().lower() in ("y", "yes")
    except (EOFError, KeyboardInterrupt):
        screen.say()
        return False


def _kept_words(kept: Kept, wishes: Wishes) -> str:
    out = "" if wishes.out is None else f" --out {shlex.quote(str(wishes.out))}"
    return f"The session is kept, and its clock goes on. To go on with it:\n  {_again(kept, wishes)}{out}"


def _unrecorded_words(kept: Kept, wishes: Wishes) -> str:
    return (
        f"The session is over, and all of it is kept in {kept.journal}. To make its record:\n"
        f"  {_again(kept, wishes)} --out FILE"
    )


def _again(kept: Kept, wishes: Wishes) -> str:
    sessions = "" if wishes.sessions is None else f" --sessions {shlex.quote(str(wishes.sessions))}"
    return f"assay try --resume {kept.session}{sessions}"


def _session_id() -> str:
    return f"{_wall():%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"


def _wall() -> datetime:
    return datetime.now(UTC)
