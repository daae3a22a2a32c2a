"""The assistant's model as this process reaches it: one gateway, and a note of every call."""

import logging
from collections.abc import AsyncGenerator
from contextvars import ContextVar
from functools import cache

from django.conf import settings

from assay.models.gateway import Gateway, open_gateway
from assay.models.replies import Call, Chunk, Conversation
from assay.models.setting import ModelSetting, read_setting
from assay.session.assistant import Room, room_of, with_longest_reply
from assay_web.jobs.models import ModelCall
from assay_web.jobs.spend import SharedBudget

SESSION: ContextVar[int | None] = ContextVar("session", default=None)
"""The session that the running task asks the model for."""

TEAM: ContextVar[int | None] = ContextVar("team", default=None)
"""The team for which the running task asks the model, where no session does."""

_notes: list[ModelCall] = []
_log = logging.getLogger(__name__)


@cache
def setting() -> ModelSetting:
    """The assistant's model setting, with a longest reply where it names none."""
    return with_longest_reply(read_setting(settings.CONFIGURATION.model))


def room() -> Room:
    """How much the model can hold."""
    return room_of(setting())


@cache
def gateway() -> Gateway:
    """The gateway of this process. It belongs to the one event loop that the process serves with."""
    return open_gateway(setting(), budget=SharedBudget(SESSION.get), record=_note)


def ask(messages: Conversation) -> AsyncGenerator[Chunk, None]:
    """Ask the assistant."""
    return gateway().stream(messages, purpose="assistant")


def _note(call: Call) -> None:
    _notes.append(ModelCall.of(call, team_id=TEAM.get(), session_id=SESSION.get()))


def keep_notes() -> None:
    """Write the notes of calls made since the last time."""
    waiting, _notes[:] = list(_notes), []
    if waiting:
        ModelCall.objects.bulk_create(waiting)
