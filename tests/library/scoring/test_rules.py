"""Hard rules: kept, broken, and not applicable, each with the words it is about."""

import time
from typing import Any

import pytest
from tests.words_counted import WORDS_COUNTED

from assay.authoring.exercise import Deliverable, Exercise, Limits
from assay.authoring.rubric import Rubric
from assay.library.exercises import exercise_folder, find_exercise, shipped_exercises
from assay.scoring.evidence import EvidenceGate
from assay.scoring.raters import Case
from assay.scoring.ratings import RuleOutcome
from assay.scoring.rules import CAME_WITHOUT, NO_DELIVERABLE, check_rules, count_words
from assay.session.reference import reference_of
from assay.session.transcript import DeliverableVersion, Transcript, Turn

SAID = ("Write the reply to Dana, please.", "Here you are.", "Shorter.")


def check(
    rule: dict[str, Any],
    deliverable: str | None = None,
    *,
    said: tuple[str, ...] = SAID,
    exercise: bool = True,
    ended_by: str = "submitted",
    rounds: int = 12,
) -> RuleOutcome:
    criteria = {"plan": {"asks": "?", "levels": {0: "none", 4: "all"}}}
    rules = [{"id": "r", "says": "As the rule says.", **rule}]
    rubric = Rubric.model_validate({"criteria": criteria, "rules": rules})
    turns = tuple(
        Turn(index=index, role="assistant" if index % 2 else "user", text=text)
        for index, text in enumerate(said)
    )
    saved = () if deliverable is None else (DeliverableVersion(text=deliverable, after_turn=len(said) - 1),)
    transcript = Transcript.model_validate({"turns": turns, "deliverable": saved, "ended_by": ended_by})
    work = Exercise(
        exercise="e", title="t", summary="s", goal="g", scenario="s", deliverable=Deliverable(asks="d"),
        rubric=rubric, limits=Limits(rounds=rounds),
    )  # fmt: skip
    (outcome,) = check_rules(Case(transcript, rubric, work if exercise else None), EvidenceGate(transcript))
    for item in outcome.evidence:
        text = transcript.final_deliverable if item.turn is None else transcript.turns[item.turn].text
        assert text[item.start : item.end] == item.quote
    return outcome


def quotes(outcome: RuleOutcome) -> list[str]:
    return [item.quote for item in outcome.evidence]


LENGTH = {"check": "deliverable_length", "min_words": 3, "max_words": 5}


def test_a_deliverable_within_its_length_keeps_the_rule() -> None:
    outcome = check(LENGTH, "One two three four.")
    assert (outcome.held, outcome.detail) == (True, "4 words")


def test_a_deliverable_that_is_too_short_says_how_short() -> None:
    outcome = check(LENGTH, "Too short")
    assert (outcome.held, outcome.detail) == (False, "2 words, at least 3 were asked for")


def test_a_deliverable_that_is_too_long_is_quoted_from_the_first_word_too_many() -> None:
    outcome = check(LENGTH, "a b c d e sixth and\nmore")
    assert not outcome.held
    assert quotes(outcome) == ["sixth and"]


def test_layout_is_not_counted_as_words_and_unspaced_scripts_are_counted_by_character() -> None:
    assert {text: count_words(text) for text in WORDS_COUNTED} == WORDS_COUNTED


def test_phrases_are_found_whatever_their_case_white_space_and_typography() -> None:
    text = "The  Cafe\u0301’s “root\n\tcause” — found"
    outcome = check({"check": "deliverable_contains", "phrases": ["café's", 'ROOT cause"', "- FOUND"]}, text)
    assert outcome.held
    assert quotes(outcome) == ["Cafe\u0301’s", "root\n\tcause”", "— found"]


def test_a_missing_phrase_is_named_and_the_found_ones_are_quoted() -> None:
    outcome = check({"check": "deliverable_contains", "phrases": ["Summary", "Next steps"]}, "SUMMARY: fine")
    assert (outcome.held, outcome.detail, quotes(outcome)) == (False, "missing: “Next steps”", ["SUMMARY"])


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("purif", "It PURIFIES the air", True),
        ("art", "Let us start", False),
        ("€149", "only €149.00", True),
        ("€149", "only €1490", False),
        ("149 €", "3.149 €", False),
        ("T-1", "see T-10", False),
        ("guarantee", "guar\u00adantee\u200bd", True),
        ("退款", "请退款吧", True),
        ("...", "and so on…", False),
        ("…", "and so on...", True),
    ],
)
def test_a_phrase_begins_where_a_word_begins_and_a_number_ends_where_it_ends(
    phrase: str, text: str, found: bool
) -> None:
    assert check({"check": "deliverable_forbids", "phrases": [phrase]}, text).held is not found


