"""A reviewer sees what a candidate added: the session beside the assistant alone, or why not."""

import pytest
from django.test import Client
from pytest_django import Settings
from tests.people import Cast, activated
from tests.web.baselines.conftest import Assistant, attempt, work_off
from tests.web.jobs.sessions import hand_in

from assay.library.exercises import exercise_folder
from assay.record import Record
from assay.session.bots import acts_of
from assay.session.engine import Session
from assay.session.reference import reference_of
from assay_web.baselines import services
from assay_web.baselines.lift import lift_of
from assay_web.baselines.models import Baseline
from assay_web.jobs.models import ScoringJob
from assay_web.judges.models import JudgeChoice
from assay_web.openings.models import Invitation
from assay_web.scoring.models import SessionScore
from assay_web.scoring.opened import record_of
from assay_web.session.drive import drive
from assay_web.session.models import CandidateSession
from assay_web.session.start import start_session


def work_well(session: Session) -> None:
    """What the strong candidate of the exercise's reference session does, replies included."""
    reference = reference_of(exercise_folder("labeling-assistant"), "strong")
    replies = [turn.text for turn in reference.turns if turn.role == "assistant"]
    for number, act in enumerate(acts_of(reference)):
        if act.kind == "send":
            session.send(act.text, f"m{number}")
            session.begin_reply()
            session.finish_reply(replies.pop(0))
        else:
            session.save_deliverable(act.text)
    session.submit()


def scored(invitation: Invitation) -> CandidateSession:
    """A candidate's session, worked well, handed in and scored."""
    row = start_session(invitation)
    drive(row.pk, work_well)
    assert attempt(ScoringJob.objects.get(session=row)) is None
    row.refresh_from_db()
    return row


def scored_badly(invitation: Invitation) -> CandidateSession:
    """A candidate's session in which too little was written to rate."""
    job = hand_in(invitation)
    assert attempt(job) is None
    return job.session


def page_of(browser: Client, session: CandidateSession) -> str:
    """The session's result page as text, whatever its line breaks."""
    answer = browser.get(f"/results/sessions/{session.public_id}/")
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def record(session: CandidateSession) -> Record:
    return record_of(SessionScore.objects.get(session=session, current=True))


@pytest.fixture
def baseline(cast: Cast, assistant: Assistant) -> Baseline:
    """A baseline of the stage, made and scored."""
    made = services.ask_for_baseline(cast.stage, cast.author)
    work_off(made)
    return made


def test_a_result_shows_the_assistant_alone_and_the_lift(cast: Cast, baseline: Baseline) -> None:
    session = scored(cast.mara)
    page = page_of(cast.signed_in(cast.reviewer), session)
    assert "ssistant alone 0.5 · lift +" in page
    assert "low for it by their nature" in page
    score = SessionScore.objects.get(session=session)
    shown = lift_of(session, score)
    assert shown is not None
    assert set(shown.criteria) == {item.criterion for item in record(session).score.criteria}


def test_a_criterion_that_is_unscored_on_either_side_gets_a_reason_and_no_number(
    cast: Cast, baseline: Baseline
) -> None:
    session = scored_badly(cast.mara)
    shown = lift_of(session, SessionScore.objects.get(session=session))
    assert shown is not None
    assert shown.overall[1].startswith("No lift: the session is unscored")
    assert shown.number == ""
    assert "no lift: the session is unscored: too little was written" in " ".join(shown.criteria.values())
    assert not any("· lift" in words for words in shown.criteria.values())


def test_a_candidate_sees_nothing_of_the_lift(cast: Cast, baseline: Baseline) -> None:
    from assay_web.scoring.releases import release

    session = scored(cast.mara)
    release(SessionScore.objects.get(session=session), cast.owner)
    page = cast.browser_of(cast.mara).get(f"/c/{cast.mara.public_id}/").content.decode()
    assert "Your report" in page or "report" in page.lower()
    assert "lift" not in page.lower()
    assert "assistant alone" not in page.lower()


def test_a_result_without_a_baseline_says_nothing_of_lift(cast: Cast, assistant: Assistant) -> None:
    assert "lift" not in page_of(cast.signed_in(cast.reviewer), scored(cast.mara)).lower()


def test_the_pdf_holds_the_lift(cast: Cast, baseline: Baseline) -> None:
    session = scored(cast.mara)
    answer = cast.signed_in(cast.reviewer).get(f"/results/sessions/{session.public_id}/pdf")
    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF")


def test_the_results_of_a_stage_mark_the_assistant_alone(cast: Cast, baseline: Baseline) -> None:
    scored(cast.mara)
    page = (
        cast.signed_in(cast.reviewer)
        .get(f"/results/stages/{cast.stage.public_id}/?scores=1")
        .content.decode()
    )
    assert "assistant alone 0.5" in page


def test_another_assistant_than_the_candidates_makes_no_lift(
    cast: Cast, baseline: Baseline, settings: Settings
) -> None:
    with Assistant() as other:
        setting = other.serve(settings)
        page = page_of(cast.signed_in(cast.reviewer), scored(cast.mara))
    assert "No lift is shown." in page
    assert f"this candidate worked with {setting}" in page


