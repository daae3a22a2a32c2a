"""What the site's tests share: a scratch installation and the cast."""

from collections.abc import Iterator

import pytest
import tests.installation  # noqa: F401  (before everything that needs settings)
from django.db import connection
from pytest_django import DjangoDbBlocker
from tests.people import Cast, make_cast


@pytest.fixture
def cast(db: None) -> Cast:
    """The known cast, fresh for every test."""
    return make_cast()


@pytest.fixture(autouse=True)
def forgotten_exercises() -> None:
    """Rows of another test may have had the same keys."""
    from assay_web.session import exercises

    exercises._read.cache_clear()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The tests' database, let go of in the end: the site's threads keep connections to it."""
    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
