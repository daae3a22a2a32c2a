"""One session that happened: Mara works on a small exercise, a person rates it, and it is put on record."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from assay.authoring.exercise import Exercise
from assay.record import Record, build_record
from assay.scoring.pipeline import score_case
from assay.scoring.raters import Case, Rater
from assay.scoring.ratings import Proposal, Quote, RaterIdentity
from assay.session.engine import Session
from assay.session.journal import MemoryStore

MADE_AT = "2026-03-02T10:15:00Z"

EXERCISE = {
    "exercise": "opening-hours",
    "title": "Answer about opening hours",
    "summary": "Write one reply to a customer with an AI.",
    "style": "error_detection",
    "goal": "A reply that can be sent.",
    "scenario": "You answer mail for a library.",
    "deliverable": {"asks": "One reply of at most 60 words.", "format": "text"},
    "limits": {"minutes": 10, "rounds": 4},
    "threshold": 2.5,
    "materials": [{"id": "hours", "title": "Opening hours", "text": "Tuesday to Friday, 10 to 18."}],
    "rubric": {
        "criteria": {
            "planning": {
                "asks": "Does the candidate go in steps?",
                "weight": 30,
                "levels": {
                    0: {"words": "One request.", "example": "Write it."},
                    2: {"words": "Two requests.", "example": "First the facts."},
                    3: {"words": "Steps with a reason.", "example": "Facts first, so that we agree."},
                    4: {"words": "Steps and a check.", "example": "Facts, then text, then compare."},
                },
            },
            "checking": {
                "title": "Checking what came back",
                "asks": "Does the candidate compare the reply with the source?",
                "weight": 50,
                "severity": "serious",
                "levels": {
                    0: {"words": "Takes the reply.", "example": "Great."},
                    4: {"words": "Compares it.", "example": "Monday is not in the list."},
                },
            },
            "awareness": {
                "asks": "Is private data kept out?",
                "weight": 20,
                "levels": {0: {"words": "Pasted.", "example": "Call 030 1234."}},
            },
        },
        "rules": [
            {"id": "short", "check": "deliverable_length", "says": "At most 60 words.", "max_words": 60},
            {
                "id": "no-monday",
                "check": "deliverable_forbids",
                "says": "The reply does not promise Monday.",
                "phrases": ["open on Monday"],
                "on_fail": {"cap_overall": 2.0},
            },
        ],
    },
    "ledger": {
        "exercise": "opening-hours",
        "errors": [
            {
                "id": "monday",
                "kind": "contradicts_source",
                "severity": "major",
                "round": 1,
                "about": "opening days",
                "wrong": "open on Monday",
                "woven_in": "We are open on Monday.",
                "truth": "The list of hours has no Monday.",
                "catch": {"all_of": ["Monday"]},
                "fix": {"absent": ["open on Monday"]},
            }
        ],
    },
}


INES = RaterIdentity(
    kind="person", name="Ines", version="form-2", calibration="Agrees with two others: kappa 0.7, n = 40."
)


@dataclass(frozen=True)
class CarefulPerson:
    """A person who rates two criteria, quotes what overlaps, misquotes once, and leaves one unscored."""

    identity: RaterIdentity = INES

    def rate(self, case: Case) -> Iterable[Proposal]:
        yield Proposal(
            criterion="planning",
            level=2.5,
            reason="Asked for the facts before the text",
            quotes=(
                Quote(turn=0, text="First list the facts, then wait"),
                Quote(turn=0, text="the facts, then wait for me. No text yet", sign="steps_laid_out"),
                Quote(turn=2, text="Now write the reply"),
                Quote(turn=2, text="words that nobody wrote"),
            ),
        )
        yield Proposal(
            criterion="checking",
            level=1,
            reason="Saw the wrong day and let it stand",
            quotes=(Quote(turn=0, text="list the facts"), Quote(turn=None, text="We are open on Monday")),
        )
        yield Proposal(criterion="awareness", unscored="no private data came up")


def an_exercise() -> Exercise:
    return Exercise.model_validate(EXERCISE)


def a_session(exercise: Exercise | None = None) -> Session:
    """A finished session with an outage, a failed reply, a flag and two versions of the deliverable."""
    tick = _ticking()
    session = Session.start(
        exercise or an_exercise(), MemoryStore(), tick, session="s-mara-1", model="scripted:demo"
    )
    session.send("First list the facts, then wait for me. No text yet.", "m1")
    session.begin_reply()
    session.finish_reply("We are open on Monday. Tuesday to Friday, 10 to 18.")
    session.flag(1, 0, 22, "Monday is not in the list")
    session.save_deliverable("Dear reader,")
    session.send("Now write the reply, for a child of ten.", "m2")
    session.begin_reply()
    session.fail_reply("The model did not answer in time")
    session.begin_reply()
    session.finish_reply("Dear reader, we are open on Monday and Tuesday to Friday.")
    session.save_deliverable("Dear reader, We are open on Monday and Tuesday to Friday, 10 to 18.")
    session.submit()
    return session


def a_record(rater: Rater | None = None) -> Record:
    """Mara's session, rated and on record."""
    session = a_session()
    case = Case(transcript=session.transcript, rubric=session.exercise.rubric, exercise=session.exercise)
    scored = score_case(case, (rater or CarefulPerson(),))
    return build_record(
        session_id="s-mara-1", case=case, scored=scored, events=session.events, made_at=MADE_AT
    )


def a_record_from_elsewhere() -> Record:
    """The same conversation without exercise and events, as it comes from a file of messages."""
    session = a_session()
    transcript = session.transcript.model_copy(update={"flags": (), "ended_by": "unknown"})
    case = Case(transcript=transcript, rubric=session.exercise.rubric)
    return build_record(
        session_id="chat-7", case=case, scored=score_case(case, (CarefulPerson(),)), made_at=MADE_AT
    )


def _ticking() -> Callable[[], datetime]:
    """A wall clock that is seven seconds further at each look."""
    now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def tick() -> datetime:
        nonlocal now
        now += timedelta(seconds=7)
        return now

    return tick
