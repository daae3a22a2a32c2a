"""Sessions to score, read from message lists, JSON Lines and records, one at a time."""

from assay.scoring.inputs.case import case_of
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
from assay.scoring.inputs.recorded import RecordedPerson, people_in

__all__ = [
    "LONGEST_LINE",
    "STANDARD_INPUT",
    "Conversation",
    "InputSession",
    "Message",
    "RecordedCase",
    "RecordedPerson",
    "Refusal",
    "Unusable",
    "case_of",
    "check_files",
    "conversation_from",
    "people_in",
    "read_sessions",
]
