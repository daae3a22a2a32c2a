"""Openings: the list, creating, editing, closing and reopening."""

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.people import Cast, invited, out_of_time

from assay_web.audit.models import Action, AuditEvent
from assay_web.openings.models import Opening
from assay_web.openings.services import create_opening
from assay_web.session.start import start_session

LIST = "/"


def actions() -> list[str]:
    events = AuditEvent.objects.exclude(action=Action.SIGNED_IN).order_by("seq")
    return list(events.values_list("action", flat=True))


def test_the_list_counts_who_is_invited_and_who_is_at_work(cast: Cast) -> None:
    start_session(cast.mara)
    page = cast.signed_in(cast.viewer).get(LIST).context["page"]
    assert [line.opening for line in page.object_list] == [cast.opening]
    counts = page.object_list[0].counts
    assert (counts.invited, counts.in_progress, counts.scored) == (2, 1, 0)


def test_a_revoked_invitation_is_not_counted(cast: Cast) -> None:
    browser = cast.signed_in(cast.recruiter)
    browser.post(reverse("openings:revoke", args=[cast.noor.public_id]))
    assert browser.get(LIST).context["page"].object_list[0].counts.invited == 1


def test_the_list_asks_as_many_questions_for_nineteen_openings_as_for_one(cast: Cast) -> None:
    browser = cast.signed_in(cast.recruiter)
    browser.get(LIST)
    with CaptureQueriesContext(connection) as one:
        browser.get(LIST)
    for number in range(18):
        create_opening(cast.team, cast.recruiter, title=f"Opening {number}", job_description="")
    for number in range(10):
        invited(cast.stage, f"Person{number} Example")
    with CaptureQueriesContext(connection) as many:
        assert len(browser.get(LIST).context["page"].object_list) == 19
    assert len(many) == len(one)


def test_the_second_page_of_the_list_holds_the_rest(cast: Cast) -> None:
    for number in range(20):
        create_opening(cast.team, cast.recruiter, title=f"Opening {number}", job_description="")
    page = cast.signed_in(cast.recruiter).get(LIST, {"page": 2}).context["page"]
    assert [line.opening for line in page.object_list] == [cast.opening]


def test_nobody_sees_the_openings_of_another_team(cast: Cast) -> None:
    page = cast.signed_in(cast.stranger).get(LIST)
    assert not page.context["page"].object_list
    assert "Create one" in page.content.decode()


def test_a_recruiter_creates_an_opening_with_its_first_stage(cast: Cast) -> None:
    browser = cast.signed_in(cast.recruiter)
    answer = browser.post(reverse("openings:new"), {"title": "Support lead", "job_description": "Leads."})
    opening = Opening.objects.get(title="Support lead")
    assert answer["Location"] == reverse("openings:opening", args=[opening.public_id])
    assert (opening.team, opening.created_by) == (cast.team, cast.recruiter)
    assert [stage.title for stage in opening.stages.all()] == ["LLM assessment"]
    assert actions()[-2:] == [Action.OPENING_CREATED, Action.STAGE_CREATED]


def test_an_opening_without_a_title_is_not_created(cast: Cast) -> None:
    answer = cast.signed_in(cast.recruiter).post(reverse("openings:new"), {"title": " "})
    assert answer.context["form"].errors["title"]
    assert Opening.objects.count() == 1


def test_a_changed_job_description_is_kept(cast: Cast) -> None:
    address = reverse("openings:edit", args=[cast.opening.public_id])
    cast.signed_in(cast.recruiter).post(address, {"title": "Data lead", "job_description": "Keeps guides."})
    cast.opening.refresh_from_db()
    assert (cast.opening.title, cast.opening.job_description) == ("Data lead", "Keeps guides.")
    assert actions() == [Action.OPENING_CHANGED]


def test_a_closed_opening_takes_no_invitations_until_it_is_reopened(cast: Cast) -> None:
    browser = cast.signed_in(cast.recruiter)
    invite = reverse("openings:invite", args=[cast.stage.public_id])
    someone = {"name": "Ada Moreau", "email": "ada@example.org", "days": 14, "time_multiplier": 1}
    for _twice in range(2):
        browser.post(reverse("openings:close", args=[cast.opening.public_id]))
    assert actions() == [Action.OPENING_CLOSED]
    assert "closed" in browser.get(invite).content.decode()
    assert browser.post(invite, someone).status_code == 422
    assert cast.stage.invitations.count() == 2
    assert [line.opening for line in browser.get("/?closed").context["page"].object_list] == [cast.opening]
    browser.post(reverse("openings:reopen", args=[cast.opening.public_id]))
    assert browser.post(invite, someone).status_code == 200
    assert cast.stage.invitations.count() == 3


def test_a_job_description_cannot_bring_a_script_onto_the_page(cast: Cast) -> None:
    cast.opening.job_description = "<script>alert(1)</script> **Leads**"
    cast.opening.save()
    text = cast.signed_in(cast.viewer).get(f"/openings/{cast.opening.public_id}/").content.decode()
    assert "<script>alert" not in text
    assert "<strong>Leads</strong>" in text


def test_a_viewer_sees_counts_and_no_candidate(cast: Cast) -> None:
    browser = cast.signed_in(cast.viewer)
    for address in (f"/openings/{cast.opening.public_id}/", f"/stages/{cast.stage.public_id}/"):
        text = browser.get(address).content.decode()
        assert "Mara" not in text
        assert "Invited" in text


def test_the_opening_says_where_each_candidate_stands(cast: Cast) -> None:
    start_session(cast.mara)
    answer = cast.signed_in(cast.recruiter).get(f"/openings/{cast.opening.public_id}/")
    standing = {
        line.candidate.name: line.invitations[0].standing.value for line in answer.context["page"].object_list
    }
    assert standing == {"Mara Lindqvist": "working", "Noor Haddad": "invited"}


def test_somebody_who_was_offered_a_retake_is_not_said_to_be_at_work(cast: Cast) -> None:
    out_of_time(cast.mara)
    browser = cast.signed_in(cast.owner)
    for place in (f"/openings/{cast.opening.public_id}/", f"/stages/{cast.stage.public_id}/"):
        html = browser.get(place).content.decode()
        assert "Offered a retake" in html
        assert "At work" not in html
    page = browser.get(reverse("openings:invitation", args=[cast.mara.public_id])).content.decode()
    assert "Offered a retake" in page
    assert "Send a new link" in page
    assert "Give time back" not in page
    session = start_session(cast.noor)
    assert "At work" in browser.get(f"/openings/{cast.opening.public_id}/").content.decode()
    assert session.ended_at is None


def test_candidates_are_found_by_name_or_address(cast: Cast) -> None:
    browser = cast.signed_in(cast.recruiter)
    for words in ("haddad", "noor@"):
        page = browser.get(f"/openings/{cast.opening.public_id}/", {"q": words}).context["page"]
        assert [line.candidate.name for line in page.object_list] == ["Noor Haddad"]
    assert "Nobody is called" in browser.get(f"/openings/{cast.opening.public_id}/?q=zz").content.decode()


def test_the_opening_asks_as_many_questions_for_forty_candidates_as_for_two(cast: Cast) -> None:
    browser = cast.signed_in(cast.recruiter)
    address = f"/openings/{cast.opening.public_id}/"
    browser.get(address)
    with CaptureQueriesContext(connection) as few:
        browser.get(address)
    for number in range(38):
        start_session(invited(cast.stage, f"Person{number} Example"))
    with CaptureQueriesContext(connection) as many:
        assert len(browser.get(address).context["page"].object_list) == 40
    assert len(many) == len(few)
