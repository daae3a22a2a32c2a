"""Obedient judges that a test may start."""

from collections.abc import Callable, Iterator

import pytest
from tests.library.attacks.obedient import ObedientEndpoint, Verdict
from tests.library.models.conftest import _only_this_machine

__all__ = ["_only_this_machine"]

Obey = Callable[[Verdict], ObedientEndpoint]


@pytest.fixture
def obey(monkeypatch: pytest.MonkeyPatch) -> Iterator[Obey]:
    """Start a judge: `obey(quoting)`."""
    for name in ("ASSAY_API_KEY", "OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    started: list[ObedientEndpoint] = []

    def start(verdict: Verdict) -> ObedientEndpoint:
        started.append(ObedientEndpoint(verdict))
        return started[-1]

    yield start
    for endpoint in started:
        endpoint.stop()
