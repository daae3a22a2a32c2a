"""Activating a draft, trying it, and what changed between versions."""

from django.urls import reverse
from tests.people import Cast, invited

from assay_web.audit.models import Action, AuditEvent
from assay_web.authoring.models import Activation, ExerciseVersion
from assay_web.openings.models import Stage
from assay_web.session.models import CandidateSession

from .conftest import Desk


def active(desk: Desk) -> ExerciseVersion:
    version = Stage.objects.get(pk=desk.stage.pk).active
    assert version is not None
    return version


def test_an_activated_draft_is_the_version_that_new_invitations_lead_to(desk: Desk, cast: Cast) -> None:
    desk.post("activate")
    version = active(desk)
    assert version.version == version.exercise().version
    assert list(version.exercise().rubric.criteria) == list(desk.parts["rubric"]["criteria"])
    (event,) = AuditEvent.objects.filter(action=Action.EXERCISE_ACTIVATED)
    assert event.data == {"version": version.version}


def test_activating_again_makes_no_second_version(desk: Desk) -> None:
    desk.post("activate")
    desk.post("activate")
    assert Activation.objects.filter(stage=desk.stage).count() == 1
    assert AuditEvent.objects.filter(action=Action.EXERCISE_ACTIVATED).count() == 1
    assert "The draft is the active version" in desk.page()


def test_whoever_is_invited_already_keeps_the_version_of_then(desk: Desk) -> None:
    desk.post("activate")
    desk.stage.refresh_from_db()
    first = active(desk)
    invitation = invited(desk.stage, "Ada Moreau")
    page = desk.post("save", "goal", **{"goal-goal": "Something else."})
    assert "differs from the active version" in page.content.decode()
    desk.post("activate")
    invitation.refresh_from_db()
    assert active(desk) != first
    assert invitation.exercise_version == first


def test_a_version_stays_as_it_was_when_the_draft_changes(desk: Desk) -> None:
    desk.post("activate")
    goal = active(desk).exercise().goal
    desk.post("save", "goal", **{"goal-goal": "Something else."})
    assert active(desk).exercise().goal == goal


def test_an_author_tries_the_draft_without_activating_it(desk: Desk, cast: Cast) -> None:
    answer = desk.browser.post(desk.address("try"))
    session = CandidateSession.objects.get()
    assert answer["Location"] == reverse("session:try", args=[session.public_id])
    assert (session.tried_by, session.invitation) == (cast.author, None)
    assert not Activation.objects.exists()
    assert "No version was activated yet" in desk.browser.get(desk.address("versions")).content.decode()


def test_a_draft_with_errors_cannot_be_tried(desk: Desk) -> None:
    desk.post("save", "goal", **{"goal-goal": ""})
    desk.post("try")
    assert not CandidateSession.objects.exists()


def test_two_versions_are_compared_word_by_word(desk: Desk) -> None:
    desk.post("activate")
    first = active(desk)
    desk.post(
        "save", "limits", **{"limits-minutes": "30", "limits-rounds": "10", "limits-retake_on_timeout": "on"}
    )
    desk.post("activate")
    answer = desk.browser.get(desk.address("versions"), {"a": first.public_id, "b": active(desk).public_id})
    lines = answer.context["lines"]
    assert [(line.number, line.is_active) for line in lines] == [(2, True), (1, False)]
    text = answer.content.decode()
    assert "<del>25</del><ins>30</ins>" in text
    assert "<del>12</del><ins>10</ins>" in text


def test_a_version_that_is_active_again_is_listed_once(desk: Desk) -> None:
    goal = desk.parts["goal"]
    for words in (goal, "Another.", goal):
        desk.post("save", "goal", **{"goal-goal": words})
        desk.post("activate")
    lines = desk.browser.get(desk.address("versions")).context["lines"]
    assert [(line.number, line.is_active) for line in lines] == [(1, True), (2, False)]


def test_an_earlier_version_becomes_the_draft_again(desk: Desk) -> None:
    desk.post("activate")
    first, goal = active(desk), desk.parts["goal"]
    desk.post("save", "goal", **{"goal-goal": "Another."})
    desk.post("activate")
    desk.post("restore", version=first.public_id)
    assert desk.parts["goal"] == goal
    assert active(desk) != first


def test_versions_of_another_stage_are_not_shown(desk: Desk, cast: Cast) -> None:
    desk.post("activate")
    query = {"a": active(desk).public_id, "b": cast.version.public_id}
    assert desk.browser.get(desk.address("versions"), query).status_code == 404
    assert desk.browser.post(desk.address("restore"), {"version": cast.version.public_id}).status_code == 404


def test_an_active_exercise_without_a_draft_can_be_edited(cast: Cast) -> None:
    desk = Desk(cast.signed_in(cast.author), cast.stage)
    assert "Edit the active exercise" in desk.page()
    desk.post("restore", version=cast.version.public_id)
    assert desk.parts["title"] == cast.version.title
    assert "The draft is the active version" in desk.page()
