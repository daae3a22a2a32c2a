"""What somebody who is rated by the offline judge gets to see."""

import pytest
from tests.library.scoring.indicators.talks import (
    EXERCISE,
    JUDGE,
    MIDDLING,
    RUBRIC,
    STRONG,
    WEAK,
    rate,
    transcript_of,
)

from assay.authoring.rubric import Rubric
from assay.scoring.evidence import EvidenceGate
from assay.scoring.indicators.judge import NO_MESSAGE, NO_SIGN, OFF_TOPIC, TOO_LITTLE, IndicatorJudge
from assay.scoring.indicators.levels import FamilyTable, LevelsTable, shipped_levels
from assay.scoring.indicators.signs import FAMILIES
from assay.scoring.raters import Case, Rater
from assay.scoring.ratings import Proposal
from assay.session.transcript import Transcript, Turn


def one_criterion(name: str, **more: object) -> Rubric:
    return Rubric.model_validate({"criteria": {name: {"asks": "How well?", "levels": {}, **more}}})


def test_a_candidate_who_steers_checks_and_corrects_is_rated_above_one_who_waits() -> None:
    strong, middling, weak = (rate(*texts, exercise=EXERCISE) for texts in (STRONG, MIDDLING, WEAK))
    for criterion in ("task_decomposition", "instruction_clarity", "verification", "difficulty", "realism"):
        low, mid, high = (found[criterion].level for found in (weak, middling, strong))
        assert low is not None
        assert mid is not None
        assert high is not None
        assert low <= mid <= high
        assert high - low >= 1.0


def test_a_candidate_sees_every_level_with_quotes_that_stand_where_they_claim() -> None:
    for texts in (STRONG, MIDDLING, WEAK):
        transcript = transcript_of(*texts)
        gate = EvidenceGate(transcript)
        for proposal in JUDGE.rate(Case(transcript, RUBRIC, EXERCISE)):
            rating = gate.admit(proposal, JUDGE.identity)
            assert not rating.dropped
            assert rating.level == proposal.level
            for quote in proposal.quotes:
                assert quote.turn is not None
                assert quote.start is not None
                assert transcript.turns[quote.turn].role == "user"
                assert transcript.turns[quote.turn].text.startswith(quote.text, quote.start)
                assert quote.sign


def test_a_candidate_can_follow_the_reason_by_hand() -> None:
    found = rate("Write the loop over rows.", "for row in rows: ...", "Is this correct?")["verification"]
    table = shipped_levels().families["verification"]
    points = table.points["asks-if-right"]
    assert found.level == points - 0.25
    assert found.reason == (
        f"The candidate asked whether it was right. Points: 0 + {points:g} = {points:g}, "
        f"level {found.level:g}."
    )
    assert [quote.sign for quote in found.quotes] == ["asks-if-right"]


def test_a_candidate_reads_words_first_then_the_arithmetic_and_sees_the_weightiest_quote_first() -> None:
    for proposal in rate(*STRONG, exercise=EXERCISE).values():
        if proposal.unscored or proposal.quotes[0].sign == NO_SIGN:
            continue
        points = shipped_levels().families[proposal.criterion].points
        words, arithmetic = proposal.reason.split(". Points: ")
        assert words.startswith("The candidate ")
        assert "+" not in words
        ids = list(dict.fromkeys(str(quote.sign) for quote in proposal.quotes))
        first = max(ids, key=lambda sign: abs(points[sign]) * (1 + 0.5 * (_times(proposal, sign) - 1)))
        assert ids[0] == first
        total = sum(float(term) for term in arithmetic.split(" = ")[0].replace("- ", "+ -").split(" + "))
        assert total == float(arithmetic.split(" = ")[1].split(",")[0])
        assert ("capped at 4" in arithmetic) == (total > 4)


def _times(proposal: Proposal, sign: str) -> int:
    return sum(1 for quote in proposal.quotes if quote.sign == sign)


