"""People's ratings given in a file: who rated which session, at which level, on which quotes.

An entry reads `{"id", "rater", "ratings": {CRITERION: {"level", "quotes": [{"turn", "text"}], "reason"}}}`,
or `{"unscored": WHY}` in place of a level. `turn` counts messages from 0; null means the deliverable. A
file is JSON Lines, or a JSON or YAML list of entries.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assay.authoring.rubric import Rubric
from assay.errors import UserMistake, Where
from assay.scoring.inputs.conversation import Unusable, session_id
from assay.scoring.raters import Case
from assay.scoring.ratings import Proposal, Quote, RaterIdentity, Rating

_EXCERPT = 80
LARGEST_FILE = 64 * 1024 * 1024

_ENTRY_KEYS = ("id", "rater", "ratings")
_RATING_KEYS = ("level", "quotes", "reason", "unscored")
_SEPARATOR = re.compile(r"[ \t\r\n,]*")
_SHAPE = (
    'Write {"id": SESSION, "rater": NAME, "ratings": {CRITERION: {"level": 3, "quotes": '
    '[{"turn": 2, "text": "…"}], "reason": "…"}}}'
)


@dataclass(frozen=True, slots=True)
class PersonRater:
    """One person's ratings of one session. Implements `assay.scoring.raters.Rater`."""

    session: str
    name: str
    proposals: tuple[Proposal, ...]
    where: Where

    @property
    def identity(self) -> RaterIdentity:
        """The person, by the name in the file."""
        return RaterIdentity(kind="person", name=self.name)

    def rate(self, case: Case) -> Iterable[Proposal]:
        """What the person said about the criteria that the case's rubric has."""
        return (proposal for proposal in self.proposals if proposal.criterion in case.rubric.criteria)

    def check(self, rubric: Rubric) -> None:
        """Hold the ratings against a rubric.

        Raises:
            UserMistake: a criterion is not the rubric's, or a level is not a whole level of its scale.
        """
        levels = rubric.scale.levels
        for proposal in self.proposals:
            if proposal.criterion not in rubric.criteria:
                known = ", ".join(rubric.criteria)
                message = f"{self.name} rates {proposal.criterion[:60]!r}, which the rubric does not have"
                raise UserMistake(message, remedy=f"The rubric's criteria are {known}", where=self.where)
            if proposal.level is not None and proposal.level not in levels:
                scale = f"{levels[0]} to {levels[-1]}"
                message = (
                    f"{self.name} gives {proposal.criterion} level {proposal.level:g}, which is no level"
                )
                raise UserMistake(message, remedy=f"Use a whole level from {scale}", where=self.where)


@dataclass(frozen=True, slots=True)
class PeoplesRatings:
    """All ratings of a file, by session."""

    by_session: Mapping[str, tuple[PersonRater, ...]] = field(default_factory=dict)

    def of(self, session: str) -> tuple[PersonRater, ...]:
        """Everyone who rated this session, in the order of the file."""
        return self.by_session.get(session, ())

    def check(self, rubric: Rubric) -> None:
        """Hold every rating against a rubric.

        Raises:
            UserMistake: at the first rating that does not fit; it names file and line.
        """
        for raters in self.by_session.values():
            for rater in raters:
                rater.check(rubric)


def dropped_quotes(ratings: Iterable[Rating]) -> Iterator[str]:
    """For each quote of a person that does not stand where it says: who, on what, and what follows."""
    for rating in ratings:
        if rating.rater.kind != "person":
            continue
        name = rating.rater.name
        follows = f", and {name} leaves the criterion unscored: {rating.unscored}" if rating.unscored else ""
        for quote in rating.dropped:
            words = quote.text if len(quote.text) <= _EXCERPT else f"{quote.text[: _EXCERPT - 1]}…"
            where = "the deliverable" if quote.turn is None else f"message {quote.turn}"
            yield (
                f"{name} quotes “{words}” for {rating.criterion}, which {where} does not hold; "
                f"the quote was dropped{follows}"
            )


def read_ratings(path: Path) -> PeoplesRatings:
    """Read people's ratings from a JSON Lines, JSON or YAML file.

    Raises:
        UserMistake: the file cannot be read, or an entry is not one; it names file and line.
    """
    by_session: dict[str, list[PersonRater]] = {}
    for value, line in _entries(path):
        rater = _person(value, Where(path, line))
        known = by_session.setdefault(rater.session, [])
        earlier = next((other for other in known if other.name == rater.name), None)
        if earlier is not None:
            raise UserMistake(
                f"{rater.name} rated session {rater.session!r} already, on line {earlier.where.line}",
                remedy="Keep one entry for each rater and session",
                where=rater.where,
            )
        known.append(rater)
    return PeoplesRatings({session: tuple(raters) for session, raters in by_session.items()})


def _entries(path: Path) -> Iterator[tuple[Any, int]]:
    """Each entry with the line it begins on."""
    kind = path.suffix.lower()
    if kind in (".jsonl", ".ndjson"):
        lines = ((line, number) for number, line in enumerate(_text(path).split("\n"), start=1))
        yield from ((_json(line, Where(path, number)), number) for line, number in lines if line.strip())
    elif kind == ".json":
        yield from _json_entries(_text(path), path)
    else:
        yield from _yaml_entries(path)


def _text(path: Path) -> str:
    try:
        data = path.read_bytes() if path.stat().st_size <= LARGEST_FILE else None
    except OSError as error:
        raise UserMistake(
            f"The ratings cannot be read: {error.strerror}", remedy="Check the path", where=Where(path)
        ) from error
    if data is None:
        raise UserMistake("The ratings file is larger than 64 MB", remedy="Split it", where=Where(path))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UserMistake(
            "The ratings are not UTF-8 text", remedy="Save the file as UTF-8", where=Where(path, line)
        ) from error


