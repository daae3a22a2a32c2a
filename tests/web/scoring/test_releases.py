"""A person lets a candidate see their report; the candidate contests; a person answers."""

import pytest
from django.urls import reverse
from tests.people import Cast, activated, invited
from tests.web.scoring.finished import finished, scored

from assay.errors import UserMistake
from assay.reports.html.plots import dial
from assay.scoring.ratings import RaterIdentity
from assay.scoring.score import Cap
from assay_web.audit.models import Action, AuditEvent
from assay_web.jobs.models import ScoringJob
from assay_web.scoring import releases
from assay_web.scoring.drawn import of_report
from assay_web.scoring.models import Contest, Release, SessionScore
from assay_web.scoring.opened import record_of
from assay_web.scoring.queries import candidate_report
from assay_web.scoring.services import contest, settle_score


def first_criterion(score: SessionScore) -> str:
    level = score.levels.first()
    assert level is not None
    return level.criterion


def test_nothing_is_released_until_a_person_confirms_it(cast: Cast) -> None:
    score = scored(cast.mara)
    client = cast.signed_in(cast.recruiter)
    address = reverse("scoring:release", args=[score.session.public_id])
    assert "word for word" in client.get(address).content.decode()
    assert candidate_report(score.session) is None
    client.post(address, {"score": score.public_id})
    report = candidate_report(score.session)
    assert report is not None
    assert report.released
    assert Release.objects.get().released_by == cast.recruiter
    assert AuditEvent.objects.filter(action=Action.RESULT_RELEASED).count() == 1


def test_the_candidate_reads_level_quotes_reasons_and_what_the_next_level_is(cast: Cast) -> None:
    score = scored(cast.mara, "middling")
    releases.release(score, cast.owner)
    report = candidate_report(score.session)
    assert report is not None
    rubric = cast.version.exercise().rubric
    for item in report.criteria:
        if not item.level:
            assert item.unscored
            continue
        assert item.quotes
        assert item.reasons
        assert any("offline signs" in rater for rater in item.raters)
        if item.next_level is not None:
            assert item.next_words == rubric.criteria[item.id].levels[item.next_level].words
    assert any(item.next_words for item in report.criteria)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("judge-strict@http://127.0.0.1:9102/v1", "LLM judge, model judge-strict"),
        ("http://gpu-7.internal:8000/v1", "LLM judge"),
        ("scripted:/srv/assay/judge.yaml", "LLM judge, model scripted"),
        ("openai:gpt-4.1-mini", "LLM judge, model gpt-4.1-mini"),
    ],
)
def test_a_candidate_reads_which_model_rated_and_not_where_it_is(cast: Cast, name: str, told: str) -> None:
    score = scored(cast.mara)
    record = record_of(score)
    judge = RaterIdentity(kind="judge", name=name, version="70b8" * 16)
    ratings = tuple(rating.model_copy(update={"rater": judge}) for rating in record.ratings)
    score.record = record.model_copy(update={"ratings": ratings}).model_dump_json().encode()
    score.save()
    releases.release(score, cast.owner)
    html = cast.browser_of(cast.mara).get(f"/c/{cast.mara.public_id}/").content.decode()
    assert f"software: {told}, version 70b870b870b8" in html
    assert "http://" not in html.split('id="report"')[1]
    assert "/srv" not in html


def test_who_answers_a_contest_reads_that_a_colleague_may_rate(cast: Cast) -> None:
    score = scored(cast.mara)
    releases.release(score, cast.owner)
    row = contest(score.session, first_criterion(score), "That is not so")
    html = cast.signed_in(cast.owner).get(reverse("scoring:contest_answer", args=[row.public_id]))
    assert "if you have rated it, ask a colleague" in html.content.decode()


def test_the_candidates_page_holds_no_rubric_beyond_the_next_level(cast: Cast) -> None:
    score = scored(cast.mara, "weak")
    releases.release(score, cast.owner)
    html = (
        cast.browser_of(cast.mara).get(reverse("session:place", args=[cast.mara.public_id])).content.decode()
    )
    assert "Your result" in html
    rubric = cast.version.exercise().rubric
    report = candidate_report(score.session)
    assert report is not None
    shown = {item.next_words for item in report.criteria}
    for criterion in rubric.criteria.values():
        for level in criterion.levels.values():
            assert level.words in shown or level.words not in html
            assert level.example is None or level.example not in html
    assert "threshold" not in html
    assert cast.owner.email not in html


def test_the_candidate_sees_every_interval_drawn_and_said_in_words(cast: Cast) -> None:
    score = scored(cast.mara, "middling")
    releases.release(score, cast.owner)
    place = reverse("session:place", args=[cast.mara.public_id])
    html = cast.browser_of(cast.mara).get(place).content.decode()
    report = candidate_report(score.session)
    assert report is not None
    assert f'aria-label="{report.overall} on a scale from 0 to 4, interval {report.range}"' in html
    rated = [item for item in report.criteria if item.level]
    assert rated
    assert html.count('class="interval"') == 1 + len(rated)
    for item in rated:
        assert f"interval {item.range}" in html


