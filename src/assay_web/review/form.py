"""What a person types when they rate, and how it becomes ratings that hold to the rules of every rater."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from assay.errors import UserMistake, Where
from assay.scoring.evidence import EvidenceGate
from assay.scoring.people import PersonRater
from assay.scoring.raters import Case
from assay.scoring.ratings import Evidence, Proposal, Quote, RaterIdentity

UNSCORED = "unscored"
LONGEST = 20_000
MOST_QUOTES = 40

Typed = dict[str, dict[str, str]]
"""Criterion to what was typed for it: `choice` (a level or "unscored"), `quotes`, `reason`, `unscored`."""

_PARTS = ("choice", "quotes", "reason", "unscored")
_PLACED = re.compile(r"^\[(\d{1,5}|deliverable)\]\s*(.*)$")
_EXCERPT = 90


@dataclass(slots=True)
class Checked:
    """Ratings as they would be kept, and per criterion what keeps them from it."""

    kept: dict[str, dict[str, Any]] = field(default_factory=dict)
    problems: dict[str, list[str]] = field(default_factory=dict)


def typed_in(given: Mapping[str, str], criteria: list[str]) -> Typed:
    """What a form holds for each criterion; criteria without anything are left out."""
    found: Typed = {}
    for criterion in criteria:
        parts = {part: given.get(f"{criterion}:{part}", "")[:LONGEST].strip() for part in _PARTS}
        if any(parts.values()):
            found[criterion] = parts
    return found


def check(typed: Typed, case: Case) -> Checked:
    """Hold what was typed to the rules: whole levels of the scale, and quotes that stand.

    A criterion with words and without a choice is a problem too, lest it be forgotten.
    """
    gate, checked = EvidenceGate(case.transcript), Checked()
    for criterion, parts in typed.items():
        problems, kept = _rating(criterion, parts, case, gate)
        if problems:
            checked.problems[criterion] = problems
        else:
            checked.kept[criterion] = kept
    return checked


def _rating(
    criterion: str, parts: Mapping[str, str], case: Case, gate: EvidenceGate
) -> tuple[list[str], dict[str, Any]]:
    choice = parts["choice"]
    if not choice:
        return [_("Choose a level, or say that it cannot be rated")], {}
    if choice == UNSCORED:
        why = parts["unscored"]
        return ([] if why else [_("Say why it cannot be rated")]), {"unscored": why}
    if not (choice.isascii() and choice.isdigit() and len(choice) < 3):
        return [_("Choose one of the levels")], {}
    quotes, problems = _quotes(parts["quotes"], case, gate)
    if not parts["quotes"]:
        return [_("Quote the words that show the level")], {}
    if problems:
        return problems, {}
    proposal = Proposal(criterion=criterion, level=float(choice), quotes=quotes, reason=parts["reason"])
    return _admitted(proposal, case, gate)


def _admitted(proposal: Proposal, case: Case, gate: EvidenceGate) -> tuple[list[str], dict[str, Any]]:
    try:
        PersonRater("", "you", (proposal,), Where("form")).check(case.rubric)
    except UserMistake as error:
        return [error.message, error.remedy], {}
    rating = gate.admit(proposal, RaterIdentity(kind="person", name="you"))
    if rating.level is None:
        return [
            _("None of these quotes is the candidate's own: quote one of their messages, or the deliverable")
        ], {}
    quotes = [{"turn": e.turn, "text": e.quote, "start": e.start} for e in rating.evidence]
    return [], {"level": int(rating.level), "quotes": quotes, "reason": rating.reason}


def _quotes(text: str, case: Case, gate: EvidenceGate) -> tuple[tuple[Quote, ...], list[str]]:
    """One quote a line, `[4] words` or `[deliverable] words`, or bare words that stand anywhere."""
    quotes: list[Quote] = []
    problems: list[str] = []
    for line in [line.strip() for line in text.splitlines() if line.strip()][:MOST_QUOTES]:
        placed = _PLACED.match(line)
        found = _find(gate, [_turn(placed[1])], placed[2]) if placed else None
        # The candidate's own words may begin with a number in brackets.
        found = found or _find(gate, _anywhere(case), line)
        if found is not None:
            quotes.append(Quote(turn=found.turn, text=found.quote, start=found.start))
        else:
            problems.append(_missing(*(placed[2], placed[1]) if placed else (line, None)))
    return tuple(quotes), problems


def _find(gate: EvidenceGate, turns: list[int | None], words: str) -> Evidence | None:
    if not words.strip():
        return None
    places = (gate.locate(Quote(turn=turn, text=words)) for turn in turns)
    return next((place for place in places if place is not None), None)


def _anywhere(case: Case) -> list[int | None]:
    """The candidate's own messages, the deliverable, then the rest."""
    own = [turn.index for turn in case.transcript.turns if turn.role == "user"]
    others = [turn.index for turn in case.transcript.turns if turn.role != "user"]
    return [*own, None, *others]


def _turn(name: str) -> int | None:
    return None if name == "deliverable" else int(name)


def _missing(words: str, place: str | None) -> str:
    shown = words if len(words) <= _EXCERPT else f"{words[: _EXCERPT - 1]}…"
    if place is None:
        return _("“%(words)s” stands nowhere in the session") % {"words": shown}
    where = _("the deliverable") if place == "deliverable" else _("message %(number)s") % {"number": place}
    return _("“%(words)s” does not stand in %(where)s") % {"words": shown, "where": where}
