"""What a record says, in the words that every form of report shares. Texts of people stay unescaped."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from assay.authoring.rubric import Rubric
from assay.record import Record
from assay.scoring.judge.settings import is_no_judge
from assay.scoring.narrative import show_level
from assay.scoring.ratings import Evidence, Quote, RaterIdentity, Rating, RuleOutcome
from assay.scoring.score import CriterionScore, Interval, Overall, Score
from assay.scoring.voices import heard
from assay.session.baseline import baseline_mark
from assay.session.state import state_of
from assay.session.transcript import Turn

SPEAKERS = {"user": "Candidate", "assistant": "Assistant", "system": "System", "tool": "Tool"}

RATER_KINDS: Mapping[str, str] = {
    "rules": "Rules, checked by code",
    "ledger": "Error ledger",
    "indicators": "Offline judge",
    "judge": "LLM judge",
    "person": "Person",
}


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something to look at before the number: a rater that is none, a serious criterion, or a failed rule."""

    title: str
    detail: str
    link: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A quote that a rater gave and that does not stand where it said."""

    rater: RaterIdentity
    criterion: str
    quote: Quote


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """How the session went: rounds, and seconds on the session's clock."""

    model: str
    started: str
    rounds: int
    rounds_allowed: int
    charged: float
    credited: float
    credits: Mapping[str, float]
    attempts: int
    length: float


def range_in_words(interval: Interval | None, threshold: float | None = None) -> str:
    """An interval as in 2.4 to 3.2; empty without one. `threshold` is what a reader compares it with."""
    if interval is None:
        return ""
    return f"{show_level(interval.low, threshold)} to {show_level(interval.high, threshold)}"


def verdict_in_words(score: Score) -> str:
    """Where the overall score stands against its threshold, as one sentence without a full stop."""
    threshold = "" if score.threshold is None else show_level(score.threshold)
    if capped := _held_down(score):
        return capped
    match score.verdict:
        case "too close to call":
            return f"Too close to the threshold of {threshold} to call: a person decides"
        case "above":
            return f"Above the threshold of {threshold}, and clear of it"
        case "below":
            return f"Below the threshold of {threshold}, and clear of it"
        case "unscored":
            return f"Not compared with the threshold of {threshold}: there is no overall score"
        case "no threshold":
            return "No threshold is set"


def _held_down(score: Score) -> str:
    """The verdict on a score that a failed rule keeps at or below the threshold; empty for all others."""
    overall, threshold = score.overall, score.threshold
    if overall is None or threshold is None or not is_capped(overall) or overall.value > threshold:
        return ""
    if overall.value < threshold:
        most = show_level(overall.value, threshold)
        return f"Below the threshold of {show_level(threshold)} (capped): a failed rule allows at most {most}"
    close = ", and a person decides" if score.verdict == "too close to call" else ""
    return f"Capped at the threshold of {show_level(threshold)}: a failed rule allows no more{close}"


def is_capped(overall: Overall) -> bool:
    """Whether a failed rule's ceiling is what keeps the overall score below what the criteria come to."""
    ceiling = min((cap.ceiling for cap in overall.caps), default=None)
    return ceiling is not None and overall.value == ceiling < overall.before_caps


def story(score: Score) -> list[str]:
    """The narrative, with criteria that are unscored for the same reason told of in one sentence."""
    reasons: dict[str, list[str]] = {}
    for item in score.criteria:
        if item.unscored is not None:
            reasons.setdefault(item.unscored, []).append(item.title)
    told = list(score.narrative)
    for reason, titles in reasons.items():
        singly = [f"{title} is not scored: {reason}." for title in titles]
        if len(titles) > 1 and all(text in told for text in singly):
            place = told.index(singly[0])
            told = [text for text in told if text not in singly]
            told.insert(place, f"{_listed(titles)} are not scored: {reason}.")
    return told


def shared_reason(score: Score) -> str | None:
    """Why nothing is scored, where that is the same reason for every one of several criteria."""
    reasons = {item.unscored for item in score.criteria}
    return next(iter(reasons)) if len(reasons) == 1 and len(score.criteria) > 1 else None


