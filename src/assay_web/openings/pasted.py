"""Reading a pasted list of candidates: one a line, as "Name <address>", or as rows of a table."""

import csv
import re
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

MOST_LINES = 200
LONGEST_NAME = 120
_ANGLED = re.compile(r"\s*\"?(?P<name>[^<>\"]*?)\"?\s*<\s*(?P<email>[^<>\s]+)\s*>[\s,;]*")
_TITLES = {"name", "email", "e-mail", "mail", "candidate", "address", "e-mail address", "email address"}


@dataclass(frozen=True, slots=True)
class Invitee:
    """Somebody to invite. The address is in lower case."""

    name: str
    email: str


def read_invitees(text: str) -> list[Invitee]:
    """Everybody in a pasted list, each address once.

    Raises:
        ValidationError: lines that cannot be read, each with its number and what is wrong with it.
    """
    found: dict[str, Invitee] = {}
    problems: list[str] = []
    lines = [(number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    if len(lines) > MOST_LINES:
        raise ValidationError(
            _("That is %(count)d lines; paste at most %(most)d at a time.")
            % {"count": len(lines), "most": MOST_LINES}
        )
    for number, line in lines:
        if _is_heading(line):
            continue
        try:
            invitee = _read(line)
            found.setdefault(invitee.email, invitee)
        except ValidationError as error:
            problems.append(_("Line %(number)d: %(problem)s") % {"number": number, "problem": error.message})
    if problems:
        raise ValidationError([ValidationError(problem) for problem in problems[:10]])
    return list(found.values())


def _read(line: str) -> Invitee:
    angled = _ANGLED.fullmatch(line)
    name, email = (angled["name"], angled["email"]) if angled else _columns(line)
    return checked(name, email)


def _columns(line: str) -> tuple[str, str]:
    cells = _cells(line)
    addresses = [at for at, cell in enumerate(cells) if "@" in cell]
    if not addresses:
        raise ValidationError(_("there is no e-mail address in it."))
    if len(addresses) > 1:
        raise ValidationError(_("it has more than one e-mail address; write one candidate a line."))
    email = cells.pop(addresses[0])
    return " ".join(cells), email


def _cells(line: str) -> list[str]:
    mark = next((mark for mark in "\t;," if mark in line), ",")
    row = next(iter(csv.reader([line], delimiter=mark, skipinitialspace=True)), [])
    return [cell.strip() for cell in row if cell.strip()]


def _is_heading(line: str) -> bool:
    cells = _cells(line)
    return bool(cells) and all(cell.lower() in _TITLES for cell in cells)


def checked(name: str, email: str) -> Invitee:
    """A name and an address as they are kept.

    Raises:
        ValidationError: there is no name, or no usable address.
    """
    tidy, address = " ".join(name.split()), email.strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        raise ValidationError(
            _("“%(address)s” is no e-mail address that mail can be sent to.")
            % {"address": email.strip()[:80]}
        ) from None
    if not tidy:
        raise ValidationError(_("there is no name beside %(address)s.") % {"address": address})
    if len(tidy) > LONGEST_NAME:
        raise ValidationError(_("the name is longer than %(most)d characters.") % {"most": LONGEST_NAME})
    return Invitee(tidy, address)