def _json(text: str, where: Where) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        line = (where.line or 1) + error.lineno - 1
        message = f"This is not JSON: {error.msg}, at character {error.colno}"
        raise UserMistake(message, remedy=_SHAPE, where=Where(where.file, line)) from error
    except (ValueError, RecursionError) as error:
        raise UserMistake("This JSON cannot be read", remedy=_SHAPE, where=where) from error


def _json_entries(text: str, path: Path) -> Iterator[tuple[Any, int]]:
    """The entries of a JSON list; the position of each is found by reading the list once more by hand."""
    whole = _json(text, Where(path, 1))
    if not isinstance(whole, list):
        yield whole, 1
        return
    decoder = json.JSONDecoder()
    at = text.index("[") + 1
    line, counted = 1, 0
    for _ in whole:
        at = _end_of_separator(text, at)
        line += text.count("\n", counted, at)
        counted = at
        value, at = decoder.raw_decode(text, at)
        yield value, line


def _end_of_separator(text: str, at: int) -> int:
    found = _SEPARATOR.match(text, at)
    return found.end() if found else at


def _yaml_entries(path: Path) -> Iterator[tuple[Any, int]]:
    from assay.authoring.load import read_source
    from assay.authoring.positions import plain

    root = read_source(path).root
    for node in [root] if root.items is None else root.items:
        yield plain(node), node.line


def _person(value: Any, where: Where) -> PersonRater:
    entry = _object(value, _ENTRY_KEYS, "An entry", where)
    missing = [key for key in _ENTRY_KEYS if entry.get(key) is None]
    if missing:
        raise UserMistake(f"The entry has no {missing[0]!r}", remedy=_SHAPE, where=where)
    try:
        session = session_id(entry["id"]) or ""
    except Unusable as error:
        raise UserMistake(error.message, remedy=error.remedy, where=where) from error
    name = entry["rater"]
    if not isinstance(name, str) or not _is_writable(name):
        raise UserMistake("'rater' must be a name in words", remedy=_SHAPE, where=where)
    ratings = entry["ratings"]
    if not isinstance(ratings, dict) or not ratings:
        raise UserMistake("'ratings' must name at least one criterion", remedy=_SHAPE, where=where)
    proposals = tuple(_proposal(str(criterion), rating, where) for criterion, rating in ratings.items())
    return PersonRater(session, name, proposals, where)


def _proposal(criterion: str, value: Any, where: Where) -> Proposal:
    of = f"The rating of {criterion[:60]!r}"
    rating = _object(value, _RATING_KEYS, of, where)
    reason = _words(rating.get("reason"), f"{of}: 'reason'", where)
    unscored = _words(rating.get("unscored"), f"{of}: 'unscored'", where)
    level = rating.get("level")
    if (level is None) == (not unscored):
        raise UserMistake(f"{of} needs either a level or a reason in 'unscored'", remedy=_SHAPE, where=where)
    quotes = _quotes(rating.get("quotes"), of, where)
    if level is None:
        return Proposal(criterion=criterion, unscored=unscored, quotes=quotes, reason=reason)
    if not isinstance(level, int | float) or isinstance(level, bool) or not abs(level) < 1e6:
        raise UserMistake(f"{of}: 'level' must be a whole number", remedy=_SHAPE, where=where)
    if not quotes:
        raise UserMistake(
            f"{of} gives level {level:g} without a quote",
            remedy="Quote the words that show the level, or give 'unscored' with the reason",
            where=where,
        )
    return Proposal(criterion=criterion, level=float(level), quotes=quotes, reason=reason)


def _quotes(value: Any, of: str, where: Where) -> tuple[Quote, ...]:
    if value is None:
        return ()
    if not isinstance(value, list):
        raise UserMistake(f"{of}: 'quotes' must be a list", remedy=_SHAPE, where=where)
    return tuple(_quote(item, of, where) for item in value)


def _quote(value: Any, of: str, where: Where) -> Quote:
    quote = _object(value, ("turn", "text"), f"{of}: a quote", where)
    turn, text = quote.get("turn"), quote.get("text")
    if "turn" not in quote or not (turn is None or (isinstance(turn, int) and not isinstance(turn, bool))):
        raise UserMistake(
            f"{of}: 'turn' of a quote must be the number of a message",
            remedy="Count the messages from 0, or write null for the deliverable",
            where=where,
        )
    words = _words(text, f"{of}: 'text' of a quote", where)
    if not words.strip():
        raise UserMistake(f"{of} has a quote without words", remedy=_SHAPE, where=where)
    return Quote(turn=turn, text=words)


def _words(value: Any, what: str, where: Where) -> str:
    if value is None:
        return ""
    if not isinstance(value, str) or not _is_writable(value or " x"):
        raise UserMistake(f"{what} must be a text", remedy=_SHAPE, where=where)
    return value


def _is_writable(text: str) -> bool:
    """Whether the text has words in it and no half characters."""
    return bool(text.strip()) and not any("\ud800" <= char <= "\udfff" for char in text)


def _object(value: Any, known: tuple[str, ...], what: str, where: Where) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise UserMistake(f"{what} must be an object", remedy=_SHAPE, where=where)
    unknown = next((str(key) for key in value if key not in known), None)
    if unknown is not None:
        raise UserMistake(
            f"{what} has the unknown key {unknown[:60]!r}",
            remedy=f"Its keys are {', '.join(known)}",
            where=where,
        )
    return value
