"""What every command of the site needs first: checked settings, and a database that fits."""

import os
from importlib.util import find_spec

from assay.errors import UserMistake


def check_installed() -> None:
    """Refuse where the site's packages are not installed.

    Raises:
        UserMistake: they are not.
    """
    if find_spec("django") is None or find_spec("dbos") is None:
        raise UserMistake(
            "What the site needs is not installed here",
            remedy="Install it with pip install 'assay[site]'; in a clone, make demo does so",
        )


def set_up() -> None:
    """Set Django up.

    Raises:
        UserMistake: the site's packages are not installed, or a setting cannot work.
    """
    check_installed()
    # What this process writes (databases, secrets, backups) is for the user it runs as.
    os.umask(0o077)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assay_web.settings")
    import django

    django.setup()


def check_database() -> None:
    """Refuse a database that cannot be reached.

    Raises:
        UserMistake: it cannot; what the database said is told, not its address, which may hold a password.
    """
    from django.db import DatabaseError, connection

    try:
        connection.ensure_connection()
    except (DatabaseError, OSError) as error:
        said = " ".join(str(error).split())
        remedy = (
            "Set ASSAY_HOME to a folder that you may write to"
            if connection.vendor == "sqlite"
            else "Check that the server runs and that DATABASE_URL names it, its user and its database"
        )
        raise UserMistake(f"The database cannot be reached: {said}", remedy=remedy) from error


def check_migrated() -> None:
    """Refuse a database that this version has not prepared.

    Raises:
        UserMistake: migrations are missing.
    """
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    check_database()
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise UserMistake(
            "The database does not fit this version of Assay yet", remedy="Run assay migrate first"
        )


def migrate() -> None:
    """Bring the database to this version.

    Raises:
        UserMistake: it cannot be reached.
    """
    from django.core.management import call_command

    check_database()
    call_command("migrate", verbosity=0, interactive=False)
