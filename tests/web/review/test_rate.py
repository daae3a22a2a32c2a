"""A person rates a session on the site, blind, with the form and the rules of every rater."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from tests.people import Cast, activated
from tests.web.scoring.finished import finished, scored

from assay.record import parse_record, verify
from assay_web.audit.models import Action, AuditEvent
from assay_web.jobs.models import ScoringJob
from assay_web.review.models import PersonRating
from assay_web.scoring.models import SessionScore
from assay_web.scoring.opened import record_of
from assay_web.scoring.panels import BLIND, NOT_BLIND
from assay_web.scoring.services import settle_score
from assay_web.session.models import CandidateSession
from assay_web.session.start import start_session

OWN = "Five labels at most, snake_case."


def address(session: CandidateSession) -> str:
    return reverse("review:rate", args=[session.public_id])


def first_message(session: CandidateSession) -> str:
    return next(str(e.data["text"]) for e in session.events.all() if e.kind == "message_sent")


def words(session: CandidateSession) -> str:
    """Some exact words of the candidate's first message, on one line."""
    return first_message(session).split("\n")[0][:60].strip()


def rating(criterion: str, level: str, quotes: str, reason: str = "Plainly so") -> dict[str, str]:
    return {f"{criterion}:choice": level, f"{criterion}:quotes": quotes, f"{criterion}:reason": reason}


def rate(client: Client, session: CandidateSession, **given: str) -> int:
    return client.post(address(session), given).status_code


def run_jobs(session: CandidateSession) -> SessionScore:
    for job in ScoringJob.objects.filter(session=session).order_by("pk"):
        score = settle_score(session.pk, job.exercise_version_id, job.reason)
    return score


def test_a_persons_level_counts_and_the_machines_stands_beside_it(cast: Cast) -> None:
    before = scored(cast.mara)
    session = before.session
    quote = f"[0] {words(session)}"
    answer = cast.signed_in(cast.reviewer).post(address(session), rating("task_decomposition", "1", quote))
    assert answer.status_code == 302
    after = run_jobs(session)
    assert after != before
    assert after.current
    record = record_of(after)
    item = next(item for item in record.score.criteria if item.criterion == "task_decomposition")
    assert (item.level, item.raters) == (1.0, 1)
    kinds = {r.rater.kind for r in record.ratings if r.criterion == "task_decomposition"}
    assert kinds == {"person", "indicators"}
    before.refresh_from_db()
    assert not before.current
    assert verify(bytes(SessionScore.objects.get(pk=after.pk).record)).outcome == "holds"


def test_nothing_of_the_machines_rating_is_in_the_page_before_ones_own_is_saved(cast: Cast) -> None:
    score = scored(cast.mara, "weak")
    html = cast.signed_in(cast.reviewer).get(address(score.session)).content.decode()
    record = parse_record(bytes(SessionScore.objects.get(pk=score.pk).record))
    assert "<mark" not in html
    assert score.seal not in html
    for item in record.score.criteria:
        for reason in item.reasons:
            assert reason not in html
    for text in record.score.narrative:
        assert text not in html
    assert "offline signs" not in html


def test_whoever_had_seen_the_result_is_said_to_have_seen_it(cast: Cast) -> None:
    score = scored(cast.mara)
    session = score.session
    seen, blind = cast.signed_in(cast.author), cast.signed_in(cast.reviewer)
    seen.get(reverse("scoring:result", args=[session.public_id]))
    assert "not blind" in seen.get(address(session)).content.decode()
    assert "not blind" not in blind.get(address(session)).content.decode()
    for client in (seen, blind):
        client.post(address(session), rating("safety", "2", words(session)))
    rows = PersonRating.objects.order_by("pk")
    assert [row.saw_machine_first for row in rows] == [True, False]
    told = {r.name: r.calibration for r in record_of(run_jobs(session)).raters if r.kind == "person"}
    assert told == {"Author": NOT_BLIND, "Reviewer": BLIND}


