"""What the tests of scoring share."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection, connections
from pytest_django import Settings


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Settings) -> None:
    """Nobody here signs in with a password, and strong hashes of it take most of a test's time."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def database_of_threads(transactional_db: None, tmp_path: Path) -> Iterator[None]:
    """A database that several threads can write at once: with SQLite a file, as in production."""
    if connection.vendor != "sqlite":
        yield
        return
    path, in_memory = tmp_path / "threads.sqlite3", connections["default"]
    copy = sqlite3.connect(path)
    in_memory.ensure_connection()
    in_memory.connection.backup(copy)
    copy.close()
    name = connections.settings["default"]["NAME"]
    connections.settings["default"]["NAME"] = str(path)
    connections["default"] = connections.create_connection("default")
    yield
    connections["default"].close()
    connections.settings["default"]["NAME"] = name
    connections["default"] = in_memory
