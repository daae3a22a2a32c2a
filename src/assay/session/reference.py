"""Reference sessions: worked sessions that ship with an exercise, of a known quality."""

import json
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, ValidationError, model_validator

from assay.authoring.explain import explain
from assay.authoring.load import read_source
from assay.authoring.mistakes import AuthoringMistakes, misplaced
from assay.authoring.positions import plain
from assay.errors import UserMistake, Where
from assay.frozen import Frozen
from assay.session.passages import find_passage
from assay.session.transcript import DeliverableVersion, Flag, Transcript, Turn

Quality = Literal["strong", "middling", "weak"]
QUALITIES: tuple[Quality, ...] = ("strong", "middling", "weak")
FOLDER = "transcripts"

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
"""White space at both ends does not count: a YAML block leaves a line end that nobody typed."""


class ReferenceTurn(Frozen):
    """One message of a reference session."""

    role: Literal["user", "assistant"]
    text: Text


class ReferenceVersion(Frozen):
    """The deliverable as it was saved once."""

    after_turn: int = Field(
        ge=-1, description="Index of the last turn before the save, from 0; -1 before any."
    )
    text: Text


class ReferenceFlag(Frozen):
    """A passage of a reply that was flagged."""

    turn: int = Field(ge=0, description="Index of the reply.")
    quote: Text = Field(description="The passage, word for word.")
    note: Text = Field(description="What is wrong with it.")


class ReferenceSession(Frozen):
    """A worked session and how good it is, as its file says."""

    quality: Quality
    about: Text = Field(description="Who works here and how, in one sentence.")
    turns: tuple[ReferenceTurn, ...] = Field(min_length=1)
    deliverable: tuple[ReferenceVersion, ...] = Field(default=(), description="Its versions, in order.")
    flags: tuple[ReferenceFlag, ...] = ()
    ended_by: Literal["submitted", "time", "rounds"] = "submitted"

    @model_validator(mode="after")
    def _a_candidate_speaks(self) -> Self:
        if not any(turn.role == "user" for turn in self.turns):
            raise misplaced("no turn is the candidate's", "turns", remedy="Write a turn with `role: user`")
        for index, (turn, following) in enumerate(zip(self.turns, self.turns[1:], strict=False)):
            if turn.role == following.role == "assistant":
                raise misplaced(
                    "two replies follow each other",
                    *("turns", index + 1, "role"),
                    remedy="Put a message of the candidate between them, or make them one",
                )
        return self

    @model_validator(mode="after")
    def _saves_are_in_order(self) -> Self:
        latest = -1
        for index, version in enumerate(self.deliverable):
            place = ("deliverable", index, "after_turn")
            if version.after_turn >= len(self.turns):
                last = len(self.turns) - 1
                raise misplaced(
                    f"there is no turn {version.after_turn}", *place, remedy=f"The last turn is number {last}"
                )
            if version.after_turn < latest:
                raise misplaced("this version is earlier than the one before it", *place, remedy="Order them")
            latest = version.after_turn
        return self

    @model_validator(mode="after")
    def _flags_stand(self) -> Self:
        for index, flag in enumerate(self.flags):
            if flag.turn >= len(self.turns) or self.turns[flag.turn].role != "assistant":
                raise misplaced(
                    f"turn {flag.turn} is not a reply", "flags", index, "turn", remedy="Name a reply's turn"
                )
            if self._passage(flag) is None:
                raise misplaced(
                    f"these words do not stand in turn {flag.turn}",
                    *("flags", index, "quote"),
                    remedy="Copy the passage from the reply",
                )
        return self

    def transcript(self) -> Transcript:
        """The session as a transcript; it has no times."""
        return Transcript(
            turns=self._turns(),
            deliverable=tuple(
                DeliverableVersion(text=version.text, after_turn=version.after_turn)
                for version in self.deliverable
            ),
            flags=tuple(self._located(flag) for flag in self.flags),
            ended_by=self.ended_by,
        )

    def _turns(self) -> tuple[Turn, ...]:
        return tuple(
            Turn(index=index, role=turn.role, text=turn.text) for index, turn in enumerate(self.turns)
        )

    def _passage(self, flag: ReferenceFlag) -> tuple[int, int, int] | None:
        return find_passage(self._turns()[flag.turn : flag.turn + 1], flag.quote)

    def _located(self, flag: ReferenceFlag) -> Flag:
        passage = self._passage(flag)
        assert passage is not None, "checked when the session was made"
        return Flag(turn=passage[0], start=passage[1], end=passage[2], note=flag.note)


def load_reference(path: Path) -> ReferenceSession:
    """Load a reference session's file.

    Raises:
        AuthoringMistakes: everything that is wrong with the file, each with line and remedy.
    """
    source = read_source(path)
    try:
        return ReferenceSession.model_validate_json(json.dumps(plain(source.root)), strict=True)
    except ValidationError as error:
        raise AuthoringMistakes(explain(error, source, ReferenceSession)) from error


def reference_of(folder: Path, quality: str) -> ReferenceSession:
    """The reference session of this quality that belongs to the exercise in `folder`.

    Raises:
        UserMistake: there is no such quality, or the exercise has no such session.
        AuthoringMistakes: the file is wrong.
    """
    if quality not in QUALITIES:
        raise UserMistake(
            f"There is no {quality!r} candidate", remedy=f"Choose one of {', '.join(QUALITIES)}"
        )
    path = folder / FOLDER / f"{quality}.yaml"
    if not path.is_file():
        raise UserMistake(
            f"This exercise has no {quality} reference session",
            remedy=f"Write one at {FOLDER}/{quality}.yaml, or work on it yourself without --bot",
            where=Where(path),
        )
    return load_reference(path)
