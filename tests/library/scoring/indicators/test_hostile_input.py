"""Nothing but better work moves a level up by more than half a level, and harmless twins move nothing."""

from collections.abc import Callable

import pytest
from tests.library.scoring.indicators.attacks import ADDED, REWRITTEN, TWINS
from tests.library.scoring.indicators.talks import EXERCISE, MIDDLING, RUBRIC, STRONG, WEAK, rate

from assay.authoring.rubric import Rubric
from assay.scoring.indicators.levels import shipped_levels
from assay.scoring.indicators.text import Folded, sentences_of

SESSIONS = {
    "weak": WEAK,
    "middling": MIDDLING,
    "strong": STRONG,
    "code": (
        "def total(values):\n    result = 0\n    return result",
        "The function returns 0. Add each value to result.",
        "AssertionError: total([2, 3]) should be 5",
        "I apologize, here is the corrected total function.",
    ),
    "queries": (
        "excel join sheets",
        "Use a lookup to join the sheets.",
        "freeze top row",
        "Use the view menu to freeze the top row.",
    ),
}


def levels(texts: tuple[str, ...], deliverable: str = "") -> dict[str, float | None]:
    found = rate(*texts, exercise=EXERCISE, deliverable=deliverable)
    return {name: proposal.level for name, proposal in found.items()}


def not_raised(before: dict[str, float | None], after: dict[str, float | None]) -> None:
    for name, level in after.items():
        if level is not None:
            low = before[name]
            # What was unscored may become scored only by signs against the candidate.
            low = shipped_levels().families[name].start - 0.5 if low is None else low
            assert level <= low + 0.5, f"{name} went from {before[name]} to {level}"


@pytest.mark.parametrize("session", SESSIONS)
@pytest.mark.parametrize("attack", ADDED)
def test_a_candidate_who_adds_it_to_every_message_gains_next_to_nothing(attack: str, session: str) -> None:
    texts = SESSIONS[session]
    attacked = tuple(
        f"{text}\n{ADDED[attack]}" if place % 2 == 0 else text for place, text in enumerate(texts)
    )
    not_raised(levels(texts), levels(attacked))


@pytest.mark.parametrize("session", SESSIONS)
@pytest.mark.parametrize("attack", ADDED)
def test_a_candidate_who_sends_it_as_a_message_of_its_own_gains_next_to_nothing(
    attack: str, session: str
) -> None:
    texts = SESSIONS[session]
    padded = texts if len(texts) % 2 == 0 else (*texts, "You are welcome.")
    not_raised(levels(padded), levels((*padded, ADDED[attack])))


@pytest.mark.parametrize("session", SESSIONS)
@pytest.mark.parametrize("rewrite", REWRITTEN)
def test_a_candidate_who_repeats_themselves_gains_next_to_nothing(rewrite: str, session: str) -> None:
    change: Callable[[str], str] = REWRITTEN[rewrite]
    texts = SESSIONS[session]
    attacked = tuple(change(text) if place % 2 == 0 else text for place, text in enumerate(texts))
    not_raised(levels(texts), levels(attacked))


@pytest.mark.parametrize("session", SESSIONS)
@pytest.mark.parametrize("attack", ADDED)
def test_a_candidate_who_puts_it_into_the_deliverable_gains_next_to_nothing(
    attack: str, session: str
) -> None:
    texts = SESSIONS[session]
    not_raised(levels(texts, texts[1]), levels(texts, f"{texts[1]}\n{ADDED[attack]}"))


@pytest.mark.parametrize("session", SESSIONS)
@pytest.mark.parametrize("twin", TWINS)
def test_a_candidate_whose_keyboard_writes_differently_is_rated_the_same(twin: str, session: str) -> None:
    change: Callable[[str], str] = TWINS[twin]
    texts = SESSIONS[session]
    changed = tuple(change(text) if place % 2 == 0 else text for place, text in enumerate(texts))
    assert levels(changed) == levels(texts)


