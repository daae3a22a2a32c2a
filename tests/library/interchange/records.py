"""Records of any session there can be: made, scored by a person and sealed as the program does it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, get_args

from hypothesis import strategies as st

from assay.authoring.rubric import Rubric
from assay.record import Record, build_record
from assay.scoring.pipeline import score_case
from assay.scoring.raters import Case
from assay.scoring.ratings import Proposal, Quote, RaterIdentity
from assay.session.transcript import DeliverableVersion, Role, Transcript, Turn

RUBRIC = Rubric.model_validate(
    {
        "rubric": "any-chat",
        "criteria": {
            "planning": {"asks": "Steps?", "weight": 3, "levels": {0: "None.", 4: "All."}},
            "checking": {"asks": "Checks?", "levels": {0: "None.", 4: "All."}},
            "overall": {"asks": "All in all?", "levels": {0: "Poor.", 4: "Good."}},
        },
    }
)

ODD = [
    "",
    "\x00 \x1b[31m \x7f",
    "\u2028\u2029\ufeff\u200b",
    "e\u0301 \U0001f600 \ud7ff\ue000\uffff\U0010ffff",
    "  \r\n\t ",
    "attachment://" + "0" * 32,
    "data:image/png;base64,iVBORw0KGgo=",
    '{"role": "user"}',
    "NaN",
    "x" * 5000,
]
TEXTS = st.sampled_from(ODD) | st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


INES = RaterIdentity(kind="person", name="Inès", version="form-2")


@dataclass(frozen=True)
class Person:
    """Says a level or a reason for each criterion; quotes the beginning of a message."""

    said: tuple[float | None, ...]
    quoted: int
    identity: RaterIdentity = INES

    def rate(self, case: Case) -> Iterable[Proposal]:
        turns = case.transcript.turns
        quotes = [
            Quote(turn=turn.index, text=turn.text[:20]) for turn in turns[self.quoted : self.quoted + 1]
        ]
        for criterion, level in zip(case.rubric.criteria, self.said, strict=True):
            if level is None:
                yield Proposal(criterion=criterion, unscored="it did not come up \u2028 at all")
            else:
                yield Proposal(criterion=criterion, level=level, reason="Says so: ü", quotes=tuple(quotes))


@st.composite
def transcripts(draw: Any) -> Transcript:
    roles = st.sampled_from(get_args(Role))
    given_ids = draw(st.booleans())
    turns = tuple(
        Turn(index=index, role=role, text=text, id=f"m{index}" if given_ids else "")
        for index, (role, text) in enumerate(draw(st.lists(st.tuples(roles, TEXTS), max_size=5)))
    )
    after = sorted(draw(st.lists(st.integers(-1, len(turns) - 1), max_size=3)))
    saved = tuple(DeliverableVersion(text=draw(TEXTS), after_turn=place) for place in after)
    return Transcript(turns=turns, deliverable=saved)


@st.composite
def records(draw: Any) -> list[Record]:
    """One to three records on the same rubric."""
    names = st.text(
        st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=12
    )
    sessions = draw(st.lists(names.filter(str.strip), min_size=1, max_size=3, unique=True))
    return [_record(draw, session) for session in sessions]


def _record(draw: Any, session: str) -> Record:
    levels = st.none() | st.sampled_from([0.0, 1.5, 4.0])
    case = Case(transcript=draw(transcripts()), rubric=RUBRIC)
    person = Person(said=draw(st.tuples(levels, levels, levels)), quoted=draw(st.integers(0, 4)))
    scored = score_case(case, (person,))
    return build_record(session_id=session, case=case, scored=scored, made_at="2026-03-02T10:15:00+01:00")
