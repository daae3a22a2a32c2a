"""The scripted endpoint and the clock that only tests move, as the gateway's own tests have them."""

from tests.library.models.conftest import _only_this_machine, fake_time, odd, serve

__all__ = ["_only_this_machine", "fake_time", "odd", "serve"]
