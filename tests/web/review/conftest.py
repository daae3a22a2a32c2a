"""What the tests of review share."""

import pytest
from pytest_django import Settings

from assay_web.session import exercises


@pytest.fixture(autouse=True)
def _no_exercise_of_another_test() -> None:
    """Rows get the same numbers again in every test, and exercises are read once a process."""
    exercises._read.cache_clear()


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Settings) -> None:
    """Nobody here signs in with a password, and strong hashes of it take most of a test's time."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
