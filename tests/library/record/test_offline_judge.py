"""Records that the offline judge made: it is run again, so its ratings cannot be edited."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.library.record.sessions import MADE_AT

import assay.library
from assay.authoring.load import load_exercise
from assay.record import Record, build_record, verify
from assay.record.file import record_bytes
from assay.scoring.evidence import EvidenceGate
from assay.scoring.panel import add_up
from assay.scoring.pipeline import Scored, score_case
from assay.scoring.raters import Case
from assay.scoring.rules import check_rules
from assay.session.reference import reference_of

SHIPPED = Path(assay.library.__file__).parent / "exercises"
EXERCISES = sorted(path.parent.name for path in SHIPPED.glob("*/exercise.yaml"))


def the_case(exercise: str, quality: str) -> Case:
    folder = SHIPPED / exercise
    loaded = load_exercise(folder)
    transcript = reference_of(folder, quality).transcript()
    return Case(transcript=transcript, rubric=loaded.rubric, exercise=loaded)


def on_record(case: Case, scored: Scored) -> Record:
    return build_record(session_id="reference", case=case, scored=scored, made_at=MADE_AT)


@pytest.mark.parametrize("quality", ["strong", "middling", "weak"])
@pytest.mark.parametrize("exercise", EXERCISES)
def test_a_record_of_every_shipped_session_holds_with_the_judge_run_again(
    exercise: str, quality: str
) -> None:
    case = the_case(exercise, quality)
    verification = verify(record_bytes(on_record(case, score_case(case))))
    assert verification.first_failure is None
    assert [check.name for check in verification.not_made] == ["events", "transcript", "session"]
    assert verification.outcome == "holds"


def test_a_forger_who_lifts_the_judges_level_and_adds_everything_up_again_is_found_out() -> None:
    case = the_case("labeling-assistant", "weak")
    scored = score_case(case)
    place, rating = next((n, r) for n, r in enumerate(scored.ratings) if r.level is not None and r.level < 3)
    lifted = rating.model_copy(update={"level": 4.0})
    ratings = (*scored.ratings[:place], lifted, *scored.ratings[place + 1 :])
    outcomes = check_rules(case, EvidenceGate(case.transcript))
    forged = on_record(case, replace(scored, ratings=ratings, score=add_up(case, ratings, outcomes)))
    failure = verify(record_bytes(forged)).first_failure
    assert failure is not None
    assert failure.name == "repeat"
    assert rating.criterion in failure.detail


def test_a_forger_who_leaves_out_one_of_the_judges_ratings_is_found_out() -> None:
    case = the_case("labeling-assistant", "weak")
    scored = score_case(case)
    kept = scored.ratings[:-1]
    outcomes = check_rules(case, EvidenceGate(case.transcript))
    forged = on_record(case, replace(scored, ratings=kept, score=add_up(case, kept, outcomes)))
    failure = verify(record_bytes(forged)).first_failure
    assert failure is not None
    assert failure.name == "repeat"
