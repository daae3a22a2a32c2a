"""The pages of judges: made, tried, chosen, retired, compared, and the prompt behind a rating."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings
from tests.judge_endpoint import Endpoint
from tests.judge_rows import rated_by
from tests.people import Cast, invited, make_cast
from tests.web.judges.conftest import allow
from tests.web.judges.pages import actions, made, page
from tests.web.scoring.finished import scored

from assay.scoring.judge.settings import JudgeSettings, read_judge
from assay_web.audit.models import Action, AuditEvent
from assay_web.caps import Cap
from assay_web.jobs.models import ModelCall
from assay_web.judges import comparison, services
from assay_web.judges.choice import chosen_now
from assay_web.judges.forms import JudgeForm
from assay_web.judges.models import Judge, JudgeAnswer, JudgeLevel, SessionChoice
from assay_web.judges.templatetags.judges import span
from assay_web.scoring.models import StoredRating
from assay_web.session.models import CandidateSession
from assay_web.session.start import start_session

FORM = {
    "name": "Careful",
    "model": "openai:gpt-4.1-mini?temperature=0",
    "passes": "3",
    "form": "one",
    "seed": "7",
    "dissent": "on",
    "early_stop": "on",
    "retries": "1",
    "tried_on": "labeling-assistant/strong",
}


@pytest.fixture
def cast(db: None) -> Cast:
    """The cast; nothing here waits for another thread unless it says so."""
    return make_cast()


@pytest.fixture
def author(cast: Cast) -> Client:
    return cast.signed_in(cast.author)


def test_an_author_makes_a_judge_and_finds_it_in_the_list(author: Client) -> None:
    response = author.post(reverse("judges:new"), {**FORM})
    judge = Judge.objects.get()
    assert response.headers["Location"] == reverse("judges:judge", args=[judge.public_id])
    assert judge.settings == "openai:gpt-4.1-mini?temperature=0 passes=3 dissent=on seed=7"
    assert judge.version == read_judge(judge.settings).version
    assert "No ratings yet." in page(author, "judges:list")
    assert actions() == ["judge_made"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"model": "gpt-4"}, "is not a model setting"),
        ({"model": "judge@https://elsewhere.example/v1"}, "add it to ASSAY_JUDGE_ENDPOINTS"),
        ({"model": "scripted:/etc/passwd"}, "may not ask judges at"),
        ({"model": "openai:judge.yaml", "passes": "1", "dissent": "", "seed": "0"}, "judge.yaml"),
        ({"passes": "12"}, "less than or equal to 9"),
        ({"retries": "4"}, "less than or equal to 3"),
        ({"name": ""}, "required"),
    ],
)
def test_a_judge_that_cannot_be_is_refused_with_what_to_do(
    author: Client, change: dict[str, str], says: str
) -> None:
    response = author.post(reverse("judges:new"), {**FORM, **change})
    assert response.status_code == 422
    assert says in response.content.decode()
    assert not Judge.objects.exists()


def test_the_same_judge_is_not_made_twice(author: Client) -> None:
    author.post(reverse("judges:new"), {**FORM})
    response = author.post(reverse("judges:new"), {**FORM, "name": "Again"})
    assert "is there already: Careful" in response.content.decode()
    assert Judge.objects.count() == 1


def test_a_model_without_a_price_is_refused_where_money_is_capped(author: Client, settings: Settings) -> None:
    settings.CONFIGURATION = replace(settings.CONFIGURATION, caps={"judge": Cap("judge", spend=5.0)})
    response = author.post(reverse("judges:new"), {**FORM, "model": "openai:nobody-knows"})
    assert "no price is known for nobody-knows" in response.content.decode()


def test_an_author_chooses_who_rates_and_it_is_noted(cast: Cast, author: Client) -> None:
    judge = made(cast)
    address = reverse("judges:choose", args=[cast.stage.public_id])
    author.post(address, {"judges": [judge.public_id]})
    chosen = chosen_now(cast.stage)
    assert (chosen.offline, list(chosen.judges)) == (False, [judge])
    author.post(address, {"judges": [judge.public_id]})
    assert actions() == ["judge_made", "judges_chosen"]
    assert "rates one stage" in page(author, "judges:list")


def test_a_stage_is_never_left_without_anybody_who_rates(cast: Cast, author: Client) -> None:
    response = author.post(reverse("judges:choose", args=[cast.stage.public_id]), {})
    assert "Nobody would rate" in response.content.decode()
    assert chosen_now(cast.stage).offline


def test_whoever_picks_the_embedded_model_reads_that_its_levels_are_worthless(
    cast: Cast, author: Client
) -> None:
    made(cast, "embedded")
    assert "its levels are worthless" in page(author, "judges:choose", cast.stage.public_id)


def test_a_judge_in_use_is_not_retired_and_one_out_of_use_is(cast: Cast, author: Client) -> None:
    judge = made(cast)
    services.choose(cast.stage, cast.owner, [judge], offline=True)
    address = reverse("judges:retire", args=[judge.public_id])
    assert "Choose other judges there first" in author.post(address, follow=True).content.decode()
    services.choose(cast.stage, cast.owner, [], offline=True)
    author.post(address)
    judge.refresh_from_db()
    assert judge.retired_at is not None
    assert judge.name not in page(author, "judges:choose", cast.stage.public_id)
    author.post(reverse("judges:bring_back", args=[judge.public_id]))
    assert actions()[-2:] == ["judge_retired", "judge_brought_back"]


def test_a_judge_of_an_earlier_version_says_so_and_is_not_chosen(cast: Cast, author: Client) -> None:
    judge = made(cast)
    Judge.objects.update(version="0" * 64)
    assert "of an earlier version of Assay" in page(author, "judges:list")
    response = author.post(
        reverse("judges:choose", args=[cast.stage.public_id]), {"judges": [judge.public_id]}
    )
    assert "Make it anew under Judges" in response.content.decode()


def test_a_judges_page_shows_its_figures_and_its_prompts(cast: Cast, author: Client) -> None:
    judge = made(cast)
    session = scored(cast.mara).session
    rated_by(judge, session, {1: 3, 2: 2})
    shown = page(author, "judges:judge", judge.public_id)
    assert "criterion" in shown
    assert judge.version in shown
    assert "50.0 %" in shown, "of two quotes one stands"
    assert "0.00138 USD" in shown
    assert "2.4" in shown


def levels(judge: Judge, sessions: list[CandidateSession], given: list[float]) -> None:
    JudgeLevel.objects.bulk_create(
        JudgeLevel(
            judge=judge, session=session, exercise_version=session.exercise_version, criterion="planning",
            level=level,
        )
        for session, level in zip(sessions, given, strict=True)
    )  # fmt: skip


def test_the_kappa_of_two_judges_is_shown_where_there_is_one_and_else_why_not(cast: Cast) -> None:
    one, other = made(cast), made(cast, "openai:gpt-4.1")
    people = [invited(cast.stage, f"Person{number} Example") for number in range(10)]
    sessions = [start_session(person) for person in people]
    levels(one, sessions, [0, 1, 2, 3, 4] * 2)
    levels(other, sessions, [2] * 10)

    def said() -> tuple[float | None, str]:
        [line] = comparison.compare(one, other).criteria
        return None if line.kappa is None else round(line.kappa, 4), line.why_not

    assert said() == (None, "one level throughout")
    JudgeLevel.objects.filter(judge=other).delete()
    levels(other, sessions, [1, 1, 2, 3, 3] * 2)
    # Squared differences 1 0 0 0 1, mean 0.4; means 2 and 2, variances 2 and 0.8: 1 - 0.4 / 2.8.
    assert said() == (0.8571, "")
    JudgeLevel.objects.filter(session=sessions[0]).delete()
    assert said() == (None, "fewer than 10 sessions")


def test_two_judges_are_compared_over_the_sessions_that_both_rated(cast: Cast, author: Client) -> None:
    one, other = made(cast), made(cast, "openai:gpt-4.1")
    first, second = scored(cast.mara).session, scored(cast.noor, "weak").session
    rated_by(one, first, {1: 3, 2: 3})
    rated_by(other, first, {1: 1})
    rated_by(one, second)
    shown = page(author, "judges:judge", one.public_id, beside=other.public_id)
    assert "One session was rated by both." in shown
    assert "+2.00" in shown
    assert reverse("scoring:result", args=[first.public_id]) in shown
    assert reverse("scoring:result", args=[second.public_id]) not in shown


@pytest.mark.parametrize(
    ("tokens", "words"),
    [
        ((0, 0), "0 – 0"),
        ((999_999, 1_400_000), "999,999 – 1,400,000"),
        ((1_000_000, 12_345_678), "1.00 – 12.3 million"),
        ((18_097_321, 133_628_959), "18.1 – 134 million"),
        ((500_000_000, 2_345_678_901), "500 – 2,346 million"),
    ],
)
def test_tokens_of_an_estimate_are_told_as_exactly_as_one_reads(tokens: tuple[int, int], words: str) -> None:
    assert span(tokens) == words


def prompt_query(cast: Cast, judge: Judge, number: int = 1) -> dict[str, str]:
    return {
        "judge": judge.version, "version": cast.version.public_id, "criterion": "verification",
        "pass": str(number),
    }  # fmt: skip


def test_the_exact_prompt_is_shown_and_holds(cast: Cast, author: Client) -> None:
    judge, session = made(cast), scored(cast.mara).session
    rated_by(judge, session)
    shown = page(author, "judges:prompt", session.public_id, **prompt_query(cast, judge, 2))
    assert "Their hash is the one that the rating carries" in shown
    assert "RECORD BEGINS" in shown
    # It shows what the judge said, so whoever read it no longer rates blind.
    assert AuditEvent.objects.filter(action=Action.RESULT_SEEN).count() == 1


def test_a_rating_whose_prompt_has_another_hash_is_told_apart(cast: Cast, author: Client) -> None:
    judge, session = made(cast), scored(cast.mara).session
    rated_by(judge, session)
    for row in StoredRating.objects.filter(rater=judge.rater):
        row.content["judged"]["prompt"] = "0" * 64
        row.save()
    shown = page(author, "judges:prompt", session.public_id, **prompt_query(cast, judge))
    assert "do not have the hash that the rating carries" in shown


def test_a_prompt_that_is_not_there_is_not_found(cast: Cast, author: Client) -> None:
    judge, session = made(cast), scored(cast.mara).session
    address = reverse("judges:prompt", args=[session.public_id])
    for change in ({"pass": "x"}, {"pass": "99"}, {"judge": "y"}, {}):
        assert author.get(address, {**prompt_query(cast, judge), **change}).status_code == 404


def test_the_result_leads_to_the_prompt_of_every_pass(cast: Cast, author: Client) -> None:
    from assay_web.scoring.services import settle_score

    judge = made(cast)
    services.choose(cast.stage, cast.owner, [judge], offline=False)
    session = scored_later(cast, judge)
    settle_score(session.pk, cast.version.pk, "asked for")
    shown = page(author, "scoring:result", session.public_id)
    assert shown.count("the exact prompt") == 2 * len(cast.version.exercise().rubric.criteria)
    assert "answered by gpt-4.1-mini-2025-04-14" in shown
    assert "said 2.0, 4.0 in 2 passes; median 3.0, spread" in shown


def scored_later(cast: Cast, judge: Judge) -> Any:
    """A session that was scored offline, then rated by the judge, which now holds for it."""
    session = scored(cast.mara).session
    choice = chosen_now(cast.stage).choice
    assert choice is not None
    SessionChoice.objects.create(session=session, choice=choice)
    rated_by(judge, session, {1: 2, 2: 4})
    return session


def test_everybody_on_a_stages_page_reads_who_rates_it_as_far_as_their_role_goes(
    cast: Cast, author: Client
) -> None:
    stage, choosing = cast.stage.public_id, reverse("judges:choose", args=[cast.stage.public_id])
    assert "the offline judge alone" in page(author, "openings:stage", stage)
    judge = made(cast)
    services.choose(cast.stage, cast.owner, [judge], offline=True)
    seen = page(author, "openings:stage", stage)
    assert reverse("judges:judge", args=[judge.public_id]) in seen
    assert choosing in seen
    viewed = page(cast.signed_in(cast.viewer), "openings:stage", stage)
    assert "one LLM judge and the offline judge, since" in viewed
    assert judge.name not in viewed
    assert choosing not in viewed


def test_every_setting_of_a_judge_can_be_set_in_the_form(author: Client) -> None:
    assert set(JudgeForm.base_fields) >= set(JudgeSettings.model_fields)
    author.post(reverse("judges:new"), {**FORM, "early_stop": "", "retries": "0"})
    settings = Judge.objects.get().settings
    assert settings.endswith(" passes=3 dissent=on early_stop=off seed=7 retries=0")
    assert "0 fresh requests after an answer of no use" in page(author, "judges:list")


def test_what_judges_said_goes_with_its_session(cast: Cast) -> None:
    judge, session = made(cast), scored(cast.mara).session
    rated_by(judge, session)
    assert JudgeAnswer.objects.exists()
    session.delete()
    assert not JudgeAnswer.objects.exists()


@pytest.fixture
def trying(committed: None, settings: Settings) -> Iterator[tuple[Cast, Endpoint]]:
    """A cast that other threads see, and an endpoint that its judges may ask."""
    with Endpoint() as server:
        allow(settings, server)
        yield make_cast(), server


def test_a_judge_is_tried_on_a_shipped_session_before_it_is_made(trying: tuple[Cast, Endpoint]) -> None:
    cast, endpoint = trying
    form = {**FORM, "model": endpoint.setting}
    response = cast.signed_in(cast.author).post(reverse("judges:try"), form)
    shown = response.content.decode()
    assert "What it said" in shown
    assert "could not be used" in shown, "it quotes what this session does not say"
    assert endpoint.calls == 2 * len(cast.version.exercise().rubric.criteria)
    assert not Judge.objects.exists()
    assert ModelCall.objects.filter(team=cast.team, purpose="judge").count() == endpoint.calls
