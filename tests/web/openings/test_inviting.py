"""Inviting candidates: their e-mail, the link that is shown once, and who cannot be invited."""

from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.urls import reverse
from tests.people import Cast

from assay_web.audit.models import Action, AuditEvent
from assay_web.openings.models import Candidate, Invitation, Link
from assay_web.openings.services import add_stage
from assay_web.session.links import find_link
from assay_web.session.start import start_session

ADA = {"name": "Ada Moreau", "email": "Ada@Example.org", "days": 7, "time_multiplier": 1.5}


def invite(cast: Cast, **given: Any) -> Any:
    address = reverse("openings:invite", args=[cast.stage.public_id])
    return cast.signed_in(cast.recruiter).post(address, given)


def test_a_candidate_gets_an_e_mail_with_the_link_that_is_shown_once(cast: Cast) -> None:
    answer = invite(cast, **ADA)
    (outcome,) = answer.context["outcomes"]
    (letter,) = mail.outbox
    assert letter.to == ["ada@example.org"]
    assert letter.reply_to == ["recruiter@example.org"]
    assert letter.subject == "Harbour hiring: your work sample for Data operations lead"
    assert outcome.link in letter.body
    assert outcome.link in answer.content.decode()
    assert find_link(outcome.link.rsplit("/", 1)[1]).standing == "good"
    page = cast.signed_in(cast.recruiter).get(
        reverse("openings:invitation", args=[outcome.invitation.public_id])
    )
    assert outcome.link.rsplit("/", 1)[1] not in page.content.decode()


def test_extra_time_expiry_and_the_active_version_are_kept_with_the_invitation(cast: Cast) -> None:
    invite(cast, **ADA)
    row = Invitation.objects.get(candidate__email="ada@example.org")
    assert (row.time_multiplier, row.exercise_version, row.invited_by) == (1.5, cast.version, cast.recruiter)
    assert (row.expires_at - row.created_at).days in (6, 7)
    assert "1.5" not in mail.outbox[0].body
    events = AuditEvent.objects.exclude(action=Action.SIGNED_IN).order_by("seq")
    assert list(events.values_list("action", flat=True)) == [Action.CANDIDATE_INVITED, Action.LINK_SENT]


def test_many_candidates_are_invited_from_a_pasted_list_each_with_a_link_of_their_own(cast: Cast) -> None:
    answer = invite(cast, many="Bo Tran <bo@example.org>\nCem Aydin,cem@example.org", **ADA)
    links = [one.link for one in answer.context["outcomes"]]
    assert len(set(links)) == 3
    assert [letter.to[0] for letter in mail.outbox] == [
        "ada@example.org",
        "bo@example.org",
        "cem@example.org",
    ]
    assert all(link in letter.body for link, letter in zip(links, mail.outbox, strict=True))


def test_who_is_invited_already_is_left_alone(cast: Cast) -> None:
    answer = invite(cast, many="Mara <mara@example.org>", days=14, time_multiplier=2)
    (outcome,) = answer.context["outcomes"]
    assert (outcome.became, outcome.link) == ("there_already", "")
    assert not mail.outbox
    cast.mara.refresh_from_db()
    assert cast.mara.time_multiplier == 1


def test_who_was_revoked_before_starting_can_be_invited_again(cast: Cast) -> None:
    cast.signed_in(cast.recruiter).post(reverse("openings:revoke", args=[cast.mara.public_id]))
    answer = invite(cast, many="Mara <mara@example.org>", days=14, time_multiplier=1)
    (outcome,) = answer.context["outcomes"]
    assert outcome.became == "invited_again"
    assert find_link(outcome.link.rsplit("/", 1)[1]).standing == "good"
    assert Candidate.objects.filter(opening=cast.opening).count() == 2


def test_nobody_is_invited_to_a_stage_without_an_active_exercise(cast: Cast) -> None:
    stage = add_stage(cast.opening, cast.recruiter, title="Later")
    browser = cast.signed_in(cast.recruiter)
    address = reverse("openings:invite", args=[stage.public_id])
    assert "no active exercise" in browser.get(address).content.decode()
    assert browser.post(address, ADA).status_code == 422
    assert not stage.invitations.exists()


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"days": 14, "time_multiplier": 1}, "__all__"),
        ({"name": "Ada", "days": 14, "time_multiplier": 1}, "email"),
        ({**ADA, "time_multiplier": 0.5}, "time_multiplier"),
        ({**ADA, "days": 1000}, "days"),
        ({"many": "no address here", "days": 14, "time_multiplier": 1}, "many"),
    ],
)
def test_an_invitation_that_cannot_be_read_says_what_is_wrong(cast: Cast, given: Any, wrong: str) -> None:
    answer = invite(cast, **given)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [wrong]
    assert not mail.outbox


class MailThatFails(BaseEmailBackend):
    """A mail server that is down."""

    def send_messages(self, email_messages: Any) -> int:
        raise ConnectionRefusedError("nobody listens")


def test_when_mail_fails_the_recruiter_is_told_and_has_the_link(cast: Cast, settings: Any) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.MailThatFails"
    answer = invite(cast, **ADA)
    (outcome,) = answer.context["outcomes"]
    text = answer.content.decode()
    assert "could not be sent" in text
    assert outcome.link in text
    assert Link.objects.count() == 1


@pytest.mark.parametrize("whom", ["candidate", "colleague"])
def test_without_a_mail_server_nobody_is_told_that_an_e_mail_is_on_its_way(
    cast: Cast, settings: Any, whom: str
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    if whom == "candidate":
        text = invite(cast, **ADA).content.decode()
    else:
        given = {"email": "jo@example.org", "role": "author"}
        text = cast.signed_in(cast.owner).post("/team/invite", given).content.decode()
    assert "on its way" not in text
    assert "Pass the link on yourself" in text
    assert "ASSAY_EMAIL_URL" in text


def test_a_title_with_a_line_break_cannot_add_a_header_to_the_e_mail(cast: Cast) -> None:
    cast.opening.title = "Lead\nBcc: everyone@example.org"
    cast.opening.save()
    invite(cast, **ADA)
    assert mail.outbox[0].subject.endswith("Lead Bcc: everyone@example.org")
    assert mail.outbox[0].recipients() == ["ada@example.org"]


def test_a_new_link_is_sent_and_the_invitation_lasts_longer(cast: Cast) -> None:
    address = reverse("openings:send_again", args=[cast.mara.public_id])
    answer = cast.signed_in(cast.recruiter).post(address, {"days": 30})
    link = answer.context["outcome"].link
    assert link in mail.outbox[0].body
    assert find_link(link.rsplit("/", 1)[1]).standing == "good"
    before = cast.mara.expires_at
    cast.mara.refresh_from_db()
    assert (cast.mara.expires_at - before).days in (15, 16)


def test_a_revoked_candidate_is_let_in_no_more(cast: Cast) -> None:
    browser = cast.browser_of(cast.mara)
    place = reverse("session:place", args=[cast.mara.public_id])
    assert browser.get(place).status_code == 200
    cast.signed_in(cast.recruiter).post(reverse("openings:revoke", args=[cast.mara.public_id]))
    assert browser.get(place).status_code == 404


def test_no_new_link_is_made_for_a_candidate_who_has_finished(cast: Cast) -> None:
    session = start_session(cast.mara)
    session.status = "ended"
    session.save()
    address = reverse("openings:send_again", args=[cast.mara.public_id])
    answer = cast.signed_in(cast.recruiter).post(address, {"days": 5})
    assert answer.status_code == 422
    assert "has finished" in answer.content.decode()
    assert not mail.outbox
