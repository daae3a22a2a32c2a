"""Editing a draft part by part, with what the linter says beside each."""

import pytest

from assay_web.authoring.models import Draft
from assay_web.authoring.remarks import lint_parts
from assay_web.openings.models import Stage

from .conftest import Desk


def criterion_fields(desk: Desk, name: str) -> dict[str, object]:
    """What the criterion's form holds, as a browser would send it."""
    answer = desk.browser.get(desk.address("draft"))
    (section,) = [one for one in answer.context["criteria"] if one.id == name]
    return {
        field.html_name: "on" if value is True else value
        for field in section.form
        if (value := field.value()) not in (None, False)
    }


def test_a_goal_is_edited_and_the_preview_follows(desk: Desk) -> None:
    page = desk.post("save", "goal", **{"goal-goal": "Label **all** reviews."})
    assert desk.parts["goal"] == "Label **all** reviews."
    assert "Label <strong>all</strong> reviews." in page.content.decode()


def test_editing_one_part_leaves_the_others_as_they_are(desk: Desk) -> None:
    before = desk.parts
    desk.post("save", "scenario", **{"scenario-scenario": "You label reviews."})
    assert {key for key in before if before[key] != desk.parts[key]} == {"scenario"}


def test_saving_what_is_there_changes_nothing_at_all(desk: Desk) -> None:
    before = lint_parts(desk.parts).exercise
    answer = desk.browser.get(desk.address("draft"))
    for name in ("about", "goal", "scenario", "deliverable", "conversation", "limits", "rubric"):
        form = answer.context["sections"][name].form
        sent = {
            field.html_name: "on" if value is True else value
            for field in form
            if (value := field.value()) not in (None, False)
        }
        assert desk.post("save", name, **sent).status_code == 200, name
    for name in desk.parts["rubric"]["criteria"]:
        desk.post("save_criterion", name, **criterion_fields(desk, name))
    after = lint_parts(desk.parts).exercise
    assert before is not None
    assert after is not None
    assert after.version == before.version


def test_an_empty_goal_is_an_error_beside_the_goal_and_blocks_activation(desk: Desk) -> None:
    page = desk.post("save", "goal", **{"goal-goal": "  "})
    linted = page.context["linted"]
    assert [(one.part, one.severity) for one in linted.errors] == [("goal", "error")]
    assert "Nothing is written here yet" in page.content.decode()
    blocked = desk.post("activate")
    assert "an error that must be put right first" in blocked.content.decode()
    desk.stage.refresh_from_db()
    assert desk.stage.active is None


def test_a_doubt_stands_beside_its_part_and_blocks_nothing(desk: Desk) -> None:
    desk.change(materials=[])
    page = desk.post("save", "scenario", **{"scenario-scenario": "Label the reviews in the attached file."})
    linted = page.context["linted"]
    assert [(one.part, one.severity) for one in linted.remarks if one.part == "scenario"] == [
        ("scenario", "warning")
    ]
    desk.post("activate")
    desk.stage.refresh_from_db()
    assert desk.stage.active is not None


def test_a_vague_level_is_remarked_on_beside_its_criterion(desk: Desk) -> None:
    fields = criterion_fields(desk, "verification")
    fields["criterion-verification-level_2_words"] = "Adequate checking, good quality."
    page = desk.post("save_criterion", "verification", **fields)
    assert page.context["linted"].of("criterion-verification")
    assert not page.context["linted"].of("criterion-safety")


def test_weights_words_and_examples_of_a_criterion_are_edited_as_a_table(desk: Desk) -> None:
    fields = criterion_fields(desk, "safety")
    fields["criterion-safety-weight"] = "30"
    fields["criterion-safety-level_4_example"] = "Add to the guide: report burns the same day."
    desk.post("save_criterion", "safety", **fields)
    safety = desk.parts["rubric"]["criteria"]["safety"]
    assert safety["weight"] == 30
    assert safety["levels"]["4"]["example"] == "Add to the guide: report burns the same day."
    assert safety["severity"] == "serious"


def test_a_weight_that_is_none_is_refused_beside_its_field(desk: Desk) -> None:
    fields = criterion_fields(desk, "safety") | {"criterion-safety-weight": "lots"}
    answer = desk.post("save_criterion", "safety", **fields)
    assert answer.status_code == 422
    assert "Enter a number" in answer.content.decode()
    assert desk.parts["rubric"]["criteria"]["safety"]["weight"] == 15


