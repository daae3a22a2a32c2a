"""A recruiter opens the result of a session."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from tests.people import Cast, activated, invited, make_cast, out_of_time
from tests.web.scoring.finished import finished, scored

from assay_web.audit.models import Action, AuditEvent
from assay_web.clock import now
from assay_web.jobs.models import ScoringJob
from assay_web.openings.models import Invitation, Stage
from assay_web.scoring.models import SessionScore
from assay_web.scoring.opened import record_of
from assay_web.scoring.result import result_page
from assay_web.scoring.services import settle_score
from assay_web.session.models import CandidateSession, Feedback, IntegritySignal
from assay_web.session.start import start_session


def page(cast: Cast, session: CandidateSession, **query: str) -> str:
    address = reverse("scoring:result", args=[session.public_id])
    return cast.signed_in(cast.owner).get(address, query).content.decode()


def done(session: CandidateSession) -> None:
    ScoringJob.objects.filter(session=session).update(status=ScoringJob.Status.DONE)


def test_every_quote_leads_to_its_place_and_back(cast: Cast) -> None:
    html = page(cast, scored(cast.mara).session)
    marks = set(re.findall(r'id="mark-(\w+)"', html))
    quotes = set(re.findall(r'id="quote-(\w+)"', html))
    assert marks
    assert marks == quotes
    assert set(re.findall(r'href="#mark-(\w+)"', html)) == marks
    assert set(re.findall(r'href="#quote-(\w+)"', html)) == quotes
    assert len(re.findall(r' id="', html)) == len(set(re.findall(r' id="([^"]+)"', html)))


def test_the_marked_words_are_the_words_of_the_record(cast: Cast) -> None:
    score = SessionScore.objects.get(pk=scored(cast.mara).pk)
    result, warning = result_page(score)
    transcript = record_of(score).transcript
    assert result is not None
    assert not warning
    for turn, shown in zip(transcript.turns, result.turns, strict=True):
        assert "".join(piece.text for piece in shown.pieces) == turn.text
    assert "".join(piece.text for piece in result.deliverable) == transcript.final_deliverable


def test_serious_findings_stand_above_the_number(cast: Cast) -> None:
    html = page(cast, scored(cast.noor, "weak").session)
    assert html.index("Look at this first") < html.index("Overall")
    assert 'href="#criterion-' in html


def test_nothing_on_the_page_is_inline_script_or_style(cast: Cast) -> None:
    html = page(cast, scored(cast.noor, "weak").session)
    assert " style=" not in html
    assert "<style" not in html
    assert not re.search(r"<script(?![^>]*\bsrc=)", html)


def test_the_page_says_how_it_was_scored_and_what_was_checked(cast: Cast) -> None:
    score = scored(cast.mara)
    html = page(cast, score.session)
    assert "offline signs" in html
    assert "assay verify" in html
    assert score.seal in html
    assert "It holds" in html


@pytest.mark.parametrize(
    ("was", "becomes"),
    [(rb'"text":"[^"]', b'"text":"X'), (rb'"reason":"[^"]', b'"reason":"X'), (rb'"format":"', b'"f":"')],
)
def test_a_record_that_was_changed_in_the_database_is_called_out_first(
    cast: Cast, was: bytes, becomes: bytes
) -> None:
    score = scored(cast.mara)
    data = bytes(SessionScore.objects.get(pk=score.pk).record)
    changed = re.sub(was, becomes, data, count=1)
    assert changed != data
    SessionScore.objects.filter(pk=score.pk).update(record=changed)
    html = page(cast, score.session)
    assert "Read this before the report" in html
    assert "does not hold" in html
    client = cast.signed_in(cast.owner)
    for form in ("json", "pdf"):
        assert client.get(reverse(f"scoring:{form}", args=[score.session.public_id])).status_code == 302


def test_signals_and_feedback_are_shown_and_said_to_change_nothing(cast: Cast) -> None:
    session = finished(cast.mara)
    IntegritySignal.objects.create(session=session, kind="pasted", at=now(), amount=412)
    Feedback.objects.create(session=session, fairness=4, words="A clear task <b>", given_at=now())
    score = settle_score(session.pk, session.exercise_version_id, "ended")
    assert b"pasted" not in bytes(score.record)
    html = page(cast, session)
    assert "412 characters" in html
    assert "A clear task &lt;b&gt;" in html
    assert "What never changes the score" in html


@pytest.mark.parametrize(
    ("status", "says"),
    [("queued", "Waiting to be scored"), ("running", "Being scored"), ("failed", "The endpoint refused")],
)
def test_a_session_on_its_way_to_a_score_says_where_it_stands(cast: Cast, status: str, says: str) -> None:
    session = finished(cast.mara)
    ScoringJob.objects.filter(session=session).update(status=status, problem="The endpoint refused the key")
    html = page(cast, session)
    assert says in html
    assert ("results-progress.js" in html) == (status != "failed")
    told = cast.signed_in(cast.owner).get(reverse("scoring:progress", args=[session.public_id])).json()
    assert told["moving"] == (status != "failed")


def test_a_session_at_work_is_not_shown_before_its_end(cast: Cast) -> None:
    html = page(cast, start_session(cast.mara))
    assert "Still at work" in html
    assert "Conversation" not in html


def test_a_session_that_may_be_taken_again_is_called_so_on_every_page_of_results(cast: Cast) -> None:
    session = out_of_time(cast.mara)
    candidate = cast.mara.candidate.public_id
    second = Stage.objects.create(opening=cast.opening, title="Second", position=2, active=cast.version)
    again = {"candidate": cast.mara.candidate, "exercise_version": cast.version}
    start_session(Invitation.objects.create(stage=second, expires_at=now() + timedelta(days=1), **again))
    browser = cast.signed_in(cast.owner)
    for place, at_work in (
        (reverse("scoring:result", args=[session.public_id]), 0),
        (reverse("scoring:stage_results", args=[cast.stage.public_id]), 0),
        (reverse("scoring:profile", args=[candidate]), 1),
        (reverse("scoring:profile", args=[candidate, "assessment"]), 1),
    ):
        html = browser.get(place).content.decode()
        assert re.search("ffered a retake</(h2|td|span)>", html)
        assert html.count("at work</") == at_work


def test_a_session_without_a_number_says_why(cast: Cast) -> None:
    from assay_web.session.drive import drive

    session = start_session(cast.mara)
    drive(session.pk, lambda engine: engine.submit())
    settle_score(session.pk, session.exercise_version_id, "ended")
    html = page(cast, session)
    assert "No overall score" in html
    assert "the candidate sent no message" in html


def test_both_scores_can_be_looked_at_after_scoring_with_another_version(cast: Cast) -> None:
    first = scored(cast.mara)
    other = activated(cast.team, "content-production")
    second = settle_score(first.session_id, other.pk, "asked for")
    old = page(cast, first.session, score=first.public_id)
    assert "earlier scoring" in old
    assert first.seal in old
    assert second.seal in page(cast, first.session)


def test_opening_a_result_is_noted_once(cast: Cast) -> None:
    session = scored(cast.mara).session
    page(cast, session)
    page(cast, session)
    events = AuditEvent.objects.filter(action=Action.RESULT_SEEN)
    assert [event.subject for event in events] == [f"session:{session.public_id}"]


@pytest.mark.django_db
def test_error_detection_shows_what_the_candidate_flagged() -> None:
    cast = make_cast("annotator-find-errors")
    session = scored(cast.mara, "strong", exercise="annotator-find-errors").session
    assert "Flagged" in page(cast, session)


def test_the_evidence_tab_gathers_quotes_and_links_to_their_places(cast: Cast) -> None:
    session = scored(cast.mara).session
    address = reverse("scoring:profile", args=[cast.mara.candidate.public_id, "evidence"])
    html = cast.signed_in(cast.owner).get(address).content.decode()
    result = reverse("scoring:result", args=[session.public_id])
    assert f'href="{result}#mark-1a"' in html
    assert "Interviews" not in html


def test_the_assessment_tab_of_one_session_is_its_result(cast: Cast) -> None:
    session = scored(cast.mara).session
    address = reverse("scoring:profile", args=[cast.mara.candidate.public_id, "assessment"])
    answer = cast.signed_in(cast.owner).get(address)
    assert answer.headers["Location"] == reverse("scoring:result", args=[session.public_id])


def test_a_candidate_who_has_not_begun_has_a_profile_that_says_so(cast: Cast) -> None:
    ines = invited(cast.stage, "Ines Alvarez")
    client = cast.signed_in(cast.interviewer)
    overview = client.get(reverse("scoring:profile", args=[ines.candidate.public_id])).content.decode()
    assert "not started" in overview
    assert (
        client.get(reverse("scoring:profile", args=[ines.candidate.public_id, "decision"])).status_code == 404
    )
