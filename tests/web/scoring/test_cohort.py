"""A recruiter looks at a stage's candidates together."""

import re
from collections import Counter
from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.people import Cast, activated, invited, out_of_time
from tests.web.scoring.finished import finished, scored

from assay.scoring.score import Interval
from assay_web.authoring.models import ExerciseVersion
from assay_web.clock import now
from assay_web.openings.models import Candidate, Invitation
from assay_web.scoring import cohort
from assay_web.scoring.cohort import FILTERS, PAGE, Asked, cohort_of, counts_of, page_of
from assay_web.scoring.comparison import told_apart
from assay_web.scoring.counting import NAME, is_counting, keep_level_counts
from assay_web.scoring.models import CriterionLevel, LevelCount, SessionScore
from assay_web.session.models import CandidateSession
from assay_web.session.start import start_session, start_try


def results(cast: Cast, **query: str) -> str:
    address = reverse("scoring:stage_results", args=[cast.stage.public_id])
    return cast.signed_in(cast.owner).get(address, query).content.decode()


def names_in(html: str) -> list[str]:
    return re.findall(
        r'<th role="rowheader" scope="row"><a href="[^"]+">([^<]+)</a>', html.split('id="list"')[1]
    )


def fill(cast: Cast, number: int, version: ExerciseVersion | None = None) -> None:
    """Many scored sessions, written straight into the tables."""
    version, moment = version or cast.version, now()
    start = Candidate.objects.count()
    people = Candidate.objects.bulk_create(
        Candidate(opening=cast.opening, name=f"Person {start + n:06}", email=f"p{start + n}@example.org")
        for n in range(number)
    )
    invitations = Invitation.objects.bulk_create(
        Invitation(
            candidate=person,
            stage=cast.stage,
            exercise_version=version,
            expires_at=moment + timedelta(days=9),
        )
        for person in people
    )
    sessions = CandidateSession.objects.bulk_create(
        CandidateSession(
            team=cast.team,
            stage=cast.stage,
            invitation=invitation,
            exercise_version=version,
            model="scripted",
            status="ended",
            ended_by="submitted",
            started_at=moment,
            ended_at=moment,
        )
        for invitation in invitations
    )
    scores = SessionScore.objects.bulk_create(
        SessionScore(
            session=session,
            exercise_version=version,
            panel="0" * 64,
            made_at=moment,
            overall=place % 5,
            low=0,
            high=4,
            scale_max=4,
            verdict="above",
            seal="0" * 64,
            record=b"",
        )
        for place, session in enumerate(sessions)
    )
    criteria = list(version.exercise().rubric.criteria)
    CriterionLevel.objects.bulk_create(
        CriterionLevel(
            score=score,
            session=score.session,
            stage=cast.stage,
            exercise_version=version,
            criterion=criterion,
            position=position,
            level=(place + position) % 5,
        )
        for place, score in enumerate(scores)
        for position, criterion in enumerate(criteria)
    )


def test_the_counts_tell_how_far_the_candidates_have_come(cast: Cast) -> None:
    scored(cast.mara)
    start_session(cast.noor)
    invited(cast.stage, "Ines Alvarez")
    start_try(cast.stage, cast.version, cast.author)
    counts = counts_of(cast.stage, cohort_of(cast.stage).scored)
    assert (counts.invited, counts.started, counts.finished, counts.scored) == (3, 2, 1, 1)


def test_the_spread_counts_every_current_score_once(cast: Cast) -> None:
    scored(cast.mara, "strong")
    scored(cast.noor, "weak")
    found = cohort_of(cast.stage)
    assert found.scored == 2
    for spread in found.spreads:
        assert sum(number for _, number in spread.levels) + spread.unscored == 2
    html = results(cast, scores="1")
    assert html.count('class="hist"') == len(found.spreads)
    assert "The same as a table" in html


def counted_one_by_one(cast: Cast) -> dict[tuple[str, float | None, bool], int]:
    levels = CriterionLevel.objects.filter(stage=cast.stage, current=True)
    return Counter(levels.values_list("criterion", "level", "serious"))


def kept_counts(cast: Cast) -> dict[tuple[str, float | None, bool], int]:
    return {
        (row.criterion, None if row.level == LevelCount.UNSCORED else row.level, row.serious): row.number
        for row in LevelCount.objects.filter(stage=cast.stage, number__gt=0)
    }


def test_the_database_keeps_count_of_levels_whatever_becomes_of_them(cast: Cast) -> None:
    assert kept_counts(cast) == {}
    first, second = scored(cast.mara, "strong"), scored(cast.noor, "weak")
    assert kept_counts(cast) == counted_one_by_one(cast) != {}
    first.levels.update(current=False)
    assert kept_counts(cast) == counted_one_by_one(cast)
    first.levels.update(current=True, level=None)
    assert kept_counts(cast) == counted_one_by_one(cast)
    second.session.delete()
    assert kept_counts(cast) == counted_one_by_one(cast) != {}
    cast.opening.delete()
    assert not LevelCount.objects.exists()


