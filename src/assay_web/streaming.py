"""The only place that builds a streaming response: events, of which so many at once, and long files."""

import json
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing, contextmanager
from typing import Any

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse

RETRY_SECONDS = 2

_as_json = json.JSONEncoder(ensure_ascii=False).encode

Happening = tuple[str, dict[str, Any]]
"""The name of an event and its data."""


class _Open:
    count = 0


def event_stream(happenings: AsyncGenerator[Happening, None]) -> HttpResponseBase:
    """Stream events as they happen, or say that the site is busy.

    The database must not be in use while this streams: what `happenings` does with it goes through
    `assay_web.database.in_database`.
    """
    if is_full():
        return busy()
    response = StreamingHttpResponse(_written(happenings), content_type="text/event-stream")
    response.headers["X-Accel-Buffering"] = "no"
    return response


def file_in_pieces(pieces: AsyncGenerator[bytes, None], name: str, kind: str) -> HttpResponseBase:
    """A file to save that is made while it is sent, for files that would fill the memory.

    What `pieces` does with the database goes through `assay_web.database.in_database`. A piece that
    fails breaks the answer off, so that the browser does not take what came for the whole.
    """
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(pieces, content_type=kind, headers=headers)


def is_full() -> bool:
    """Whether this process streams as much as it may."""
    return bool(_Open.count >= settings.CONFIGURATION.most_streams)


def busy() -> HttpResponse:
    """The answer when no more streams fit: come back soon. Nothing that was sent is lost."""
    response = JsonResponse({"busy": True, "retry_seconds": RETRY_SECONDS}, status=503)
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


async def _written(happenings: AsyncGenerator[Happening, None]) -> AsyncIterator[bytes]:
    with _counted():
        async with aclosing(happenings):
            async for name, data in happenings:
                yield f"event: {name}\ndata: {_as_json(data)}\n\n".encode()


@contextmanager
def _counted() -> Iterator[None]:
    _Open.count += 1
    try:
        yield
    finally:
        _Open.count -= 1
