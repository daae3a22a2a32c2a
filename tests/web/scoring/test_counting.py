"""The database counts levels by itself: exactly, whoever writes them and whatever is done to its tables."""

import os
import sqlite3
import subprocess
import sys
from ast import literal_eval
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection, models
from django.db.migrations import Migration
from tests.people import Cast, activated, invited, make_cast
from tests.web.ground.operator import environ, run
from tests.web.scoring.finished import scored

from assay_web.scoring.counting import is_counting, keep_level_counts, let_tables_change
from assay_web.scoring.models import CriterionLevel, LevelCount
from assay_web.scoring.services import settle_score

ROOT = Path(__file__).parents[3]
Counts = dict[tuple[Any, ...], int]


def counted_one_by_one() -> Counts:
    levels = CriterionLevel.objects.filter(stage__isnull=False, current=True)
    return Counter(levels.values_list("stage", "exercise_version", "criterion", "level", "serious"))


def kept_counts() -> Counts:
    return {
        (
            *(row.stage_id, row.exercise_version_id, row.criterion),
            *(None if row.level == LevelCount.UNSCORED else row.level, row.serious),
        ): row.number
        for row in LevelCount.objects.filter(number__gt=0)
    }


@pytest.fixture
def committed(transactional_db: None) -> Cast:
    """The known cast, really committed: other processes see it."""
    return make_cast()


def test_processes_that_score_one_stage_at_once_leave_exact_counts(committed: Cast, tmp_path: Path) -> None:
    for name in ("Ines Alvarez", "Otto Brandt", "Pia Quist", "Kavya Rao"):
        scored(invited(committed.stage, name), "weak")
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    racers = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.web.scoring.racing", seed],
            cwd=ROOT,
            env=_this_database(tmp_path),
            **pipes,
        )
        for seed in ("one", "other")
    ]
    try:
        for racer in racers:
            assert racer.stdout is not None
            assert racer.stdout.readline() == "ready\n"
        for racer in racers:
            assert racer.stdin is not None
            racer.stdin.write("go\n")
            racer.stdin.flush()
        assert [literal_eval(racer.communicate(timeout=120)[0]) for racer in racers] == [[], []]
    finally:
        for racer in racers:
            racer.kill()
            racer.wait()
    assert kept_counts() == counted_one_by_one()
    assert sum(kept_counts().values()) == CriterionLevel.objects.count() > 0


def _this_database(home: Path) -> dict[str, str]:
    """The environment of a process that uses the tests' database."""
    name, host = settings.DATABASES["default"]["NAME"], settings.DATABASES["default"].get("HOST", "")
    url = (
        f"sqlite://{name}" if connection.vendor == "sqlite" else f"postgresql://postgres@/{name}?host={host}"
    )
    kept = {key: value for key, value in os.environ.items() if key != "ASSAY_TEST_DATABASE"}
    return kept | {"DATABASE_URL": url, "ASSAY_HOME": str(home), "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}


def test_a_scoring_with_another_version_moves_a_session_from_one_count_to_another(committed: Cast) -> None:
    score = scored(committed.mara)
    other = activated(committed.team, "content-production")
    settle_score(score.session_id, other.pk, "asked for")
    assert {version for _, version, *_ in kept_counts()} == {other.pk}
    assert kept_counts() == counted_one_by_one()


def test_a_migration_may_change_both_tables(database_of_threads: None) -> None:
    cast = make_cast()
    scored(cast.mara)
    number, level = LevelCount._meta.get_field("number"), CriterionLevel._meta.get_field("position")
    larger = models.PositiveBigIntegerField()
    larger.set_attributes_from_name("number")
    longer = models.PositiveIntegerField()
    longer.set_attributes_from_name("position")
    let_tables_change("default", [(Migration("0999_wider", "scoring"), False)])
    assert not is_counting(connection)
    try:
        with connection.schema_editor() as editor:
            editor.alter_field(LevelCount, number, larger)
            editor.alter_field(CriterionLevel, level, longer)
        scored(cast.noor, "weak")  # nobody counts meanwhile
    finally:
        with connection.schema_editor() as editor:
            editor.alter_field(CriterionLevel, longer, level)
            editor.alter_field(LevelCount, larger, number)
        keep_level_counts("default", apps=apps)
    assert kept_counts() == counted_one_by_one() != {}
    scored(invited(cast.stage, "Ines Alvarez"))
    assert kept_counts() == counted_one_by_one()


def test_migrations_of_other_apps_leave_the_counting_alone(db: None) -> None:
    let_tables_change("default", [(Migration("0999_more", "jobs"), False)])
    assert is_counting(connection)


def test_an_emptied_database_counts_on(committed: Cast) -> None:
    scored(committed.mara)
    call_command("flush", verbosity=0, interactive=False)
    assert is_counting(connection)
    assert not LevelCount.objects.exists()
    scored(make_cast().mara)
    assert kept_counts() == counted_one_by_one() != {}


def test_rows_that_are_loaded_from_a_dump_are_counted(committed: Cast, tmp_path: Path) -> None:
    scored(committed.mara)
    scored(committed.noor, "weak")
    before, dump = kept_counts(), tmp_path / "dump.json"
    left_out = ["contenttypes", "auth.permission", "scoring.levelcount"]
    call_command("dumpdata", exclude=left_out, output=str(dump), verbosity=0)
    call_command("flush", verbosity=0, interactive=False)
    call_command("loaddata", str(dump), verbosity=0)
    assert kept_counts() == counted_one_by_one() == before != {}


SEED = """
import django; django.setup()
from tests.people import make_cast
from tests.web.scoring.finished import scored
cast = make_cast()
scored(cast.mara)
"""
COUNTED = "SELECT criterion, SUM(number) FROM scoring_levelcount GROUP BY 1 HAVING SUM(number) > 0 ORDER BY 1"
THERE = "SELECT criterion, COUNT(*) FROM scoring_criterionlevel WHERE current GROUP BY 1 ORDER BY 1"


def test_a_restored_installation_has_its_counts_and_counts_on(tmp_path: Path) -> None:
    home, restored, file = tmp_path / "home", tmp_path / "restored", tmp_path / "backup.zip"
    assert run(home, "migrate").returncode == 0
    subprocess.run([sys.executable, "-c", SEED], env=environ(home), check=True)
    assert run(home, "backup", str(file)).returncode == 0
    assert run(restored, "restore", str(file)).returncode == 0
    with closing(sqlite3.connect(restored / "assay.sqlite3")) as database:
        levels = database.execute(THERE).fetchall()
        assert database.execute(COUNTED).fetchall() == levels != []
        database.execute("DELETE FROM scoring_criterionlevel WHERE criterion = ?", levels[0][:1])
        assert database.execute(COUNTED).fetchall() == levels[1:]