def test_where_counting_was_lost_everything_is_counted_again(cast: Cast) -> None:
    on = " ON scoring_criterionlevel" if connection.vendor == "postgresql" else ""
    names = [NAME] if on else [f"{NAME}_{event}" for event in ("insert", "update", "delete")]
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f"DROP TRIGGER {name}{on}")
    assert not is_counting(connection)
    scored(cast.mara)
    assert kept_counts(cast) == {}
    for _ in range(2):  # what follows every migration
        keep_level_counts(using="default", apps=apps)
        assert is_counting(connection)
        assert kept_counts(cast) == counted_one_by_one(cast) != {}


def test_a_try_of_a_colleague_is_in_no_cohort(cast: Cast) -> None:
    from assay_web.scoring.services import settle_score
    from assay_web.session.drive import drive

    session = start_try(cast.stage, cast.version, cast.author)
    drive(session.pk, lambda engine: engine.submit())
    settle_score(session.pk, cast.version.pk, "ended")
    assert cohort_of(cast.stage).version is None
    assert session.public_id not in results(cast)


def test_the_list_shows_no_score_until_it_is_asked_to(cast: Cast) -> None:
    score = scored(cast.mara)
    assert score.low is not None
    assert "small-line" not in results(cast)
    assert "small-line" in results(cast, scores="1")


@pytest.mark.parametrize("order", ["", "name", "score", "overall", "-overall"])
def test_the_list_is_never_ordered_by_score(cast: Cast, order: str) -> None:
    scored(cast.mara, "weak")
    scored(cast.noor, "strong")
    shown = names_in(results(cast, order=order))
    expected = ["Mara Lindqvist", "Noor Haddad"] if order == "name" else ["Noor Haddad", "Mara Lindqvist"]
    assert shown == expected


def test_every_filter_finds_whom_it_names(cast: Cast) -> None:
    scored(cast.mara, "weak")
    finished(cast.noor)
    start_session(invited(cast.stage, "Ines Alvarez"))
    invited(cast.stage, "Otto Brandt")
    out_of_time(invited(cast.stage, "Ravi Nair"))
    names = {
        state: sorted(
            row.invitation.candidate.name.split()[0] for row in page_of(cast.stage, Asked(state)).rows
        )
        for state in FILTERS
    }
    assert names[""] == ["Ines", "Mara", "Noor", "Otto", "Ravi"]
    assert names["open"] == ["Otto"]
    assert names["working"] == ["Ines"]
    assert names["offered"] == ["Ravi"]
    assert names["finished"] == ["Mara", "Noor"]
    assert names["unscored"] == ["Noor"]
    assert names["scored"] == ["Mara"]
    assert names["serious"] == ["Mara"]
    assert names["failed"] == names["contested"] == names["released"] == names["close"] == []
    assert [r.invitation.candidate.name for r in page_of(cast.stage, Asked(words="otto")).rows] == [
        "Otto Brandt"
    ]


@pytest.mark.parametrize("words", ["öst", "ÖSTLUND", "åsa ö", "asa@EXAMPLE"])
@pytest.mark.parametrize("order", ["", "name"])
def test_a_search_does_not_mind_large_and_small_letters(cast: Cast, words: str, order: str) -> None:
    candidate = invited(cast.stage, "Åsa Östlund").candidate
    candidate.email = "Asa@example.org"
    candidate.save()
    assert [
        row.invitation.candidate for row in page_of(cast.stage, Asked(words=words, order=order)).rows
    ] == [candidate]
    opening = cast.signed_in(cast.owner).get(
        reverse("openings:opening", args=[cast.opening.public_id]), {"q": words}
    )
    assert [line.candidate for line in opening.context["page"].object_list] == [candidate]


@pytest.mark.parametrize(("rare", "walked"), [(1, 3), (1_000, 3), (1, 1_000)])
@pytest.mark.parametrize("state", FILTERS)
@pytest.mark.parametrize("words", ["", "person"])
def test_few_and_many_are_found_alike(
    cast: Cast, rare: int, walked: int, state: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cohort, "RARE", rare)
    monkeypatch.setattr(cohort, "WALKED", walked)
    fill(cast, 7)
    scored(cast.mara, "weak")
    finished(cast.noor)
    by_time = [row.invitation.pk for row in page_of(cast.stage, Asked(state, words=words)).rows]
    assert by_time == sorted(by_time, reverse=True)
    by_name = [row.invitation for row in page_of(cast.stage, Asked(state, "name", words)).rows]
    assert [row.candidate.name for row in by_name] == sorted(row.candidate.name for row in by_name)
    assert {row.pk for row in by_name} == set(by_time)


