"""P1: a sent message is neither lost nor doubled, wherever the site is killed between send and reply."""

from typing import NamedTuple

from tests.crash.conftest import Maker
from tests.crash.sites import REPLY, Site, prepare_many_candidates

TEXT = "Which reviews could two careful people label differently?"


class Kept(NamedTuple):
    """What a session holds in the end."""

    messages: list[tuple[str, str]]
    replies: list[str]
    turns: list[tuple[str, str]]
    charged: float
    """Seconds that were charged between the message and its reply."""


def kept(number: int) -> list[Kept]:
    """What the sessions of the first so many candidates hold."""
    from assay_web.session.models import CandidateSession

    return [_kept(row.pk) for row in CandidateSession.objects.order_by("pk")[:number]]


def _kept(session_id: int) -> Kept:
    from tests.looking import look

    from assay.session.clock import outside

    events, state, transcript = look(session_id, lambda one: (one.events, one.state, one.transcript))
    sent = [event for event in events if event.kind == "message_sent"]
    came = [event for event in events if event.kind == "reply_finished"]
    return Kept(
        [(event.data["message"], event.data["text"]) for event in sent],
        [event.data["text"] for event in came],
        [(turn.role, turn.text) for turn in transcript.turns],
        outside([(one.since, one.until) for one in state.credits], sent[0].at, came[-1].at),
    )


def test_a_message_is_neither_lost_nor_doubled_wherever_the_site_is_killed(new_installation: Maker) -> None:
    installation = new_installation(prepare_many_candidates)
    site = Site(installation)
    site.start(again=True)
    try:
        assert site.candidate(0).say(TEXT, "m1", die_at=0).whole
        points = site.points()
        assert {"its body is read", "before the model is asked", "a piece of the reply"} <= set(points)
        for at in range(1, len(points) + 1):
            site.candidate(at).say(TEXT, "m1", die_at=at)
            site.wait_for_deaths(at)
            site.candidate(at).say_until_answered(TEXT, "m1")
    finally:
        site.kill()
    for at, found in enumerate(installation.run(kept, len(points) + 1)):
        where = f"killed at point {at}: {points[at - 1]}"
        assert found.messages == [("m1", TEXT)], where
        assert found.turns == [("user", TEXT), ("assistant", REPLY)], where
        assert found.charged < 0.3, where
