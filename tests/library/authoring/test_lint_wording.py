"""An author hears of wording only where two people would read it differently."""

from pathlib import Path

import pytest
from tests.library.authoring.specimens import FILES, replaced, write_exercise

from assay.authoring.lint import lint_exercise

SENSIBLE = (
    "The goal is clear, but important constraints or the needed context are missing.",
    "Clear sub-tasks in a sensible order, each turn building on the last.",
    "Says what is good about the draft and which two sentences must go.",
    "Quotes the strong claim from the fact sheet that Legal crossed out.",
    "Has the AI mark unclear rows, settles each of them, and adds a rule for the next batch.",
    "Asks for a clear answer (yes or no) before the next step.",
    "Weighs the quality figure of the 2019 study against its 31 subjects.",
)
EMPTY = (
    "Good.",
    "Very clear and well structured communication.",
    "Handles the escalation well.",
    "Uses the AI effectively.",
    "Instructions are appropriate and sufficiently clear.",
    "The candidate shows excellent prompting skills.",
)


@pytest.mark.parametrize("words", [*SENSIBLE, *EMPTY])
def test_an_author_hears_of_a_vague_word_only_where_the_level_rests_on_it(words: str, tmp_path: Path) -> None:
    rubric = replaced(FILES["rubric.yaml"], "Leaves the wrong figure in the note.", f"'{words}'")
    codes = {remark.code for remark in lint_exercise(write_exercise(tmp_path, rubric=rubric))}
    assert bool(codes & {"vague-words", "level-without-words"}) is (words in EMPTY)


def test_an_author_may_tell_levels_apart_by_a_number_or_a_negation(tmp_path: Path) -> None:
    rubric = FILES["rubric.yaml"]
    rubric = replaced(
        rubric, "Hands in the counts just as they came from the AI.", "Checks no count against the log."
    )
    rubric = replaced(
        rubric, "Has the AI count once more and takes the second answer.", "Checks one count against the log."
    )
    rubric = replaced(
        rubric,
        "Compares at least one count with rows of the log and names these rows.",
        "Checks every count against the log.",
    )
    assert lint_exercise(write_exercise(tmp_path, rubric=rubric)) == ()


def test_an_author_of_an_exercise_in_another_language_is_not_judged_by_english_words(tmp_path: Path) -> None:
    exercise = replaced(FILES["exercise.yaml"], "style: error", "language: de\nstyle: error")
    rubric = replaced(FILES["rubric.yaml"], "Leaves the wrong figure in the note.", "Appropriate output")
    assert lint_exercise(write_exercise(tmp_path, exercise=exercise, rubric=rubric)) == ()
