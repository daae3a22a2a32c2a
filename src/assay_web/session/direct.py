"""The short way of the calls that a candidate's page makes while it works.

They need no sign-in, no messages and no language, and they reach the database by their own way. Django would
give each of them two threads, and each of its middleware a hop to one and back: three times what the call
itself costs.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from contextlib import closing, suppress
from typing import Any, cast

from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware
from django.urls import set_script_prefix

from assay_web.headers import AsyncAnswer, security_headers
from assay_web.session.urls import CALLS

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]

_CALL = re.compile(rf"/c/(?P<public_id>[-\w]+)/(?P<call>{'|'.join(CALLS)})")
_CSRF = CsrfViewMiddleware(lambda _: HttpResponse())


class SiteHandler(ASGIHandler):
    """Django's handler, with a short way for the calls of a candidate at work."""

    def __init__(self) -> None:
        super().__init__()
        answer = cast("AsyncAnswer", convert_exception_to_response(answer_call))
        self._answer = cast("AsyncAnswer", security_headers(answer))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] == "http" and _CALL.fullmatch(scope["path"]):
            await self._short(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)

    async def _short(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        with closing(body):
            set_script_prefix(get_script_prefix(scope))
            request, refusal = self.create_request(scope, body)
            response = refusal if request is None else await self._answer(request)
            assert response is not None  # one of the two is always given
            if response.streaming:
                await self._send_until_gone(response, receive, send)
            else:
                await self.send_response(response, send)

    async def _send_until_gone(self, response: HttpResponseBase, receive: Receive, send: Send) -> None:
        """Stream until the end, or until the browser has left."""
        sending = asyncio.create_task(self.send_response(response, send))
        leaving = asyncio.create_task(self.listen_for_disconnect(receive))
        await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
        leaving.cancel()
        if not sending.done():
            sending.cancel()
        with suppress(asyncio.CancelledError, RequestAborted):
            await leaving
        with suppress(asyncio.CancelledError):
            await sending


async def answer_call(request: HttpRequest) -> HttpResponseBase:
    """Answer a call after the checks that Django's middleware would make: the host, and the form token.

    Raises:
        Http404: this browser works on no such session.
    """
    found = _CALL.fullmatch(request.path_info)
    assert found is not None
    request.get_host()  # refuses a host that is not this site's
    view = CALLS[found["call"]]
    _CSRF.process_request(request)
    refusal = _CSRF.process_view(request, cast("Callable[..., HttpResponse]", view), (), {})
    return refusal or await view(request, found["public_id"])
