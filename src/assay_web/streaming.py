"""The only place that builds a streaming response: server-sent events, and how many may be open at once."""

import json
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing, contextmanager
from typing import Any

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse

RETRY_SECONDS = 2

Happening = tuple[str, dict[str, Any]]
"""The name of an event and its data."""


class _Open:
    count = 0


def event_stream(happenings: AsyncGenerator[Happening, None]) -> HttpResponseBase:
    """Stream events as they happen, or say that the site is busy.

    The database must not be in use while this streams: what `happenings` does with it goes through
    `assay_web.database.in_database`.
    """
    if _Open.count >= settings.CONFIGURATION.most_streams:
        return busy()
    response = StreamingHttpResponse(_written(happenings), content_type="text/event-stream")
    response.headers["X-Accel-Buffering"] = "no"
    return response


def busy() -> HttpResponse:
    """The answer when no more streams fit: come back soon. Nothing that was sent is lost."""
    response = JsonResponse({"busy": True, "retry_seconds": RETRY_SECONDS}, status=503)
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


async def _written(happenings: AsyncGenerator[Happening, None]) -> AsyncIterator[bytes]:
    with _counted():
        async with aclosing(happenings):
            async for name, data in happenings:
                yield f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


@contextmanager
def _counted() -> Iterator[None]:
    _Open.count += 1
    try:
        yield
    finally:
        _Open.count -= 1