def test_a_starting_criterion_and_one_of_ones_own_are_added_and_removed(desk: Desk) -> None:
    desk.post("add_criterion", known="realism")
    desk.post("add_criterion", title="Tone of voice")
    assert list(desk.parts["rubric"]["criteria"])[-2:] == ["realism", "tone-of-voice"]
    desk.post("save_criterion", "realism", remove="1")
    assert "realism" not in desk.parts["rubric"]["criteria"]


def test_a_new_criterion_without_levels_cannot_be_activated(desk: Desk) -> None:
    page = desk.post("add_criterion", title="Tone of voice")
    assert page.context["linted"].of("criterion-tone-of-voice")
    assert not page.context["linted"].ready


def test_materials_are_added_named_and_removed(desk: Desk) -> None:
    desk.post("save_materials", count="0", add="1")
    assert [one["text"] for one in desk.parts["materials"]] == [""]
    desk.post(
        "save_materials",
        count="1",
        **{
            "material-0-title": "Policy page",
            "material-0-text": "No refunds.",
            "material-0-format": "markdown",
        },
    )
    (material,) = desk.parts["materials"]
    assert material["title"] == "Policy page"
    assert "No refunds." in desk.page()
    desk.post(
        "save_materials",
        count="1",
        remove="0",
        **{"material-0-title": "x", "material-0-text": "y", "material-0-format": "text"},
    )
    assert desk.parts["materials"] == []


def test_two_materials_of_one_name_get_ids_of_their_own(desk: Desk) -> None:
    fields: dict[str, str] = {}
    for at in range(2):
        fields |= {f"material-{at}-title": "Log", f"material-{at}-text": "t", f"material-{at}-format": "log"}
    desk.post("save_materials", count="2", **fields)
    assert [one["id"] for one in desk.parts["materials"]] == ["log", "log-2"]


def test_a_rule_is_removed(desk: Desk) -> None:
    desk.post("remove_rule", rule="length")
    assert "length" not in [rule["id"] for rule in desk.parts["rubric"]["rules"]]


def test_limits_and_conversation_reach_the_stages_settings(desk: Desk) -> None:
    desk.post("save", "limits", **{"limits-minutes": "30", "limits-rounds": "6"})
    desk.post(
        "save", "conversation", **{"conversation-greets_first": "on", "conversation-greeting": "Hello."}
    )
    stage = Stage.objects.get(pk=desk.stage.pk)
    assert (stage.minutes, stage.rounds, stage.retake_on_timeout, stage.greets_first) == (30, 6, False, True)


def test_a_greeter_without_a_greeting_is_an_error_beside_the_conversation(desk: Desk) -> None:
    page = desk.post("save", "conversation", **{"conversation-greets_first": "on"})
    assert [one.part for one in page.context["linted"].errors] == ["conversation"]


@pytest.mark.parametrize("part", ["ledger", "materials", "nothing"])
def test_a_part_without_such_a_form_is_not_found(desk: Desk, part: str) -> None:
    assert desk.post("save", part, x="y").status_code == 404


def test_characters_that_a_page_would_obey_are_left_out(desk: Desk) -> None:
    desk.post("save", "goal", **{"goal-goal": "Label\x1b[31m all\r\nreviews  \n\n"})
    assert desk.parts["goal"] == "Label[31m all\nreviews"


def test_a_change_that_comes_while_another_part_is_edited_is_not_lost(desk: Desk) -> None:
    page = desk.browser.get(desk.address("draft"))
    desk.post("save", "goal", **{"goal-goal": "From another tab."})
    assert page.context["sections"]["goal"].form["goal"].value() != "From another tab."
    desk.post("save", "scenario", **{"scenario-scenario": "Mine."})
    assert (desk.parts["goal"], desk.parts["scenario"]) == ("From another tab.", "Mine.")


def test_an_empty_draft_says_of_every_part_what_is_missing(desk: Desk) -> None:
    Draft.objects.filter(stage=desk.stage).update(parts={"exercise": "empty"})
    linted = desk.browser.get(desk.address("draft")).context["linted"]
    assert {one.part for one in linted.errors} == {"about", "goal", "scenario", "deliverable", "rubric"}
