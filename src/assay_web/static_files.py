"""Style sheets, scripts and fonts, served by WhiteNoise without holding up what comes after it."""

from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import sync_and_async_middleware
from whitenoise.middleware import WhiteNoiseMiddleware


@sync_and_async_middleware
def static_files(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Answer with the file that is asked for, or go on.

    WhiteNoise's own middleware is synchronous: every request, also one for an asynchronous view after it,
    would get a thread of its own and be answered inside it.
    """
    if not iscoroutinefunction(get_response):
        whole: Callable[[HttpRequest], Any] = WhiteNoiseMiddleware(get_response)
        return whole
    files = WhiteNoiseMiddleware(lambda _: None)
    go_on: Callable[[HttpRequest], Awaitable[HttpResponseBase]] = get_response

    async def answer(request: HttpRequest) -> HttpResponseBase:
        found: HttpResponseBase | None = files(request)
        return await go_on(request) if found is None else found

    return answer
