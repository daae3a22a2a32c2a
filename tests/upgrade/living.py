"""An installation in the middle of its life, and what is to be seen of it."""

import json
from pathlib import Path
from typing import Any

from tests.crash.installations import SCRIPT
from tests.crash.sites import KEYS, REPLIES, Candidate

QUESTION = "Which reviews could two careful people label differently?"
DELIVERABLE = "R01 positive_product\nR02 unclear: it speaks of two parcels"
SCORED, RUNNING, PENDING, BEGUN, HANDED_OVER, ASKED, IDLE = range(7)
"""The candidates. One is scored, one is at work, and one waits for a reply. Of three who handed in, a worker
has begun to rate the first, the job engine knows of the second, and the third is only asked for. The last one
has started and done nothing."""


def prepare() -> None:
    """Migrate, make the cast, start everybody's session, and hand in that of the first."""
    from django.conf import settings
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    from tests.people import invited, make_cast

    from assay_web.authoring.models import Draft
    from assay_web.clock import now
    from assay_web.session.start import start_session

    home: Path = settings.CONFIGURATION.home
    (home / SCRIPT).write_text(REPLIES, encoding="utf-8")
    cast = make_cast()
    Draft.objects.create(
        stage=cast.stage, parts=cast.version.content, origin="labeling-assistant", drafted_at=now()
    )
    invitations = [invited(cast.stage, f"Candidate{number} Example") for number in range(IDLE + 1)]
    rows = [start_session(invitation) for invitation in invitations]
    keys = [(one.public_id, _browser_of(one, number)) for number, one in enumerate(invitations)]
    (home / KEYS).write_text(json.dumps(keys), encoding="utf-8")
    _hand_in(rows[SCORED].pk)


def _browser_of(invitation: Any, number: int) -> str:
    """The cookie of a browser that was let in. Its key is no secret, and looks like none."""
    from assay_web.clock import now
    from assay_web.identifiers import token_hash
    from assay_web.openings.models import Device
    from assay_web.session.access import cookie_name

    key = f"browser-{number}-of-an-installation-for-tests"
    Device.objects.create(invitation=invitation, key_hash=token_hash(key), created_at=now())
    return f"{cookie_name(invitation.public_id)}={key}"


def _hand_in(session_id: int) -> None:
    from assay.session.engine import Session
    from assay_web.session.drive import drive

    def work(session: Session) -> None:
        session.send(QUESTION, "m1")
        session.begin_reply()
        session.finish_reply("Reviews 3 and 7: late delivery, and a mixed verdict. Which labels do you have?")
        session.save_deliverable(DELIVERABLE)
        session.submit()

    drive(session_id, work)


def hand_in(candidate: Candidate) -> None:
    """Talk, write and hand in, as a browser does."""
    candidate.say_until_answered(QUESTION, "m1")
    assert candidate.call("deliverable", text=DELIVERABLE).status == 200
    assert candidate.call("submit", text=DELIVERABLE).status == 200


def seen(candidate: Candidate) -> dict[str, Any]:
    """What the candidate has before them, as far as it must be there after an upgrade."""
    state = candidate.state()
    turns = [[turn["role"], turn["text"]] for turn in state["turns"]]
    return {"turns": turns, **{name: state[name] for name in ("deliverable", "seconds_left", "rounds_used")}}


def heads() -> list[str]:
    """The heads of all audit logs."""
    from assay_web.audit.models import AuditChain

    return list(AuditChain.objects.order_by("pk").values_list("head", flat=True))


def record_hashes() -> list[str]:
    """The SHA-256 of each kept record, in the order in which they were made; every one of them verifies."""
    import hashlib

    from assay.record.verification import verify
    from assay_web.scoring.models import SessionScore

    records = [
        bytes(record) for record in SessionScore.objects.order_by("pk").values_list("record", flat=True)
    ]
    for record in records:
        assert verify(record).holds
    return [hashlib.sha256(record).hexdigest() for record in records]
