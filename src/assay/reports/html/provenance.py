"""Where the score comes from: rules, session, raters, brief, and the seal."""

from collections.abc import Iterable

from assay.record import Record
from assay.reports.checked import checked_in_words, notes_of, verified
from assay.reports.findings import (
    RATER_KINDS,
    Refused,
    any_rule_applies,
    clock,
    count,
    credits_in_words,
    effect_of,
    ended_in_words,
    left_unscored,
    moment,
    rated_by,
    refused_quotes,
    rules_in_words,
    sentence,
    session_facts,
)
from assay.reports.html.criteria import quote
from assay.reports.html.markup import Child, Html, element, fragment
from assay.reports.html.plots import time_strip
from assay.reports.judges import judge_in_words
from assay.reports.marks import Mark, rule_marks
from assay.scoring.ratings import RaterIdentity, RuleOutcome
from assay.session.events import Event

_EVENTS = {
    "session_started": "Session started",
    "greeted": "The assistant greeted",
    "message_sent": "Candidate's message",
    "reply_started": "Reply started",
    "reply_finished": "Reply finished",
    "reply_failed": "Reply failed",
    "deliverable_saved": "Deliverable saved",
    "passage_flagged": "Passage flagged",
    "clock_credited": "Time credited",
    "warned": "Warned that time is short",
    "retake_started": "Retake started",
    "ended": "Session ended",
}


def rules(record: Record) -> Html | None:
    """Every hard rule with what it found and did; nothing when none applies to the session."""
    outcomes = record.score.rules
    if not any_rule_applies(record.score):
        return None
    groups = rule_marks(record.score)
    rows = [
        _rule(record, outcome, number, marks)
        for number, (outcome, marks) in enumerate(zip(outcomes, groups, strict=True), start=1)
    ]
    return _section(
        "rules",
        "Rules",
        element("p", rules_in_words(record.score), class_="quiet"),
        element("ul", rows, class_="rules"),
    )


def session(record: Record) -> Html:
    """How the session went: rounds, time, credits and events, as far as they are recorded."""
    facts = session_facts(record)
    if facts is None:
        rounds = sum(turn.role == "user" for turn in record.transcript.turns)
        known = [
            ("Messages", f"{len(record.transcript.turns)}, {rounds} of them the candidate's"),
            ("Events", "None: the conversation came from elsewhere, so its course cannot be checked"),
        ]
        return _section("session", "The session", _list(known))
    known = [
        ("Started", moment(facts.started)),
        ("Rounds", f"{facts.rounds} of {facts.rounds_allowed}"),
        ("Time charged", clock(facts.charged)),
        ("Not charged", credits_in_words(facts)),
        ("Ended", ended_in_words(record)),
        ("Assistant's model", facts.model),
        *([("Attempts", str(facts.attempts))] if facts.attempts > 1 else []),
    ]
    return _section(
        "session", "The session", _list(known), time_strip(record), _legend(), _events(record.events)
    )


def scoring(record: Record) -> Html:
    """Who and what rated, in which version, how well it agrees with people, and what was refused."""
    raters = [_rater(record, rater) for rater in record.raters]
    unscored = [element("li", element("span", told, dir="auto")) for told in left_unscored(record)]
    refused = refused_quotes(record)
    checked = sum(len(rating.evidence) for rating in record.ratings)
    return _section(
        "scoring",
        "How this was scored",
        element("ul", raters, class_="raters") if raters else element("p", "Nobody rated.", class_="quiet"),
        element("ul", unscored, class_="refused") if unscored else None,
        element(
            "p",
            f"{count(checked, 'quote', 'quotes')} found word for word where the rater said; "
            f"{len(refused) or 'none'} refused for not standing there.",
        ),
        element("ul", (_refused(record, item) for item in refused), class_="refused") if refused else None,
    )


def checked(record: Record) -> Html:
    """Whether the record holds, which checks could not be made, and whose word the levels rest on."""
    verification = verified(record)
    notes = [element("li", element("span", note, dir="auto")) for note in notes_of(verification)]
    return _section(
        "checked",
        "What was checked",
        element("p", checked_in_words(verification)),
        element("ul", notes, class_="refused") if notes else None,
    )


