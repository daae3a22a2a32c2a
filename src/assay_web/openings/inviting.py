"""Invitations: made, sent again, revoked, and what a candidate asked for answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import floor
from typing import Literal

from django.db import transaction
from django.utils.translation import gettext as _

from assay.errors import AssayError, UserMistake
from assay.session.clock import Stretch, joined
from assay.session.engine import Session
from assay_web.accounts.models import Team, User
from assay_web.audit.log import actor, note
from assay_web.audit.models import Action
from assay_web.clock import now
from assay_web.openings.mail import answer_letter, invitation_letter, link_address, send
from assay_web.openings.models import AccommodationRequest, Candidate, Invitation, Stage
from assay_web.openings.pasted import Invitee
from assay_web.session.drive import drive
from assay_web.session.links import new_link
from assay_web.session.models import CandidateSession

Became = Literal["invited", "invited_again", "there_already"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one invitation.

    Attributes:
        link: the address to pass on, shown this once; empty where none was made.
        problem: why no e-mail went out, in words.
    """

    invitation: Invitation
    became: Became
    link: str = ""
    problem: str = ""


def invite(
    stage: Stage, user: User, invitees: Sequence[Invitee], *, time_multiplier: float, days: int
) -> list[Outcome]:
    """Invite people to a stage, and mail each their link. Who is invited already is left alone.

    Raises:
        UserMistake: the opening is closed, or the stage has no active exercise.
    """
    until = now() + timedelta(days=days)
    with transaction.atomic():
        locked = _open_stage(stage)
        made = [_invited(locked, user, one, time_multiplier, until) for one in invitees]
        outcomes = [
            Outcome(row, became, _link(row, user) if became != "there_already" else "")
            for row, became in made
        ]
    return _mailed(outcomes, user)


def invite_again(invitation: Invitation, user: User, *, days: int) -> Outcome:
    """A new link that works `days` from now; a revoked invitation counts again.

    Raises:
        UserMistake: the session has ended, so there is nothing to be let in to.
    """
    with transaction.atomic():
        locked = _locked(invitation)
        session = CandidateSession.objects.filter(invitation=locked).only("status").first()
        if session is not None and session.status == CandidateSession.Status.ENDED:
            raise UserMistake(
                _("This candidate has finished"), remedy=_("There is nothing left to be let in to")
            )
        again = locked.revoked_at is not None
        if again and session is None:
            locked.exercise_version_id = _open_stage(locked.stage).active_id or locked.exercise_version_id
        locked.revoked_at = None
        locked.expires_at = max(locked.expires_at, now() + timedelta(days=days))
        locked.save(update_fields=["revoked_at", "expires_at", "exercise_version"])
        outcome = Outcome(locked, "invited_again", _link(locked, user))
    return _mailed([outcome], user)[0]


def revoke(invitation: Invitation, user: User) -> None:
    """Let no browser in any more. What was done so far is kept. Doing it again changes nothing."""
    with transaction.atomic():
        locked = _locked(invitation)
        if locked.revoked_at is None:
            locked.revoked_at = now()
            locked.save(update_fields=["revoked_at"])
            note(_team(locked), actor(user), Action.INVITATION_REVOKED, f"invitation:{locked.public_id}")


def set_extra_time(invitation: Invitation, user: User, time_multiplier: float) -> None:
    """Set the time multiplier.

    Raises:
        UserMistake: the session has started; its limits are part of it.
    """
    with transaction.atomic():
        locked = _locked(invitation)
        if locked.time_multiplier == time_multiplier:
            return
        _refuse_once_started(locked)
        locked.time_multiplier = time_multiplier
        locked.save(update_fields=["time_multiplier"])
        subject = f"invitation:{locked.public_id}"
        note(_team(locked), actor(user), Action.ACCOMMODATION_ANSWERED, subject, unasked=True)


def answer_request(
    request: AccommodationRequest, user: User, answer: str, *, time_multiplier: float | None
) -> str:
    """Answer a request, set the extra time where it is given, and mail the answer.

    Returns:
        Why no e-mail went out, in words; empty when it did.

    Raises:
        UserMistake: extra time is given and the session has started, or the request is answered already.
    """
    with transaction.atomic():
        locked = _locked(request.invitation)
        row = AccommodationRequest.objects.select_for_update().get(pk=request.pk)
        if row.answered_at is not None:
            raise UserMistake(_("This request has been answered"), remedy=_("Reload the page to see how"))
        if time_multiplier is not None and time_multiplier != locked.time_multiplier:
            _refuse_once_started(locked)
            locked.time_multiplier = time_multiplier
            locked.save(update_fields=["time_multiplier"])
        row.answer, row.answered_at, row.answered_by = answer, now(), user
        row.save(update_fields=["answer", "answered_at", "answered_by"])
        row.invitation = locked
        subject = f"invitation:{locked.public_id}"
        note(_team(locked), actor(user), Action.ACCOMMODATION_ANSWERED, subject, kind=row.kind)
    return send([answer_letter(row, user)]).get(locked.pk, "")


