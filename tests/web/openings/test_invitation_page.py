"""One invitation: requests and their answers, extra time, and time given back while a session runs."""

from datetime import timedelta
from typing import Any

from django.core import mail
from django.urls import reverse
from tests.looking import look
from tests.people import Cast

from assay_web.clock import following, now
from assay_web.openings.models import AccommodationRequest
from assay_web.session.start import start_session


def asked(cast: Cast, kind: str = "more_time") -> AccommodationRequest:
    return AccommodationRequest.objects.create(
        invitation=cast.noor, kind=kind, words="I read slowly.", asked_at=now()
    )


def answered(cast: Cast, **given: Any) -> Any:
    address = reverse("openings:answer", args=[cast.noor.public_id])
    return cast.signed_in(cast.recruiter).post(
        address, {"number": 1, "answer": "Of course.", **given}, follow=True
    )


def test_an_open_request_shows_in_the_lists_and_on_the_page(cast: Cast) -> None:
    asked(cast)
    browser = cast.signed_in(cast.recruiter)
    assert "Asks for something" in browser.get(f"/openings/{cast.opening.public_id}/").content.decode()
    page = browser.get(reverse("openings:invitation", args=[cast.noor.public_id])).content.decode()
    assert "I read slowly." in page
    assert (
        "Asks for something"
        not in cast.signed_in(cast.reviewer).get(f"/openings/{cast.opening.public_id}/").content.decode()
    )


def test_an_answer_grants_extra_time_and_reaches_the_candidate(cast: Cast) -> None:
    row = asked(cast)
    answered(cast, time_multiplier=1.5)
    row.refresh_from_db()
    cast.noor.refresh_from_db()
    assert (row.answer, row.answered_by, cast.noor.time_multiplier) == ("Of course.", cast.recruiter, 1.5)
    (letter,) = mail.outbox
    assert letter.to == ["noor@example.org"]
    assert "Of course." in letter.body


def test_a_request_is_answered_once(cast: Cast) -> None:
    asked(cast)
    answered(cast)
    answer = answered(cast, answer="No.")
    assert "has been answered" in answer.content.decode()
    assert AccommodationRequest.objects.get().answer == "Of course."


def test_extra_time_is_set_before_the_session_starts_and_not_after(cast: Cast) -> None:
    browser = cast.signed_in(cast.recruiter)
    address = reverse("openings:set_extra_time", args=[cast.mara.public_id])
    browser.post(address, {"time_multiplier": 2})
    session = start_session(cast.mara)
    with_extra = look(session.pk, lambda running: running.seconds_left())
    assert round(with_extra / 60) == 50
    answer = browser.post(address, {"time_multiplier": 3})
    assert answer.status_code == 422
    assert "cannot change any more" in answer.content.decode()


def test_an_answer_to_a_running_session_cannot_promise_extra_time(cast: Cast) -> None:
    row = asked(cast)
    start_session(cast.noor)
    answer = answered(cast, time_multiplier=2)
    assert answer.status_code == 422
    row.refresh_from_db()
    assert row.answered_at is None
    answered(cast)
    row.refresh_from_db()
    assert row.answered_at is not None


def test_minutes_that_were_lost_are_given_back_while_the_session_runs(cast: Cast) -> None:
    session = start_session(cast.mara)
    later = session.started_at + timedelta(minutes=12)
    address = reverse("openings:give_time_back", args=[cast.mara.public_id])
    with following(lambda: later):
        before = look(session.pk, lambda running: running.seconds_left())
        answer = cast.signed_in(cast.recruiter).post(
            address, {"minutes": 5, "words": "Fire alarm"}, follow=True
        )
        after = look(session.pk, lambda running: running.seconds_left())
    assert round(after - before) == 300
    assert "5 min 00 s more" in answer.content.decode()


def test_the_same_minutes_are_not_given_back_twice(cast: Cast) -> None:
    session = start_session(cast.mara)
    later = session.started_at + timedelta(minutes=8)
    address = reverse("openings:give_time_back", args=[cast.mara.public_id])
    browser = cast.signed_in(cast.recruiter)
    with following(lambda: later):
        for _twice in range(2):
            browser.post(address, {"minutes": 5, "words": "Fire alarm"})
        left = look(session.pk, lambda running: running.seconds_left())
    # Eight minutes have passed, so no more than eight can be given back: the limit is whole again.
    assert round(left / 60) == 25


def test_the_page_of_a_finished_session_offers_no_link_and_no_time(cast: Cast) -> None:
    session = start_session(cast.mara)
    session.status, session.ended_at = "ended", now()
    session.save()
    text = (
        cast.signed_in(cast.recruiter)
        .get(reverse("openings:invitation", args=[cast.mara.public_id]))
        .content.decode()
    )
    assert "Send a new link" not in text
    assert "Give time back" not in text
    assert reverse("scoring:result", args=[session.public_id]) in text
