"""An author drafts until what is set aside for drafting is used up."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from tests.library.drafting.conftest import replies, scripted
from tests.people import Cast, make_cast
from tests.web.authoring.test_drafting import browser, parts_of, stream

from assay_web.caps import Cap
from assay_web.database import in_database
from assay_web.jobs.models import Spend
from assay_web.openings.models import Stage

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    """The known cast, really committed: other threads see it."""
    return make_cast()


@pytest.fixture
def capped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Drafting has room for one or two calls."""
    configuration = replace(
        settings.CONFIGURATION,
        drafting_model=f"{scripted(tmp_path, replies(), 'capped')}?max_tokens=2000",
        caps={"drafting": Cap("drafting", tokens=6_000)},
    )
    monkeypatch.setattr(settings, "CONFIGURATION", configuration)


async def test_the_author_is_told_which_setting_is_reached_and_keeps_what_was_written(
    cast: Cast, capped: None
) -> None:
    stage = await in_database(
        Stage.objects.create,
        opening=cast.opening,
        position=2,
        title="Work sample",
        task_background="Sort returned goods.",
    )
    told: list[tuple[str, dict[str, Any]]] = await stream(await browser(cast), stage)
    assert told[0][0] == "part"
    assert told[-2][0] == "failed"
    assert "ASSAY_DRAFTING_DAY_TOKENS is reached" in told[-2][1]["problem"]
    assert (await in_database(parts_of, stage))["title"]
    row = await in_database(Spend.objects.get)
    assert row.scope.startswith("drafting:")
    assert row.refused == 1
