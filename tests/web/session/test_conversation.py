"""A candidate talks with the assistant on the site."""

import asyncio
from pathlib import Path

import pytest

from assay_web.clock import now
from assay_web.database import in_database
from assay_web.jobs.models import ModelCall
from assay_web.session import assistant, replies
from assay_web.session.drive import drive
from assay_web.session.models import CandidateSession, SessionEvent

from .conftest import Tab

pytestmark = pytest.mark.anyio


def kinds() -> list[str]:
    return list(SessionEvent.objects.order_by("seq").values_list("kind", flat=True))


async def test_a_message_is_kept_and_its_reply_streams_in(started: Tab) -> None:
    events = await started.say("Which labels do we need?", "m1")
    assert events[0][0] == "kept"
    assert events[0][1]["state"]["turns"][-1]["text"] == "Which labels do we need?"
    assert "".join(data["text"] for name, data in events if name == "piece") == (
        "Here are three labels: one, two and three."
    )
    assert events[-1][0] == "over"
    state = await started.state()
    over = events[-1][1]
    assert over["turn"] == state["turns"][-1]
    assert over["state"] == {name: state[name] for name in over["state"]} | {
        "seconds_left": over["state"]["seconds_left"]
    }
    assert [turn["role"] for turn in state["turns"]][-2:] == ["user", "assistant"]
    assert state["rounds_used"] == 1
    assert not state["waiting"]


async def test_a_message_sent_twice_under_one_id_counts_once(started: Tab) -> None:
    await started.say("Which labels?", "m1")
    await started.say("Which labels?", "m1")
    assert (await in_database(kinds)).count("message_sent") == 1
    assert (await in_database(kinds)).count("reply_finished") == 1


async def test_twenty_copies_of_one_message_at_once_are_one_message_with_one_reply(started: Tab) -> None:
    answers = await asyncio.gather(
        *(started.say("Which labels?", "m1") for _ in range(20)),
    )
    assert all(events[-1][0] == "over" for events in answers)
    assert (await in_database(kinds)).count("message_sent") == 1
    assert (await in_database(kinds)).count("reply_started") == 1


async def test_a_candidate_whose_page_closed_mid_reply_finds_the_whole_reply(
    started: Tab, script: Path
) -> None:
    script.write_text('replies: [{text: "one two three four five six", chunks: 6, delay: 0.05}]')
    reading = asyncio.create_task(started.say("Count", "m1"))
    while not replies._underway:
        await asyncio.sleep(0.01)
    reading.cancel()
    events = await started.other("tab-1").stream("reply")
    assert "".join(data["text"] for name, data in events if name == "piece") in (
        "one two three four five six",
        "",
    )
    state = await started.state()
    assert state["turns"][-1]["text"] == "one two three four five six"


async def test_stopping_a_reply_keeps_what_had_arrived(started: Tab, script: Path) -> None:
    script.write_text('replies: [{text: "one two three four five six seven eight", chunks: 8, delay: 0.3}]')
    reading = asyncio.create_task(started.say("Count", "m1"))
    while not any(reply.text for reply in replies._underway.values()):
        await asyncio.sleep(0.01)
    assert await started.call("stop") == (200, {"stopped": True})
    await reading
    last = (await started.state())["turns"][-1]
    assert last["role"] == "assistant"
    assert "one two three four five six seven eight".startswith(last["text"].strip())
    assert len(last["text"]) < 30


async def test_a_failing_model_costs_no_round_and_no_time(started: Tab, script: Path) -> None:
    script.write_text('replies: [{fault: http_error, status: 400}, {text: "Now it works"}]')
    before = await started.state()
    events = await started.say("Which labels?", "m1")
    assert [name for name, _ in events] == ["kept", "failed", "over"]
    state = await started.state()
    assert state["unanswered"]
    assert state["rounds_used"] == 0
    assert before["seconds_left"] - state["seconds_left"] < 1
    again = await started.stream("reply")
    assert "".join(data["text"] for name, data in again if name == "piece") == "Now it works"
    assert (await started.state())["rounds_used"] == 1


async def test_a_reply_whose_process_died_is_begun_again_and_its_time_credited(started: Tab) -> None:
    def die_in_a_reply() -> None:
        row = CandidateSession.objects.get()
        drive(row.pk, lambda session: session.send("Which labels?", "m1"))
        drive(row.pk, lambda session: session.begin_reply())
        CandidateSession.objects.update(replying="a process that is gone", replying_seen_at=None)

    await in_database(die_in_a_reply)
    events = await started.stream("reply")
    assert any(name == "piece" for name, _ in events)
    assert (await in_database(kinds))[-7:] == [
        "message_sent",
        "reply_started",
        "reply_failed",
        "clock_credited",
        "reply_started",
        "reply_finished",
        "clock_credited",
    ]


async def test_another_process_that_writes_the_reply_is_waited_for(started: Tab) -> None:
    def begin_elsewhere() -> int:
        row = CandidateSession.objects.get()
        drive(row.pk, lambda session: session.send("Which labels?", "m1"))
        drive(row.pk, lambda session: session.begin_reply())
        CandidateSession.objects.update(replying="another process", replying_seen_at=now())
        return row.pk

    session = await in_database(begin_elsewhere)
    reading = asyncio.create_task(started.stream("reply"))
    await asyncio.sleep(0.2)
    assert not reading.done()
    await in_database(drive, session, lambda session: session.finish_reply("From elsewhere"))
    assert (await reading)[-1] == ("over", {})
    assert (await started.state())["turns"][-1]["text"] == "From elsewhere"


async def test_every_call_to_the_model_is_noted_without_its_words(started: Tab) -> None:
    await started.say("A secret question", "m1")
    await in_database(assistant.keep_notes)
    note = await in_database(ModelCall.objects.select_related("session").get)
    assert note.purpose == "assistant"
    assert note.session is not None
    assert note.team_id == note.session.team_id
    assert note.outcome == "complete"
    assert "secret" not in str(vars(note))
