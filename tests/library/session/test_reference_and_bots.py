"""Reference sessions, and the scripted candidates that replay them."""

import asyncio
from pathlib import Path

import pytest
from tests.bots import ROOM, begin, breaks_off, make_exercise, says

from assay.authoring.mistakes import AuthoringMistakes
from assay.errors import ModelMisbehaviour, UserMistake
from assay.library.exercises import exercise_folder, find_exercise, shipped_exercises
from assay.session.bots import Act, Watching, acts_of, play
from assay.session.conversation import Ask
from assay.session.engine import Session
from assay.session.reference import QUALITIES, ReferenceSession, load_reference, reference_of

WORKED = """\
quality: strong
about: Checks every shelf.
turns:
  - role: user
    text: |
      Count the nails first.
  - role: assistant
    text: |
      There are 41 nails.
  - role: user
    text: |
      The list says 40.
  - role: assistant
    text: Sorry, 40.
deliverable:
  - after_turn: 1
    text: |
      Nails
  - after_turn: 3
    text: |
      Nails
      Screws
flags:
  - {turn: 1, quote: 41 nails, note: The list says 40}
"""


def reference(tmp_path: Path, text: str = WORKED) -> ReferenceSession:
    path = tmp_path / "strong.yaml"
    path.write_text(text, encoding="utf-8")
    return load_reference(path)


def watch(session: Session, told: ReferenceSession, ask: Ask) -> tuple[list[Act], list[str]]:
    """Let the candidate work; what they did and what was remarked."""
    acts: list[Act] = []
    remarks: list[str] = []
    watching = Watching(act=acts.append, reply=lambda _: None, remark=remarks.append)
    asyncio.run(play(session, told, ask, ROOM, watching))
    return acts, remarks


def test_a_reference_session_becomes_a_transcript(tmp_path: Path) -> None:
    transcript = reference(tmp_path).transcript()
    assert [turn.text for turn in transcript.turns] == [
        "Count the nails first.",
        "There are 41 nails.",
        "The list says 40.",
        "Sorry, 40.",
    ]
    assert [version.after_turn for version in transcript.deliverable] == [1, 3]
    assert transcript.final_deliverable == "Nails\nScrews"
    (flag,) = transcript.flags
    assert transcript.turns[flag.turn].text[flag.start : flag.end] == "41 nails"
    assert transcript.ended_by == "submitted"


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("quality: strong", "quality: superb", 1, "superb"),
        ("about: Checks every shelf.", "about: ''", 2, "empty"),
        ("role: assistant\n    text: |\n      There", "role: model\n    text: |\n      There", 7, "model"),
        ("after_turn: 3", "after_turn: 4", 19, "There is no turn 4"),
        ("after_turn: 3", "after_turn: 0", 19, "This version is earlier than the one before"),
        ("turn: 1, quote", "turn: 2, quote", 24, "not a reply"),
        ("quote: 41 nails", "quote: 42 nails", 24, "These words do not stand in turn 1"),
        ("flags:", "flagged:", 23, "not a known key"),
        ("text: Sorry, 40.", "text: ' '", 14, "is empty"),
    ],
)
def test_a_mistake_in_a_reference_session_is_named_with_its_line(
    tmp_path: Path, old: str, new: str, line: int, says: str
) -> None:
    with pytest.raises(AuthoringMistakes, match=says) as refusal:
        reference(tmp_path, WORKED.replace(old, new))
    assert refusal.value.mistakes[0].place.line == line


def test_a_session_without_a_candidate_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AuthoringMistakes, match="No turn is the candidate's"):
        reference(tmp_path, "quality: weak\nabout: Nobody.\nturns:\n  - role: assistant\n    text: Hello?\n")


def test_a_scripted_candidate_does_what_the_reference_candidate_did(tmp_path: Path) -> None:
    told = reference(tmp_path)
    session, _ = begin(make_exercise(style="error_detection"))
    acts, remarks = watch(session, told, says("We have 41 nails now.", "Right."))
    assert [act.kind for act in acts] == ["send", "flag", "save", "send", "save"]
    transcript = session.transcript
    assert [turn.text for turn in transcript.candidate_turns()] == [
        "Count the nails first.",
        "The list says 40.",
    ]
    assert [(version.text, version.after_turn) for version in transcript.deliverable] == [
        ("Nails", 1),
        ("Nails\nScrews", 3),
    ]
    assert transcript.flags[0].note == "The list says 40"
    assert (transcript.ended_by, remarks) == ("submitted", [])


def test_a_passage_that_the_assistant_did_not_say_is_not_flagged(tmp_path: Path) -> None:
    session, _ = begin(make_exercise(style="error_detection"))
    _, remarks = watch(session, reference(tmp_path), says("We have 40 nails.", "Right."))
    assert session.transcript.flags == ()
    assert remarks == ["Not flagged: the assistant did not say this here."]


def test_limits_apply_to_a_scripted_candidate_too(tmp_path: Path) -> None:
    session, _ = begin(make_exercise(style="error_detection", limits={"minutes": 10, "rounds": 1}))
    _, remarks = watch(session, reference(tmp_path), says("We have 41 nails."))
    assert len(list(session.transcript.candidate_turns())) == 1
    assert remarks[0].startswith("All 1 rounds are used")
    assert session.transcript.final_deliverable == "Nails\nScrews"


def test_a_model_that_fails_stops_a_scripted_candidate_and_loses_nothing(tmp_path: Path) -> None:
    session, _ = begin(make_exercise(style="error_detection"))
    with pytest.raises(ModelMisbehaviour, match="closed the connection"):
        watch(session, reference(tmp_path), breaks_off("We"))
    assert [turn.text for turn in session.transcript.turns] == ["Count the nails first."]
    assert session.state.ending is None


def test_a_quality_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserMistake, match="Choose one of strong, middling, weak"):
        reference_of(tmp_path, "superb")
    with pytest.raises(UserMistake, match="no weak reference session"):
        reference_of(tmp_path, "weak")


@pytest.mark.parametrize("name", shipped_exercises())
@pytest.mark.parametrize("quality", QUALITIES)
def test_every_shipped_reference_session_fits_its_exercise(name: str, quality: str) -> None:
    exercise = find_exercise(name)
    told = reference_of(exercise_folder(name), quality)
    sends = [act for act in acts_of(told) if act.kind == "send"]
    assert told.quality == quality
    assert len(sends) <= exercise.limits.rounds
    assert not told.flags or exercise.style == "error_detection"
    session, _ = begin(exercise)
    _, remarks = watch(session, told, says(*["Understood."] * len(sends)))
    assert [remark for remark in remarks if not remark.startswith("Not flagged")] == []
    live, shipped = session.transcript, told.transcript()
    assert [turn.text for turn in live.candidate_turns()] == [turn.text for turn in shipped.candidate_turns()]
    assert live.final_deliverable == shipped.final_deliverable
