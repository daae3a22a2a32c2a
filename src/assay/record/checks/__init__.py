"""The single checks on a record. Each answers one question, in words that need no programmer."""

from collections.abc import Callable

from assay.record.checks.answer import Answer
from assay.record.checks.judges import judges_were_asked_this
from assay.record.checks.score import (
    levels_rest_on_the_candidates_words,
    offline_judge_repeats_itself,
    quotes_stand,
    raters_are_those_who_rated,
    rules_find_the_same,
    score_follows_from_ratings,
)
from assay.record.checks.score_laws import ratings_keep_their_laws, score_keeps_its_laws
from assay.record.checks.session import (
    events_are_chained,
    exercise_is_the_one_scored,
    session_kept_its_rules,
    transcript_follows_events,
)
from assay.record.file import Record

CONTENT_CHECKS: tuple[tuple[str, str, Callable[[Record], Answer | None]], ...] = (
    ("events", "No event of the session was changed, dropped, added or moved", events_are_chained),
    ("transcript", "The conversation is what the events say happened", transcript_follows_events),
    ("exercise", "The exercise and the rubric are the ones scored with", exercise_is_the_one_scored),
    ("session", "The session kept to its rounds and its time", session_kept_its_rules),
    ("evidence", "Every quote stands word for word where it says", quotes_stand),
    ("levels", "No level is given without the candidate's own words", levels_rest_on_the_candidates_words),
    ("rules", "The rules, run again, find the same", rules_find_the_same),
    ("raters", "The raters listed are those who rated", raters_are_those_who_rated),
    ("ratings", "Every rating is on the scale, about a criterion of the rubric", ratings_keep_their_laws),
    ("repeat", "The offline judge, run again, says the same", offline_judge_repeats_itself),
    ("asked", "The LLM judges were asked exactly what this record holds", judges_were_asked_this),
    ("score", "The score is what the ratings add up to", score_follows_from_ratings),
    ("laws", "Every number is one that scale, rubric, ratings and rules allow", score_keeps_its_laws),
)
"""The checks on what a record says: name, what it says when it holds, and the question.

They stand in this order because each takes for granted what those before it have found to hold. An answer of
None means that a record like this has nothing to do with the question, which is then not listed.
"""
