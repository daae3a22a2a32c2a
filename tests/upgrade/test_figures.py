"""What the team's pages count is the same after an upgrade, though older versions kept less to count by."""

from pathlib import Path

import pytest
from tests.crash.installations import Kind
from tests.upgrade.archives import unpack, versions


def figures() -> tuple[int, int, dict[str, int], dict[str, int]]:
    """Migrate; all model calls and those of the team, and current levels by criterion and as kept counts."""
    from django.core.management import call_command
    from django.db.models import Count, Sum

    call_command("migrate", verbosity=0)
    from assay_web.accounts.models import Team
    from assay_web.jobs.models import ModelCall
    from assay_web.scoring.models import CriterionLevel, LevelCount

    levels = CriterionLevel.objects.filter(current=True).order_by().values_list("criterion")
    return (
        ModelCall.objects.count(),
        ModelCall.objects.filter(team=Team.objects.get(name="Harbour hiring")).count(),
        dict(levels.annotate(Count("pk"))),
        dict(LevelCount.objects.values_list("criterion").annotate(Sum("number"))),
    )


@pytest.mark.parametrize("version", versions())
def test_calls_and_levels_of_an_older_version_are_counted(version: str, kind: Kind, tmp_path: Path) -> None:
    calls, of_the_team, levels, kept = unpack(version, kind, tmp_path / "home").run(figures)
    assert calls == of_the_team > 0
    assert levels == kept != {}
