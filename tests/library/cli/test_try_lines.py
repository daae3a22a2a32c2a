"""What a candidate may type, and what it means."""

import io
import sys

import pytest

from assay.cli.try_lines import Entry, Lines


def lines(monkeypatch: pytest.MonkeyPatch, typed: str) -> Lines:
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
    return Lines()


@pytest.mark.parametrize(
    ("typed", "entry"),
    [
        ("Four labels.\n", Entry("", "Four labels.")),
        ("Four labels.", Entry("", "Four labels.")),
        ("Four labels.\r\n", Entry("", "Four labels.")),
        ("Four labels:\\\n- nails\\\n- screws\nnext\n", Entry("", "Four labels:\n- nails\n- screws")),
        ('"""\nFour\n\n  labels\n"""\n', Entry("", "Four\n\n  labels")),
        ('"""Four\nlabels"""\n', Entry("", "Four\nlabels")),
        ('"""One line"""\n', Entry("", "One line")),
        ("/time\n", Entry("time", "")),
        ("/TIME  \n", Entry("time", "")),
        ("/flag 41 nails | The list says 40\n", Entry("flag", "41 nails | The list says 40")),
        ("//etc/hosts is a file\n", Entry("", "/etc/hosts is a file")),
        ("/\n", Entry("help", "")),
        ("\n", Entry("", "")),
    ],
)
def test_a_line_is_a_message_or_a_command(monkeypatch: pytest.MonkeyPatch, typed: str, entry: Entry) -> None:
    assert lines(monkeypatch, typed).entry() == entry


def test_a_deliverable_is_read_up_to_a_lone_full_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    typed = lines(monkeypatch, "Nails.\n\n/time\n.\nnext\n")
    assert typed.text() == "Nails.\n\n/time"
    assert typed.entry() == Entry("", "next")


@pytest.mark.parametrize("typed", ["", '"""\nnever closed\n', "goes on\\\n"])
def test_input_that_ends_in_the_middle_sends_nothing(monkeypatch: pytest.MonkeyPatch, typed: str) -> None:
    with pytest.raises(EOFError):
        lines(monkeypatch, typed).entry()