@pytest.mark.parametrize("way", ["scoring:csv", "scoring:stage_results"])
def test_seeing_the_scores_of_the_stage_is_not_blind_either(cast: Cast, way: str) -> None:
    session = scored(cast.mara).session
    client = cast.signed_in(cast.reviewer)
    place = reverse(way, args=[cast.stage.public_id])
    client.get(place, {"scores": "1"})
    client.post(address(session), rating("safety", "2", words(session)))
    assert PersonRating.objects.get().saw_machine_first


def test_the_plain_list_of_the_stage_leaves_one_blind(cast: Cast) -> None:
    session = scored(cast.mara, "weak").session
    client = cast.signed_in(cast.reviewer)
    page = client.get(reverse("scoring:stage_results", args=[cast.stage.public_id]))
    assert not page.context["spreads"], "of one score, the spread is that candidate's levels"
    assert "<figure" not in page.content.decode()
    client.post(address(session), rating("safety", "2", words(session)))
    assert not PersonRating.objects.get().saw_machine_first


def test_a_quote_that_does_not_stand_is_named_and_nothing_is_lost(cast: Cast) -> None:
    session = finished(cast.mara)
    client = cast.signed_in(cast.reviewer)
    given = rating("safety", "3", "[0] words that nobody wrote", reason="My reason")
    given |= rating("verification", "2", words(session))
    html = client.post(address(session), given, follow=True).content.decode()
    assert "words that nobody wrote" in html
    assert "does not stand in message 0" in html
    assert PersonRating.objects.get().saved_at is None
    assert "My reason" in client.get(address(session)).content.decode()
    assert not ScoringJob.objects.filter(reason__startswith="rated").exists()


def test_a_page_that_says_what_is_missing_can_be_loaded_again_with_what_was_typed_since(cast: Cast) -> None:
    session = finished(cast.mara)
    client = cast.signed_in(cast.reviewer)
    answer = client.post(address(session), rating("safety", "3", "", reason="An early word"), follow=True)
    place = answer.redirect_chain[-1][0]
    assert "Quote the words" in answer.content.decode()
    later = rating("safety", "3", words(session), reason="A later word")
    client.post(reverse("review:draft", args=[session.public_id]), later)
    html = client.get(place).content.decode()
    assert "A later word" in html
    assert "An early word" not in html
    assert "Quote the words" not in html
    assert PersonRating.objects.get().saved_at is None


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"safety:choice": "3"}, "Quote the words"),
        ({"safety:choice": "9", "safety:quotes": "QUOTE"}, "which is no level"),
        ({"safety:choice": "2.5", "safety:quotes": "QUOTE"}, "Choose one of the levels"),
        ({"safety:choice": "unscored"}, "Say why it cannot be rated"),
        ({"safety:reason": "forgot the level"}, "Choose a level"),
        ({"safety:choice": "3", "safety:quotes": "[1] REPLY"}, "own"),
        ({}, "No criterion is rated yet"),
    ],
)
def test_what_breaks_a_rule_of_raters_is_refused_in_words(
    cast: Cast, given: dict[str, str], says: str
) -> None:
    session = finished(cast.mara)
    reply = next(str(e.data["text"]) for e in session.events.all() if e.kind == "reply_finished")
    line = reply.split("\n")[0][:40]
    filled = {
        key: value.replace("QUOTE", words(session)).replace("REPLY", line) for key, value in given.items()
    }
    html = cast.signed_in(cast.reviewer).post(address(session), filled, follow=True).content.decode()
    assert says in html
    assert not PersonRating.objects.filter(saved_at__isnull=False).exists()


def test_words_without_a_number_are_found_where_they_stand(cast: Cast) -> None:
    session = finished(cast.mara)
    cast.signed_in(cast.reviewer).post(address(session), rating("safety", "2", words(session)))
    (quote,) = PersonRating.objects.get().ratings["safety"]["quotes"]
    assert quote["turn"] == 0
    assert first_message(session)[quote["start"] :].startswith(quote["text"])


