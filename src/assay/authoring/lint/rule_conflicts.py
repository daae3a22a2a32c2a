"""Rules that cannot all hold, that do not fit the deliverable, or that never bite."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import product
from typing import TypeVar

from assay.authoring.lint.remark import Remark, Subject, code
from assay.authoring.lint.wording import holds, words
from assay.authoring.rules import (
    DeliverableContains,
    DeliverableForbids,
    DeliverableJson,
    DeliverableLength,
    DeliverableTable,
    NoPersonalData,
)

DUPLICATE = code(
    "duplicate-rule",
    "error",
    means="Two rules have the same id.",
    because="A report names a failed rule by its id.",
    remedy="Give each rule its own id.",
)
CONTRADICT = code(
    "rules-contradict",
    "error",
    means="No deliverable can keep two of the rules at once.",
    because="Every candidate fails, whatever they hand in.",
    remedy="Remove one of the two rules, or change its bounds or phrases.",
)
MISFIT = code(
    "rule-misses-format",
    "error",
    means="A rule asks for JSON or a table, and the deliverable's format is another.",
    because="The candidate is told one format and failed on another.",
    remedy="Change the deliverable's format, or the rule.",
)
OFF_BRIEF = code(
    "rule-contradicts-brief",
    "error",
    means="The deliverable's text states a length for the whole that the length rule does not accept.",
    because="A candidate who does what they are told fails the rule.",
    remedy="State the same bounds in deliverable.asks and in the rule.",
)
CAP = code(
    "cap-without-effect",
    "error",
    means="A cap is at the scale's highest level, so it never lowers a score.",
    because="The rule reads as if it had a consequence, and has none.",
    remedy="Cap at a level of the scale below its highest, or remove cap_overall.",
)
ALLOWED = code(
    "allowed-conflicts",
    "error",
    means="A value that no_personal_data allows is forbidden by a rule, or one that a rule requires is not.",
    because="The two rules say the opposite about one value.",
    remedy="Allow the value in both rules or in neither.",
)
ALLOWED_IDLE = code(
    "allowed-never-matches",
    "warning",
    means="A value in `allowed` is of no kind that its rule looks for.",
    because="The entry does nothing, or the kind it was meant for is missing.",
    remedy="Remove the entry, or add its kind to kinds.",
)

_KINDS = {
    "email": re.compile(r"[^\s@]+@[^\s@]+\.\w+"),
    "iban": re.compile(r"[A-Z]{2}\d{2}(?: ?[A-Z0-9]{2,4}){3,8}"),
    "card": re.compile(r"\d(?:[ -]?\d){12,18}"),
    "phone": re.compile(r"\+?[\d(][\d ()/.-]{5,}\d"),
}
_LENGTH = re.compile(r"\d+ words", re.IGNORECASE)
_AT_MOST = re.compile(
    r"(?:at most|no more than|not more than|no longer than|up to|maximum(?: of)?|max\.?) "
    r"(?P<before>\d+) words"
    r"|(?P<after>\d+) words (?:at (?:the )?(?:very )?most|or (?:fewer|less)|(?:as a |in )?maximum)",
    re.IGNORECASE,
)
_AT_LEAST = re.compile(
    r"(?:at least|no fewer than|not fewer than|minimum(?: of)?) (\d+) words", re.IGNORECASE
)
_BETWEEN = re.compile(r"(\d+) ?(?:to|and|-|–) ?(\d+) words", re.IGNORECASE)
_OF_A_PART = re.compile(
    r"\b(?:each|every|per|parts?|sections?|summary|introduction|paragraphs?|subject|title|headline|"
    r"followed by|below|above|plus|then|and (?:a|an|the) \w+)\b",
    re.IGNORECASE,
)

_RuleKind = TypeVar("_RuleKind")


def of_kind(subject: Subject, kind: type[_RuleKind]) -> list[tuple[tuple[object, ...], _RuleKind]]:
    """The rubric's rules of one kind, each with the path that leads to it."""
    rules = subject.rubric.rules if subject.rubric else ()
    return [
        ((*subject.rubric_path, "rules", index), rule)
        for index, rule in enumerate(rules)
        if isinstance(rule, kind)
    ]


def check_rules(subject: Subject) -> Iterator[Remark]:
    """Every check of a rubric's rules, among themselves and against the deliverable."""
    if subject.rubric is None:
        return
    yield from _duplicates(subject)
    yield from _phrases(subject)
    yield from _lengths(subject)
    yield from _formats(subject)
    yield from _caps(subject)
    yield from _allowed(subject)


def _duplicates(subject: Subject) -> Iterator[Remark]:
    seen: Counter[str] = Counter()
    for path, rule in of_kind(subject, object):
        name = str(getattr(rule, "id", ""))
        seen[name] += 1
        if seen[name] == 2:
            yield subject.remark(DUPLICATE, (*path, "id"), f"The rule id {name} is used twice")


def _phrases(subject: Subject) -> Iterator[Remark]:
    required = of_kind(subject, DeliverableContains)
    for (path, forbids), (_, contains) in product(of_kind(subject, DeliverableForbids), required):
        for at, banned in enumerate(forbids.phrases):
            held = next((phrase for phrase in contains.phrases if holds(phrase, banned)), None)
            if held is not None:
                says = f"{forbids.id} forbids “{banned}”, which {contains.id} requires in “{held}”"
                yield subject.remark(CONTRADICT, (*path, "phrases", at), says)


