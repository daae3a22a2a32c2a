"""A recruiter reads who rated a session, and which quotes do not stand where a rater said."""

import re

from django.urls import reverse
from tests.judge_rows import rated_by
from tests.people import Cast
from tests.web.scoring.finished import MORNING, finished, scored

from assay.record import Record
from assay.scoring.judge.settings import read_judge
from assay.scoring.ratings import Quote
from assay_web.clock import following
from assay_web.judges.services import choose, make_judge
from assay_web.scoring.opened import record_of
from assay_web.scoring.raters import AT_FIRST, how_rated
from assay_web.scoring.services import settle_score


def refusing(cast: Cast, *words: str) -> Record:
    """The record of Mara's session, as if its first rating had come with these quotes that do not stand."""
    record = record_of(scored(cast.mara))
    first, *rest = record.ratings
    dropped = tuple(Quote(turn=0, text=text) for text in words)
    return record.model_copy(update={"ratings": (first.model_copy(update={"dropped": dropped}), *rest)})


def test_a_judge_that_invents_the_same_quote_in_every_pass_is_told_of_once_a_criterion(cast: Cast) -> None:
    settings = read_judge("openai:gpt-4.1-mini passes=3 early_stop=off")
    with following(lambda: MORNING):
        judge = make_judge(cast.team, cast.owner, "Careful", settings)
        choose(cast.stage, cast.owner, [judge], offline=False)
    session = finished(cast.mara, minute=1)
    rated_by(judge, session)
    score = settle_score(session.pk, session.exercise_version_id, "ended")
    address = reverse("scoring:result", args=[session.public_id])
    html = cast.signed_in(cast.owner).get(address).content.decode()
    section = html[html.index('id="scoring"') : html.index('id="checked"')]
    criteria = len(record_of(score).scored_rubric.criteria)
    assert section.count("words that nobody wrote") == section.count("3 times") == criteria
    assert section.count("3 quotes refused") == criteria
    assert f"{3 * criteria} refused for not standing there." in re.sub(r"\s+", " ", section)


def test_of_many_invented_quotes_the_first_are_shown_and_the_rest_unfolded(cast: Cast) -> None:
    words = [f"invented {number}" for number in range(AT_FIRST + 4)]
    (group,) = how_rated(refusing(cast, *words, words[-1])).groups
    assert group.number == len(words) + 1
    assert [(quote.words, quote.times) for quote in group.first] == [
        (words[-1], 2),
        *((text, 1) for text in words[: AT_FIRST - 1]),
    ]
    assert [quote.words for quote in group.more] == words[AT_FIRST - 1 : -1]


def test_a_few_invented_quotes_leave_nothing_to_unfold_and_none_no_list(cast: Cast) -> None:
    record = refusing(cast, "invented")
    assert [group.more for group in how_rated(record).groups] == [()]
    untouched = how_rated(record_of(cast.mara.session.scores.get()))
    assert (untouched.refused, untouched.groups) == (0, ())


def test_hidden_letters_of_an_invented_quote_are_written_out(cast: Cast) -> None:
    (group,) = how_rated(refusing(cast, "in\u202evented")).groups
    assert group.first[0].words == "in⟨U+202E⟩vented"
