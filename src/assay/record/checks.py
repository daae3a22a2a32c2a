"""The single checks on a record. Each answers one question, in words that need no programmer."""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from assay import __version__
from assay.canonical import canonical_json
from assay.errors import AssayError, UserMistake
from assay.frozen import Frozen
from assay.record.file import PARTS, Record, hashes_of, json_from, raters_of, record_bytes, record_from
from assay.scoring.evidence import EvidenceGate
from assay.scoring.panel import add_up
from assay.scoring.pipeline import offline_raters
from assay.scoring.raters import Rater
from assay.scoring.ratings import Evidence, RaterIdentity, Rating
from assay.scoring.rules import check_rules
from assay.session.events import ChainBroken, check_chain
from assay.session.fold import transcript_of
from assay.session.state import state_of
from assay.session.transcript import Transcript

_EXCERPT = 60


class Answer(NamedTuple):
    """Whether something holds, or None where it could not be checked; and what was found."""

    holds: bool | None
    detail: str


class Check(Frozen):
    """One check: `holds` is None where it could not be made, and `detail` then says why."""

    name: str
    says: str
    holds: bool | None
    detail: str = ""


def bytes_are_canonical(data: bytes) -> Answer:
    """The bytes are the canonical JSON of what they say, and one newline."""
    try:
        canonical = canonical_json(json_from(data)) + b"\n"
    except UserMistake as error:
        return Answer(False, error.message)
    if data == canonical:
        return Answer(True, f"{len(data)} bytes")
    layout = "its spaces, line breaks, order of keys or form of numbers are not those that Assay writes"
    return Answer(False, f"{layout}: {_first_difference(data, canonical)}")


def fields_fit(data: bytes) -> tuple[Answer, Record | None]:
    """Every field is there, none is foreign, each has a value of its own type; with the record when so."""
    try:
        value = json_from(data)
        record = record_from(value)
        given, rewritten = canonical_json(value) + b"\n", record_bytes(record)
    except UserMistake as error:
        return Answer(False, error.message), None
    if given != rewritten:
        # Reading fills in what is left out and turns "3" into 3; a record is written in full and exactly.
        return Answer(False, _first_difference(given, rewritten)), None
    return Answer(True, ""), record


def events_are_chained(record: Record) -> Answer:
    """No event was changed, dropped, added or moved."""
    if not record.events:
        return Answer(None, "the record holds no events: the conversation came from elsewhere")
    try:
        check_chain(record.events)
    except ChainBroken as broken:
        return Answer(False, f"at event {broken.seq}: {broken.why}")
    for before, event in pairwise(record.events):
        if event.at < before.at:
            return Answer(False, f"at event {event.seq}: it is earlier than the event before it")
    return Answer(True, f"{len(record.events)} events")


def transcript_follows_events(record: Record) -> Answer:
    """The conversation and the deliverable are what the events say, and messages are numbered from 0."""
    for position, turn in enumerate(record.transcript.turns):
        if turn.index != position:
            return Answer(False, f"message {position} says that it is number {turn.index}")
    if not record.events:
        return Answer(None, "the record holds no events to compare the conversation with")
    try:
        told = transcript_of(record.events)
        session = state_of(record.events).session
    except (AssayError, ValueError, LookupError, TypeError, AttributeError) as error:
        return Answer(False, f"the events do not tell a session: {error}")
    if session != record.session:
        return Answer(False, f"the events are of session {_short(session)}, not of {_short(record.session)}")
    difference = _transcript_difference(told, record.transcript)
    return Answer(False, difference) if difference else Answer(True, f"{len(told.turns)} messages")


def exercise_is_the_one_scored(record: Record) -> Answer:
    """Exercise and rubric match their hashes, the session that ran, and the criteria of the score."""
    version = record.exercise.version if record.exercise else None
    if version != record.hashes.exercise:
        return Answer(False, "the exercise is not the version that the record was made with")
    if record.rubric is not None and record.hashes.rubric != record.rubric.content_hash():
        return Answer(False, "the rubric is not the one that the record was made with")
    scored = {score.criterion for score in record.score.criteria}
    asked = set(record.scored_rubric.criteria)
    if scored != asked or len(record.score.criteria) != len(asked):
        odd = sorted(scored ^ asked) or sorted(asked)
        return Answer(False, f"the score and the rubric do not name the same criteria, such as {odd[0]}")
    ran = record.events[0].data.get("exercise_version") if record.events else None
    if ran is not None and ran != version:
        # Scoring an old session with a changed exercise is legitimate; that it happened must be seen.
        ran = _short(str(ran), 12)
        return Answer(None, f"the session was run on version {ran} of its exercise and scored with another")
    return Answer(True, f"{len(asked)} criteria")