def test_each_forbidden_phrase_that_stands_there_is_named_and_quoted() -> None:
    rule = {"check": "deliverable_forbids", "phrases": ["better sleep", "healthier", "cheap"]}
    outcome = check(rule, "Better  sleep, Healthier air")
    assert not outcome.held
    assert outcome.detail == "found: “better sleep”, “healthier”"
    assert quotes(outcome) == ["Better  sleep", "Healthier"]


def test_a_deliverable_that_is_json_with_its_keys_keeps_the_rule() -> None:
    rule = {"check": "deliverable_json", "required_keys": ["label"]}
    assert check(rule, ' {"label": "spam"}\n').held
    assert check(rule, "[1, 2]").held
    outcome = check(rule, '{"name": 1}')
    assert (outcome.held, outcome.detail) == (False, "missing keys: “label”")


@pytest.mark.parametrize(
    ("text", "detail", "quoted"),
    [
        ('{"a": 1,\n "b": oops}', "not JSON: Expecting value in line 2", ["oops}"]),
        ('```json\n{"a": 1}\n```', "not JSON: it is wrapped in a code fence", ["```json"]),
        ('{"a": NaN}', "not JSON that can be read: NaN is not a JSON number", []),
        ("[" * 100_000, "not JSON that can be read: nested too deeply", []),
    ],
)
def test_a_deliverable_that_is_not_json_is_quoted_where_it_fails(
    text: str, detail: str, quoted: list[str]
) -> None:
    outcome = check({"check": "deliverable_json"}, text)
    assert (outcome.held, outcome.detail) == (False, detail)
    assert all(any(part in quote for quote in quotes(outcome)) for part in quoted)


TABLE = {"check": "deliverable_table", "columns": ["ID", "reason"], "min_rows": 2}


@pytest.mark.parametrize(
    "text",
    [
        "Labels:\n\n| id | **Reason** | x |\n|:--|---|--:|\n| 1 | a | |\n| 2 | b \\| c | |\n\nBye, id",
        "id | reason\n--|--\n1 | a\n2 | b",
        'Notes, first\n\nid,label,Reason\n1,spam,"x, y"\n2,ham,z\n',
        "id;reason\n1;a\n2;b",
        "id\treason\n1\ta\n2\tb",
    ],
)
def test_a_table_is_read_from_markdown_and_from_csv(text: str) -> None:
    outcome = check(TABLE, text)
    assert (outcome.held, outcome.detail) == (True, "2 rows")
    assert "eason" in quotes(outcome)[0]


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("| id | reason |\n|---|---|\n| 1 | a |\n|  |  |", "1 row, at least 2 were asked for"),
        ("| id | why |\n|---|---|\n| 1 | a |", "the nearest table has no column “reason”"),
        ("id,why\n1,a", "the nearest table has no column “reason”"),
        ("No table at all.", "no table with the columns “ID”, “reason”"),
    ],
)
def test_a_table_that_falls_short_says_by_what(text: str, detail: str) -> None:
    outcome = check(TABLE, text)
    assert (outcome.held, outcome.detail) == (False, detail)


def test_of_several_tables_the_one_that_fits_counts() -> None:
    other = "| id | why |\n|---|---|\n| 1 | a |\n\n"
    assert check(TABLE, other + "| id | reason |\n|---|---|\n| 1 | a |\n| 2 | b |").held


DELIVERABLE_RULES: list[dict[str, Any]] = [
    LENGTH,
    {"check": "deliverable_contains", "phrases": ["x"]},
    {"check": "deliverable_json"},
    TABLE,
]


FORBIDS = {"check": "deliverable_forbids", "phrases": ["x"]}


@pytest.mark.parametrize("ended_by", ["submitted", "time", "rounds"])
@pytest.mark.parametrize("rule", DELIVERABLE_RULES, ids=lambda rule: rule["check"])
def test_whoever_saved_nothing_in_a_session_that_ended_here_breaks_what_the_deliverable_must_have(
    rule: dict[str, Any], ended_by: str
) -> None:
    outcome = check(rule, ended_by=ended_by)
    assert (outcome.held, outcome.applies, outcome.detail) == (False, True, NO_DELIVERABLE)
    assert check(rule, " \n ", ended_by=ended_by).detail == "the deliverable is empty"


@pytest.mark.parametrize("ended_by", ["submitted", "time", "rounds", "unknown"])
@pytest.mark.parametrize("deliverable", [None, " \n "])
def test_nobody_breaks_a_ban_by_writing_nothing(deliverable: str | None, ended_by: str) -> None:
    outcome = check(FORBIDS, deliverable, ended_by=ended_by)
    assert (outcome.held, outcome.applies) == (True, False)


