"""Upgrades are tested on the same kinds of installations as crashes."""

from tests.crash.conftest import kind  # noqa: F401
