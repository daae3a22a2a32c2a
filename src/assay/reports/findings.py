"""What a record says, in the words that every form of report shares. Texts of people stay unescaped."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from assay.authoring.rubric import Rubric
from assay.record import Record
from assay.scoring.narrative import show_level
from assay.scoring.ratings import Quote, RaterIdentity
from assay.scoring.score import CriterionScore, Interval, Score
from assay.session.state import state_of

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
    """Something to look at before the number: a serious criterion, a cap, or a failed rule."""

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


def range_in_words(interval: Interval | None) -> str:
    """An interval as in 2.4 to 3.2; empty without one."""
    return f"{show_level(interval.low)} to {show_level(interval.high)}" if interval else ""


def verdict_in_words(score: Score) -> str:
    """Where the overall score stands against its threshold, as one sentence without a full stop."""
    threshold = "" if score.threshold is None else show_level(score.threshold)
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


def alarms(record: Record) -> list[Alarm]:
    """What must not be averaged away: serious criteria first, then failed rules with what they did."""
    score, rules = record.score, record.scored_rubric.rules
    details = {rule.rule: rule.detail for rule in score.rules if not rule.held}
    fails = {
        rule.id: rule.on_fail.auto_fail for rule in rules if rule.id in details and rule.on_fail.auto_fail
    }
    found = []
    for number, item in enumerate(score.criteria, start=1):
        if item.serious:
            told = [details[rule] for rule, criterion in fails.items() if criterion == item.criterion]
            why = item.reasons[0] if item.reasons else "A low level on a serious criterion"
            title = f"{item.title}: {level_in_words(item)} of {show_level(score.scale.max)}"
            text = " ".join(sentence(part) for part in (why, *told))
            found.append(Alarm(title, text, f"criterion-{number}"))
    caps = {cap.rule: cap for cap in score.overall.caps} if score.overall else {}
    for number, rule in enumerate(score.rules, start=1):
        if not rule.held and rule.rule not in fails:
            cap = caps.get(rule.rule)
            effect = f" It caps the overall score at {show_level(cap.ceiling)}." if cap else ""
            title = f"Failed rule: {rule.says}"
            found.append(Alarm(title, f"{sentence(rule.detail)}{effect}".strip(), f"rule-{number}"))
    return found


def rules_in_words(score: Score) -> str:
    """How many rules held, of those that apply to the session."""
    states = [rule.state for rule in score.rules]
    idle = states.count("does not apply")
    held = f"{states.count('held')} of {len(states) - idle} held"
    return f"{held}; {count(idle, 'rule does', 'rules do')} not apply." if idle else f"{held}."


def level_in_words(item: CriterionScore) -> str:
    """A criterion's level with one decimal, or the word unscored."""
    return "unscored" if item.level is None else show_level(item.level)


def share(item: CriterionScore, score: Score) -> float:
    """A criterion's share of all weight, 0 to 1."""
    return item.weight / sum(other.weight for other in score.criteria)


def anchors(rubric: Rubric, item: CriterionScore) -> list[tuple[str, str]]:
    """The words of the level reached (both neighbours of a half level), and of the next one up."""
    levels = rubric.criteria[item.criterion].levels
    if item.level is None:
        return []
    below = int(item.level // 1)
    reached = [(f"Level {below}", below)] if below == item.level else [(f"Above level {below}", below)]
    following = [(f"Next, level {below + 1}", below + 1)]
    return [(label, levels[level].words) for label, level in reached + following if level in levels]


def refused_quotes(record: Record) -> list[Refused]:
    """Every quote that the evidence gate did not let through."""
    return [
        Refused(rating.rater, rating.criterion, quote)
        for rating in record.ratings
        for quote in rating.dropped
    ]


def rated_by(record: Record, rater: RaterIdentity) -> str:
    """What one rater contributed, in words."""
    own = [rating for rating in record.ratings if rating.rater == rater]
    scored = sum(rating.level is not None for rating in own)
    unscored = len(own) - scored
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
            reason: sum(c.until - c.since for c in state.credits if c.reason == reason)
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


def ended_in_words(record: Record) -> str:
    """How the session ended, as one sentence without a full stop."""
    return {
        "submitted": "The candidate submitted",
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


def sentence(text: str) -> str:
    """`text` with a capital at its start and a full stop at its end, where it says anything."""
    stripped = text.strip()
    raised = stripped[:1].upper() + stripped[1:]
    return raised if not raised or raised[-1] in ".?!…" else f"{raised}."