@pytest.mark.parametrize("exercise", [True, False])
@pytest.mark.parametrize("rule", [*DELIVERABLE_RULES, FORBIDS], ids=lambda rule: rule["check"])
def test_a_conversation_from_elsewhere_without_a_deliverable_is_not_held_to_one(
    rule: dict[str, Any], exercise: bool
) -> None:
    outcome = check(rule, exercise=exercise, ended_by="unknown")
    assert (outcome.held, outcome.applies, outcome.detail) == (True, False, CAME_WITHOUT)


def test_a_conversation_from_elsewhere_that_brought_an_empty_deliverable_is_held_to_it() -> None:
    assert check(LENGTH, "", ended_by="unknown").detail == "the deliverable is empty"


PRIVATE = {"check": "no_personal_data"}


def test_personal_data_that_the_candidate_sent_or_handed_in_is_quoted() -> None:
    said = ("Her mail is dana@shop.example", "Noted, dana@shop.example", "Call +44 20 7946 0958")
    outcome = check(PRIVATE, "Pay DE89 3704 0044 0532 0130 00", said=said)
    assert not outcome.held
    assert outcome.detail == "1 e-mail address, 1 phone number, 1 IBAN"
    assert [(item.turn, item.quote) for item in outcome.evidence] == [
        (0, "dana@shop.example"),
        (2, "+44 20 7946 0958"),
        (None, "DE89 3704 0044 0532 0130 00"),
    ]


def test_only_the_places_and_kinds_that_a_rule_names_are_looked_at() -> None:
    said = ("Her mail is dana@shop.example", "ok")
    assert check({**PRIVATE, "where": "deliverable"}, "clean", said=said).held
    assert check({**PRIVATE, "kinds": ["phone"]}, "clean", said=said).held
    assert check({**PRIVATE, "allowed": ["Dana@Shop.example"]}, "clean", said=said).held
    assert not check({**PRIVATE, "where": "messages"}, "clean", said=said).held


def test_what_the_assistant_wrote_is_not_held_against_the_candidate() -> None:
    assert check(PRIVATE, "clean", said=("Hello", "Write to dana@shop.example")).held


def test_an_absent_deliverable_holds_no_personal_data() -> None:
    outcome = check({**PRIVATE, "where": "deliverable"})
    assert (outcome.held, outcome.applies, outcome.detail) == (True, False, NO_DELIVERABLE)
    assert check({**PRIVATE, "where": "deliverable"}, ended_by="unknown").detail == CAME_WITHOUT


LIMITS = {"check": "limits_kept"}


def test_a_session_submitted_within_its_rounds_kept_its_limits() -> None:
    assert check(LIMITS).detail == "submitted after 2 rounds"


@pytest.mark.parametrize("ended_by", ["time", "rounds"])
def test_a_session_that_ran_out_did_not_keep_its_limits(ended_by: str) -> None:
    outcome = check(LIMITS, ended_by=ended_by)
    assert not outcome.held
    assert "ran out" in outcome.detail


def test_a_round_too_many_is_quoted() -> None:
    outcome = check(LIMITS, rounds=1, ended_by="unknown")
    assert (outcome.held, quotes(outcome)) == (False, ["Shorter."])


def test_how_a_conversation_from_elsewhere_ended_is_not_held_against_anyone() -> None:
    outcome = check(LIMITS, ended_by="unknown", exercise=False)
    assert (outcome.held, outcome.applies) == (True, False)


HOSTILE = {
    "pipes": "|" * 200_000,
    "headers": "id,reason\n" * 20_000,
    "markdown": "| id | reason |\n|---|---|\n" * 8_000,
    "prose with a comma": "x, id\n" * 20_000,
    "spaces": " " * 200_000 + "x",
    "dashes": "-" * 200_000,
    "at signs": "a@" * 100_000,
    "dots": "a." * 100_000 + "@b.com",
    "digits": "1" * 200_000,
    "grouped digits": "0171 " * 40_000,
    "plus signs": "+49 1111111111111111 " * 10_000,
    "ibans": "DE89 " * 40_000,
    "quotes": '"' * 100_000,
    "shy characters": "r\u00ad" * 100_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_no_text_makes_a_rule_slow(text: str) -> None:
    rules = [*DELIVERABLE_RULES, PRIVATE, {"check": "deliverable_contains", "phrases": ["root cause", "…"]}]
    started = time.process_time()
    for rule in rules:
        check(rule, text)
    assert time.process_time() - started < 5


@pytest.mark.parametrize("id_", shipped_exercises())
def test_the_strong_session_of_each_shipped_exercise_keeps_every_rule_and_the_weak_one_does_not(
    id_: str,
) -> None:
    work = find_exercise(id_)
    held = {}
    for quality in ("strong", "weak"):
        transcript = reference_of(exercise_folder(id_), quality).transcript()
        outcomes = check_rules(Case(transcript, work.rubric, work), EvidenceGate(transcript))
        held[quality] = [outcome.held for outcome in outcomes]
    assert all(held["strong"])
    assert not all(held["weak"])
