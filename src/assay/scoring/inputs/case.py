"""What the raters are given for a session that was read: what the caller names goes before what it brings."""

from assay.authoring.exercise import Exercise
from assay.authoring.rubric import Rubric
from assay.errors import UserMistake, Where
from assay.scoring.inputs.files import InputSession
from assay.scoring.raters import Case
from assay.session.transcript import Transcript


def case_of(session: InputSession, *, rubric: Rubric | None = None, exercise: Exercise | None = None) -> Case:
    """The case that a session is scored as.

    The rubric is the first of: `rubric`, that of `exercise`, the one that the session's record was scored
    with. The exercise is the first of: `exercise`, the record's own. Each is looked for by itself, so a
    record can be scored with another rubric as a session of its own exercise.

    Args:
        session: a session out of a conversation or a record.
        rubric: a rubric that was asked for.
        exercise: an exercise that was asked for.

    Raises:
        UserMistake: none of them names a rubric.
    """
    own = session.recorded.case if session.recorded else None
    named = rubric or (exercise.rubric if exercise else None)
    chosen = named or (own.rubric if own else None)
    if chosen is None:
        raise UserMistake(
            "There is no rubric to score this with",
            remedy="Name a rubric, or an exercise that has one; only a record brings its own",
            where=Where(session.file, session.line),
        )
    return Case(
        transcript=own.transcript if own else _transcript(session),
        rubric=chosen,
        exercise=exercise or (own.exercise if own else None),
    )


def _transcript(session: InputSession) -> Transcript:
    return session.conversation.transcript() if session.conversation else Transcript()
