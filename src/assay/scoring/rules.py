"""Hard rules, checked by code: each outcome says what was found and quotes where it stands.

A rule that the session has nothing to be held against does not apply: it is shown, and changes no
number. So it is with rules about the deliverable on a conversation from elsewhere that brought none, with
or without an exercise, and everywhere with phrases that are forbidden in a deliverable that is not there.
A session that ended here without a deliverable fails the other rules about it.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from assay.authoring.rules import (
    DeliverableContains,
    DeliverableForbids,
    DeliverableJson,
    DeliverableLength,
    DeliverableTable,
    LimitsKept,
    NoPersonalData,
    Rule,
)
from assay.scoring.evidence import EvidenceGate
from assay.scoring.personal_data import find_personal_data
from assay.scoring.phrases import find_phrase
from assay.scoring.raters import Case
from assay.scoring.ratings import Evidence, Quote, RuleOutcome
from assay.scoring.tables import find_tables

DeliverableRule = (
    DeliverableLength | DeliverableContains | DeliverableForbids | DeliverableJson | DeliverableTable
)

NO_DELIVERABLE = "no deliverable was saved"
CAME_WITHOUT = "the conversation came without a deliverable"
MOST_QUOTES = 20
"""Quotes kept for one rule; the detail counts all of them."""

_QUOTE_LENGTH = 80
_KIND_NAMES = {"email": "e-mail address", "phone": "phone number", "card": "card number", "iban": "IBAN"}
_SPACED = re.compile(r"\S+")
_UNSPACED_SCRIPTS = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_WORD_CHARACTER = re.compile(r"[^\W_]")
_FENCED = re.compile(r"\A\s*(```|~~~)")


def check_rules(case: Case, gate: EvidenceGate) -> tuple[RuleOutcome, ...]:
    """Hold the session against every rule of its rubric, in the rubric's order."""
    return tuple(_check(rule, case, gate) for rule in case.rubric.rules)


def count_words(text: str) -> int:
    """Words in `text`, as length rules count them: see `word_spans`."""
    return sum(1 for _ in word_spans(text))


def word_spans(text: str) -> Iterator[tuple[int, int]]:
    """Where each word stands: what white space parts and holds a letter or digit.

    Chinese and Japanese write without spaces, so there each character counts as a word.
    """
    for found in _SPACED.finditer(text):
        unspaced = list(_UNSPACED_SCRIPTS.finditer(found.group()))
        if unspaced:
            yield from ((found.start() + char.start(), found.start() + char.end()) for char in unspaced)
        elif _WORD_CHARACTER.search(found.group()):
            yield found.span()


def _check(rule: Rule, case: Case, gate: EvidenceGate) -> RuleOutcome:
    if isinstance(rule, LimitsKept):
        return _limits_kept(rule, case, gate)
    if isinstance(rule, NoPersonalData):
        return _no_personal_data(rule, case, gate)
    text = case.transcript.final_deliverable
    return _check_deliverable(rule, text, gate) if text.strip() else _without_deliverable(rule, case)


def _check_deliverable(rule: DeliverableRule, text: str, gate: EvidenceGate) -> RuleOutcome:
    if isinstance(rule, DeliverableLength):
        return _length(rule, text, gate)
    if isinstance(rule, DeliverableContains):
        return _contains(rule, text, gate)
    if isinstance(rule, DeliverableForbids):
        return _forbids(rule, text, gate)
    if isinstance(rule, DeliverableJson):
        return _json(rule, text, gate)
    return _table(rule, text, gate)


def _without_deliverable(rule: DeliverableRule, case: Case) -> RuleOutcome:
    if _came_without_deliverable(case):
        return _outcome(rule, True, CAME_WITHOUT, applies=False)
    detail = "the deliverable is empty" if case.transcript.deliverable else NO_DELIVERABLE
    if isinstance(rule, DeliverableForbids):
        return _outcome(rule, True, detail, applies=False)
    return _outcome(rule, False, detail)


def _came_without_deliverable(case: Case) -> bool:
    """Whether this is a conversation from elsewhere whose deliverable, if there was one, is not known."""
    return case.transcript.ended_by == "unknown" and not case.transcript.deliverable


def _length(rule: DeliverableLength, text: str, gate: EvidenceGate) -> RuleOutcome:
    words = list(word_spans(text))
    count = f"{len(words)} {'word' if len(words) == 1 else 'words'}"
    if len(words) < rule.min_words:
        return _outcome(rule, False, f"{count}, at least {rule.min_words} were asked for")
    if rule.max_words is not None and len(words) > rule.max_words:
        start = words[rule.max_words][0]
        beyond = [(start, _line_end(text, start))]
        return _outcome(
            rule, False, f"{count}, at most {rule.max_words} were allowed", _stand(gate, None, text, beyond)
        )
    return _outcome(rule, True, count)


def _contains(rule: DeliverableContains, text: str, gate: EvidenceGate) -> RuleOutcome:
    spans = {phrase: find_phrase(text, phrase) for phrase in rule.phrases}
    evidence = _stand(gate, None, text, [span for span in spans.values() if span])
    missing = [phrase for phrase, span in spans.items() if span is None]
    return _outcome(rule, not missing, f"missing: {_quoted(missing)}" if missing else "", evidence)


def _forbids(rule: DeliverableForbids, text: str, gate: EvidenceGate) -> RuleOutcome:
    spans = {phrase: find_phrase(text, phrase) for phrase in rule.phrases}
    there = {phrase: span for phrase, span in spans.items() if span}
    evidence = _stand(gate, None, text, there.values())
    return _outcome(rule, not there, f"found: {_quoted(there)}" if there else "", evidence)


