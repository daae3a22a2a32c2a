"""A candidate at work: the deliverable, tabs, the clock, handing in."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from tests.looking import look

from assay.session.engine import Session
from assay.session.state import state_of
from assay_web.clock import following
from assay_web.database import in_database
from assay_web.jobs.models import ScoringJob
from assay_web.session.drive import drive
from assay_web.session.models import CandidateSession, IntegritySignal

from .conftest import Tab

pytestmark = pytest.mark.anyio


def later(minutes: float) -> datetime:
    return datetime.now(UTC) + timedelta(minutes=minutes)


async def test_a_saved_deliverable_is_there_after_a_reload(started: Tab) -> None:
    assert (await started.call("deliverable", text="My guide"))[0] == 200
    assert (await started.state())["deliverable"] == "My guide"


async def test_a_second_tab_reads_along_until_it_is_told_to_take_over(started: Tab) -> None:
    await started.call("deliverable", text="From the first tab")
    second = started.other("tab-2")
    assert not (await second.state())["writes"]
    status, body = await second.call("deliverable", text="From the second tab")
    assert (status, body["kind"]) == (409, "elsewhere")
    assert (await second.call("claim"))[1]["writes"]
    assert (await second.call("deliverable", text="From the second tab"))[0] == 200
    assert not (await started.state())["writes"]


async def test_a_tab_that_was_closed_does_not_keep_others_waiting(started: Tab) -> None:
    await started.call("deliverable", text="Mine")
    await started.call("release")
    assert (await started.other("tab-2").state())["writes"]


async def test_fifty_submits_at_once_hand_in_once(started: Tab) -> None:
    answers = await asyncio.gather(*(started.call("submit", text="Done") for _ in range(50)))
    assert {status for status, _ in answers} == {200}
    assert all(body["ended"] == "submitted" for _, body in answers)

    def found() -> tuple[int, int, str]:
        row = CandidateSession.objects.get()
        deliverable = look(row.pk, lambda session: session.transcript.final_deliverable)
        return row.events.filter(kind="ended").count(), ScoringJob.objects.count(), deliverable

    assert await in_database(found) == (1, 1, "Done")


async def test_what_was_saved_last_is_handed_in_when_time_runs_out_and_nobody_comes_for_an_hour(
    started: Tab,
) -> None:
    await started.say("Which labels do we need?", "m1")
    await started.say("And their definitions?", "m2")
    await started.call("deliverable", text="The last autosave")

    def an_hour_late() -> CandidateSession:
        with following(lambda: later(90)):
            drive(CandidateSession.objects.get().pk, Session.keep_time)
        return CandidateSession.objects.get()

    row = await in_database(an_hour_late)
    assert row.status == CandidateSession.Status.ENDED
    assert row.ended_by == "time"
    assert row.ended_at is not None
    limit = timedelta(minutes=row.state["limits"]["minutes"])
    assert row.ended_at - row.started_at - limit < timedelta(seconds=5)
    deliverable = await in_database(look, row.pk, lambda session: session.transcript.final_deliverable)
    assert deliverable == "The last autosave"


async def test_after_the_end_nothing_can_be_changed_and_the_page_is_told_why(started: Tab) -> None:
    await started.call("submit", text="Done")
    status, body = await started.call("deliverable", text="More")
    assert status == 422
    assert "submitted" in body["problem"]


async def test_one_fresh_start_is_offered_when_time_ran_out_early(started: Tab) -> None:
    def run_out() -> None:
        with following(lambda: later(60)):
            drive(CandidateSession.objects.get().pk, Session.keep_time)

    await in_database(run_out)
    row = await in_database(CandidateSession.objects.get)
    assert row.status == CandidateSession.Status.RUNNING
    assert await in_database(ScoringJob.objects.count) == 0
    with following(lambda: later(60)):
        state = (await started.call("retake"))[1]
    assert state["attempt"] == 2
    assert state["ended"] is None


async def test_a_fresh_start_that_was_not_taken_in_time_cannot_be_taken_later(started: Tab) -> None:
    def run_out_and_close() -> None:
        with following(lambda: later(60)):
            drive(CandidateSession.objects.get().pk, Session.keep_time)
        CandidateSession.objects.update(status=CandidateSession.Status.ENDED)

    await in_database(run_out_and_close)
    with following(lambda: later(60)):
        status, body = await started.call("retake")
    assert status == 422
    assert "has passed" in body["problem"]
    assert (await in_database(CandidateSession.objects.get)).state["attempt"] == 1


async def test_the_columns_of_a_session_are_what_its_events_say(started: Tab) -> None:
    await started.say("Which labels?", "m1")
    await started.call("deliverable", text="Draft")

    def compared() -> bool:
        row = CandidateSession.objects.get()
        events = look(row.pk, lambda session: session.events)
        state = state_of(events).model_dump(mode="json")
        return (row.length, row.head, row.state) == (len(events), events[-1].hash, state)

    assert await in_database(compared)


async def test_pasting_and_leaving_are_noted_and_nothing_else_is_taken(started: Tab) -> None:
    assert (await started.call("signals", kind="pasted", amount=120))[0] == 200
    assert (await started.call("signals", kind="webcam", amount=1))[0] == 422
    assert await in_database(IntegritySignal.objects.count) == 1


@pytest.mark.parametrize(
    ("call", "body"),
    [
        ("messages", {"text": 3, "message": "m"}),
        ("messages", {"message": "m"}),
        ("messages", {"text": "x" * 20_001, "message": "m"}),
        ("messages", {"text": "hello", "message": "m" * 65}),
        ("deliverable", {"text": None}),
        ("deliverable", {"text": "x" * 200_001}),
        ("flags", {"turn": "0", "start": 0, "end": 1, "words": "wrong"}),
        ("flags", {"turn": 0, "start": 0, "end": 1, "words": "wrong"}),
        ("signals", {"kind": "pasted", "amount": -1}),
    ],
)
async def test_what_cannot_be_is_refused_with_what_to_do(
    started: Tab, call: str, body: dict[str, object]
) -> None:
    status, answer = await started.call(call, **body)
    assert status == 422
    assert answer["problem"]
    assert answer["remedy"]


async def test_the_page_is_told_nothing_of_the_scoring(started: Tab) -> None:
    page = await started.client.get(started.base)
    text = page.content.decode() + str(await started.state())

    def secrets() -> list[str]:
        row = CandidateSession.objects.select_related("exercise_version").get()
        rubric = row.exercise_version.exercise().rubric
        found = []
        for criterion in rubric.criteria.values():
            found.append(criterion.asks)
            for level in criterion.levels.values():
                found += [level.words, level.example or level.words]
        return found

    for secret in await in_database(secrets):
        assert secret not in text