def give_time_back(session: CandidateSession, user: User, *, minutes: float, words: str) -> float:
    """Take minutes that were lost off a running session's clock.

    The engine credits a stretch of the session that has passed, and none of it twice, so more than has
    passed cannot be given back.

    Returns:
        Seconds by which the candidate's time grew.

    Raises:
        UserMistake: the session has ended, or nothing of that stretch was charged.
    """
    refusal: AssayError | None = None
    gained = 0.0
    with transaction.atomic():
        try:
            gained = drive(session.pk, lambda running: _give_back(running, session, minutes * 60, words))
        except AssayError as error:
            # What the clock brought about meanwhile is kept, so the transaction goes through.
            refusal = error
        else:
            subject = f"session:{session.public_id}"
            note(session.team, actor(user), Action.OUTAGE_CREDITED, subject, seconds=round(gained))
    if refusal is not None:
        raise refusal
    return gained


def _give_back(running: Session, session: CandidateSession, seconds: float, words: str) -> float:
    before = running.seconds_left()
    # Rounded down, since the engine's own clock is read to the millisecond and must not be behind.
    until = floor((now() - session.started_at).total_seconds() * 1000) / 1000
    credited = [(one.since, one.until) for one in running.state.credits]
    since = max(running.state.attempt_started, _charged_since(credited, until, seconds))
    running.credit_outage(since, until, words)
    return running.seconds_left() - before


def _charged_since(credited: Sequence[Stretch], until: float, seconds: float) -> float:
    """From when to `until` so many seconds were charged; what is credited already does not count."""
    since, wanted = until, seconds
    for start, end in reversed(joined(credited)):
        charged = max(0.0, since - end)
        if charged >= wanted:
            break
        wanted -= charged
        since = min(since, start)
    return since - wanted


def _open_stage(stage: Stage) -> Stage:
    locked = Stage.objects.select_for_update(of=("self",)).select_related("opening__team").get(pk=stage.pk)
    if locked.opening.closed_at is not None:
        raise UserMistake(_("This opening is closed"), remedy=_("Reopen it to invite candidates"))
    if locked.active_id is None:
        raise UserMistake(
            _("This stage has no active exercise yet"), remedy=_("Draft one and activate it, then invite")
        )
    return locked


def _invited(
    stage: Stage, user: User, invitee: Invitee, time_multiplier: float, until: datetime
) -> tuple[Invitation, Became]:
    candidate, _made = Candidate.objects.get_or_create(
        opening=stage.opening, email=invitee.email, defaults={"name": invitee.name}
    )
    fresh = {
        "exercise_version_id": stage.active_id,
        "invited_by": user,
        "expires_at": until,
        "time_multiplier": time_multiplier,
    }
    row, made = Invitation.objects.get_or_create(candidate=candidate, stage=stage, defaults=fresh)
    if not made:
        if row.revoked_at is None or CandidateSession.objects.filter(invitation=row).exists():
            return row, "there_already"
        for name, value in fresh.items():
            setattr(row, name, value)
        row.revoked_at = None
        row.save()
    note(
        stage.opening.team,
        actor(user),
        Action.CANDIDATE_INVITED,
        f"invitation:{row.public_id}",
        stage=stage.public_id,
    )
    return row, "invited" if made else "invited_again"


def _link(invitation: Invitation, user: User) -> str:
    token = new_link(invitation, lasting=invitation.expires_at - now())
    note(_team(invitation), actor(user), Action.LINK_SENT, f"invitation:{invitation.public_id}")
    return link_address(token)


def _mailed(outcomes: list[Outcome], user: User) -> list[Outcome]:
    letters = [invitation_letter(one.invitation, one.link, user) for one in outcomes if one.link]
    problems = send(letters)
    return [
        Outcome(one.invitation, one.became, one.link, problems.get(one.invitation.pk, "")) for one in outcomes
    ]


def _locked(invitation: Invitation) -> Invitation:
    rows = Invitation.objects.select_for_update(of=("self",))
    return rows.select_related("candidate__opening__team", "stage__opening", "exercise_version").get(
        pk=invitation.pk
    )


def _team(invitation: Invitation) -> Team:
    return invitation.candidate.opening.team


def _refuse_once_started(invitation: Invitation) -> None:
    if CandidateSession.objects.filter(invitation=invitation).exists():
        raise UserMistake(
            _("The session has started, so its extra time cannot change any more"),
            remedy=_("Give time back for what was lost, while it runs"),
        )
