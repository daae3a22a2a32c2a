"""Scoring step by step: each step is durable, and done again it changes nothing."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from tests.people import Cast, activated, make_cast
from tests.web.scoring.finished import finished, scored

from assay.errors import UserMistake
from assay.record import parse_record, verify
from assay_web.audit.log import first_break
from assay_web.audit.models import Action, AuditChain, AuditEvent
from assay_web.scoring.models import CriterionLevel, SessionScore, StoredRating
from assay_web.scoring.services import rate_with, rater_keys, settle_score
from assay_web.session.start import start_session


def test_a_session_that_ended_is_rated_by_every_rater_and_gets_one_current_score(cast: Cast) -> None:
    session = finished(cast.mara)
    for key in rater_keys(session.pk, cast.version.pk):
        assert rate_with(session.pk, cast.version.pk, key) == len(cast.version.exercise().rubric.criteria)
    score = settle_score(session.pk, cast.version.pk, "ended")
    assert score.current
    assert score.overall is not None
    assert score.low is not None
    assert score.low <= score.overall <= (score.high or 0)
    assert list(score.levels.values_list("criterion", flat=True)) == list(
        cast.version.exercise().rubric.criteria
    )
    event = AuditEvent.objects.get(action=Action.SESSION_SCORED)
    assert event.subject == f"session:{session.public_id}"
    assert event.data["reason"] == "ended"


def test_whoever_gets_the_record_can_verify_it_with_the_library_alone(cast: Cast) -> None:
    score = scored(cast.mara)
    data = bytes(SessionScore.objects.get(pk=score.pk).record)
    verification = verify(data)
    assert verification.outcome == "holds", verification.first_failure
    assert verification.seal == score.seal
    assert parse_record(data).session == score.session.public_id


def test_a_worker_that_does_every_step_twice_brings_about_nothing_new(cast: Cast) -> None:
    score = scored(cast.mara)
    before = list(StoredRating.objects.values_list("pk", "made_at"))
    for key in rater_keys(score.session_id, cast.version.pk):
        rate_with(score.session_id, cast.version.pk, key)
    again = settle_score(score.session_id, cast.version.pk, "ended")
    assert again == score
    assert list(StoredRating.objects.values_list("pk", "made_at")) == before
    assert SessionScore.objects.count() == 1
    assert AuditEvent.objects.filter(action=Action.SESSION_SCORED).count() == 1


def test_a_worker_that_died_after_rating_leaves_ratings_that_the_next_one_uses(cast: Cast) -> None:
    session = finished(cast.mara)
    (key,) = rater_keys(session.pk, cast.version.pk)
    rate_with(session.pk, cast.version.pk, key)
    kept = set(StoredRating.objects.values_list("pk", flat=True))
    settle_score(session.pk, cast.version.pk, "ended")
    assert set(StoredRating.objects.values_list("pk", flat=True)) == kept


def test_a_session_that_still_runs_is_not_scored(cast: Cast) -> None:
    session = start_session(cast.mara)
    with pytest.raises(UserMistake, match="has not ended"):
        settle_score(session.pk, cast.version.pk, "ended")
    assert not StoredRating.objects.exists()


def test_a_rater_that_is_not_installed_here_is_refused_in_words(cast: Cast) -> None:
    session = finished(cast.mara)
    with pytest.raises(UserMistake, match="not installed"):
        rate_with(session.pk, cast.version.pk, "0" * 64)


def test_a_session_scored_with_another_version_keeps_its_old_score_beside_the_new(cast: Cast) -> None:
    first = scored(cast.mara)
    other = activated(cast.team, "content-production")
    second = settle_score(first.session_id, other.pk, "version asked for")
    first.refresh_from_db()
    assert (first.current, second.current) == (False, True)
    assert not CriterionLevel.objects.filter(score=first, current=True).exists()
    assert CriterionLevel.objects.filter(score=second, current=True, stage=cast.stage).exists()
    assert settle_score(first.session_id, first.exercise_version_id, "ended") == first
    assert SessionScore.objects.get(current=True) == second


def test_a_session_without_a_message_is_unscored_with_the_reason(cast: Cast) -> None:
    from assay_web.session.drive import drive

    session = start_session(cast.noor)
    drive(session.pk, lambda engine: engine.submit())
    score = settle_score(session.pk, cast.version.pk, "ended")
    assert score.overall is None
    assert "unscored" in score.unscored
    assert verify(bytes(score.record)).holds


@pytest.mark.usefixtures("database_of_threads")
def test_workers_that_settle_the_same_session_at_once_make_one_score() -> None:
    cast = make_cast()
    session, version = finished(cast.mara), cast.version.pk
    together = Barrier(6)

    def work(_: int) -> str:
        try:
            together.wait()
            for key in rater_keys(session.pk, version):
                rate_with(session.pk, version, key)
            return settle_score(session.pk, version, "ended").public_id
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as threads:
        made = set(threads.map(work, range(6)))
    assert len(made) == 1
    assert SessionScore.objects.count() == 1
    assert StoredRating.objects.count() == len(cast.version.exercise().rubric.criteria)
    assert AuditEvent.objects.filter(action=Action.SESSION_SCORED).count() == 1
    assert first_break(AuditChain.objects.get(team=cast.team)) is None
