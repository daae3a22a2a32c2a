"""Candidates on their way: invited, asking, at work, out of time, handed in."""

from datetime import timedelta

from tests.pictures.scene import Scene
from tests.pictures.worked import REPLY_SECONDS, Hand, worked

from assay.session.engine import Session
from assay_web.authoring.models import ExerciseVersion
from assay_web.clock import following
from assay_web.openings.inviting import answer_request
from assay_web.openings.models import Invitation
from assay_web.session.drive import drive
from assay_web.session.links import new_link
from assay_web.session.models import CandidateSession, WarmUpTurn
from assay_web.session.services import ask_for_accommodation, consent_and_start
from assay_web.session.start import start_try

WARM_UP = (
    ("user", "Hello, is this where I write?"),
    ("assistant", "Yes. Write as you would to a colleague; Enter sends it, and I answer here."),
)


def make(scene: Scene) -> None:
    """One candidate in each place of the way."""
    _before(scene)
    _at_work(scene)
    _out_of_time(scene)
    _says_nothing(scene)
    own = start_try(scene.errors, _version(scene), scene.owner)
    scene.keys["try"] = own.public_id


def _before(scene: Scene) -> None:
    mara = scene.invited("Mara Lindqvist")
    used, revoked = scene.invited("Thea Blom"), scene.invited("Pavel Horak")
    scene.keys |= {
        "link.good": new_link(mara),
        "link.used": new_link(used),
        "link.revoked": new_link(revoked),
    }
    scene.lets_in(used)
    used.links.update(exchanged_at=scene.ago(hours=2))
    Invitation.objects.filter(pk=revoked.pk).update(revoked_at=scene.ago(hours=1))
    late = scene.invited("Yuki Tanaka", hours=24 * 20)
    with following(lambda: scene.ago(hours=24 * 20)):
        scene.keys["link.expired"] = new_link(late)
        scene.lets_in(late)
    _asking(scene)
    fresh = scene.invited("Leila Haidari")
    scene.lets_in(fresh)


def _asking(scene: Scene) -> None:
    noor, priya = scene.invited("Noor Haddad"), scene.invited("Priya Raman")
    for invitation in (noor, priya):
        scene.lets_in(invitation)
    with following(lambda: scene.ago(hours=5)):
        asked = ask_for_accommodation(
            noor, "more_time", "I read with a screen magnifier, which takes longer."
        )
        ask_for_accommodation(
            priya,
            "another_way",
            "My connection drops most afternoons. Could I do this by phone, or early in the morning?",
        )
    with following(lambda: scene.ago(hours=2)):
        answer_request(
            asked, scene.owner, "Of course. You have half as much time again.", time_multiplier=1.5
        )
    for position, (role, text) in enumerate(WARM_UP):
        WarmUpTurn.objects.create(invitation=noor, position=position, role=role, text=text)


def _at_work(scene: Scene) -> None:
    for name, rounds, minutes in (
        ("Jonas Weber", 4, 14.0),
        ("Sami Aalto", 2, 8.0),
        ("Elif Kaya", 3, 9.0),
        ("Oskar Lind", 2, 7.0),
        ("Uma Patel", 3, 9.0),
        ("Wim Bakker", 3, 9.0),
        ("Victor Lima", 1, 4.0),
        ("Ada Brook", 4, 25 - 1.6 + 4 * REPLY_SECONDS / 60),
    ):
        invitation = scene.invited(name)
        scene.lets_in(invitation)
        row = worked(invitation, "strong", begun=scene.ago(minutes=minutes), rounds=rounds, submits=False)
        keep(scene, row)
    nia = scene.invited("Nia Mensah", scene.errors)
    scene.lets_in(nia)
    begun = scene.ago(minutes=13)
    keep(
        scene,
        worked(nia, "strong", begun=begun, exercise="annotator-find-errors", rounds=5, submits=False),
    )


def _out_of_time(scene: Scene) -> None:
    sam, aisha = scene.invited("Sam Oduya"), scene.invited("Aisha Bello")
    for invitation, rounds, hours in ((sam, 1, 0.7), (aisha, 3, 6)):
        scene.lets_in(invitation)
        row = worked(invitation, "strong", begun=scene.ago(hours=hours), rounds=rounds, submits=False)
        hand = Hand(scene.ago(hours=hours) + timedelta(minutes=40))
        with following(hand):
            drive(row.pk, Session.keep_time)
        keep(scene, row)


def _says_nothing(scene: Scene) -> None:
    luis = scene.invited("Luis Ortega")
    scene.lets_in(luis)
    hand = Hand(scene.ago(hours=4))
    with following(hand):
        row = consent_and_start(luis)
        hand.wait(40)
        drive(row.pk, lambda session: session.send("hi", "picture-0"))
        drive(row.pk, Session.begin_reply)
        hand.wait(4)
        drive(row.pk, lambda session: session.finish_reply("Hello. What shall we work on?"))
        hand.wait(30)
        drive(row.pk, Session.submit)
    keep(scene, row)


def keep(scene: Scene, row: CandidateSession) -> None:
    """Keep a session's id under its candidate's first name."""
    assert row.invitation is not None
    first = row.invitation.candidate.name.partition(" ")[0].lower()
    scene.keys[f"{first}.session"] = row.public_id


def _version(scene: Scene) -> ExerciseVersion:
    assert scene.errors.active is not None
    return scene.errors.active