def quotes_stand(record: Record) -> Answer:
    """Every quote stands verbatim at its offsets, and every refused quote is indeed not there."""
    count = 0
    for place, evidence in _all_evidence(record):
        wrong = _misquoted(evidence, record.transcript)
        if wrong:
            return Answer(False, f"{place}: {wrong}")
        count += 1
    gate = EvidenceGate(record.transcript)
    for rating in record.ratings:
        for quote in rating.dropped:
            if gate.locate(quote) is not None:
                return Answer(
                    False, f"{_of(rating)}: “{_short(quote.text)}” was refused, and yet it stands there"
                )
    return Answer(True, f"{count} quotes")


def levels_rest_on_the_candidates_words(record: Record) -> Answer:
    """No rating has a level without a quote of the candidate's own message or deliverable."""
    turns = record.transcript.turns
    for rating in record.ratings:
        if rating.level is None:
            continue
        if not any(e.turn is None or turns[e.turn].role == "user" for e in rating.evidence):
            return Answer(False, f"{_of(rating)}: it has a level and quotes nothing the candidate wrote")
    return Answer(True, f"{sum(rating.level is not None for rating in record.ratings)} levels")


def rules_find_the_same(record: Record) -> Answer:
    """The hard rules, run again, find what the record says they found."""
    case = record.case()
    again = check_rules(case, EvidenceGate(case.transcript))
    for ours, theirs in zip(again, record.score.rules, strict=False):
        if ours != theirs:
            outcome = "holds" if ours.held else "does not hold"
            return _unlike(
                record, f"rule {theirs.rule}: run again, it {outcome} ({ours.detail or ours.says})"
            )
    if len(again) != len(record.score.rules):
        return _unlike(record, f"the rubric has {len(again)} rules and the score {len(record.score.rules)}")
    return Answer(True, f"{len(again)} rules")


def raters_are_those_who_rated(record: Record) -> Answer:
    """The list of raters names exactly those who rated, and ratings are about the rubric's criteria."""
    if record.raters != raters_of(record.ratings):
        return Answer(False, "the list of raters is not the list of those who gave the ratings")
    asked = record.scored_rubric.criteria
    for rating in record.ratings:
        if rating.criterion not in asked:
            return Answer(False, f"{_of(rating)}: the rubric has no such criterion")
    return Answer(True, f"{len(record.raters)} listed, {len(record.ratings)} ratings")


def offline_judge_repeats_itself(record: Record) -> Answer:
    """What a deterministic rater said, it says again when it is the same version."""
    judges = [rater for rater in record.raters if rater.kind == "indicators"]
    if not judges:
        return Answer(None, "no offline judge rated this session")
    case = record.case()
    gate, installed = EvidenceGate(case.transcript), offline_raters()
    notes, repeated = [], 0
    for rater in judges:
        same = next((r for r in installed if _is_same(r, rater.name, rater.version)), None)
        if same is None:
            notes.append(_other_version(rater, installed, record.assay))
            continue
        again = [gate.admit(proposal, same.identity) for proposal in same.rate(case)]
        theirs = [rating for rating in record.ratings if rating.rater == rater]
        unlike = _first_unlike(again, theirs)
        if unlike:
            return Answer(False, f"{rater.name} {unlike}")
        repeated += len(again)
    if notes:
        return Answer(None, "; ".join(notes))
    return Answer(True, f"{repeated} ratings made again")


def score_follows_from_ratings(record: Record) -> Answer:
    """Adding up the ratings and the rules gives exactly the score in the record."""
    again = add_up(record.case(), record.ratings, record.score.rules)
    for ours, theirs in zip(again.criteria, record.score.criteria, strict=True):
        if ours != theirs:
            return _unlike(
                record,
                f"{theirs.title}: the ratings add up to {_level(ours.level)}, not {_level(theirs.level)}"
                if ours.level != theirs.level
                else f"{theirs.title}: the ratings do not add up to what stands there",
            )
    for field in ("overall", "unscored", "scale", "threshold", "verdict", "narrative"):
        ours_part, theirs_part = getattr(again, field), getattr(record.score, field)
        if ours_part != theirs_part:
            return _unlike(record, f"the {field} of the score is not what the ratings add up to")
    return Answer(True, "")


def hashes_now(record: Record) -> dict[str, str | None]:
    """The hashes block as the record's content gives it today."""
    return hashes_of(record.model_dump(mode="json", exclude={"hashes"}))


def parts_match_their_hashes(record: Record, now: dict[str, str | None]) -> Answer:
    """Each part has the content that its hash stands for."""
    written = record.hashes.model_dump()
    for part in PARTS:
        if now[part] != written[part]:
            return Answer(False, f"{part} was changed after the record was made, or its hash was")
    return Answer(True, f"{sum(written[part] is not None for part in PARTS)} parts")