@pytest.mark.parametrize(("order", "walked"), [("", 1), ("name", 1), ("name", PAGE + 3), ("name", 1_000)])
def test_going_from_page_to_page_meets_everyone_once(
    cast: Cast, order: str, walked: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cohort, "WALKED", walked)
    fill(cast, 2 * PAGE + 7)
    met: list[str] = []
    after = ""
    while True:
        page = page_of(cast.stage, Asked(order=order, after=after))
        met += [row.invitation.candidate.name for row in page.rows]
        if not page.next:
            break
        after = page.next
    assert len(met) == len(set(met)) == 2 * PAGE + 9
    assert order != "name" or met == sorted(met)


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"scores": "1"},
        {"order": "name"},
        {"state": "close"},
        {"state": "serious", "order": "name"},
        {"q": "7"},
    ],
)
def test_a_larger_stage_costs_no_more_questions(cast: Cast, query: dict[str, str]) -> None:
    fill(cast, PAGE + 10)
    results(cast, **query)  # what is read once a process is read now
    client = cast.signed_in(cast.owner)
    address = reverse("scoring:stage_results", args=[cast.stage.public_id])
    counts = []
    for more in (0, 4 * PAGE):
        fill(cast, more)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(address, query).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert counts[0] < 25


def test_two_candidates_beside_each_other_are_told_apart_only_by_clear_intervals(cast: Cast) -> None:
    one, other = scored(cast.mara, "strong"), scored(cast.noor, "weak")
    address = reverse("scoring:compare", args=[cast.stage.public_id])
    picked = {"a": one.session.public_id, "b": other.session.public_id}
    html = cast.signed_in(cast.owner).get(address, picked).content.decode()
    assert "Mara Lindqvist is higher" in html
    same = scored(invited(cast.stage, "Ines Alvarez"), "strong")
    html = (
        cast.signed_in(cast.owner).get(address, {"a": [picked["a"], same.session.public_id]}).content.decode()
    )
    assert "too close to call" in html
    assert "is higher" not in html


@pytest.mark.parametrize(
    ("first", "second", "apart"),
    [
        ((3.0, (2.6, 3.4)), (2.0, (1.6, 2.4)), "first"),
        ((2.0, (1.6, 2.4)), (3.0, (2.6, 3.4)), "second"),
        ((3.0, (2.4, 3.4)), (2.0, (1.6, 2.4)), "too close to call"),
        ((0.0, None), (3.0, (2.0, 4.0)), "second"),
        ((None, None), (3.0, (2.0, 4.0)), "cannot be compared"),
    ],
)
def test_intervals_that_touch_are_too_close_to_call(
    first: tuple[float | None, tuple[float, float] | None],
    second: tuple[float | None, tuple[float, float] | None],
    apart: str,
) -> None:
    ranges = [Interval(low=r[0], high=r[1], source="") if r else None for r in (first[1], second[1])]
    assert told_apart(first[0], ranges[0], second[0], ranges[1])[0] == apart


def test_comparing_one_or_strangers_is_refused(cast: Cast) -> None:
    score = scored(cast.mara)
    address = reverse("scoring:compare", args=[cast.stage.public_id])
    client = cast.signed_in(cast.owner)
    assert client.get(address, {"a": score.session.public_id}).status_code == 302
    assert client.get(address, {"a": [score.session.public_id, "nobody"]}).status_code == 404


def test_an_empty_stage_says_what_to_do_next(cast: Cast) -> None:
    Invitation.objects.all().delete()
    html = results(cast)
    assert "Nobody has been invited" in html
    assert reverse("openings:invite", args=[cast.stage.public_id]) in html


@pytest.mark.parametrize(("number", "asked", "shown"), [(4, {}, 0), (4, {"scores": "1"}, 1), (5, {}, 1)])
def test_the_spread_of_few_scores_is_seen_by_those_alone_who_ask_for_scores(
    cast: Cast, number: int, asked: dict[str, str], shown: int
) -> None:
    fill(cast, number)
    assert bool(results(cast, **asked).count("<figure")) == bool(shown)


def test_few_scores_on_a_version_stay_hidden_though_many_are_scored_on_others(cast: Cast) -> None:
    fill(cast, 6)
    other = activated(cast.team, "sql-migration-review")
    fill(cast, 2, other)
    assert "<figure" in results(cast)
    assert "<figure" not in results(cast, version=other.public_id)
    assert "<figure" in results(cast, version=other.public_id, scores="1")
