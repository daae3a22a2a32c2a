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
from tests.people import Cast, make_cast
from tests.web.judges.conftest import allow
from tests.web.scoring.finished import scored

from assay.scoring.judge.settings import read_judge
from assay_web.audit.models import AuditEvent
from assay_web.caps import Cap
from assay_web.jobs.models import ModelCall, ScoringJob
from assay_web.judges import services
from assay_web.judges.choice import chosen_now
from assay_web.judges.models import Judge, JudgeAnswer, SessionChoice
from assay_web.scoring.models import StoredRating

FORM = {
    "name": "Careful",
    "model": "openai:gpt-4.1-mini?temperature=0",
    "passes": "3",
    "form": "one",
    "seed": "7",
    "dissent": "on",
    "tried_on": "labeling-assistant/strong",
}


@pytest.fixture
def cast(db: None) -> Cast:
    """The cast; nothing here waits for another thread unless it says so."""
    return make_cast()


@pytest.fixture
def author(cast: Cast) -> Client:
    return cast.signed_in(cast.author)


def made(cast: Cast, text: str = "openai:gpt-4.1-mini passes=2 early_stop=off") -> Judge:
    return services.make_judge(cast.team, cast.owner, text, read_judge(text))


def actions() -> list[str]:
    events = AuditEvent.objects.exclude(action="signed_in").order_by("seq")
    return list(events.values_list("action", flat=True))


def page(client: Client, name: str, *args: str, **query: str) -> str:
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200
    return response.content.decode()


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


def test_a_stage_is_scored_again_with_its_judges_of_now(
    cast: Cast, author: Client, settings: Settings
) -> None:
    settings.CONFIGURATION = replace(settings.CONFIGURATION, caps={"judge": Cap("judge", tokens=1_000)})
    judge, sessions = made(cast), [scored(cast.mara).session, scored(cast.noor, "weak").session]
    services.choose(cast.stage, cast.owner, [judge], offline=True)
    address = reverse("judges:again_stage", args=[cast.stage.public_id])
    shown = author.get(address).content.decode()
    assert "What it takes for 2 sessions" in shown
    assert "20 – 40" in shown, "two sessions, five criteria, two passes, and each answer asked for again"
    assert "That is less than it takes" in shown
    choice = chosen_now(cast.stage).choice
    assert choice is not None
    for _ in range(2):
        author.post(address, {"choice": choice.public_id})
    asked = ScoringJob.objects.filter(reason__startswith="judges ")
    assert set(asked.values_list("session", flat=True)) == {session.pk for session in sessions}
    assert asked.count() == 2
    assert actions().count("rescore_asked") == 2


def test_scoring_again_is_refused_when_others_were_chosen_meanwhile(cast: Cast, author: Client) -> None:
    scored(cast.mara)
    services.choose(cast.stage, cast.owner, [made(cast)], offline=True)
    address = reverse("judges:again_stage", args=[cast.stage.public_id])
    response = author.post(address, {"choice": "another"})
    assert "has changed meanwhile" in response.content.decode()
    assert not ScoringJob.objects.filter(reason__startswith="judges ").exists()


def test_one_session_is_scored_again_by_whoever_rates(cast: Cast) -> None:
    session = scored(cast.mara).session
    services.choose(cast.stage, cast.owner, [made(cast)], offline=True)
    choice = chosen_now(cast.stage).choice
    assert choice is not None
    reviewer = cast.signed_in(cast.reviewer)
    address = reverse("judges:again_session", args=[session.public_id])
    assert "What it takes for one session" in reviewer.get(address).content.decode()
    reviewer.post(address, {"choice": choice.public_id})
    assert ScoringJob.objects.get(reason__startswith="judges ").session == session


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