def _listed(names: list[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}"


def alarms(record: Record) -> list[Alarm]:
    """What must not be averaged away: worthless levels, serious criteria, failed rules and what they did."""
    score, rules = record.score, record.scored_rubric.rules
    details = {rule.rule: rule.detail for rule in score.rules if rule.state == "failed"}
    fails = {
        rule.id: rule.on_fail.auto_fail for rule in rules if rule.id in details and rule.on_fail.auto_fail
    }
    found = [_of_no_judge(rater) for rater in record.raters if is_no_judge(rater)]
    for number, item in enumerate(score.criteria, start=1):
        if item.serious:
            told = [details[rule] for rule, criterion in fails.items() if criterion == item.criterion]
            why = item.reasons[0] if item.reasons else "A low level on a serious criterion"
            title = f"{item.title}: {level_in_words(item)} of {show_level(score.scale.max)}"
            text = " ".join(sentence(part) for part in (why, *told))
            found.append(Alarm(title, text, f"criterion-{number}"))
    for number, rule in enumerate(score.rules, start=1):
        if rule.rule in details and rule.rule not in fails:
            does = f"{sentence(rule.detail)} {effect_of(record, rule)}".strip()
            found.append(Alarm(f"Failed rule: {rule.says}", does, f"rule-{number}"))
    return found


def _of_no_judge(rater: RaterIdentity) -> Alarm:
    return Alarm(
        f"Levels of the {rater.name} model mean nothing",
        "It is too small to judge and is there to try things with: rely on no level that it had a part in.",
        "overall",
    )


def effect_of(record: Record, outcome: RuleOutcome) -> str:
    """What a failed rule does to the score, as a sentence; empty for a rule that did not fail."""
    if outcome.state != "failed":
        return ""
    rubric = record.scored_rubric
    does = next((rule.on_fail for rule in rubric.rules if rule.id == outcome.rule), None)
    if does is not None and does.auto_fail is not None:
        return f"It sets {rubric.title_of(does.auto_fail)} to {show_level(rubric.scale.min)}."
    if does is not None and does.cap_overall is not None:
        return _cap_in_words(does.cap_overall, record.score.overall)
    return "It is shown only: it does not change the score."


def _cap_in_words(ceiling: float, overall: Overall | None) -> str:
    most = show_level(ceiling)
    if overall is None:
        return f"It would cap the overall score at {most}, and there is none."
    if not is_capped(overall):
        return (
            f"It caps the overall score at {most}, which the criteria do not exceed: it changes nothing here."
        )
    if ceiling > overall.value:
        return f"It caps the overall score at {most}, and another rule caps it lower."
    return f"It caps the overall score at {most}."


def rules_in_words(score: Score) -> str:
    """How many rules held, of those that apply to the session; empty where none does."""
    states = [rule.state for rule in score.rules]
    if not any_rule_applies(score):
        return ""
    idle = states.count("does not apply")
    held = f"{states.count('held')} of {len(states) - idle} held"
    return f"{held}; {count(idle, 'rule does', 'rules do')} not apply." if idle else f"{held}."


def any_rule_applies(score: Score) -> bool:
    """Whether there is a rule that the session could be held against."""
    return any(rule.applies for rule in score.rules)


def sign_in_words(evidence: Evidence) -> str:
    """The name of the sign that fired at a quote; empty where the rater uses no signs."""
    return (evidence.sign or "").replace("_", " ").replace("-", " ")


def level_in_words(item: CriterionScore) -> str:
    """A criterion's level with one decimal, or the word unscored."""
    return "unscored" if item.level is None else show_level(item.level)


def share(item: CriterionScore, score: Score) -> float:
    """A criterion's share of all weight, 0 to 1."""
    return item.weight / sum(other.weight for other in score.criteria)


def anchors(rubric: Rubric, item: CriterionScore) -> list[tuple[str, str]]:
    """The rubric's words for the level given (or the one below a half level), and for the next one up.

    They are labelled as the rubric's: a rater that does not read them may have given the level.
    """
    levels = rubric.criteria[item.criterion].levels
    if item.level is None:
        return []
    below = int(item.level // 1)
    place = "" if below == item.level else ", just below"
    labels = [(f"The rubric's words for level {below}{place}", below)]
    labels += [(f"The rubric's words for level {below + 1}, the next", below + 1)]
    return [(label, levels[level].words) for label, level in labels if level in levels]


def only_the_offline_judge(record: Record) -> bool:
    """Whether nobody rated but the judge that counts signs and reads no rubric."""
    return bool(record.raters) and all(rater.kind == "indicators" for rater in record.raters)


WORDS_NOT_READ = (
    "The offline judge counts signs and does not read the rubric's words: those shown for a level say what "
    "the rubric means by it, not what the judge found."
)


def refused_quotes(record: Record) -> list[Refused]:
    """Every quote that the evidence gate did not let through."""
    return [
        Refused(rating.rater, rating.criterion, quote)
        for rating in record.ratings
        for quote in rating.dropped
    ]


def left_unscored(record: Record) -> list[str]:
    """What people left unscored, each as a sentence with the person, the criterion and the reason."""
    return [
        sentence(
            f"{rating.rater.name} left {record.scored_rubric.title_of(rating.criterion)} unscored: "
            f"{rating.unscored}"
        )
        for rating in record.ratings
        if rating.rater.kind == "person" and rating.unscored is not None
    ]


def rated_by(record: Record, rater: RaterIdentity) -> str:
    """What one rater contributed, in words."""
    own = [rating for rating in record.ratings if rating.rater == rater]
    scored = len({rating.criterion for rating in own if rating.level is not None})
    unscored = len({rating.criterion for rating in own}) - scored
    text = f"{count(scored, 'criterion', 'criteria')} rated"
    return text + (f", {unscored} unscored with the reason" if unscored else "")


def session_facts(record: Record) -> SessionFacts | None:
    """How the session went, from its events; None for a conversation from elsewhere."""
    if not record.events:
        return None
    state = state_of(record.events)
    return SessionFacts(
        model=state.model,
        started=state.started,
        rounds=state.rounds_used,
        rounds_allowed=state.limits.rounds,
        charged=state.charged(state.last_at),
        credited=state.credited_seconds(state.last_at),
        credits={
            reason: state.credited_for(reason)
            for reason in dict.fromkeys(credit.reason for credit in state.credits)
        },
        attempts=state.attempt,
        length=state.last_at,
    )


def rounds_of_turns(record: Record) -> Iterator[int]:
    """For each message, the round it belongs to; 0 before the candidate's first message."""
    current = 0
    for turn in record.transcript.turns:
        current += turn.role == "user"
        yield current


def speaker_of(record: Record, turn: Turn) -> str:
    """Who said a message; in a baseline the line is nobody's."""
    if turn.role == "user" and baseline_mark(record.events) is not None:
        return "One line"
    return SPEAKERS[turn.role]


def ended_in_words(record: Record) -> str:
    """How the session ended, as one sentence without a full stop."""
    alone = baseline_mark(record.events) is not None
    return {
        "submitted": "The reply was handed in as it came" if alone else "The candidate submitted",
        "time": "The time limit was reached",
        "rounds": "The round limit was reached",
        "unknown": "How it ended is not recorded",
    }[record.transcript.ended_by]


def clock(seconds: float) -> str:
    """Seconds as minutes and seconds, such as 04:07, or 1:04:07 from an hour on."""
    hours, rest = divmod(int(seconds), 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes:02}:{left:02}"


def credits_in_words(facts: SessionFacts) -> str:
    """The time that was not charged, and for what."""
    causes = {"model": "waiting for the assistant", "outage": "outages"}
    parts = [f"{clock(seconds)} {causes[reason]}" for reason, seconds in facts.credits.items()]
    total = f"{clock(facts.credited)}: " if len(parts) != 1 else ""
    return f"{total}{', '.join(parts)}" if parts else clock(facts.credited)


def moment(time: str) -> str:
    """An ISO 8601 time as people read it, to the minute, such as 2026-03-02 09:40 UTC."""
    zone = time[19:].lstrip(".0123456789")
    return f"{time[:10]} {time[11:16]} {'UTC' if zone in {'Z', '+00:00'} else zone}"


def count(number: int, one: str, many: str) -> str:
    """A number with its noun."""
    return f"{number} {one if number == 1 else many}"


def reasons_in_words(record: Record, item: CriterionScore, *, named: bool = True) -> list[str]:
    """Why a criterion has its level, a sentence each; of several raters, who says it and at which level.

    Args:
        record: the record.
        item: one of its criteria.
        named: whether raters are called by their names, which candidates are not told of people.
    """
    if item.raters < 2:
        return [sentence(reason) for reason in item.reasons]
    votes = [one for one in heard(item.criterion, record.ratings) if one.level is not None]
    by = {one.reason: one for one in reversed(votes)}
    return [_said_by(by.get(reason), reason, named=named) for reason in item.reasons]


def _said_by(rating: Rating | None, reason: str, *, named: bool) -> str:
    if rating is None or rating.level is None:
        return sentence(reason)
    who = rating.rater.name if named else RATER_KINDS[rating.rater.kind]
    return sentence(f"{who}, level {show_level(rating.level)}: {reason}")


def sentence(text: str) -> str:
    """`text` with a capital at its start and a full stop at its end, where it says anything."""
    stripped = text.strip()
    raised = stripped[:1].upper() + stripped[1:]
    return raised if not raised or raised[-1] in ".?!…" else f"{raised}."
