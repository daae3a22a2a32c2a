"""What the assistant does alone is rated by judges, and counts in no figure that is about people."""

import pytest
from tests.baseline_rows import REPLY, baseline_made
from tests.judge_rows import rated_by
from tests.people import Cast, make_cast
from tests.web.judges.pages import made, page
from tests.web.scoring.finished import finished

from assay.session.engine import Session
from assay_web.judges.comparison import compare
from assay_web.judges.models import JudgeFigure
from assay_web.scoring.models import StoredRating
from assay_web.session.drive import drive
from assay_web.session.models import CandidateSession
from assay_web.session.start import start_try


@pytest.fixture
def cast(db: None) -> Cast:
    """The cast; nothing here waits for another thread."""
    return make_cast()


def tried(cast: Cast) -> CandidateSession:
    """An author's own try of the exercise, handed in."""
    row = start_try(cast.stage, cast.version, cast.author)

    def work(session: Session) -> None:
        session.send("Split the reviews into a plan first, then label them.", "m1")
        session.begin_reply()
        session.finish_reply("Here is a plan: read, label, check.")
        session.submit()

    drive(row.pk, work)
    row.refresh_from_db()
    return row


def test_a_judges_figures_and_comparisons_leave_out_what_the_assistant_did_alone(cast: Cast) -> None:
    one, other = made(cast), made(cast, "openai:gpt-4.1")
    people = [finished(cast.mara), tried(cast)]
    run = baseline_made(cast.stage, REPLY).runs.get().session
    for session in (*people, CandidateSession.objects.get(pk=run.pk)):
        rated_by(one, session, {1: 3, 2: 3})
        rated_by(other, session, {1: 1})
    criteria = len(cast.version.exercise().rubric.criteria)
    assert StoredRating.objects.filter(session=run, rater=one.rater).count() == criteria
    figures = JudgeFigure.objects.filter(judge=one).values_list("ratings", flat=True)
    assert sum(figures) == 2 * criteria * len(people)
    compared = compare(one, other)
    assert compared.sessions == len(people)
    assert {far.session.pk for far in compared.far_apart} == {session.pk for session in people}
    shown = page(cast.signed_in(cast.author), "judges:judge", one.public_id)
    assert "what the assistant did alone is not" in shown
