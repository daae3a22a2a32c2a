"""The audit log's page."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.people import Cast

from assay_web.audit.log import SYSTEM, actor, note
from assay_web.audit.models import Action, AuditChain, AuditEvent
from assay_web.audit.queries import A_PAGE


def shown(cast: Cast, query: str = "") -> str:
    return cast.signed_in(cast.owner).get(f"/audit/{query}").content.decode()


def numbers(page: str) -> list[int]:
    return [int(found) for found in re.findall(r'<td class="num">(\d+)</td>', page)]


@pytest.fixture
def many(cast: Cast) -> Cast:
    """The cast, whose team's log has three pages."""
    for number in range(2 * A_PAGE + 5):
        who = cast.recruiter if number % 2 else None
        note(
            cast.team,
            actor(who),
            Action.SESSION_SCORED if who is None else Action.RESULT_SEEN,
            f"session:s{number}",
        )
    note(cast.stranger.memberships.get().team, SYSTEM, Action.TEAM_CREATED, "team:secret-elsewhere")
    return cast


def test_only_an_owner_reads_the_log(cast: Cast) -> None:
    for user in (cast.recruiter, cast.author, cast.reviewer, cast.interviewer, cast.viewer):
        assert cast.signed_in(user).get("/audit/").status_code == 403
    assert Client().get("/audit/").status_code == 302


def test_a_team_sees_its_own_log_and_no_other(many: Cast) -> None:
    assert "secret-elsewhere" not in shown(many)
    assert "secret-elsewhere" in many.signed_in(many.stranger).get("/audit/").content.decode()


def test_an_owner_reads_the_whole_log_page_by_page_without_gap_or_repeat(many: Cast) -> None:
    client, read = many.signed_in(many.owner), list[int]()
    query: str | None = ""
    length = AuditChain.objects.get(team=many.team).length
    while query is not None:
        page = client.get(f"/audit/{query}").content.decode()
        read += numbers(page)
        older = re.search(r'href="(\?before=\d+)"', page)
        query = older[1] if older else None
    assert read == list(range(length - 1, -1, -1))


@pytest.mark.parametrize(
    ("query", "kind"),
    [("?action=result_seen", "action"), ("?person={recruiter}", "actor"), ("?subject=session:s3", "subject")],
)
def test_an_owner_looks_for_an_action_a_person_or_a_subject(many: Cast, query: str, kind: str) -> None:
    person = actor(many.recruiter)
    found = numbers(shown(many, query.format(recruiter=person)))
    wanted = {"action": "result_seen", "actor": person, "subject": "session:s3"}[kind]
    expected = AuditEvent.objects.filter(chain__team=many.team, **{kind: wanted}).order_by("-seq")[:A_PAGE]
    assert found == [event.seq for event in expected]
    assert found


def test_a_search_that_finds_nothing_says_so(many: Cast) -> None:
    assert "Nothing fits what you look for." in shown(many, "?subject=nothing")


def test_the_log_says_that_it_holds_and_where_it_does_not(many: Cast) -> None:
    assert "The log holds" in shown(many, "?check=1")
    AuditEvent.objects.filter(chain__team=many.team, seq=3).update(actor="user:999")
    assert "does not hold at event 3" in shown(many, "?check=1")


def test_a_page_takes_as_many_queries_as_any_other(many: Cast) -> None:
    client = many.signed_in(many.owner)
    taken = []
    for query in ("", "?before=60", "?before=5", "?action=result_seen"):
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/audit/{query}")
        taken.append(len(queries))
    assert max(taken) <= min(taken) + 1, "a page on which nobody is named asks for no names"
    assert max(taken) < 12