@pytest.mark.parametrize(
    "texts",
    [
        ("hi",),
        ("hello there", "Hello, what shall we do?", "ok thanks"),
        ("do it", "Done: the reply to Ms Okafor.", "great"),
    ],
)
def test_a_candidate_who_wrote_next_to_nothing_is_not_rated_at_all(texts: tuple[str, ...]) -> None:
    assert {found.unscored for found in rate(*texts, exercise=EXERCISE).values()} == {TOO_LITTLE}


def test_a_candidate_who_talks_of_something_else_is_not_rated_at_all() -> None:
    found = rate(
        "Tell me a joke about penguins at the seaside.",
        "Two penguins walk along the beach.",
        "Another joke, this time about a grumpy walrus and his dentist.",
        exercise=EXERCISE,
    )
    assert {one.unscored for one in found.values()} == {OFF_TOPIC}


def test_a_candidate_who_takes_planted_mistakes_as_they_come_is_rated_lowest_on_recovery() -> None:
    planted = EXERCISE.model_copy(update={"style": "error_detection"})
    found = rate(*WEAK, exercise=planted)["error_recovery"]
    assert found.level == 0.0
    assert [(quote.sign, quote.turn) for quote in found.quotes] == [("took-what-came", 2)]
    assert rate(*WEAK, exercise=EXERCISE)["error_recovery"].level is None


def test_a_candidate_who_never_checked_is_shown_where_they_went_on() -> None:
    found = rate(
        "List the complaints in the ticket.", "The lamp is cracked.", "Now draft the email about the lamp."
    )
    assert found["verification"].level == 0.0
    assert [(quote.sign, quote.turn) for quote in found["verification"].quotes] == [(NO_SIGN, 2)]


def test_a_candidate_whose_assistant_made_no_mistake_is_not_rated_on_recovery() -> None:
    found = rate("List the complaints in the ticket.", "The lamp is cracked.", "Which courier was it?")
    assert found["error_recovery"].level is None
    assert "nothing called for recovery" in str(found["error_recovery"].unscored)


def test_a_candidate_without_a_scenario_is_not_rated_on_realism_or_on_idle_safety() -> None:
    found = rate("Sort the list of words by length.", "sorted(words, key=len)")
    assert "no exercise" in str(found["realism"].unscored)
    assert "nothing in the scenario" in str(found["safety"].unscored)


def test_a_candidate_without_a_sign_on_an_unmeasured_criterion_is_told_who_can_score_it() -> None:
    plain = EXERCISE.model_copy(update={"scenario": f"{EXERCISE.scenario}\nHer card number stays private."})
    found = rate(
        "Write the reply to Ms Okafor about the cracked lamp from Leeds, as an email that thanks her for the "
        "photographs, mentions the nine days with Swiftline and closes with a friendly word.",
        "Dear Ms Okafor, thank you.",
        "Give the same in two versions, one as the courier Swiftline from Leeds would word the delivery and "
        "one as the Northlight shop would tell Ms Okafor over the telephone.",
        exercise=plain,
    )
    for criterion in ("difficulty", "safety"):
        assert found[criterion].level is None
        assert "a person or an LLM judge can score it" in str(found[criterion].unscored)


def test_a_candidate_who_takes_a_reply_that_called_for_care_is_shown_where() -> None:
    called = EXERCISE.model_copy(update={"scenario": f"{EXERCISE.scenario}\nHer hospital stay is private."})
    texts = (
        "Write the reply to Ms Okafor about the lamp.",
        "Dear Ms Okafor, we hope that the hospital treats you well.",
        "Make the reply shorter.",
    )
    found = rate(*texts, exercise=called)["safety"]
    assert found.level == 1.0
    assert [(quote.sign, quote.turn) for quote in found.quotes] == [("passes-over-risk", 2)]
    careful = (*texts[:2], "Leave out the hospital, her health is private.")
    assert "passes-over-risk" not in {
        quote.sign for quote in rate(*careful, exercise=called)["safety"].quotes
    }


def test_a_candidate_whose_assistant_never_answered_is_not_rated_on_checking() -> None:
    found = rate("List the complaints in the ticket about the lamp.")["verification"]
    assert found.level is None
    assert "no reply" in str(found.unscored)


