"""A candidate's way in: the link, the cookie, consent, requests, and a link for another device."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.test import Client
from tests.people import Cast, make_cast

from assay.scoring.judge.settings import read_judge
from assay_web.clock import following
from assay_web.judges.services import choose, make_judge
from assay_web.openings.models import Device, Link
from assay_web.session.links import new_link
from assay_web.session.models import CandidateSession
from assay_web.session.services import notice_version


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def test_opening_a_link_uses_nothing_and_pressing_the_button_lets_one_browser_in(cast: Cast) -> None:
    link = f"/i/{new_link(cast.mara)}"
    first, second = Client(), Client()
    assert first.get(link).status_code == second.get(link).status_code == 200
    assert first.post(link).status_code == 302
    assert first.get(f"/c/{cast.mara.public_id}/").status_code == 200
    assert second.post(link).status_code == 410
    assert second.get(f"/c/{cast.mara.public_id}/").status_code == 404


def test_neither_link_nor_cookie_can_be_read_from_the_database(cast: Cast) -> None:
    token = new_link(cast.mara)
    client = Client()
    client.post(f"/i/{token}")
    cookie = next(
        value.value for name, value in client.cookies.items() if name.startswith("assay_candidate_")
    )
    kept = [
        *Link.objects.values_list("token_hash", flat=True),
        *Device.objects.values_list("key_hash", flat=True),
    ]
    assert token not in kept
    assert cookie not in kept


def test_the_cookie_cannot_be_read_by_scripts_and_opens_no_other_invitation(cast: Cast) -> None:
    client = cast.browser_of(cast.mara)
    answer = Client().post(f"/i/{new_link(cast.mara)}")
    cookie = next(iter(answer.cookies.values()))
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert client.get(f"/c/{cast.noor.public_id}/").status_code == 404


def test_a_used_link_sends_a_fresh_one_to_the_invited_address_and_to_nobody_else(cast: Cast) -> None:
    token = new_link(cast.mara)
    Client().post(f"/i/{token}")
    with following(lambda: datetime.now(UTC) + timedelta(minutes=10)):
        assert "used already" in Client().get(f"/i/{token}").content.decode()
        Client().post(f"/i/{token}/again")
        Client().post(f"/i/{token}/again")
    assert [message.to for message in mail.outbox] == [["mara@example.org"]]
    assert token not in mail.outbox[0].body


def test_an_expired_or_withdrawn_link_says_so(cast: Cast) -> None:
    token = new_link(cast.mara)
    with following(lambda: datetime.now(UTC) + timedelta(days=15)):
        assert "expired" in Client().get(f"/i/{token}").content.decode()
    cast.mara.revoked_at = datetime.now(UTC)
    cast.mara.save()
    assert "withdrawn" in Client().get(f"/i/{token}").content.decode()


def test_nothing_starts_without_consent(cast: Cast) -> None:
    client = cast.browser_of(cast.mara)
    client.post(f"/c/{cast.mara.public_id}/start")
    assert not CandidateSession.objects.exists()
    client.post(f"/c/{cast.mara.public_id}/start", {"consent": "yes"})
    session = CandidateSession.objects.get()
    cast.mara.refresh_from_db()
    assert cast.mara.consented_at is not None
    assert len(cast.mara.notice_version) == 64
    assert session.length >= 1


def test_a_candidate_whom_an_llm_judge_will_rate_reads_and_agrees_that_it_does(cast: Cast) -> None:
    address = f"/c/{cast.mara.public_id}/"
    assert "given to a language model" not in cast.browser_of(cast.mara).get(address).content.decode()
    before = notice_version(cast.mara)
    judge = make_judge(cast.team, cast.owner, "Careful", read_judge("embedded"))
    choose(cast.stage, cast.owner, [judge], offline=True)
    client = cast.browser_of(cast.mara)
    assert "given to a language model" in client.get(address).content.decode()
    client.post(f"{address}start", {"consent": "yes"})
    cast.mara.refresh_from_db()
    assert cast.mara.notice_version == notice_version(cast.mara) != before


def test_starting_twice_is_starting_once(cast: Cast) -> None:
    client = cast.browser_of(cast.mara)
    for _ in range(2):
        client.post(f"/c/{cast.mara.public_id}/start", {"consent": "yes"})
    assert CandidateSession.objects.count() == 1


def test_extra_time_multiplies_the_limit_and_is_shown_before_the_start(cast: Cast) -> None:
    cast.mara.time_multiplier = 1.5
    cast.mara.save()
    client = cast.browser_of(cast.mara)
    page = client.get(f"/c/{cast.mara.public_id}/").content.decode()
    assert '<b class="num">37.5</b>' in page
    client.post(f"/c/{cast.mara.public_id}/start", {"consent": "yes"})
    assert CandidateSession.objects.get().state["time_multiplier"] == 1.5


def test_a_request_for_more_time_reaches_the_team_and_shows_its_answer(cast: Cast) -> None:
    client = cast.browser_of(cast.mara)
    client.post(f"/c/{cast.mara.public_id}/request", {"kind": "more_time", "words": "I read slowly"})
    request = cast.mara.requests.get()
    assert "has not answered yet" in client.get(f"/c/{cast.mara.public_id}/").content.decode()
    request.answer, request.answered_at = "You have half as much again.", datetime.now(UTC)
    request.save()
    assert "half as much again" in client.get(f"/c/{cast.mara.public_id}/").content.decode()


def test_an_expired_invitation_cannot_be_started_and_a_running_session_goes_on(cast: Cast) -> None:
    mara, noor = cast.browser_of(cast.mara), cast.browser_of(cast.noor)
    mara.post(f"/c/{cast.mara.public_id}/start", {"consent": "yes"})
    with following(lambda: datetime.now(UTC) + timedelta(days=15)):
        noor.post(f"/c/{cast.noor.public_id}/start", {"consent": "yes"})
        assert CandidateSession.objects.count() == 1
        assert mara.get(f"/c/{cast.mara.public_id}/").status_code == 200


def test_another_device_gets_in_with_a_link_of_its_own(cast: Cast) -> None:
    client = cast.browser_of(cast.mara)
    page = client.post(f"/c/{cast.mara.public_id}/other-device").content.decode()
    token = page.split("/i/")[1].split('"')[0]
    phone = Client()
    phone.post(f"/i/{token}")
    assert phone.get(f"/c/{cast.mara.public_id}/").status_code == 200


def test_feedback_is_kept_and_can_be_changed(cast: Cast) -> None:
    client = cast.browser_of(cast.mara)
    client.post(f"/c/{cast.mara.public_id}/start", {"consent": "yes"})
    for words in ("Fine", "Better than fine"):
        client.post(f"/c/{cast.mara.public_id}/feedback", {"fairness": "4", "words": words})
    feedback = CandidateSession.objects.get().feedback
    assert (feedback.fairness, feedback.words) == (4, "Better than fine")


def test_every_page_says_what_a_browser_may_do_with_it(cast: Cast) -> None:
    answer = Client().get(f"/i/{new_link(cast.mara)}")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert "style=" not in answer.content.decode()
