"""What the site's tests share: a scratch installation and the cast."""

import pytest
import tests.installation  # noqa: F401  (before everything that needs settings)
from tests.people import Cast, make_cast


@pytest.fixture
def cast(db: None) -> Cast:
    """The known cast, fresh for every test."""
    return make_cast()
