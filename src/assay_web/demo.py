"""Example data for trying the site: a team, two openings, finished sessions, and an invitation to try.

The sessions are the reference transcripts that ship with the exercises, replayed through the engine with a
clock of their own. They are scored by the worker, like any other. Made once; a later start makes only fresh
links.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise

from django.db import transaction

from assay.library.exercises import exercise_folder, find_exercise
from assay.session.bots import Act, acts_of
from assay.session.engine import Session
from assay.session.passages import find_passage
from assay.session.reference import ReferenceSession, reference_of
from assay_web import clock
from assay_web.accounts.mail import sign_in_address
from assay_web.accounts.models import Team, User
from assay_web.accounts.services import found_team, make_sign_in_link
from assay_web.audit.log import actor, note
from assay_web.audit.models import Action
from assay_web.authoring.services import activate, import_exercise
from assay_web.openings.mail import link_address
from assay_web.openings.models import Candidate, Invitation, Opening, Stage
from assay_web.openings.services import create_opening
from assay_web.session.drive import drive, keep
from assay_web.session.exercises import exercise_of
from assay_web.session.links import new_link
from assay_web.session.models import CandidateSession
from assay_web.session.store import RowStore

OWNER = "owner@demo.example"
CANDIDATES = "candidates.example"
GUEST = "Guest"
READING_SECONDS, CHARACTERS_A_SECOND, LONGEST_ACT, REPLY_SECONDS = 20, 6, 75, 8
"""How the replayed candidates spend their time: reading a reply, typing, both at most, and waiting for the
assistant."""


@dataclass(frozen=True, slots=True)
class _Example:
    title: str
    job_description: str
    exercise: str
    people: tuple[tuple[str, str], ...]
    """Names, and the quality of the reference session that each replays."""


_EXAMPLES = (
    _Example(
        "Data operations associate",
        "You turn customers' words into data that models learn from: guides, labels and checks, most of it "
        "together with an AI. You notice when a label would not survive a second reader.",
        "labeling-assistant",
        (("Ines Okafor", "strong"), ("Tomasz Brandt", "middling"), ("Lea Novak", "weak")),
    ),
    _Example(
        "AI data annotator",
        "You check what an AI says about data before anybody relies on it, and say precisely what is wrong.",
        "annotator-find-errors",
        (("Ravi Menon", "strong"), ("Chloe Durand", "middling"), ("Emil Sand", "weak")),
    ),
)


def prepare(say: Callable[[str], None]) -> list[str]:
    """See to it that the example data is there; lines with fresh links to begin with."""
    owner = User.objects.filter(email=OWNER).first()
    if owner is None:
        say("Making example data: two openings, and six finished sessions for the worker to score.")
        with transaction.atomic():
            owner = _make()
    stage = (
        Stage.objects.filter(opening__team__in=owner.teams.all(), active__isnull=False).order_by("pk").first()
    )
    lines = [
        "Sign in as the team's owner (works once):",
        f"  {sign_in_address(make_sign_in_link(owner))}",
        "",
    ]
    if stage is not None:
        link = link_address(new_link(_guest(stage, owner)))
        lines += ["Take an assessment as a candidate (works once):", f"  {link}", ""]
    return lines


def _make() -> User:
    """Everything, as if it had happened over the last three days."""
    present = clock.now()
    with clock.following(lambda: present - timedelta(days=3)):
        owner = found_team("Larkmoor Home", OWNER, "Robin Vale")
    with clock.following(lambda: present - timedelta(days=2)):
        stages = [_opening(owner.teams.get(), owner, example) for example in _EXAMPLES]
        invitations = [
            (_invited(stage, owner, name), reference_of(exercise_folder(example.exercise), quality))
            for stage, example in zip(stages, _EXAMPLES, strict=True)
            for name, quality in example.people
        ]
    for number, (invitation, reference) in enumerate(invitations):
        _replay(invitation, reference, present - timedelta(hours=26 - 2.5 * number))
    return owner


def _opening(team: Team, owner: User, example: _Example) -> Stage:
    opening = create_opening(team, owner, title=example.title, job_description=example.job_description)
    Opening.objects.filter(pk=opening.pk).update(created_at=clock.now())
    stage = opening.stages.get()
    import_exercise(stage, owner, find_exercise(example.exercise))
    activate(stage, owner)
    stage.refresh_from_db()
    return stage


def _invited(stage: Stage, owner: User, name: str) -> Invitation:
    """Invite a person, without the letter that the site would send: nobody is at these addresses."""
    email = f"{name.lower().replace(' ', '.')}@{CANDIDATES}"
    candidate = Candidate.objects.create(opening=stage.opening, name=name, email=email)
    assert stage.active is not None, "the stage was activated"
    invitation = Invitation.objects.create(
        candidate=candidate,
        stage=stage,
        exercise_version=stage.active,
        invited_by=owner,
        expires_at=clock.now() + timedelta(days=30),
    )
    moments = {"created_at": clock.now()}
    Candidate.objects.filter(pk=candidate.pk).update(**moments)
    Invitation.objects.filter(pk=invitation.pk).update(**moments)
    note(stage.opening.team, actor(owner), Action.CANDIDATE_INVITED, f"invitation:{invitation.public_id}")
    return invitation


def _guest(stage: Stage, owner: User) -> Invitation:
    """An invitation for whoever tries the demo; a new one when they have finished the last."""
    invitations = Invitation.objects.filter(stage=stage, candidate__name__startswith=GUEST)
    open_ones = invitations.exclude(session__status=CandidateSession.Status.ENDED)
    waiting = open_ones.filter(expires_at__gt=clock.now(), revoked_at__isnull=True).order_by("-pk").first()
    if waiting is not None:
        return waiting
    return _invited(stage, owner, f"{GUEST} {invitations.count() + 1}")


class _Hand:
    """A clock that is moved by hand."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment

    def wait(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


def _replay(invitation: Invitation, reference: ReferenceSession, begun: datetime) -> None:
    """Work through a reference session as its candidate did, replies included, and submit."""
    hand = _Hand(begun)
    with clock.following(hand):
        Invitation.objects.filter(pk=invitation.pk).update(consented_at=begun)
        row = _started(invitation, f"reference:{reference.quality}")
        replies = iter(_answers(reference))
        for number, act in enumerate(acts_of(reference)):
            hand.wait(min(LONGEST_ACT, READING_SECONDS + len(act.text) / CHARACTERS_A_SECOND))
            drive(row.pk, partial(_do, act, f"replay-{number}"))
            if act.kind == "send":
                drive(row.pk, Session.begin_reply)
                hand.wait(REPLY_SECONDS)
                drive(row.pk, lambda session: session.finish_reply(next(replies)))
        hand.wait(READING_SECONDS)
        drive(row.pk, Session.submit)


def _answers(reference: ReferenceSession) -> list[str]:
    """The reply to each of the candidate's messages, in order."""
    turns = reference.turns
    return [after.text for turn, after in pairwise(turns) if turn.role == "user"]


def _started(invitation: Invitation, model: str) -> CandidateSession:
    """A session that says of itself that no model answered in it."""
    stage, moment = invitation.stage, clock.now()
    row = CandidateSession.objects.create(
        team=stage.opening.team,
        stage=stage,
        invitation=invitation,
        exercise_version=invitation.exercise_version,
        model=model,
        started_at=moment,
    )
    exercise = exercise_of(invitation.exercise_version_id)
    keep(row, Session.start(exercise, RowStore(row), clock.now, session=row.public_id, model=model))
    whose = f"candidate:{invitation.candidate.public_id}"
    note(row.team, whose, Action.SESSION_STARTED, f"session:{row.public_id}")
    return row


def _do(act: Act, message: str, session: Session) -> None:
    if act.kind == "send":
        session.send(act.text, message)
    elif act.kind == "save":
        session.save_deliverable(act.text)
    elif (passage := find_passage(session.transcript.turns, act.quote)) is not None:
        session.flag(*passage, act.text)
