"""Holding command lines of guides and units to what Assay's own parser takes, without running them."""

import re
import shlex
from pathlib import Path

import typer

from assay.cli.app import app

ROOT = Path(__file__).parents[3]
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
_BREAKS = {"&&", "||", "|", ";", ">", "&"}


class NoSuchCommand(AssertionError):
    """A guide names what does not exist."""


def check_words(words: list[str]) -> None:
    """A command line of `assay`, without its first word.

    Raises:
        NoSuchCommand: there is no such command or option.
    """
    try:
        _parse(words)
    except Exception as error:
        raise NoSuchCommand(f"assay {shlex.join(words)}: {error}") from error


def _parse(words: list[str]) -> None:
    context = typer.Context(typer.main.get_command(app), info_name="assay")
    while words and hasattr(context.command, "resolve_command"):
        if words[0].startswith("-"):
            _has_option(context, words[0])
            return
        name, command, words = context.command.resolve_command(context, words)
        if command is None:
            raise NoSuchCommand(f"there is no command {name}")
        context = typer.Context(command, info_name=name, parent=context)
    # What stands for a file or a person is checked for its place, not for being there.
    parser = context.command.make_parser(context)
    _, rest, _ = parser.parse_args(list(words))
    if rest:
        raise NoSuchCommand(f"it takes no {rest}")


def _has_option(context: typer.Context, word: str) -> None:
    known = {name for one in context.command.get_params(context) for name in one.opts}
    if word.partition("=")[0] not in known:
        raise NoSuchCommand(f"there is no option {word}")


def check_line(line: str) -> int:
    """Every command of `assay` and `make` in a line of shell; how many there were."""
    lexer = shlex.shlex(re.sub(r"\$\([^)]*\)", "X", line), posix=True, punctuation_chars="|&;>")
    lexer.whitespace_split, lexer.commenters = True, "#"
    words, found = list(lexer), 0
    for place, word in enumerate(words):
        end = next((at for at in range(place, len(words)) if words[at] in _BREAKS), len(words))
        begins = place == 0 or not words[place - 1].startswith(("-c", "pip"))
        if begins and (word == "assay" or word.endswith("/bin/assay")) and _is_command(words, place):
            check_words(words[place + 1 : end])
            found += 1
        elif word == "make" and place == 0:
            targets = [one for one in words[1:end] if "=" not in one]
            if not set(targets) <= TARGETS:
                raise NoSuchCommand(f"make has no {targets}")
            found += 1
    return found


_AHEAD = {"exec", "sudo", "site", "env"}
"""What may stand before a command that it runs: a shell's word, or a container's name."""


def _is_command(words: list[str], place: int) -> bool:
    """Whether the word is run, rather than a user's or unit's name."""
    if words[place] != "assay":
        return True
    before = words[place - 1] if place else ""
    return place == 0 or before in _BREAKS | _AHEAD or "=" in before
