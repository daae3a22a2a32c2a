"""A candidate is told by e-mail that their report is released; no mail undoes the release."""

import re
import socket
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from pytest_django import Settings
from tests.people import Cast, activated
from tests.web.scoring.finished import scored

from assay_web.audit.models import Action, AuditEvent
from assay_web.clock import following, now
from assay_web.openings.models import Invitation
from assay_web.scoring.models import Release, SessionScore
from assay_web.scoring.services import settle_score
from assay_web.session.links import find_link

LINK = re.compile(r"http://127\.0\.0\.1:8000(/i/[\w-]+)")


@pytest.fixture
def score(cast: Cast) -> SessionScore:
    """Mara's score."""
    return scored(cast.mara)


@pytest.fixture
def no_server(settings: Settings) -> None:
    """Mail leaves by SMTP, and nothing listens there."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        settings.EMAIL_PORT = unused.getsockname()[1]
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_USE_TLS = False
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"


def release(cast: Cast, score: SessionScore) -> str:
    address = reverse("scoring:release", args=[score.session.public_id])
    answer = cast.signed_in(cast.recruiter).post(address, {"score": score.public_id}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def link_in(text: str) -> str:
    found = LINK.search(text)
    assert found is not None, text
    return found[1]


def test_the_candidate_gets_a_link_that_lets_a_new_browser_in_once(cast: Cast, score: SessionScore) -> None:
    release(cast, score)
    (letter,) = mail.outbox
    assert letter.to == ["mara@example.org"]
    assert letter.reply_to == ["recruiter@example.org"]
    assert letter.subject == "Harbour hiring: your result for Data operations lead"
    link = link_in(str(letter.body))
    browser = Client()
    assert "Welcome back, Mara Lindqvist" in browser.get(link).content.decode()
    assert "Your result" in browser.post(link, follow=True).content.decode()
    assert Client().post(link).status_code == 410


def test_the_mail_holds_no_score_and_no_word_of_the_work(cast: Cast, score: SessionScore) -> None:
    release(cast, score)
    body = str(mail.outbox[0].body)
    assert not re.search(r"\d\.\d\d", body)
    for level in score.levels.all():
        assert level.criterion not in body


def test_the_link_works_although_the_invitation_has_expired_meanwhile(
    cast: Cast, score: SessionScore
) -> None:
    later = now() + timedelta(days=60)
    with following(lambda: later):
        release(cast, score)
        assert find_link(link_in(str(mail.outbox[0].body)).rsplit("/", 1)[1]).standing == "good"
    with following(lambda: later + timedelta(days=15)):
        assert find_link(link_in(str(mail.outbox[0].body)).rsplit("/", 1)[1]).standing == "expired"


def test_releasing_again_mails_nothing_and_another_scoring_is_news(cast: Cast, score: SessionScore) -> None:
    release(cast, score)
    release(cast, score)
    assert len(mail.outbox) == 1
    other = settle_score(score.session_id, activated(cast.team, "content-production").pk, "asked")
    release(cast, other)
    assert len(mail.outbox) == 2


def test_a_mail_that_fails_is_told_with_a_link_to_pass_on_and_the_release_stands(
    cast: Cast, score: SessionScore, no_server: None
) -> None:
    page = release(cast, score)
    assert "could not be told by e-mail" in page
    assert "ConnectionRefusedError" in page
    assert Release.objects.filter(score=score).exists()
    assert "Your result" in Client().post(link_in(page), follow=True).content.decode()
    sent = AuditEvent.objects.filter(action=Action.LINK_SENT).last()
    assert sent is not None
    assert "token" not in str(sent.data)


def test_a_candidate_without_an_address_is_told_by_a_person(cast: Cast, score: SessionScore) -> None:
    candidate = cast.mara.candidate
    candidate.email = ""
    candidate.save()
    page = release(cast, score)
    assert "No e-mail address is known" in page
    assert find_link(link_in(page).rsplit("/", 1)[1]).standing == "good"
    assert mail.outbox == []


def test_whose_invitation_is_revoked_gets_no_link(cast: Cast, score: SessionScore) -> None:
    Invitation.objects.filter(pk=cast.mara.pk).update(revoked_at=now())
    score.refresh_from_db()
    page = release(cast, SessionScore.objects.get(pk=score.pk))
    assert "The invitation is revoked" in page
    assert LINK.search(page) is None
    assert mail.outbox == []


def test_a_candidate_who_asks_for_a_fresh_link_is_told_when_mail_does_not_work(
    cast: Cast, score: SessionScore, no_server: None
) -> None:
    from assay_web.session.links import exchange, new_link

    used = new_link(cast.mara)
    exchange(used)
    cast.mara.links.update(created_at=now() - timedelta(hours=1))
    address = reverse("session:ask_for_link", args=[used])
    answer = Client().post(address)
    assert answer.status_code == 503
    assert "could not be sent" in answer.content.decode()
    assert cast.mara.links.count() == 1, "a link that nobody has leaves the way free for the next try"