def _lengths(subject: Subject) -> Iterator[Remark]:
    bounds = of_kind(subject, DeliverableLength)
    for (path, upper), (_, lower) in product(bounds, bounds):
        if upper.max_words is not None and upper is not lower and upper.max_words < lower.min_words:
            says = f"{upper.id} allows {upper.max_words} words, and {lower.id} asks for {lower.min_words}"
            yield subject.remark(CONTRADICT, (*path, "max_words"), says)
    needed = sum(
        len(words(p)) for _, rule in of_kind(subject, DeliverableContains) for p in set(rule.phrases)
    )
    for path, rule in bounds:
        if rule.max_words is not None and needed > rule.max_words:
            says = f"{rule.id} allows {rule.max_words} words, and the required phrases have {needed}"
            yield subject.remark(CONTRADICT, (*path, "max_words"), says)
        yield from _stated(subject, path, rule)


def _stated(subject: Subject, path: tuple[object, ...], rule: DeliverableLength) -> Iterator[Remark]:
    if subject.exercise is None or not subject.is_english:
        return
    low, high = stated_bounds(subject.exercise.deliverable.asks)
    says = ""
    if rule.max_words is not None and high is not None and high > rule.max_words:
        key, says = (
            "max_words",
            f"By its text the deliverable may have {high} words, by {rule.id} {rule.max_words}",
        )
    elif rule.max_words is not None and low is not None and low > rule.max_words:
        key, says = (
            "max_words",
            f"By its text the deliverable needs {low} words, {rule.id} allows {rule.max_words}",
        )
    elif low is not None and low < rule.min_words:
        key, says = (
            "min_words",
            f"By its text the deliverable needs {low} words, by {rule.id} {rule.min_words}",
        )
    if says:
        yield subject.remark(OFF_BRIEF, (*path, key), says)


def stated_bounds(asks: str) -> tuple[int | None, int | None]:
    """The lowest and highest number of words that a text states for the whole deliverable.

    A text that speaks of parts, or of several lengths, states none: it cannot be told whose they are.
    """
    asks = " ".join(asks.split())
    if _OF_A_PART.search(asks) or len(_LENGTH.findall(asks)) != 1:
        return None, None
    if between := _BETWEEN.search(asks):
        return int(between[1]), int(between[2])
    low, high = _AT_LEAST.search(asks), _AT_MOST.search(asks)
    most = high["before"] or high["after"] if high else None
    return (int(low[1]) if low else None), (int(most) if most else None)


def _formats(subject: Subject) -> Iterator[Remark]:
    as_json, tables = of_kind(subject, DeliverableJson), of_kind(subject, DeliverableTable)
    for (path, table), (_, value) in product(tables, as_json):
        says = f"{value.id} wants JSON and {table.id} a table"
        yield subject.remark(CONTRADICT, (*path, "check"), says)
    if subject.exercise is None:
        return
    written = subject.exercise.deliverable.format
    for path, value in as_json:
        if written not in ("json", "text"):
            says = f"{value.id} wants JSON, and the deliverable's format is {written}"
            yield subject.remark(MISFIT, (*path, "check"), says)
    for path, table in tables:
        if written in ("json", "sql"):
            says = f"{table.id} wants a table, and the deliverable's format is {written}"
            yield subject.remark(MISFIT, (*path, "check"), says)


def _caps(subject: Subject) -> Iterator[Remark]:
    assert subject.rubric is not None
    scale = subject.rubric.scale
    for index, rule in enumerate(subject.rubric.rules):
        cap = rule.on_fail.cap_overall
        if cap is not None and cap >= scale.max:
            path = (*subject.rubric_path, "rules", index, "on_fail", "cap_overall")
            says = f"{rule.id} caps the overall score at {cap:g}, the highest level of its scale"
            yield subject.remark(CAP, path, says)


def _allowed(subject: Subject) -> Iterator[Remark]:
    for path, rule in of_kind(subject, NoPersonalData):
        for at, value in enumerate(rule.allowed):
            where = (*path, "allowed", at)
            if not any(_KINDS[kind].search(value) for kind in rule.kinds):
                says = f"{rule.id} looks for {', '.join(rule.kinds)}, and “{value}” is none of them"
                yield subject.remark(ALLOWED_IDLE, where, says)
            for _, forbids in of_kind(subject, DeliverableForbids):
                if rule.where != "messages" and any(holds(value, phrase) for phrase in forbids.phrases):
                    says = f"{rule.id} allows “{value}”, which {forbids.id} forbids"
                    yield subject.remark(ALLOWED, where, says)
        if rule.where != "messages":
            yield from _required_but_not_allowed(subject, path, rule)


def _required_but_not_allowed(
    subject: Subject, path: tuple[object, ...], rule: NoPersonalData
) -> Iterator[Remark]:
    for _, contains in of_kind(subject, DeliverableContains):
        for phrase in contains.phrases:
            found = next((m[0] for kind in rule.kinds if (m := _KINDS[kind].search(phrase))), None)
            if found is not None and "@" not in found and len(re.findall(r"\d", found)) < 9:
                continue  # as likely a date or an amount
            if found is not None and not any(found in value or value in found for value in rule.allowed):
                says = f"{contains.id} requires “{found}”, which {rule.id} does not allow"
                yield subject.remark(ALLOWED, (*path, "check"), says)
