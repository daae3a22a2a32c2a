"""The warm-up: a few words with the AI before the clock runs.

Nobody meets the page for the first time under time pressure. It is never scored, and the team never sees it.
"""

from collections.abc import AsyncGenerator

from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_POST

from assay.errors import AssayError, LimitReached, UserMistake
from assay.session.refusals import check_text
from assay_web.database import in_database
from assay_web.openings.models import Invitation
from assay_web.session import assistant
from assay_web.session.access import invitation_of_this_browser
from assay_web.session.api import body_of, refused, text_in
from assay_web.session.models import WarmUpTurn
from assay_web.streaming import Happening, event_stream

ROUNDS = 5
MAX_MESSAGE = 2_000
_BRIEF = (
    "You are a friendly AI assistant in a short warm-up before a work sample. The person is only finding out "
    "how this page works. Answer in one or two short sentences. You know nothing about the work sample."
)


@require_POST
async def say(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Say something in the warm-up, and stream the answer."""
    invitation = await in_database(invitation_of_this_browser, request, public_id)
    try:
        text = text_in(body_of(request), "text")
        messages = await in_database(_keep, invitation, text)
    except AssayError as error:
        return refused(error)
    return event_stream(_answered(invitation, messages))


async def _answered(
    invitation: Invitation, messages: list[dict[str, str]]
) -> AsyncGenerator[Happening, None]:
    whole = ""
    assistant.TEAM.set(invitation.candidate.opening.team_id)
    try:
        async for chunk in assistant.gateway().stream(messages, purpose="warm-up"):
            if chunk.text:
                whole += chunk.text
                yield "piece", {"text": chunk.text}
    except AssayError as error:
        yield "failed", {"problem": error.message}
    if whole.strip():
        await in_database(_add, invitation, "assistant", whole)
    await in_database(assistant.keep_notes)
    yield "over", {}


def _keep(invitation: Invitation, text: str) -> list[dict[str, str]]:
    check_text(text, "message", MAX_MESSAGE)
    if not text.strip():
        raise UserMistake("The message is empty", remedy="Write something first")
    earlier = list(invitation.warm_up.all())
    if sum(turn.role == "user" for turn in earlier) >= ROUNDS:
        raise LimitReached("The warm-up is over", remedy="Start when you are ready")
    _add(invitation, "user", text)
    spoken = [{"role": turn.role, "content": turn.text} for turn in earlier]
    return [{"role": "system", "content": _BRIEF}, *_joined([*spoken, {"role": "user", "content": text}])]


def _joined(messages: list[dict[str, str]]) -> list[dict[str, str]]:
    """Two in a row by the same side, after an answer that failed, become one."""
    result: list[dict[str, str]] = []
    for message in messages:
        if result and result[-1]["role"] == message["role"]:
            text = f"{result[-1]['content']}\n\n{message['content']}"
            result[-1] = {"role": message["role"], "content": text}
        else:
            result.append(message)
    return result


def _add(invitation: Invitation, role: str, text: str) -> None:
    with transaction.atomic():
        Invitation.objects.select_for_update().get(pk=invitation.pk)
        WarmUpTurn.objects.create(
            invitation=invitation, position=invitation.warm_up.count(), role=role, text=text
        )
