"""What the page of a candidate at work calls. Every answer is JSON or a stream of events."""

import json
from collections.abc import AsyncGenerator, Callable, Coroutine
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.views.decorators.http import require_GET, require_POST

from assay.errors import AssayError, LimitReached, UserMistake
from assay_web.database import in_database
from assay_web.session import replies, work
from assay_web.session.access import Seat, seat_of_candidate, seat_of_colleague
from assay_web.session.drive import drive
from assay_web.streaming import Happening, event_stream

Given = dict[str, Any]
Handler = Callable[[Seat, Given], Coroutine[Any, Any, HttpResponseBase]]
View = Callable[..., Coroutine[Any, Any, HttpResponseBase]]


def _call(handler: Handler) -> View:
    """A view: finds the seat, reads the JSON body, and turns a refusal into one that says what to do."""

    @wraps(handler)
    async def view(request: HttpRequest, public_id: str, *, trying: bool = False) -> HttpResponseBase:
        seat = await in_database(seat_of_colleague if trying else seat_of_candidate, request, public_id)
        try:
            return await handler(seat, body_of(request))
        except AssayError as error:
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
async def stand(seat: Seat, given: Given) -> HttpResponse:
    """Where the session stands."""
    return JsonResponse(await in_database(work.stand, seat.session_id, _tab(given)))


@require_POST
@_call
async def claim(seat: Seat, given: Given) -> HttpResponse:
    """Work in this tab from now on."""
    return JsonResponse(await in_database(work.claim, seat.session_id, _tab(given)))


@require_POST
@_call
async def release(seat: Seat, given: Given) -> HttpResponse:
    """The tab is closed: another may write at once."""
    await in_database(work.release, seat.session_id, _tab(given))
    return JsonResponse({})


@require_POST
@_call
async def send(seat: Seat, given: Given) -> HttpResponseBase:
    """Keep a message, and stream the reply to it."""
    text, message = text_in(given, "text"), text_in(given, "message", longest=64)
    await in_database(work.check_writer, seat.session_id, _tab(given))
    await in_database(drive, seat.session_id, lambda session: session.send(text, message))
    return event_stream(_kept_and_answered(seat.session_id))


async def _kept_and_answered(session_id: int) -> AsyncGenerator[Happening, None]:
    yield "kept", {}
    async for happening in replies.happenings(session_id):
        yield happening


@require_POST
@_call
async def reply(seat: Seat, _: Given) -> HttpResponseBase:
    """Stream the reply that is awaited, or ask again for one that failed."""
    return event_stream(replies.happenings(seat.session_id))


@require_POST
@_call
async def stop(seat: Seat, _: Given) -> HttpResponse:
    """Stop the reply."""
    await replies.stop(seat.session_id)
    return JsonResponse({"stopped": True})


@require_POST
@_call
async def save(seat: Seat, given: Given) -> HttpResponse:
    """Keep the deliverable."""
    return JsonResponse(await in_database(work.save, seat.session_id, _tab(given), text_in(given, "text")))


@require_POST
@_call
async def flag(seat: Seat, given: Given) -> HttpResponse:
    """Flag a passage."""
    places = {name: _number(given, name) for name in ("turn", "start", "end")}
    words = text_in(given, "words")
    return JsonResponse(await in_database(work.flag, seat.session_id, _tab(given), words=words, **places))


@require_POST
@_call
async def signal(seat: Seat, given: Given) -> HttpResponse:
    """Note a disclosed signal."""
    await in_database(
        work.signal, seat.session_id, text_in(given, "kind", longest=20), _number(given, "amount")
    )
    return JsonResponse({})


@require_POST
@_call
async def submit(seat: Seat, given: Given) -> HttpResponse:
    """Hand in."""
    text = text_in(given, "text") if given.get("text") is not None else None
    return JsonResponse(await in_database(work.submit, seat.session_id, _tab(given), text))


@require_POST
@_call
async def retake(seat: Seat, given: Given) -> HttpResponse:
    """Start afresh, once."""
    return JsonResponse(await in_database(work.retake, seat.session_id, _tab(given)))
