"""Sessions to score, read from message lists, JSON Lines and records, one at a time."""

from assay.scoring.inputs.conversation import Conversation, Message, Unusable, conversation_from
from assay.scoring.inputs.files import (
    LONGEST_LINE,
    STANDARD_INPUT,
    InputSession,
    RecordedCase,
    Refusal,
    check_files,
    read_sessions,
)

__all__ = [
    "LONGEST_LINE",
    "STANDARD_INPUT",
    "Conversation",
    "InputSession",
    "Message",
    "RecordedCase",
    "Refusal",
    "Unusable",
    "check_files",
    "conversation_from",
    "read_sessions",
]