def test_a_criterion_that_cannot_be_rated_is_unscored_with_the_persons_reason(cast: Cast) -> None:
    session = finished(cast.mara)
    given = {"safety:choice": "unscored", "safety:unscored": "Nothing called for it"}
    client = cast.signed_in(cast.reviewer)
    client.post(address(session), given | rating("verification", "2", words(session), "A check only"))
    html = client.get(address(session)).content.decode()
    assert "Nothing called for it" in html
    assert "A check only" in html
    score = run_jobs(session)
    item = next(item for item in record_of(score).score.criteria if item.criterion == "safety")
    assert item.level is None
    assert item.unscored == "Nothing called for it"


def test_a_draft_is_kept_as_it_is_typed_and_seen_by_nobody_else(cast: Cast) -> None:
    session = finished(cast.mara)
    client = cast.signed_in(cast.reviewer)
    draft = reverse("review:draft", args=[session.public_id])
    answer = client.post(draft, {"safety:choice": "2", "safety:quotes": "half a quo"})
    assert answer.json() == {"kept": True, "outdated": False}
    html = client.get(address(session)).content.decode()
    assert "half a quo" in html
    assert re.search(r'value="2" id="safety-2"[^>]* checked', html)
    assert "half a quo" not in cast.signed_in(cast.author).get(address(session)).content.decode()
    assert not ScoringJob.objects.filter(reason__startswith="rated").exists()


def test_saved_ratings_do_not_change(cast: Cast) -> None:
    session = finished(cast.mara)
    client = cast.signed_in(cast.reviewer)
    client.post(address(session), rating("safety", "2", words(session)))
    client.post(address(session), rating("safety", "4", words(session)))
    draft = client.post(reverse("review:draft", args=[session.public_id]), {"safety:choice": "4"})
    assert draft.status_code == 409
    assert PersonRating.objects.get().ratings["safety"]["level"] == 2
    assert AuditEvent.objects.filter(action=Action.SESSION_RATED).count() == 1
    assert "They stay as they are" in client.get(address(session)).content.decode()


def test_two_people_of_one_name_are_two_raters(cast: Cast) -> None:
    session = finished(cast.mara)
    cast.author.name = cast.reviewer.name = "Kim"
    for person, level in ((cast.author, "1"), (cast.reviewer, "3")):
        person.save()
        cast.signed_in(person).post(address(session), rating("safety", level, words(session)))
    assert ScoringJob.objects.filter(reason__startswith="rated by Kim").count() == 2
    score = run_jobs(session)
    item = next(item for item in record_of(score).score.criteria if item.criterion == "safety")
    assert (item.level, item.raters) == (2.0, 2)
    assert verify(bytes(SessionScore.objects.get(pk=score.pk).record)).outcome == "holds"


def test_a_persons_word_is_taken_over_by_a_version_that_asks_the_same(cast: Cast) -> None:
    session = finished(cast.mara)
    cast.signed_in(cast.reviewer).post(address(session), rating("safety", "1", words(session)))
    content = cast.version.content | {"title": "The same with another title"}
    same = activated(cast.team, "content-production")
    same.content, same.version = content, "f" * 64
    same.save()
    score = settle_score(session.pk, same.pk, "version asked for")
    item = next(item for item in record_of(score).score.criteria if item.criterion == "safety")
    assert item.level == 1.0
    other = activated(cast.team, "support-escalation")
    score = settle_score(session.pk, other.pk, "version asked for")
    assert all(rater.kind != "person" for rater in record_of(score).raters)


def test_a_session_that_still_runs_is_not_rated(cast: Cast) -> None:
    session = start_session(cast.mara)
    html = cast.signed_in(cast.reviewer).get(address(session)).content.decode()
    assert "has not ended" in html
    assert "rating" not in html
