"""Counts of levels that the database keeps by itself, by triggers on the table of levels.

Whoever writes or deletes a level need not know of the counts, and cannot forget them: they change in the same
transaction. Migrations of this app run without the triggers, since SQLite neither replaces a table that a
trigger writes to nor keeps the triggers of one that is replaced. After migrations they are made again where
they are missing, and everything is counted once.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import Migration

NAME = "scoring_levels_counted"

_KEY = "stage_id, exercise_version_id, criterion, level, serious"
_IN = f"""
    INSERT INTO scoring_levelcount ({_KEY}, number)
    SELECT NEW.stage_id, NEW.exercise_version_id, NEW.criterion, COALESCE(NEW.level, -1), NEW.serious, 1
    WHERE NEW.current AND NEW.stage_id IS NOT NULL
    ON CONFLICT ({_KEY}) DO UPDATE SET number = scoring_levelcount.number + 1;"""
_OUT = """
    UPDATE scoring_levelcount SET number = number - 1
    WHERE OLD.current AND stage_id = OLD.stage_id AND exercise_version_id = OLD.exercise_version_id
    AND criterion = OLD.criterion AND level = COALESCE(OLD.level, -1) AND serious = OLD.serious;"""
_ALL = f"""
    INSERT INTO scoring_levelcount ({_KEY}, number)
    SELECT stage_id, exercise_version_id, criterion, COALESCE(level, -1), serious, COUNT(*)
    FROM scoring_criterionlevel WHERE current AND stage_id IS NOT NULL GROUP BY 1, 2, 3, 4, 5"""

_SQLITE = tuple(
    f"CREATE TRIGGER {NAME}_{event} AFTER {event} ON scoring_criterionlevel BEGIN {body} END"
    for event, body in (("INSERT", _IN), ("DELETE", _OUT), ("UPDATE", _OUT + _IN))
)
# Two scorings that change the same counts in different orders would wait for each other for ever, so those of
# one stage go one after the other.
_POSTGRESQL = (
    f"""
    CREATE OR REPLACE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('{NAME}'), hashint8(COALESCE(NEW.stage_id, OLD.stage_id, 0)));
    IF TG_OP <> 'INSERT' THEN {_OUT} END IF;
    IF TG_OP <> 'DELETE' THEN {_IN} END IF;
    RETURN NULL; END $$""",
    f"CREATE TRIGGER {NAME} AFTER INSERT OR UPDATE OR DELETE ON scoring_criterionlevel"
    f" FOR EACH ROW EXECUTE FUNCTION {NAME}()",
)
_NAMES = {
    "sqlite": ([f"{NAME}_{event}" for event in ("INSERT", "DELETE", "UPDATE")], ""),
    "postgresql": ([NAME], " ON scoring_criterionlevel"),
}
_SOUGHT = {
    "sqlite": "SELECT COUNT(*) = 3 FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s",
    "postgresql": "SELECT COUNT(*) = 1 FROM pg_trigger WHERE tgname LIKE %s",
}


def let_tables_change(using: str, plan: Sequence[tuple[Migration, bool]], **_: object) -> None:
    """Stop counting for migrations of this app; what is sent before every migration calls this."""
    if not any(migration.app_label == "scoring" for migration, _backwards in plan):
        return
    connection = connections[using]
    names, on = _NAMES[connection.vendor]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        for name in names:
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")


def keep_level_counts(using: str, apps: Any = None, **_: object) -> None:
    """See to it that the database counts levels; what is sent after every migration calls this.

    It is sent after a flush as well, without `apps`; that leaves the tables and what counts as they are.
    """
    if apps is None:
        return
    if "levelcount" in apps.all_models["scoring"] and not is_counting(connections[using]):
        _begin_to_count(using)


def is_counting(connection: BaseDatabaseWrapper) -> bool:
    """Whether the triggers are there."""
    with connection.cursor() as cursor:
        cursor.execute(_SOUGHT[connection.vendor], [f"{NAME}%"])
        return bool(cursor.fetchone()[0])


def _begin_to_count(using: str) -> None:
    connection = connections[using]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        # From here on nobody else writes levels before this transaction is over.
        for statement in _SQLITE if connection.vendor == "sqlite" else _POSTGRESQL:
            cursor.execute(statement)
        cursor.execute("DELETE FROM scoring_levelcount")
        cursor.execute(_ALL)