def seal_matches(record: Record, now: dict[str, str | None]) -> Answer:
    """The seal stands for this header and these parts."""
    if now["seal"] != record.hashes.seal:
        return Answer(
            False,
            "the seal does not stand for this content: format, version, time, session or a part differs",
        )
    return Answer(True, record.hashes.seal)


RECORD_CHECKS: tuple[tuple[str, str, Callable[[Record], Answer]], ...] = (
    ("events", "No event of the session was changed, dropped, added or moved", events_are_chained),
    ("transcript", "The conversation is what the events say happened", transcript_follows_events),
    ("exercise", "The exercise and the rubric are the ones scored with", exercise_is_the_one_scored),
    ("evidence", "Every quote stands word for word where it says", quotes_stand),
    ("levels", "No level is given without the candidate's own words", levels_rest_on_the_candidates_words),
    ("rules", "The rules, run again, find the same", rules_find_the_same),
    ("raters", "The raters listed are those who rated", raters_are_those_who_rated),
)


def _unlike(record: Record, detail: str) -> Answer:
    """A failure, unless another version of Assay made the record: its rules and panel may differ."""
    if record.assay == __version__:
        return Answer(False, detail)
    return Answer(
        None,
        f"made by version {record.assay}, and version {__version__} finds otherwise ({detail}); "
        f"install {record.assay} to check this",
    )


def _all_evidence(record: Record) -> Iterator[tuple[str, Evidence]]:
    for rating in record.ratings:
        yield from ((_of(rating), evidence) for evidence in rating.evidence)
    for score in record.score.criteria:
        yield from ((f"score of {score.criterion}", evidence) for evidence in score.evidence)
    for rule in record.score.rules:
        yield from ((f"rule {rule.rule}", evidence) for evidence in rule.evidence)


def _misquoted(evidence: Evidence, transcript: Transcript) -> str:
    if evidence.turn is None:
        text, where = transcript.final_deliverable, "the deliverable"
    elif 0 <= evidence.turn < len(transcript.turns):
        text, where = transcript.turns[evidence.turn].text, f"message {evidence.turn}"
    else:
        return f"it quotes message {evidence.turn}, and the conversation has no such message"
    stands = text[evidence.start : evidence.end]
    if stands == evidence.quote:
        return ""
    span = f"characters {evidence.start} to {evidence.end} of {where}"
    return f"{span} read “{_short(stands)}”, not “{_short(evidence.quote)}”"


def _transcript_difference(told: Transcript, written: Transcript) -> str:
    for ours, theirs in zip(told.turns, written.turns, strict=False):
        if ours != theirs:
            return f"message {theirs.index} differs from the event that recorded it"
    if len(told.turns) != len(written.turns):
        return f"the events tell of {len(told.turns)} messages, and the conversation has {len(written.turns)}"
    if told.deliverable != written.deliverable:
        return "the deliverable differs from what the events say was saved"
    if told.flags != written.flags:
        return "the flagged passages differ from what the events say was flagged"
    return "" if told == written else "how the session ended differs from what the events say"


def _other_version(rater: RaterIdentity, installed: Sequence[Rater], assay: str) -> str:
    own = ", ".join(r.identity.version for r in installed if r.identity.kind == "indicators")
    return (
        f"the ratings were made by version {rater.version or 'unknown'} of {rater.name}, and version {own} "
        f"is installed: only the same one can be run again and compared. Assay {assay} made the record"
    )


def _is_same(rater: Rater, name: str, version: str) -> bool:
    identity = rater.identity
    return identity.kind == "indicators" and (identity.name, identity.version) == (name, version)


def _first_unlike(again: Sequence[Rating], theirs: Sequence[Rating]) -> str:
    for ours, written in zip(again, theirs, strict=False):
        if ours != written:
            return f"rates {ours.criterion} {_level(ours.level)} when run again, unlike the record"
    if len(again) != len(theirs):
        return f"gives {len(again)} ratings when run again, and the record holds {len(theirs)}"
    return ""


def _of(rating: Rating) -> str:
    return f"rating of {rating.criterion} by {rating.rater.name}"


def _level(level: float | None) -> str:
    return "unscored" if level is None else f"{level:g}"


def _short(text: str, length: int = _EXCERPT) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"


def _first_difference(data: bytes, canonical: bytes) -> str:
    pairs = enumerate(zip(data, canonical, strict=False))
    at = next((place for place, (a, b) in pairs if a != b), min(len(data), len(canonical)))
    found = data[max(0, at - 20) : at + 20].decode("utf-8", "replace")
    return f"byte {at} is not as Assay writes it, near “{found}”"
