"""Drafting with a model: parts that show as they are made, one part again, failures, and who may ask."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import AsyncClient
from django.urls import reverse
from tests.library.drafting.conftest import replies, scripted
from tests.people import Cast, make_cast

from assay_web.authoring import drafting
from assay_web.authoring.models import Draft
from assay_web.authoring.remarks import lint_parts
from assay_web.database import in_database
from assay_web.jobs.models import ModelCall
from assay_web.openings.models import Stage

pytestmark = pytest.mark.anyio
STREAM = {"Accept": "text/event-stream"}


@pytest.fixture
def anyio_backend() -> str:
    """Asynchronous tests run on asyncio, as the site does."""
    return "asyncio"


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    """The known cast, really committed: other threads see it."""
    return make_cast()


@pytest.fixture
def stage(cast: Cast) -> Stage:
    """A stage to draft for."""
    return Stage.objects.create(
        opening=cast.opening, position=2, title="Work sample", task_background="Sort returned goods."
    )


@pytest.fixture
def model(tmp_path: Path) -> Iterator[Any]:
    """Sets the drafting model to one that gives these replies."""
    before = settings.CONFIGURATION.drafting_model

    used: list[str] = []

    def use(told: list[dict[str, Any]]) -> None:
        # A file of its own each time: a script that is served already is not read again.
        used.append(scripted(tmp_path, told, f"drafting-{len(used)}"))
        object.__setattr__(settings.CONFIGURATION, "drafting_model", used[-1])

    use(replies())
    yield use
    object.__setattr__(settings.CONFIGURATION, "drafting_model", before)


async def browser(cast: Cast, who: str = "author") -> AsyncClient:
    client = AsyncClient()
    client.cookies = (await in_database(cast.signed_in, getattr(cast, who))).cookies
    return client


def address(stage: Stage) -> str:
    return reverse("authoring:draft_with_model", args=[stage.public_id])


async def stream(
    client: AsyncClient, stage: Stage, part: str = "everything"
) -> list[tuple[str, dict[str, Any]]]:
    answer: Any = await client.post(address(stage), {"part": part}, headers=STREAM)
    assert answer.status_code == 200
    text = b"".join([piece async for piece in answer.streaming_content]).decode()
    blocks = [block.split("\n") for block in text.split("\n\n") if block]
    return [(name.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for name, data in blocks]


def parts_of(stage: Stage) -> dict[str, Any]:
    parts: dict[str, Any] = Draft.objects.get(stage=stage).parts
    return parts


async def test_each_part_is_told_as_it_is_made_and_all_of_it_is_kept(
    cast: Cast, stage: Stage, model: Any
) -> None:
    told = await stream(await browser(cast), stage)
    names = [data["part"] for name, data in told if name == "part"]
    assert names == [
        *("about", "goal", "scenario", "deliverable", "rubric"),
        *("criterion-verification", "criterion-safety", "criterion-realism"),
    ]
    assert told[0][1]["shown"][0] == ["", "Sort the returns"]
    assert told[-1] == ("over", {})
    parts = await in_database(parts_of, stage)
    assert parts["goal"] == "Sort twelve returns so that each reaches its desk."
    assert parts["limits"]["minutes"] == 25
    assert lint_parts(parts).exercise is not None
    row = await in_database(Stage.objects.select_related("draft").get, pk=stage.pk)
    assert row.draft.drafted_at is not None


async def test_without_script_a_plain_form_drafts_and_shows_the_page(
    cast: Cast, stage: Stage, model: Any
) -> None:
    answer = await (await browser(cast)).post(address(stage), {"part": "everything"})
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("authoring:draft", args=[stage.public_id]))
    assert (await in_database(parts_of, stage))["title"] == "Sort the returns"


async def test_one_part_is_drafted_anew_and_what_the_author_wrote_elsewhere_stays(
    cast: Cast, stage: Stage, model: Any
) -> None:
    client = await browser(cast)
    await stream(client, stage)
    save = reverse("authoring:save", args=[stage.public_id, "goal"])
    await client.post(save, {"goal-goal": "My own goal."})
    model([{"when": {"says": "Write the scenario"}, "json": {"scenario": "Another depot."}}])
    told = await stream(client, stage, "scenario")
    assert [name for name, _data in told] == ["part", "over"]
    parts = await in_database(parts_of, stage)
    assert (parts["goal"], parts["scenario"]) == ("My own goal.", "Another depot.")


async def test_the_levels_of_one_criterion_are_drafted_anew(cast: Cast, stage: Stage, model: Any) -> None:
    client = await browser(cast)
    await stream(client, stage)
    before = await in_database(parts_of, stage)
    told = await stream(client, stage, "criterion-safety")
    assert [data.get("part") for _name, data in told] == ["criterion-safety", None]
    assert await in_database(parts_of, stage) == before


async def test_when_the_model_fails_the_reason_is_told_and_what_was_written_is_kept(
    cast: Cast, stage: Stage, model: Any
) -> None:
    model([*replies()[:2], {"when": {"says": "Write the scenario"}, "fault": "refusal"}])
    told = await stream(await browser(cast), stage)
    assert [name for name, _data in told] == ["part", "part", "failed", "over"]
    assert told[2][1]["problem"]
    parts = await in_database(parts_of, stage)
    assert "goal" in parts
    assert "scenario" not in parts
    page = await (await browser(cast)).get(reverse("authoring:draft", args=[stage.public_id]))
    assert "scenario" in {remark.part for remark in page.context["linted"].errors}


async def test_materials_outlive_a_whole_new_draft(cast: Cast, stage: Stage, model: Any) -> None:
    material = {"id": "list", "title": "List", "text": "R01", "format": "text"}
    await in_database(Draft.objects.create, stage=stage, parts={"exercise": "mine", "materials": [material]})
    await stream(await browser(cast), stage)
    assert (await in_database(parts_of, stage))["materials"] == [material]


async def test_who_closes_the_page_stops_nothing(cast: Cast, stage: Stage, model: Any) -> None:
    begun = drafting.start(stage, cast.author, drafting.EVERYTHING)
    watching = drafting.happenings(begun)
    assert (await anext(watching))[1]["part"] == "about"
    await watching.aclose()
    assert begun.task is not None
    await begun.task
    assert "rubric" in await in_database(parts_of, stage)
    assert not drafting.is_drafting(stage.pk)


async def test_asking_twice_follows_the_draft_that_is_under_way(cast: Cast, stage: Stage, model: Any) -> None:
    first = drafting.start(stage, cast.author, drafting.EVERYTHING)
    assert drafting.start(stage, cast.author, "goal") is first
    assert first.task is not None
    await first.task


async def test_looking_on_begins_nothing(cast: Cast, stage: Stage, model: Any) -> None:
    client = await browser(cast)
    answer: Any = await client.post(address(stage), {"follow": "1", "part": "everything"}, headers=STREAM)
    assert b"".join([piece async for piece in answer.streaming_content]) == b"event: over\ndata: {}\n\n"
    assert not await in_database(Draft.objects.filter(stage=stage).exists)


async def test_a_form_that_names_no_part_drafts_nothing(cast: Cast, stage: Stage, model: Any) -> None:
    answer = await (await browser(cast)).post(address(stage), {}, headers=STREAM)
    assert answer.status_code == 422
    assert not await in_database(Draft.objects.filter(stage=stage).exists)


async def test_calls_are_noted_without_a_word_of_what_was_said(cast: Cast, stage: Stage, model: Any) -> None:
    await stream(await browser(cast), stage)
    notes = await in_database(lambda: list(ModelCall.objects.values_list("purpose", "outcome", "team")))
    assert notes == [("drafting", "complete", cast.team.pk)] * 8


async def test_the_embedded_model_does_not_draft(cast: Cast, stage: Stage) -> None:
    answer = await (await browser(cast)).post(address(stage), {"part": "everything"}, headers=STREAM)
    assert answer.status_code == 422
    assert "too small to draft well" in json.loads(answer.content)["problem"]
    plain = await (await browser(cast)).post(address(stage), {"part": "everything"}, follow=True)
    assert "too small to draft well" in plain.content.decode()


async def test_without_a_task_background_nothing_is_drafted(cast: Cast, stage: Stage, model: Any) -> None:
    await in_database(Stage.objects.filter(pk=stage.pk).update, task_background=" ")
    answer = await (await browser(cast)).post(address(stage), {"part": "everything"}, headers=STREAM)
    assert answer.status_code == 422
    assert not await in_database(Draft.objects.filter(stage=stage).exists)


async def test_only_authors_of_the_team_may_have_it_drafted(cast: Cast, stage: Stage, model: Any) -> None:
    assert (await (await browser(cast, "viewer")).post(address(stage))).status_code == 403
    assert (await (await browser(cast, "stranger")).post(address(stage))).status_code == 404
    anonymous = await AsyncClient().post(address(stage))
    assert anonymous.status_code == 302
    assert anonymous["Location"].startswith(reverse("account_login"))
    assert (await (await browser(cast)).get(address(stage))).status_code == 405
    assert not await in_database(Draft.objects.filter(stage=stage).exists)
