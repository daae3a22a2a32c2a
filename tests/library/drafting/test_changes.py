"""What changed from one version to another."""

from hypothesis import given
from hypothesis import strategies as st

from assay.authoring.exercise import Exercise
from assay.drafting.changes import changes_between, pieces_of
from assay.drafting.closest import shipped


def changed(**more: object) -> Exercise:
    return Exercise.model_validate({**shipped()[2].model_dump(mode="json"), **more})


def test_equal_versions_have_no_changes() -> None:
    assert changes_between(shipped()[2], changed()) == ()


def test_each_changed_value_is_named_with_what_it_was_and_is() -> None:
    (change,) = changes_between(
        shipped()[2], changed(limits={**shipped()[2].limits.model_dump(), "minutes": 30})
    )
    assert (change.path, change.before, change.after) == (("limits", "minutes"), "25", "30")


def test_a_criterion_that_is_gone_shows_every_one_of_its_values_as_taken_out() -> None:
    content = shipped()[2].model_dump(mode="json")
    del content["rubric"]["criteria"]["verification"]
    found = changes_between(shipped()[2], Exercise.model_validate(content))
    assert {change.path[:3] for change in found} == {("rubric", "criteria", "verification")}
    assert all(change.after is None for change in found)


def test_materials_and_rules_are_named_by_their_ids() -> None:
    content = shipped()[2].model_dump(mode="json")
    content["rubric"]["rules"][1]["max_words"] = 900
    (change,) = changes_between(shipped()[2], Exercise.model_validate(content))
    assert change.path == ("rubric", "rules", "length", "max_words")


def test_a_changed_word_is_shown_between_words_that_stayed() -> None:
    kinds = [(piece.kind, piece.text) for piece in pieces_of("Label ten reviews.", "Label twenty reviews.")]
    assert kinds == [
        ("same", "Label "),
        ("taken_out", "ten"),
        ("put_in", "twenty"),
        ("same", " reviews."),
    ]


@given(st.text(max_size=80), st.text(max_size=80))
def test_the_pieces_add_up_to_both_texts(before: str, after: str) -> None:
    pieces = pieces_of(before, after)
    assert "".join(piece.text for piece in pieces if piece.kind != "put_in") == before
    assert "".join(piece.text for piece in pieces if piece.kind != "taken_out") == after
