"""A reply on the screen while it arrives."""

import textwrap

import pytest

from assay.cli.try_flow import INDENT, Flow


def flowed(text: str, size: int, width: int = 32) -> str:
    written: list[str] = []
    flow = Flow(written.append, width)
    for start in range(0, len(text), size):
        flow.feed(text[start : start + size])
    flow.end()
    return "".join(written)


TEXT = "Labels for the shop are short. Each of them has at most three words, and hangs high."


@pytest.mark.parametrize("size", [1, 2, 7, 100])
def test_a_reply_is_broken_between_words_however_it_arrives(size: int) -> None:
    wanted = textwrap.fill(TEXT, 32, initial_indent=INDENT, subsequent_indent=INDENT)
    assert flowed(TEXT, size) == wanted + "\n"


@pytest.mark.parametrize("size", [1, 5, 100])
def test_lists_code_and_paragraphs_keep_their_shape(size: int) -> None:
    text = "\n\nOne:\n\n- a\n    - b  c\n\n\n"
    assert flowed(text, size) == "  One:\n\n  - a\n      - b  c\n"


def test_a_word_longer_than_the_screen_and_a_script_without_spaces_are_broken() -> None:
    assert flowed("x" * 65, 9).splitlines() == [f"  {'x' * 30}", f"  {'x' * 30}", "  xxxxx"]
    wide = "\u68da"
    assert flowed(wide * 16, 3).splitlines() == [f"  {wide * 15}", f"  {wide}"]


def test_nothing_is_written_for_nothing() -> None:
    assert flowed(" \n ", 1) == ""
