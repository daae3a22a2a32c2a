"""Checks that do the work of scoring again: quotes, rules, the offline judge, and adding up."""

from collections.abc import Iterator, Sequence

from assay import __version__
from assay.record.checks.answer import (
    Answer,
    cannot_be_made,
    left_to_another_version,
    level_in_words,
    of_rating,
    shortened,
)
from assay.record.file import Record, raters_of
from assay.scoring.evidence import EvidenceGate
from assay.scoring.panel import add_up
from assay.scoring.pipeline import offline_raters
from assay.scoring.raters import Rater
from assay.scoring.ratings import Evidence, RaterIdentity, Rating
from assay.scoring.rules import check_rules
from assay.session.transcript import Transcript

JUDGEMENT = {"person": "a person", "judge": "an LLM judge"}
"""Raters who cannot be asked again and would answer the same: their ratings rest on their word."""


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
                words = shortened(quote.text)
                return Answer(False, f"{of_rating(rating)}: “{words}” was refused, and yet it stands there")
    return Answer(True, f"{count} quotes")


def levels_rest_on_the_candidates_words(record: Record) -> Answer:
    """No rating has a level without a quote of the candidate's own message or deliverable."""
    turns = record.transcript.turns
    for rating in record.ratings:
        if rating.level is None:
            continue
        if not any(e.turn is None or turns[e.turn].role == "user" for e in rating.evidence):
            return Answer(
                False, f"{of_rating(rating)}: it has a level and quotes nothing the candidate wrote"
            )
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
    """The list of raters names exactly those who rated."""
    if record.raters != raters_of(record.ratings):
        return Answer(False, "the list of raters is not the list of those who gave the ratings")
    return Answer(True, f"{len(record.raters)} listed, {len(record.ratings)} ratings")


def offline_judge_repeats_itself(record: Record) -> Answer:
    """What a rater made of code said, it says again when it is the same version."""
    judges = [rater for rater in record.raters if rater.kind not in JUDGEMENT]
    if not judges:
        return cannot_be_made("no offline judge rated this session")
    case = record.case()
    gate, installed = EvidenceGate(case.transcript), offline_raters()
    others, repeated = [], 0
    for rater in judges:
        same = next((r for r in installed if _is_same(r, rater)), None)
        if same is None:
            others.append(_other_version(rater, installed, record.assay))
            continue
        again = [gate.admit(proposal, same.identity) for proposal in same.rate(case)]
        theirs = [rating for rating in record.ratings if rating.rater == rater]
        unlike = _first_unlike(again, theirs)
        if unlike:
            return Answer(False, f"{rater.name} {unlike}")
        repeated += len(again)
    if others:
        return left_to_another_version("; ".join(others))
    return Answer(True, f"{repeated} ratings made again")


def score_follows_from_ratings(record: Record) -> Answer:
    """Adding up the ratings and the rules gives exactly the score in the record."""
    again = add_up(record.case(), record.ratings, record.score.rules)
    for ours, theirs in zip(again.criteria, record.score.criteria, strict=True):
        if ours != theirs:
            return _unlike(
                record,
                f"{theirs.title}: the ratings add up to {level_in_words(ours.level)}, "
                f"not {level_in_words(theirs.level)}"
                if ours.level != theirs.level
                else f"{theirs.title}: the ratings do not add up to what stands there",
            )
    for field in ("overall", "unscored", "scale", "threshold", "verdict", "narrative"):
        ours_part, theirs_part = getattr(again, field), getattr(record.score, field)
        if ours_part != theirs_part:
            return _unlike(record, f"the {field} of the score is not what the ratings add up to")
    return Answer(True, "")


def _unlike(record: Record, detail: str) -> Answer:
    """A failure, unless another version of Assay made the record: its rules and panel may differ."""
    if record.assay == __version__:
        return Answer(False, detail)
    return left_to_another_version(
        f"made by version {record.assay}, and version {__version__} finds otherwise ({detail}); "
        f"install {record.assay} to check this"
    )


def _all_evidence(record: Record) -> Iterator[tuple[str, Evidence]]:
    for rating in record.ratings:
        yield from ((of_rating(rating), evidence) for evidence in rating.evidence)
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
    return f"{span} read “{shortened(stands)}”, not “{shortened(evidence.quote)}”"


def _other_version(rater: RaterIdentity, installed: Sequence[Rater], assay: str) -> str:
    own = ", ".join(r.identity.version for r in installed if r.identity.kind == "indicators")
    return (
        f"the ratings were made by version {rater.version or 'unknown'} of {rater.name}, and version {own} "
        f"is installed: only the same one can be run again and compared. Assay {assay} made the record"
    )


def _is_same(rater: Rater, written: RaterIdentity) -> bool:
    ours = rater.identity
    return (ours.kind, ours.name, ours.version) == (written.kind, written.name, written.version)


def _first_unlike(again: Sequence[Rating], theirs: Sequence[Rating]) -> str:
    for ours, written in zip(again, theirs, strict=False):
        if ours != written:
            return f"rates {ours.criterion} {level_in_words(ours.level)} when run again, unlike the record"
    if len(again) != len(theirs):
        return f"gives {len(again)} ratings when run again, and the record holds {len(theirs)}"
    return ""
