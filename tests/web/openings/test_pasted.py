"""Reading a pasted list of candidates."""

import pytest
from django.core.exceptions import ValidationError

from assay_web.openings.pasted import Invitee, read_invitees


@pytest.mark.parametrize(
    "line",
    [
        "Ada Moreau <ada@example.org>",
        '"Ada Moreau" <Ada@Example.org>,',
        "Ada Moreau, ada@example.org",
        "ada@example.org;Ada Moreau",
        "Moreau\tada@example.org",
        '"Moreau, Ada",ada@example.org',
    ],
)
def test_a_candidate_is_read_from_the_usual_ways_of_writing_one(line: str) -> None:
    (found,) = read_invitees(line)
    assert found.email == "ada@example.org"
    assert "Moreau" in found.name


def test_headings_blank_lines_and_repeated_addresses_are_passed_over() -> None:
    text = "Name,E-mail\n\nAda Moreau,ada@example.org\nAda M,ADA@example.org\nBo Tran <bo@example.org>\n"
    assert read_invitees(text) == [
        Invitee("Ada Moreau", "ada@example.org"),
        Invitee("Bo Tran", "bo@example.org"),
    ]


def test_every_line_that_cannot_be_read_is_named_with_what_is_wrong() -> None:
    text = "Ada Moreau\nbo@example.org\nCem <not-an-address>\nDi <di@example.org>\nE, e@x.org, f@x.org"
    with pytest.raises(ValidationError) as refusal:
        read_invitees(text)
    said = refusal.value.messages
    assert [message.split(":")[0] for message in said] == ["Line 1", "Line 2", "Line 3", "Line 5"]
    assert "no e-mail address" in said[0]
    assert "no name" in said[1]


def test_a_list_without_end_is_refused() -> None:
    with pytest.raises(ValidationError, match="paste at most 200"):
        read_invitees("\n".join(f"P{n} <p{n}@example.org>" for n in range(201)))
