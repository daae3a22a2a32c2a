"""What verification says, in words, and what it leaves open."""

import copy
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pytest
from tests.library.record.sessions import a_record, a_record_from_elsewhere
from tests.library.record.tampering import as_bytes, rechained, resealed

from assay.record import Check, verify
from assay.record.file import record_bytes
from assay.scoring.raters import Case
from assay.scoring.ratings import Proposal, Quote, RaterIdentity


@pytest.fixture
def content() -> Any:
    return json.loads(record_bytes(a_record()))


def first_failure(data: bytes) -> Check:
    failure = verify(data).first_failure
    assert failure is not None
    return failure


def test_a_reader_is_told_every_check_that_was_made() -> None:
    checks = verify(record_bytes(a_record())).checks
    assert [check.name for check in checks] == [
        *("bytes", "fields", "events", "transcript", "exercise", "session", "evidence", "levels"),
        *("rules", "raters", "ratings", "repeat", "score", "laws", "parts", "seal"),
    ]
    assert all(check.says for check in checks)


def test_a_conversation_from_elsewhere_holds_and_says_what_could_not_be_checked() -> None:
    verification = verify(record_bytes(a_record_from_elsewhere()))
    assert verification.holds
    assert [check.name for check in verification.not_made] == ["events", "transcript", "session", "repeat"]
    assert "came from elsewhere" in verification.not_made[0].detail


def test_a_quote_moved_by_one_character_is_named_with_its_message(content: Any) -> None:
    evidence = content["ratings"][0]["evidence"][0]
    evidence["start"] += 1
    evidence["end"] += 1
    failure = first_failure(resealed(content))
    assert failure.name == "evidence"
    assert "rating of planning by Ines" in failure.detail
    assert "of message 0 read" in failure.detail


def test_a_quote_from_a_message_that_does_not_exist_is_named(content: Any) -> None:
    content["ratings"][0]["evidence"][0]["turn"] = 99
    assert "no such message" in first_failure(resealed(content)).detail


def test_a_quote_said_to_be_refused_that_does_stand_there_is_named(content: Any) -> None:
    content["ratings"][0]["dropped"][0]["text"] = "Now write the reply"
    failure = first_failure(resealed(content))
    assert failure.name == "evidence"
    assert "was refused, and yet it stands there" in failure.detail


def test_a_level_that_rests_on_the_assistants_words_alone_is_named(content: Any) -> None:
    words = content["transcript"]["turns"][1]["text"]
    content["ratings"][1]["evidence"] = [
        {"turn": 1, "start": 0, "end": 6, "quote": words[:6], "sign": None, "repaired": False}
    ]
    failure = first_failure(resealed(content))
    assert failure.name == "levels"
    assert "rating of checking by Ines" in failure.detail


def test_a_rewritten_message_is_named(content: Any) -> None:
    content["transcript"]["turns"][2]["text"] = content["transcript"]["turns"][2]["text"].replace(
        "ten", "six"
    )
    failure = first_failure(as_bytes(content))
    assert failure.name == "transcript"
    assert "message 2" in failure.detail


def test_a_dropped_event_is_named(content: Any) -> None:
    del content["events"][4]
    failure = first_failure(as_bytes(content))
    assert failure.name == "events"
    assert "at event 4" in failure.detail


def test_events_of_another_session_are_named(content: Any) -> None:
    content["events"][0]["data"]["session"] = "s-somebody-else"
    content["events"] = rechained(content["events"])
    failure = first_failure(resealed(content))
    assert failure.name == "transcript"
    assert "s-somebody-else" in failure.detail


def test_a_changed_exercise_is_named(content: Any) -> None:
    content["exercise"]["goal"] = "Anything."
    failure = first_failure(as_bytes(content))
    assert failure.name == "exercise"


def test_a_session_scored_with_a_changed_exercise_holds_and_says_so(content: Any) -> None:
    content["exercise"]["goal"] = "A reply that can be sent today."
    verification = verify(resealed(content))
    assert verification.holds
    assert any("scored with another" in check.detail for check in verification.not_made)


def test_a_failed_rule_declared_held_is_named(content: Any) -> None:
    content["score"]["rules"][1]["held"] = True
    failure = first_failure(resealed(content))
    assert failure.name == "rules"
    assert "no-monday" in failure.detail


def test_a_raised_level_is_named_with_both_numbers(content: Any) -> None:
    content["score"]["criteria"][0]["level"] = 4.0
    failure = first_failure(resealed(content))
    assert failure.name == "score"
    assert failure.detail == "Planning: the ratings add up to 2.5, not 4"


def test_a_raised_overall_score_is_named(content: Any) -> None:
    content["score"]["overall"]["value"] = 3.9
    failure = first_failure(resealed(content))
    assert failure.name == "score"
    assert "overall" in failure.detail


def test_a_rater_who_rated_nothing_is_named(content: Any) -> None:
    stranger = {"kind": "person", "name": "Nobody", "version": "", "calibration": ""}
    content["raters"].append(stranger)
    assert first_failure(resealed(content)).name == "raters"


def test_a_changed_time_of_making_breaks_the_seal_alone(content: Any) -> None:
    content["made_at"] = "2026-03-02T10:16:00Z"
    failed = [check.name for check in verify(as_bytes(content)).checks if check.holds is False]
    assert failed == ["seal"]


def test_pretty_printed_json_is_not_a_record_file(content: Any) -> None:
    failure = first_failure(json.dumps(content, indent=2).encode())
    assert failure.name == "bytes"
    assert "byte 1" in failure.detail


def test_a_field_left_to_its_default_is_missing(content: Any) -> None:
    del content["transcript"]["turns"][0]["at"]
    assert first_failure(as_bytes(content)).name == "fields"


def test_a_record_of_another_version_is_not_called_forged_for_adding_up_otherwise(content: Any) -> None:
    content["assay"] = "0.0.1"
    content["score"]["narrative"] = ["Told in other words."]
    verification = verify(resealed(content))
    assert verification.holds
    (note,) = (check for check in verification.not_made if check.name == "score")
    assert "install 0.0.1 to check this" in note.detail


@dataclass(frozen=True)
class AnOlderJudge:
    """The offline judge as an earlier version was."""

    identity: RaterIdentity = RaterIdentity(kind="indicators", name="indicators", version="older")  # noqa: RUF009

    def rate(self, case: Case) -> Iterable[Proposal]:
        return [Proposal(criterion="planning", level=3, quotes=(Quote(turn=0, text="list the facts"),))]


def test_an_offline_judge_of_another_version_is_not_run_again_and_the_reader_is_told() -> None:
    verification = verify(record_bytes(a_record(AnOlderJudge())))
    assert verification.holds
    (note,) = (check for check in verification.not_made if check.name == "repeat")
    assert note.detail.startswith("the ratings were made by version older of ")
    assert "only the same one can be run again" in note.detail


def test_someone_who_makes_a_whole_other_record_gets_another_seal(content: Any) -> None:
    forged = copy.deepcopy(content)
    forged["session"] = "s-other"
    forged["events"][0]["data"]["session"] = "s-other"
    forged["events"] = rechained(forged["events"])
    verification = verify(resealed(forged))
    assert verification.holds
    assert verification.seal != content["hashes"]["seal"]


def test_an_event_that_goes_back_in_time_is_named(content: Any) -> None:
    content["events"][6]["at"] = 0
    content["events"] = rechained(content["events"])
    failure = first_failure(resealed(content))
    assert failure.name == "events"
    assert "at event 6: it is earlier" in failure.detail
