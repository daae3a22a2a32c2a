"""What the page of a candidate at work calls. Every answer is JSON or a stream of events."""

import json
from collections.abc import AsyncGenerator, Callable, Coroutine
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.views.decorators.http import require_GET, require_POST

from assay.errors import AssayError, LimitReached, UserMistake
from assay_web.database import in_database
from assay_web.session import replies, work
from assay_web.session.access import seat_of_candidate, seat_of_colleague
from assay_web.streaming import Happening, busy, event_stream, is_full

Given = dict[str, Any]
P = ParamSpec("P")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Visit:
    """Somebody's call: what it says, and who may be on which session by it."""

    request: HttpRequest
    public_id: str
    trying: bool

    @cached_property
    def given(self) -> Given:
        """What the page sent.

        Raises:
            UserMistake: it is not a JSON object.
        """
        return body_of(self.request)

    def session_id(self) -> int:
        """The session that this browser works on; asks the database.

        Raises:
            Http404: it works on none by this name.
        """
        find = seat_of_colleague if self.trying else seat_of_candidate
        return find(self.request, self.public_id).session_id

    async def do(
        self, call: Callable[Concatenate[int, P], Result], *args: P.args, **kwargs: P.kwargs
    ) -> Result:
        """Find the session and do this with it, on one way to the database."""
        return await in_database(lambda: call(self.session_id(), *args, **kwargs))


Handler = Callable[[Visit], Coroutine[Any, Any, HttpResponseBase]]
View = Callable[..., Coroutine[Any, Any, HttpResponseBase]]


def _call(handler: Handler) -> View:
    """A view that turns a refusal into one that says what to do."""

    @wraps(handler)
    async def view(request: HttpRequest, public_id: str, *, trying: bool = False) -> HttpResponseBase:
        visit = Visit(request, public_id, trying)
        try:
            return await handler(visit)
        except AssayError as error:
            # What is wrong with a call is said only to somebody who may make it.
            await in_database(visit.session_id)
            return refused(error)

    return view


def refused(error: AssayError) -> JsonResponse:
    """A refusal in words for the candidate."""
    match error:
        case work.OpenElsewhere():
            kind, status = "elsewhere", 409
        case LimitReached():
            kind, status = "over", 409
        case _:
            kind, status = "refused", 422
    return JsonResponse({"kind": kind, "problem": error.message, "remedy": error.remedy}, status=status)


def body_of(request: HttpRequest) -> Given:
    """What the page sent.

    Raises:
        UserMistake: it is not a JSON object.
    """
    if request.method == "GET":
        return dict(request.GET.items())
    try:
        value = json.loads(request.body or b"{}")
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise UserMistake("The page sent something that is not JSON", remedy="Reload the page")
    return value


def text_in(given: Given, name: str, *, longest: int | None = None) -> str:
    """A text that the page sent under this name.

    Raises:
        UserMistake: there is none, or it is longer than `longest` characters.
    """
    value = given.get(name)
    if not isinstance(value, str) or (longest is not None and len(value) > longest):
        raise UserMistake(f"The page sent no usable {name}", remedy="Reload the page; what you typed is kept")
    return value


def _tab(given: Given) -> str:
    return text_in(given, "tab", longest=64)


def _number(given: Given, name: str) -> int:
    value = given.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise UserMistake(f"The page sent no usable {name}", remedy="Reload the page")
    return value


@require_GET
@_call
async def stand(visit: Visit) -> HttpResponse:
    """Where the session stands."""
    return JsonResponse(await visit.do(work.stand, _tab(visit.given)))


@require_POST
@_call
async def claim(visit: Visit) -> HttpResponse:
    """Work in this tab from now on."""
    return JsonResponse(await visit.do(work.claim, _tab(visit.given)))


@require_POST
@_call
async def release(visit: Visit) -> HttpResponse:
    """The tab is closed: another may write at once."""
    await visit.do(work.release, _tab(visit.given))
    return JsonResponse({})


@require_POST
@_call
async def send(visit: Visit) -> HttpResponseBase:
    """Keep a message, and stream the reply to it."""
    text, message = text_in(visit.given, "text"), text_in(visit.given, "message", longest=64)
    if is_full():
        return busy()
    awaited = await replies.receive(visit.session_id, _tab(visit.given), text, message)
    return event_stream(_kept_and_answered(awaited))


async def _kept_and_answered(awaited: replies.AwaitedReply) -> AsyncGenerator[Happening, None]:
    yield "kept", {"state": awaited.stands}
    async for happening in replies.happenings(awaited):
        yield happening


@require_POST
@_call
async def reply(visit: Visit) -> HttpResponseBase:
    """Stream the reply that is awaited, or ask again for one that failed."""
    return event_stream(replies.happenings(await replies.awaited_reply(visit.session_id)))


@require_POST
@_call
async def stop(visit: Visit) -> HttpResponse:
    """Stop the reply."""
    await replies.stop(await in_database(visit.session_id))
    return JsonResponse({"stopped": True})


@require_POST
@_call
async def save(visit: Visit) -> HttpResponse:
    """Keep the deliverable."""
    return JsonResponse(await visit.do(work.save, _tab(visit.given), text_in(visit.given, "text")))


@require_POST
@_call
async def flag(visit: Visit) -> HttpResponse:
    """Flag a passage."""
    places = {name: _number(visit.given, name) for name in ("turn", "start", "end")}
    words = text_in(visit.given, "words")
    return JsonResponse(await visit.do(work.flag, _tab(visit.given), words=words, **places))


@require_POST
@_call
async def signal(visit: Visit) -> HttpResponse:
    """Note a disclosed signal."""
    await visit.do(work.signal, text_in(visit.given, "kind", longest=20), _number(visit.given, "amount"))
    return JsonResponse({})


@require_POST
@_call
async def submit(visit: Visit) -> HttpResponse:
    """Hand in."""
    text = text_in(visit.given, "text") if visit.given.get("text") is not None else None
    return JsonResponse(await visit.do(work.submit, _tab(visit.given), text))


@require_POST
@_call
async def retake(visit: Visit) -> HttpResponse:
    """Start afresh, once."""
    return JsonResponse(await visit.do(work.retake, _tab(visit.given)))