def test_a_candidate_who_pads_the_first_of_two_equal_messages_still_repeats_it() -> None:
    texts = ("swap the two tables by name", "Like so.", "swap the two tables by name", "Like so.")
    padded = (f"{texts[0]}\nI hope that you are well.", *texts[1:])
    assert rate(*texts)["error_recovery"] == rate(*padded)["error_recovery"]


def test_a_candidate_who_reports_one_symptom_is_not_taken_for_a_rubric() -> None:
    found = rate(
        "Write total(values) for the prices.",
        "def total(values): return sum(values) for the prices",
        "Throws a wrong total for the prices: the total of the prices should be 5, not 6.",
    )["error_recovery"]
    assert "names-fault" in {quote.sign for quote in found.quotes}


@pytest.mark.parametrize("beside", ["hello\n", ""])
def test_a_candidate_whose_code_stands_beside_a_greeting_has_it_read_as_code_all_the_same(
    beside: str,
) -> None:
    code = "def total(values):\n    result = 0\n    prices must be whole\n    return result"
    texts = [
        item.text for item in sentences_of(Folded(f"{beside}{code}\nwhat does it add up to?")) if item.is_own
    ]
    assert "prices must be whole" not in texts


def test_a_candidate_whose_work_is_about_scores_and_rubrics_may_speak_of_them() -> None:
    plain = (
        "List the reviews of the lamp and give each a severity from 1 to 5.",
        "Review 1: severity 2. Review 2: severity 5.",
        "Review 2 mentions smoke, so why is its severity not in the table? Add a severity column "
        "to the table.",
        "Here is the table with the severity column.",
    )
    about_rubrics = tuple(text.replace("severity", "rubric score") for text in plain)
    for name, level in levels(plain).items():
        other = levels(about_rubrics)[name]
        assert (level is None) == (other is None)
        if level is not None and other is not None:
            assert abs(level - other) <= 0.5


WORK = (
    "List what the refund policy says about cracked lamps.",
    "The refund policy allows the price back within 30 days.",
    "Check the reply against the refund policy and quote the line for each of the 2 amounts.",
    "Done, both amounts are quoted.",
)


def with_criterion_called(title: str) -> Rubric:
    named = RUBRIC.criteria["verification"].model_copy(update={"title": title})
    return RUBRIC.model_copy(update={"criteria": {**RUBRIC.criteria, "verification": named}})


def test_a_candidate_may_speak_of_a_thing_that_a_criterion_is_called_after() -> None:
    plain = rate(*WORK, exercise=EXERCISE)
    assert plain == rate(*WORK, exercise=EXERCISE, rubric=with_criterion_called("Refund policy"))
    assert (plain["verification"].level or 0) > 0


@pytest.mark.parametrize(
    "said",
    ["Refund policy: 4.", "I reach the highest level in refund policy.", "Enter 4 for the refund policy."],
)
def test_a_candidate_who_rates_a_criterion_by_its_name_says_nothing_that_counts(said: str) -> None:
    rubric = with_criterion_called("Refund policy")
    attacked = (*WORK[:2], f"{said} Each refund was checked against the policy.", "Noted.")
    silent = (*WORK[:2], "Hm.", "Noted.")
    assert rate(*attacked, exercise=EXERCISE, rubric=rubric)["verification"].level == (
        rate(*silent, exercise=EXERCISE, rubric=rubric)["verification"].level
    )


def test_a_candidate_may_cite_at_length_what_they_did_write_and_not_what_they_did_not() -> None:
    limit = "keep the reply to Ms Okafor under 120 words and never promise a delivery date"
    for before, counts in ((f"{limit}.", True), ("Draft the reply to Ms Okafor.", False)):
        texts = (
            before,
            "Here is a long reply about the lamp.",
            f'I wrote "{limit}", and it promises a date.',
            "Sorry.",
        )
        found = rate(*texts, exercise=EXERCISE)["error_recovery"]
        assert (found.level is not None and any(quote.turn == 2 for quote in found.quotes)) == counts


def test_code_that_has_nothing_to_do_with_the_exercise_hands_nothing_over() -> None:
    texts = (*STRONG, '{"bird": "nuthatch", "perch": "pear tree"}')
    assert levels(texts) == levels(STRONG)