def test_a_baseline_under_way_is_said_to_be(cast: Cast, assistant: Assistant) -> None:
    services.ask_for_baseline(cast.stage, cast.author)
    page = page_of(cast.signed_in(cast.reviewer), scored(cast.mara))
    assert "The runs of the assistant alone are being made and rated." in page


def test_a_baseline_of_an_earlier_version_is_not_held_against_a_later_one(
    cast: Cast, baseline: Baseline
) -> None:
    from tests.people import activated

    cast.mara.exercise_version = activated(cast.team, "support-escalation")
    cast.mara.save()
    session = scored(cast.mara)
    assert lift_of(session, SessionScore.objects.get(session=session)) is None


def test_a_colleague_sees_a_run_that_another_asked_for_and_that_it_is_nobodys(
    cast: Cast, baseline: Baseline
) -> None:
    run = baseline.runs.get(number=2)
    page = page_of(cast.signed_in(cast.interviewer), run.session)
    assert "The assistant alone, run 2" in page
    assert "Nobody worked in this session: " in page
    stranger = cast.signed_in(cast.stranger).get(f"/results/sessions/{run.session.public_id}/")
    assert stranger.status_code == 404


def test_a_person_who_rates_a_session_leaves_no_lift_on_their_scoring(cast: Cast, baseline: Baseline) -> None:
    session = scored(cast.mara)
    score = SessionScore.objects.get(session=session)
    other = SessionScore.objects.create(
        session=session,
        exercise_version=score.exercise_version,
        panel="with-a-person",
        made_at=score.made_at,
        scale_max=4,
        verdict="unscored",
        seal=score.seal,
        record=score.record,
        current=False,
    )
    shown = lift_of(session, other)
    assert shown is not None
    assert (shown.problem, shown.may_rate) == (
        "The assistant alone was rated by others than this session.",
        False,
    )


def test_a_scoring_with_another_version_has_no_lift_and_no_button(cast: Cast, baseline: Baseline) -> None:
    session = scored(cast.mara)
    score = SessionScore.objects.get(session=session)
    other = activated(cast.team, "sql-migration-review")
    SessionScore.objects.filter(pk=score.pk).update(exercise_version=other)
    score.refresh_from_db()
    shown = lift_of(session, score)
    assert shown is not None
    assert "another version of the exercise" in shown.problem
    assert not shown.may_rate


def test_nobody_rates_a_run_by_hand(cast: Cast, baseline: Baseline) -> None:
    run = baseline.runs.get(number=1).session
    browser = cast.signed_in(cast.reviewer)
    assert "Rate it yourself" not in page_of(browser, run)
    for action in ("rate", "rescore", "score-again"):
        assert browser.get(f"/results/sessions/{run.public_id}/{action}").status_code == 404, action


def test_a_page_of_the_baseline_shows_each_run_and_what_they_come_to(cast: Cast, baseline: Baseline) -> None:
    page = cast.signed_in(cast.interviewer).get(f"/stages/{cast.stage.public_id}/baseline").content.decode()
    assert page.count("/results/sessions/") == 3
    assert "0.5 · 0.5 · 0.5" in page
    assert "Run it again" not in page
    assert "Run it again" in (
        cast.signed_in(cast.author).get(f"/stages/{cast.stage.public_id}/baseline").content.decode()
    )


def test_an_author_asks_for_a_baseline_on_its_page(cast: Cast, assistant: Assistant) -> None:
    browser = cast.signed_in(cast.author)
    address = f"/stages/{cast.stage.public_id}/baseline"
    assert "3 runs are 3 calls" in " ".join(browser.get(address).content.decode().split())
    browser.post(f"{address}/run", {"runs": "2", "line": ""})
    assert ScoringJob.objects.filter(session__baseline_run__isnull=False).count() == 2
    assert "waits for a worker" in browser.get(address).content.decode()
    refused = browser.post(f"{address}/run", {"runs": "many"}, follow=True)
    assert "is no number of runs" in refused.content.decode()


def test_runs_are_rated_as_a_session_was_by_judges_chosen_for_it(cast: Cast, baseline: Baseline) -> None:
    from assay_web.clock import now

    choice = JudgeChoice.objects.create(stage=cast.stage, offline=True, chosen_at=now())
    session = scored(cast.mara)
    # The offline judge has rated the runs already, and is who was chosen.
    assert services.rate_as(session, baseline, cast.reviewer) == 0
    assert not ScoringJob.objects.filter(reason=f"judges {choice.public_id} asked for").exists()
    shown = lift_of(session, SessionScore.objects.get(session=session))
    assert shown is not None
    assert shown.problem == ""


def test_a_run_whose_record_was_changed_makes_no_lift(cast: Cast, baseline: Baseline) -> None:
    run = SessionScore.objects.filter(session__baseline_run__baseline=baseline)[0]
    changed = bytes(run.record).replace(b"Five labels at most", b"Four labels at most")
    SessionScore.objects.filter(pk=run.pk).update(record=changed)
    page = page_of(cast.signed_in(cast.reviewer), scored(cast.mara))
    assert "The record of a run of the assistant alone does not hold." in page