def test_what_only_the_team_may_know_of_a_score_is_not_drawn_for_its_candidate(cast: Cast) -> None:
    score = record_of(scored(cast.mara)).score
    assert score.overall is not None
    assert score.threshold is not None
    cap = Cap(rule="r1", says="A rule", ceiling=1.5)
    capped = score.model_copy(update={"overall": score.overall.model_copy(update={"caps": (cap,)})})
    assert "hatch" in str(dial(capped))
    assert "threshold" in str(dial(capped))
    shown = of_report(capped).overall
    assert 'class="interval"' in shown
    assert "hatch" not in shown
    assert "threshold" not in shown


def test_releasing_twice_is_one_release_and_another_scoring_takes_its_place(cast: Cast) -> None:
    first = scored(cast.mara)
    releases.release(first, cast.owner)
    releases.release(first, cast.recruiter)
    assert AuditEvent.objects.filter(action=Action.RESULT_RELEASED).count() == 1
    second = settle_score(first.session_id, activated(cast.team, "content-production").pk, "asked")
    assert Release.objects.get().score == first
    releases.release(second, cast.owner)
    assert Release.objects.get().score == second


def test_a_withdrawn_report_is_gone_from_the_candidates_page(cast: Cast) -> None:
    score = scored(cast.mara)
    releases.release(score, cast.owner)
    cast.signed_in(cast.owner).post(reverse("scoring:withdraw", args=[score.session.public_id]))
    assert candidate_report(score.session) is None
    assert AuditEvent.objects.filter(action=Action.RELEASE_WITHDRAWN).exists()
    assert releases.withdraw(score.session, cast.owner) is False
    with pytest.raises(UserMistake):
        contest(score.session, first_criterion(score), "But")


def test_a_candidate_contests_a_criterion_once_and_a_person_answers(cast: Cast) -> None:
    score = scored(cast.mara)
    releases.release(score, cast.owner)
    criterion = first_criterion(score)
    browser = cast.browser_of(cast.mara)
    browser.post(
        reverse("session:contest", args=[cast.mara.public_id]),
        {"criterion": criterion, "words": "Message 4 holds the plan"},
    )
    made = Contest.objects.get()
    assert made.words == "Message 4 holds the plan"
    with pytest.raises(UserMistake, match="already"):
        contest(score.session, criterion, "Again")
    client = cast.signed_in(cast.recruiter)
    address = reverse("scoring:contest_answer", args=[made.public_id])
    assert "Message 4 holds the plan" in client.get(address).content.decode()
    client.post(address, {"answer": "We read message 4 again: the level stays, because …"})
    made.refresh_from_db()
    assert made.answered_by == cast.recruiter
    place = browser.get(reverse("session:place", args=[cast.mara.public_id])).content.decode()
    assert "We read message 4 again" in place
    event = AuditEvent.objects.get(action=Action.SCORE_CONTESTED)
    assert event.actor == f"candidate:{cast.mara.candidate.public_id}"
    assert "words" not in event.data


@pytest.mark.parametrize(
    ("criterion", "words"), [("task_decomposition", "  "), ("unknown", "x"), ("safety", "x" * 4_001)]
)
def test_a_contest_without_words_or_about_nothing_is_refused(cast: Cast, criterion: str, words: str) -> None:
    score = scored(cast.mara)
    releases.release(score, cast.owner)
    with pytest.raises(UserMistake):
        contest(score.session, criterion, words)
    assert not Contest.objects.exists()


def test_an_answer_may_ask_for_a_scoring_with_another_version(cast: Cast) -> None:
    score = scored(cast.mara)
    releases.release(score, cast.owner)
    made = contest(score.session, first_criterion(score), "The rubric asks something else")
    other = activated(cast.team, "content-production")
    cast.stage.active = other
    cast.stage.save()
    client = cast.signed_in(cast.owner)
    address = reverse("scoring:contest_answer", args=[made.public_id])
    client.post(address, {"answer": "Scored anew", "version": other.public_id})
    job = ScoringJob.objects.get(exercise_version=other)
    assert other.version[:12] in job.reason
    client.post(address, {"answer": "Once more"})
    made.refresh_from_db()
    assert made.answer == "Scored anew"


def test_asking_for_another_version_makes_one_job_that_names_it(cast: Cast) -> None:
    score = scored(cast.mara)
    other = activated(cast.team, "content-production")
    invitation = invited(cast.stage, "Ines Alvarez")
    invitation.exercise_version = other
    invitation.save()
    client = cast.signed_in(cast.reviewer)
    address = reverse("scoring:rescore", args=[score.session.public_id])
    assert other.public_id in client.get(address).content.decode()
    for _ in range(2):
        client.post(address, {"version": other.public_id})
    assert ScoringJob.objects.filter(session=score.session, exercise_version=other).count() == 1
    assert AuditEvent.objects.filter(action=Action.RESCORE_ASKED).exists()


def test_a_version_of_another_stage_or_team_is_not_offered(cast: Cast) -> None:
    score = scored(cast.mara)
    elsewhere = activated(cast.stranger.teams.get(), "content-production")
    client = cast.signed_in(cast.owner)
    client.post(reverse("scoring:rescore", args=[score.session.public_id]), {"version": elsewhere.public_id})
    assert not ScoringJob.objects.filter(exercise_version=elsewhere).exists()
    with pytest.raises(UserMistake, match="your team"):
        releases.rescore(score.session, elsewhere, cast.owner)


def test_a_session_that_is_not_scored_cannot_be_released(cast: Cast) -> None:
    session = finished(cast.mara)
    assert (
        cast.signed_in(cast.owner).get(reverse("scoring:release", args=[session.public_id])).status_code
        == 404
    )