def test_a_candidate_who_sends_personal_data_is_rated_on_safety_below_one_who_masks_it() -> None:
    sends = rate("Write to jane.roe@mail.test that her card 4111 1111 1111 1111 was charged twice.", "Done.")
    masks = rate(
        "Replace the card number in the ticket by a placeholder before you summarise the ticket.", "Done."
    )
    assert sends["safety"].level is not None
    assert masks["safety"].level is not None
    assert sends["safety"].level < masks["safety"].level


def test_a_candidate_who_sent_nothing_is_told_so_on_every_criterion() -> None:
    silent = Transcript(turns=(Turn(index=0, role="assistant", text="Hello, where shall we begin?"),))
    proposals = list(JUDGE.rate(Case(silent, RUBRIC)))
    assert len(proposals) == len(RUBRIC.criteria)
    assert {proposal.unscored for proposal in proposals} == {NO_MESSAGE}


def test_an_author_whose_criterion_has_no_signs_is_told_who_can_score_it() -> None:
    found = rate("Sort the words.", "Sorted.", rubric=one_criterion("team_spirit"))["team_spirit"]
    assert found.level is None
    assert "no signs for team_spirit" in str(found.unscored)
    assert "a person or an LLM judge" in str(found.unscored)


def test_an_author_whose_scale_is_another_is_told_so_and_nothing_is_rescaled() -> None:
    rubric = Rubric.model_validate(
        {"scale": {"min": 1, "max": 5}, "criteria": {"verification": {"asks": "How well?", "levels": {}}}}
    )
    found = rate("Sort the words.", "Sorted.", "Is this right?", rubric=rubric)["verification"]
    assert found.level is None
    assert "0 to 4" in str(found.unscored)
    assert "1 to 5" in str(found.unscored)


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("error_recovery_and_iteration", {}),
        ("instruction-clarity-and-constraint-control", {}),
        ("fact_checking", {}),
        ("anything", {"signs": "verification"}),
    ],
)
def test_an_author_may_name_the_family_of_signs_or_use_a_usual_name(name: str, more: dict[str, str]) -> None:
    found = rate(*STRONG, rubric=one_criterion(name, **more))[name]
    assert found.level is not None


def test_a_reader_of_the_identity_learns_what_is_known_of_the_judge() -> None:
    rater: Rater = JUDGE
    identity = rater.identity
    assert (identity.kind, identity.name) == ("indicators", "offline signs")
    assert identity.version
    assert "not yet calibrated against people" in identity.calibration
    assert f"{shipped_levels().families['verification'].qwk:.2f}" in identity.calibration


def test_a_changed_table_is_another_version_of_the_judge() -> None:
    zero = FamilyTable(start=0.0, points={})
    other = LevelsTable(fitted_on="nothing", families={"verification": zero})
    assert IndicatorJudge(other).identity.version != JUDGE.identity.version


def test_measured_families_carry_their_error_and_the_others_none() -> None:
    found = rate(*STRONG, exercise=EXERCISE)
    for family in FAMILIES:
        assert found[family].error == shipped_levels().families[family].error
    assert found["verification"].error is not None
    assert found["realism"].error is None


def test_the_same_session_always_gets_the_same_proposals() -> None:
    assert rate(*STRONG, exercise=EXERCISE) == rate(*STRONG, exercise=EXERCISE)


def test_a_candidate_who_puts_the_assistants_figures_right_by_hand_is_seen_to_have_read_them() -> None:
    draft = "The refund of 64 pounds for the cracked lamp reaches Ms Okafor at her bank within two days."
    put_right = draft.replace("64", "58").replace("two", "seven")
    as_it_was = rate("Draft the note about the lamp.", draft, deliverable=draft)["verification"]
    edited = rate("Draft the note about the lamp.", draft, deliverable=put_right)["verification"]
    assert as_it_was.level == 0.0
    assert edited.level == 0.5
    assert [(quote.turn, quote.sign) for quote in edited.quotes] == [(None, "edited-by-hand")]
