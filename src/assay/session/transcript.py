"""The transcript: the ordered turns, the deliverable and its versions, and the flags of a session."""

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from assay.frozen import Frozen

Role = Literal["user", "assistant", "system", "tool"]


class Turn(Frozen):
    """One message. `index` counts the messages of the conversation from 0, whoever sent them."""

    index: int = Field(ge=0)
    role: Role
    text: str = Field(description="The original text; all offsets are in code points of it.")
    id: str = Field(default="", description="Unique in the session; empty for conversations from elsewhere.")
    at: float | None = Field(default=None, description="Seconds since the session began.")


class DeliverableVersion(Frozen):
    """The deliverable as it was saved at one moment."""

    text: str
    after_turn: int = Field(ge=-1, description="Index of the last turn before the save; -1 before any turn.")
    at: float | None = Field(default=None, description="Seconds since the session began.")


class Flag(Frozen):
    """A passage of a reply that the candidate marked, and what they say is wrong with it."""

    turn: int = Field(ge=0)
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    note: str
    at: float | None = None


class Transcript(Frozen):
    """What a session left behind for scoring."""

    turns: tuple[Turn, ...] = ()
    deliverable: tuple[DeliverableVersion, ...] = ()
    flags: tuple[Flag, ...] = ()
    ended_by: Literal["submitted", "time", "rounds", "unknown"] = "unknown"

    def candidate_turns(self) -> Iterator[Turn]:
        """The candidate's own messages, in order."""
        return (turn for turn in self.turns if turn.role == "user")

    @property
    def final_deliverable(self) -> str:
        """The last saved deliverable, empty when nothing was saved."""
        return self.deliverable[-1].text if self.deliverable else ""