def brief(record: Record) -> Html | None:
    """What the candidate was given to do; nothing for a conversation without an exercise."""
    exercise = record.exercise
    if exercise is None:
        return None
    parts = (
        ("Goal", exercise.goal),
        ("Scenario", exercise.scenario),
        ("Deliverable", exercise.deliverable.asks),
    )
    materials = ", ".join(material.title for material in exercise.materials)
    return _section(
        "brief",
        "The brief",
        _list([*parts, *([("Material", materials)] if materials else [])], class_="brief"),
    )


def seal(record: Record) -> Html:
    """The seal, and how to check it."""
    known = [
        ("Session", record.session),
        ("Exercise", _exercise(record)),
        ("Made", f"{record.made_at}, by Assay {record.assay}"),
    ]
    return element(
        "footer",
        element("h2", "Seal", id="seal"),
        element("p", (element("span", record.seal[i : i + 8]) for i in range(0, 64, 8)), class_="seal"),
        _list(known),
        element(
            "p",
            "Everything above comes from one record file. ",
            element("code", "assay verify FILE"),
            " checks that file offline and prints its seal: compare it with this one.",
            class_="quiet",
        ),
        aria_labelledby="seal",
    )


def _exercise(record: Record) -> str:
    if record.exercise is None or record.hashes.exercise is None:
        return "None: a conversation from elsewhere, scored with a rubric"
    return f"{record.exercise.exercise}, version {record.hashes.exercise[:12]}"


def _rule(record: Record, outcome: RuleOutcome, number: int, marks: Iterable[Mark]) -> Html:
    quotes = [quote(mark) for mark in marks]
    effect = effect_of(record, outcome)
    return element(
        "li",
        element("span", outcome.state, class_=outcome.state.split()[0]),
        element(
            "div",
            element("p", sentence(outcome.says), dir="auto"),
            element("p", sentence(outcome.detail), class_="quiet", dir="auto") if outcome.detail else None,
            element("p", effect, class_="quiet") if effect else None,
            element("ul", quotes, class_="quotes hr") if quotes else None,
        ),
        id=f"rule-{number}",
    )


def _rater(record: Record, rater: RaterIdentity) -> Html:
    version = f", version {rater.version[:12]}" if rater.version else ""
    return element(
        "li",
        element("strong", RATER_KINDS[rater.kind]),
        element("span", f"{rater.name}{version}: {rated_by(record, rater)}."),
        element("span", sentence(rater.calibration), class_="quiet") if rater.calibration else None,
        (element("span", told, class_="quiet", dir="auto") for told in judge_in_words(record, rater)),
    )


def _refused(record: Record, item: Refused) -> Html:
    turn = item.quote.turn
    where = "the deliverable" if turn is None else f"message {turn}"
    about = record.scored_rubric.title_of(item.criterion)
    claim = f" was said to stand in {where}, by {item.rater.name} on {about.lower()}"
    return element("li", element("q", item.quote.text, dir="auto"), element("span", claim, class_="quiet"))


def _legend() -> Html:
    parts = (
        ("sent", "message"),
        ("reply", "reply"),
        ("failed", "reply failed"),
        ("waits", "not charged"),
        ("saved", "deliverable saved"),
    )
    return element(
        "p",
        (element("span", element("i", class_=f"key {key}"), text) for key, text in parts),
        class_="quiet legend",
    )


def _events(events: Iterable[Event]) -> Html:
    rows = [
        element(
            "tr",
            element("td", clock(event.at), class_="num"),
            element("td", _EVENTS[event.kind]),
            element("td", _detail(event), dir="auto"),
        )
        for event in events
    ]
    head = element("tr", (element("th", name, scope="col") for name in ("Time", "What happened", "More")))
    table = element("table", element("thead", head), element("tbody", rows), class_="events")
    return element("details", element("summary", f"All {len(rows)} events"), table)


def _detail(event: Event) -> str | None:
    data = event.data
    match event.kind:
        case "clock_credited":
            return f"{clock(data['until'] - data['since'])} for {data['reason']}"
        case "reply_failed":
            return str(data["why"])
        case "passage_flagged":
            return str(data["note"])
        case "ended":
            return str(data["by"])
        case _:
            return None


def _list(pairs: Iterable[tuple[str, str]], class_: str = "facts") -> Html:
    rows = (element("div", element("dt", name), element("dd", text, dir="auto")) for name, text in pairs)
    return element("dl", rows, class_=class_)


def _section(name: str, title: str, *children: Child) -> Html:
    return element("section", element("h2", title, id=name), fragment(*children), aria_labelledby=name)
