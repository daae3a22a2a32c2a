"""Which shipped exercise comes closest, why, and what is filled in from the author's words."""

import pytest

from assay.drafting.closest import begun_from, closest_exercises, shipped


@pytest.mark.parametrize(
    ("task", "closest"),
    [
        ("Label customer reviews for a classifier, with a guide for annotators.", "labeling-assistant"),
        ("Answer a furious customer's ticket and escalate the refund.", "support-escalation"),
        ("Write launch copy for a product page and three posts.", "content-production"),
        ("Review an SQL migration on a large table before deployment.", "sql-migration-review"),
        ("Weigh sources that contradict each other into a one-page brief.", "research-brief"),
    ],
)
def test_a_task_finds_the_exercise_of_its_kind(task: str, closest: str) -> None:
    first, second, *_rest = closest_exercises(task, "standard")
    assert first.exercise.exercise == closest
    assert first.weight > second.weight
    assert first.shared


def test_only_exercises_of_the_style_are_offered() -> None:
    assert [one.exercise.exercise for one in closest_exercises("Label reviews", "error_detection")] == [
        "annotator-find-errors"
    ]


def test_the_reason_names_words_of_the_task_itself() -> None:
    first = closest_exercises("Labelling of reviews", "standard")[0]
    assert set(first.shared) == {"labelling", "reviews"}


def test_where_nothing_is_shared_nothing_is_claimed() -> None:
    found = closest_exercises("Quetzal zither", "standard")
    assert all(not one.shared and one.weight == 0 for one in found)
    names = [one.exercise.exercise for one in found]
    assert names == sorted(names)


def test_the_job_description_counts_less_than_the_task() -> None:
    task = closest_exercises("migration", "standard")[0]
    job = closest_exercises("", "standard", "migration")[0]
    assert task.exercise == job.exercise
    assert task.weight == 2 * job.weight


def test_the_authors_words_are_put_in_word_for_word_and_nothing_else_changes() -> None:
    exercise = shipped()[2]
    parts, filled = begun_from(exercise, "Label returns of kettles. Annotators abroad use the guide.\n")
    assert filled == ("scenario", "summary", "title")
    assert parts["title"] == "Label returns of kettles"
    assert parts["scenario"] == (
        f"Label returns of kettles. Annotators abroad use the guide.\n\n{exercise.scenario}"
    )
    same = {key for key, value in exercise.model_dump(mode="json").items() if parts[key] == value}
    assert same == set(parts) - {"title", "summary", "scenario"}


def test_a_first_sentence_that_is_too_long_for_a_title_is_none() -> None:
    parts, filled = begun_from(shipped()[2], "word " * 40)
    assert filled == ("scenario", "summary")
    assert parts["title"] == shipped()[2].title
    assert begun_from(shipped()[2], "word " * 400)[1] == ("scenario",)
    assert begun_from(shipped()[2], "  ")[1] == ()
