"""A session is scored with another version of its exercise while a person is half-way through rating it."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.people import Cast
from tests.web.review.test_rate import address, rating, words
from tests.web.scoring.finished import scored

from assay.authoring.exercise import Exercise
from assay_web.authoring.models import ExerciseVersion
from assay_web.clock import now
from assay_web.jobs.models import ScoringJob
from assay_web.review.models import PersonRating
from assay_web.scoring.services import settle_score
from assay_web.session.models import CandidateSession

ASKED = "When does the candidate hold the AI back?"


@pytest.fixture
def session(cast: Cast) -> CandidateSession:
    """Mara's session, scored with the version that she worked on."""
    return scored(cast.mara).session


@pytest.fixture
def rater(cast: Cast) -> Client:
    """The reviewer's browser."""
    return cast.signed_in(cast.reviewer)


@pytest.fixture
def other(cast: Cast) -> ExerciseVersion:
    """A version with other weights, in which Safety asks something else and Verification is gone."""
    rubric: dict[str, Any] = {**cast.version.content["rubric"]}
    criteria = {
        name: {**one, "weight": 40.0} for name, one in rubric["criteria"].items() if name != "verification"
    }
    criteria["safety"]["asks"] = ASKED
    content = cast.version.content | {"rubric": {**rubric, "criteria": criteria}}
    exercise = Exercise.model_validate(content)
    return ExerciseVersion.objects.create(
        team=cast.team,
        version=exercise.version,
        title=exercise.title,
        content=exercise.model_dump(mode="json"),
        created_at=now(),
    )


def keep(rater: Client, session: CandidateSession, drawn_with: ExerciseVersion, **given: str) -> Any:
    place = reverse("review:draft", args=[session.public_id])
    return rater.post(f"{place}?version={drawn_with.public_id}", given)


def save(rater: Client, session: CandidateSession, drawn_with: ExerciseVersion, given: dict[str, str]) -> str:
    """Press "Save for good", and read the page that follows."""
    answer = rater.post(f"{address(session)}?version={drawn_with.public_id}", given, follow=True)
    return answer.content.decode()


def scored_with(session: CandidateSession, version: ExerciseVersion) -> None:
    settle_score(session.pk, version.pk, f"version {version.version[:12]} asked for")


def page(rater: Client, session: CandidateSession) -> str:
    return rater.get(address(session)).content.decode()


def half_typed() -> dict[str, str]:
    same = rating("task_decomposition", "3", "half a quo", "Asks in stages")
    return same | rating("safety", "1", "", "Names stay in") | rating("verification", "", "a recount")


def test_what_was_typed_for_a_criterion_that_reads_the_same_stands_in_the_new_form(
    cast: Cast, session: CandidateSession, other: ExerciseVersion, rater: Client
) -> None:
    keep(rater, session, cast.version, **half_typed())
    scored_with(session, other)
    answer = rater.get(address(session))
    html = answer.content.decode()
    assert ASKED in html
    assert "Scored with another version meanwhile" in html
    assert answer.context["opened"].typed.keys() == {"task_decomposition"}
    assert "half a quo</textarea>" in html


def test_what_has_no_place_in_the_new_form_is_shown_beside_it(
    cast: Cast, session: CandidateSession, other: ExerciseVersion, rater: Client
) -> None:
    keep(rater, session, cast.version, **half_typed())
    scored_with(session, other)
    beside, form = page(rater, session).split('id="rating"')
    assert "Names stay in" in beside
    assert "level 1" in beside
    assert "a recount" in beside
    assert "Names stay in" not in form
    assert "Names stay in" not in page(cast.signed_in(cast.author), session)


def test_typing_on_in_the_old_form_keeps_every_word_and_says_that_it_is_outdated(
    cast: Cast, session: CandidateSession, other: ExerciseVersion, rater: Client
) -> None:
    assert keep(rater, session, cast.version, **half_typed()).json() == {"kept": True, "outdated": False}
    scored_with(session, other)
    more = half_typed() | {"verification:reason": "Counts twice"}
    assert keep(rater, session, cast.version, **more).json() == {"kept": True, "outdated": True}
    row = PersonRating.objects.get()
    assert row.exercise_version == cast.version
    assert row.ratings["verification"]["reason"] == "Counts twice"


def test_a_level_of_the_old_form_is_never_saved_for_good_as_one_of_the_new(
    cast: Cast, session: CandidateSession, other: ExerciseVersion, rater: Client
) -> None:
    scored_with(session, other)
    given = rating("safety", "1", words(session)) | rating("task_decomposition", "3", words(session))
    html = save(rater, session, cast.version, given)
    assert "Not saved for good" in html
    assert html.count("Plainly so") == 2
    assert not PersonRating.objects.filter(saved_at__isnull=False).exists()
    assert not ScoringJob.objects.filter(reason__startswith="rated").exists()
    save(rater, session, other, rating("task_decomposition", "3", words(session)))
    row = PersonRating.objects.get(saved_at__isnull=False)
    assert row.exercise_version == other
    assert row.ratings.keys() == {"task_decomposition"}


def test_what_was_changed_in_the_new_form_goes_before_what_was_typed_in_the_old(
    cast: Cast, session: CandidateSession, other: ExerciseVersion, rater: Client
) -> None:
    keep(rater, session, cast.version, **rating("task_decomposition", "3", "first words"))
    scored_with(session, other)
    keep(rater, session, other, **rating("task_decomposition", "2", "second words"))
    html = page(rater, session)
    assert "second words" in html
    assert "first words" not in html
    keep(rater, session, cast.version, **rating("task_decomposition", "3", "third words"))
    beside, form = page(rater, session).split('id="rating"')
    assert "third words" in beside
    assert "second words" in form


def test_a_form_of_a_version_that_the_session_has_nothing_to_do_with_is_refused(
    session: CandidateSession, other: ExerciseVersion, rater: Client
) -> None:
    assert keep(rater, session, other, **half_typed()).status_code == 404
    assert not PersonRating.objects.exists()