def _json(rule: DeliverableJson, text: str, gate: EvidenceGate) -> RuleOutcome:
    try:
        value = json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        fenced = _FENCED.match(text)
        detail = "it is wrapped in a code fence" if fenced else f"{error.msg} in line {error.lineno}"
        at = fenced.start(1) if fenced else min(error.pos, len(text.rstrip()) - 1)
        span = (_line_start(text, at), _line_end(text, at))
        return _outcome(rule, False, f"not JSON: {detail}", _stand(gate, None, text, [span]))
    except (ValueError, RecursionError) as error:
        why = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        return _outcome(rule, False, f"not JSON that can be read: {why}")
    missing = [key for key in rule.required_keys if isinstance(value, dict) and key not in value]
    return _outcome(rule, not missing, f"missing keys: {_quoted(missing)}" if missing else "")


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON number")


def _table(rule: DeliverableTable, text: str, gate: EvidenceGate) -> RuleOutcome:
    tables = list(find_tables(text, rule.columns))
    best = min(tables, key=lambda table: (len(table.lacks(rule.columns)), -table.rows), default=None)
    if best is None:
        return _outcome(rule, False, f"no table with the columns {_quoted(rule.columns)}")
    evidence = _stand(gate, None, text, [(best.start, best.end)])
    lacking = best.lacks(rule.columns)
    if lacking:
        return _outcome(rule, False, f"the nearest table has no column {_quoted(lacking)}", evidence)
    rows = f"{best.rows} {'row' if best.rows == 1 else 'rows'}"
    enough = best.rows >= rule.min_rows
    return _outcome(
        rule, enough, rows if enough else f"{rows}, at least {rule.min_rows} were asked for", evidence
    )


def _no_personal_data(rule: NoPersonalData, case: Case, gate: EvidenceGate) -> RuleOutcome:
    places = list(_places(rule, case))
    if not places:
        return _outcome(rule, True, _nothing_to_search(rule, case), applies=False)
    kinds: Counter[str] = Counter()
    evidence: list[Evidence] = []
    for turn, text in places:
        found = find_personal_data(text, rule.kinds, rule.allowed)
        kinds.update(item.kind for item in found)
        room = MOST_QUOTES - len(evidence)
        evidence += _stand(gate, turn, text, [(item.start, item.end) for item in found[: max(room, 0)]])
    return _outcome(rule, not kinds, _counted(kinds), evidence)


def _nothing_to_search(rule: NoPersonalData, case: Case) -> str:
    if rule.where != "deliverable":
        return "the candidate wrote nothing"
    return CAME_WITHOUT if _came_without_deliverable(case) else NO_DELIVERABLE


def _places(rule: NoPersonalData, case: Case) -> Iterator[tuple[int | None, str]]:
    """The candidate's own texts that the rule looks at; None stands for the deliverable."""
    if rule.where in ("messages", "both"):
        yield from ((turn.index, turn.text) for turn in case.transcript.candidate_turns())
    if rule.where in ("deliverable", "both") and case.transcript.deliverable:
        yield None, case.transcript.final_deliverable


def _counted(kinds: Counter[str]) -> str:
    names = [f"{number} {_KIND_NAMES[kind]}{_plural(kind, number)}" for kind, number in kinds.items()]
    return ", ".join(names)


def _plural(kind: str, number: int) -> str:
    if number == 1:
        return ""
    return "es" if kind == "email" else "s"


def _limits_kept(rule: LimitsKept, case: Case, gate: EvidenceGate) -> RuleOutcome:
    ended = case.transcript.ended_by
    turns = list(case.transcript.candidate_turns())
    rounds = case.exercise.limits.rounds if case.exercise else None
    if rounds is not None and len(turns) > rounds:
        first = turns[rounds]
        evidence = _stand(gate, first.index, first.text, [(0, _line_end(first.text, 0))])
        return _outcome(rule, False, f"{len(turns)} rounds, at most {rounds} were allowed", evidence)
    if ended == "time":
        return _outcome(rule, False, "time ran out before the work was submitted")
    if ended == "rounds":
        return _outcome(rule, False, "the rounds ran out before the work was submitted")
    if ended == "unknown":
        return _outcome(rule, True, "how the session ended is not known", applies=False)
    return _outcome(rule, True, f"submitted after {len(turns)} {'round' if len(turns) == 1 else 'rounds'}")


def _stand(
    gate: EvidenceGate, turn: int | None, text: str, spans: Iterable[tuple[int, int]]
) -> list[Evidence]:
    """The spans as evidence; the gate confirms each. A span without a visible character quotes nothing."""
    quotes = [Quote(turn=turn, text=text[start:end], start=start) for start, end in spans]
    located = [gate.locate(quote) for quote in quotes[:MOST_QUOTES] if quote.text.strip()]
    return [item for item in located if item is not None]


def _line_start(text: str, at: int) -> int:
    return max(text.rfind("\n", 0, at) + 1, at - _QUOTE_LENGTH // 2)


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return min(end if end >= 0 else len(text), at + _QUOTE_LENGTH)


def _quoted(phrases: Iterable[str]) -> str:
    return ", ".join(f"“{phrase}”" for phrase in phrases)


def _outcome(
    rule: Rule, held: bool, detail: str, evidence: Sequence[Evidence] = (), *, applies: bool = True
) -> RuleOutcome:
    return RuleOutcome(
        rule=rule.id, says=rule.says, held=held, detail=detail, evidence=tuple(evidence), applies=applies
    )
