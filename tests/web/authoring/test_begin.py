"""Beginning an exercise without a large model: from the shipped exercise that comes closest."""

from typing import Any

from django.urls import reverse
from tests.people import Cast

from assay_web.audit.models import Action, AuditEvent
from assay_web.authoring.models import Draft
from assay_web.openings.models import Stage

BACKGROUND = "Answer an angry customer. The refund policy allows no promise."


def new_stage(cast: Cast, **settings: Any) -> Stage:
    return Stage.objects.create(opening=cast.opening, position=2, title="Work sample", **settings)


def test_with_only_the_embedded_model_the_page_says_so_and_offers_the_closest_exercise(cast: Cast) -> None:
    stage = new_stage(cast, task_background=BACKGROUND)
    answer = cast.signed_in(cast.author).get(reverse("authoring:draft", args=[stage.public_id]))
    text = answer.content.decode()
    assert "too small to draft well" in text
    choices = answer.context["choices"]
    assert choices[0].exercise.exercise == "support-escalation"
    assert choices[0].is_closest
    assert "customer" in choices[0].because
    assert len(choices) == 5


def test_a_stage_in_error_detection_is_offered_only_such_exercises(cast: Cast) -> None:
    stage = new_stage(cast, style="error_detection")
    answer = cast.signed_in(cast.author).get(reverse("authoring:draft", args=[stage.public_id]))
    assert [one.exercise.exercise for one in answer.context["choices"]] == ["annotator-find-errors"]
    address = reverse("authoring:begin_shipped", args=[stage.public_id])
    cast.signed_in(cast.author).post(address, {"exercise": "support-escalation"})
    assert not Draft.objects.exists()


def test_the_draft_begins_with_the_authors_words_and_the_stages_settings(cast: Cast) -> None:
    stage = new_stage(cast, task_background=BACKGROUND, minutes=20, rounds=9, greets_first=True)
    address = reverse("authoring:begin_shipped", args=[stage.public_id])
    page = cast.signed_in(cast.author).post(
        address, {"exercise": "support-escalation", "with_background": "on"}, follow=True
    )
    parts = Draft.objects.get(stage=stage).parts
    assert parts["scenario"].startswith(BACKGROUND)
    assert parts["title"] == "Answer an angry customer"
    assert (parts["limits"]["minutes"], parts["limits"]["rounds"]) == (20, 9)
    assert parts["conversation"]["greets_first"]
    assert "begins with your task background, word for word" in page.content.decode()
    assert AuditEvent.objects.filter(action=Action.EXERCISE_DRAFTED).count() == 1


def test_an_author_may_begin_without_their_own_words(cast: Cast) -> None:
    stage = new_stage(cast, task_background=BACKGROUND)
    address = reverse("authoring:begin_shipped", args=[stage.public_id])
    cast.signed_in(cast.author).post(address, {"exercise": "research-brief"})
    assert BACKGROUND not in Draft.objects.get(stage=stage).parts["scenario"]


def test_an_exercise_that_does_not_ship_is_refused_in_words(cast: Cast) -> None:
    stage = new_stage(cast)
    address = reverse("authoring:begin_shipped", args=[stage.public_id])
    answer = cast.signed_in(cast.author).post(address, {"exercise": "../secrets"}, follow=True)
    assert "No exercise of this style is called ../secrets" in answer.content.decode()


def test_the_shipped_error_detection_exercise_activates_as_it_is(cast: Cast) -> None:
    stage = new_stage(cast, style="error_detection")
    browser = cast.signed_in(cast.author)
    browser.post(
        reverse("authoring:begin_shipped", args=[stage.public_id]), {"exercise": "annotator-find-errors"}
    )
    browser.post(reverse("authoring:activate", args=[stage.public_id]))
    stage.refresh_from_db()
    assert stage.active is not None
    assert stage.active.exercise().ledger is not None


def test_the_author_of_a_ledger_is_told_that_sessions_do_not_use_it_yet(cast: Cast) -> None:
    stage = new_stage(cast, style="error_detection")
    browser = cast.signed_in(cast.author)
    begun = reverse("authoring:begin_shipped", args=[stage.public_id])
    page = browser.post(begun, {"exercise": "annotator-find-errors"}, follow=True).content.decode()
    assert "Planted errors are not used in sessions yet" in page
    removed = browser.post(reverse("authoring:remove_ledger", args=[stage.public_id]), follow=True)
    assert "Planted errors" not in removed.content.decode()
