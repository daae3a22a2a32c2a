"""P8: the audit log shows tampering, and names the first place that does not hold."""

from collections.abc import Callable

import pytest

from assay.canonical import digest
from assay_web.accounts.models import Team
from assay_web.audit.log import SYSTEM, first_break, note
from assay_web.audit.models import Action, AuditChain, AuditEvent
from assay_web.audit.verification import verify_all


@pytest.fixture
def chain(db: None) -> AuditChain:
    """A log of ten events."""
    team = Team.objects.create(name="Harbour")
    for number in range(10):
        note(team, SYSTEM, Action.SESSION_SCORED, f"session:{number}", number=number)
    return AuditChain.objects.get(team=team)


def where(chain: AuditChain, known_head: str | None = None) -> int | None:
    broken = first_break(AuditChain.objects.get(pk=chain.pk), known_head)
    return None if broken is None else broken.seq


def rows(chain: AuditChain) -> "dict[int, AuditEvent]":
    return {event.seq: event for event in chain.events.all()}


def test_a_log_that_nobody_touched_holds(chain: AuditChain) -> None:
    assert where(chain) is None
    assert where(chain, rows(chain)[4].hash) is None


CHANGES: list[Callable[[AuditEvent], object]] = [
    lambda event: setattr(event, "actor", "user:999"),
    lambda event: setattr(event, "action", Action.RESULT_RELEASED),
    lambda event: setattr(event, "subject", "session:other"),
    lambda event: setattr(event, "data", {"number": 99}),
    lambda event: setattr(event, "at", event.at.replace(year=2001)),
]


@pytest.mark.parametrize("change", CHANGES, ids=["actor", "action", "subject", "data", "time"])
def test_a_changed_field_is_found(chain: AuditChain, change: Callable[[AuditEvent], object]) -> None:
    event = rows(chain)[4]
    change(event)
    event.save()
    assert where(chain) == 4


def test_a_changed_event_with_a_new_hash_is_found_at_the_next_one(chain: AuditChain) -> None:
    event = rows(chain)[4]
    event.data = {"number": 99}
    event.hash = digest("anything that looks like a hash")
    event.save()
    assert where(chain) == 4
    _rehash(event)
    assert where(chain) == 5


def test_a_deleted_event_is_found(chain: AuditChain) -> None:
    rows(chain)[4].delete()
    assert where(chain) == 4


def test_a_deleted_event_whose_followers_moved_up_is_found(chain: AuditChain) -> None:
    rows(chain)[4].delete()
    for seq in range(5, 10):
        AuditEvent.objects.filter(chain=chain, seq=seq).update(seq=seq - 1)
    assert where(chain) == 4


def test_an_inserted_event_is_found(chain: AuditChain) -> None:
    for seq in range(9, 3, -1):
        AuditEvent.objects.filter(chain=chain, seq=seq).update(seq=seq + 1)
    forged = rows(chain)[3]
    forged.pk, forged.seq, forged.subject, forged.previous = None, 4, "session:forged", forged.hash
    _rehash(forged)
    assert where(chain) == 5


def test_two_events_that_changed_places_are_found(chain: AuditChain) -> None:
    for old, new in ((4, 100), (5, 4), (100, 5)):
        AuditEvent.objects.filter(chain=chain, seq=old).update(seq=new)
    assert where(chain) == 4


def test_events_cut_off_the_end_are_found(chain: AuditChain) -> None:
    AuditEvent.objects.filter(chain=chain, seq__gte=7).delete()
    assert where(chain) == 7


def test_events_cut_off_together_with_the_head_are_found_by_a_head_that_was_written_down(
    chain: AuditChain,
) -> None:
    written_down = chain.head
    AuditEvent.objects.filter(chain=chain, seq__gte=7).delete()
    AuditChain.objects.filter(pk=chain.pk).update(length=7, head=rows(chain)[6].hash)
    assert where(chain) is None, "nothing inside the database can show it"
    assert where(chain, written_down) == 7
    assert not verify_all([written_down]).holds


def test_a_log_that_was_written_anew_is_found_by_a_head_that_was_written_down(chain: AuditChain) -> None:
    written_down, previous = chain.head, rows(chain)[3].hash
    for seq in range(4, 10):
        event = rows(chain)[seq]
        event.previous, event.data = previous, {"number": "forged"}
        _rehash(event)
        previous = event.hash
    AuditChain.objects.filter(pk=chain.pk).update(head=previous)
    assert where(chain) is None, "nothing inside the database can show it"
    assert where(chain, written_down) is not None


def test_the_check_of_all_logs_names_the_team_and_the_place(chain: AuditChain) -> None:
    other = Team.objects.create(name="Elsewhere")
    note(other, SYSTEM, Action.TEAM_CREATED, "team:1")
    rows(chain)[4].delete()
    found = verify_all()
    assert not found.holds
    assert found.lines[0] == "The log of Harbour does not hold at event 4: event 4 is missing"
    assert found.lines[1].startswith("The log of Elsewhere holds: 1 events, head ")


def _rehash(event: AuditEvent) -> None:
    from assay_web.audit.log import _content

    event.hash = digest(_content(event))
    event.save()
