"""Stages of an opening: added, moved, removed, set up."""

from django.urls import reverse
from tests.people import Cast

from assay_web.authoring.models import Draft
from assay_web.authoring.services import begin_from_shipped
from assay_web.openings.models import Stage
from assay_web.openings.services import add_stage

SETTINGS = {
    "title": "Work sample",
    "task_background": "Label returns.",
    "style": "standard",
    "minutes": 20,
    "rounds": 8,
    "retake_on_timeout": "on",
    "data_kept_days": 90,
}


def order(cast: Cast) -> list[str]:
    return list(cast.opening.stages.order_by("position").values_list("title", flat=True))


def test_a_stage_that_is_added_comes_last_and_is_set_up_next(cast: Cast) -> None:
    answer = cast.signed_in(cast.recruiter).post(
        reverse("openings:add_stage", args=[cast.opening.public_id]), {"title": "Second look"}
    )
    stage = Stage.objects.get(title="Second look")
    assert answer["Location"] == reverse("openings:stage_settings", args=[stage.public_id])
    assert order(cast) == ["LLM assessment", "Second look"]


def test_a_stage_without_a_title_is_not_added(cast: Cast) -> None:
    address = reverse("openings:add_stage", args=[cast.opening.public_id])
    assert cast.signed_in(cast.recruiter).post(address, {"title": ""}).status_code == 422
    assert order(cast) == ["LLM assessment"]


def test_stages_are_moved_up_and_down_and_stop_at_the_ends(cast: Cast) -> None:
    for title in ("Two", "Three"):
        add_stage(cast.opening, cast.recruiter, title=title)
    browser = cast.signed_in(cast.recruiter)
    three = Stage.objects.get(title="Three")
    address = reverse("openings:move_stage", args=[three.public_id])
    for _press in range(3):
        browser.post(address, {"direction": "up"})
    assert order(cast) == ["Three", "LLM assessment", "Two"]
    browser.post(address, {"direction": "down"})
    assert order(cast) == ["LLM assessment", "Three", "Two"]


def test_a_stage_that_nobody_was_invited_to_can_be_removed(cast: Cast) -> None:
    stage = add_stage(cast.opening, cast.recruiter, title="Extra")
    begin_from_shipped(stage, cast.recruiter, "research-brief", with_background=False)
    cast.signed_in(cast.recruiter).post(reverse("openings:remove_stage", args=[stage.public_id]))
    assert order(cast) == ["LLM assessment"]


def test_a_stage_with_invitations_stays(cast: Cast) -> None:
    browser = cast.signed_in(cast.recruiter)
    answer = browser.post(reverse("openings:remove_stage", args=[cast.stage.public_id]), follow=True)
    assert "Candidates were invited to this stage, so it stays" in answer.content.decode()
    assert order(cast) == ["LLM assessment"]
    assert "Remove</button>" not in answer.content.decode()


def test_an_author_sets_a_stage_up_and_goes_on_to_draft(cast: Cast) -> None:
    address = reverse("openings:stage_settings", args=[cast.stage.public_id])
    answer = cast.signed_in(cast.author).post(address, {**SETTINGS, "greets_first": "on", "draft": "1"})
    assert answer["Location"] == reverse("authoring:draft", args=[cast.stage.public_id])
    stage = Stage.objects.get(pk=cast.stage.pk)
    assert (stage.minutes, stage.rounds, stage.greets_first, stage.data_kept_days) == (20, 8, True, 90)


def test_an_author_reads_what_the_candidate_does_in_each_style(cast: Cast) -> None:
    address = reverse("openings:stage_settings", args=[cast.stage.public_id])
    page = cast.signed_in(cast.author).get(address).content.decode()
    assert "Standard: works with the AI towards a deliverable" in page
    assert "Error detection: looks for the mistakes in the AI’s replies" in page


def test_limits_that_cannot_work_are_refused_beside_their_field(cast: Cast) -> None:
    address = reverse("openings:stage_settings", args=[cast.stage.public_id])
    answer = cast.signed_in(cast.author).post(address, {**SETTINGS, "minutes": 0, "rounds": 1000})
    assert set(answer.context["form"].errors) == {"minutes", "rounds"}


def test_the_style_is_fixed_once_an_exercise_has_been_drafted_and_the_form_says_so(cast: Cast) -> None:
    begin_from_shipped(cast.stage, cast.author, "labeling-assistant", with_background=False)
    browser = cast.signed_in(cast.author)
    address = reverse("openings:stage_settings", args=[cast.stage.public_id])
    page = browser.get(address).content.decode()
    assert "The style is fixed" in page
    browser.post(address, {**SETTINGS, "style": "error_detection"})
    assert Stage.objects.get(pk=cast.stage.pk).style == "standard"


def test_changed_settings_reach_the_draft(cast: Cast) -> None:
    begin_from_shipped(cast.stage, cast.author, "labeling-assistant", with_background=False)
    address = reverse("openings:stage_settings", args=[cast.stage.public_id])
    cast.signed_in(cast.author).post(
        address, {**SETTINGS, "greets_first": "on", "invents_missing_details": "on"}
    )
    parts = Draft.objects.get(stage=cast.stage).parts
    assert (parts["limits"]["minutes"], parts["limits"]["rounds"]) == (20, 8)
    assert parts["conversation"]["invents_missing_details"]
    assert parts["conversation"]["greeting"]
