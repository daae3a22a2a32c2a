"""What is made known of a score: release to its candidate, the candidate's contest, and a person's answer."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from assay.errors import UserMistake
from assay_web.accounts.models import User
from assay_web.audit.log import actor, note
from assay_web.audit.models import Action
from assay_web.authoring.models import ExerciseVersion
from assay_web.clock import now
from assay_web.jobs.ask import ask_for_scoring
from assay_web.jobs.models import ScoringJob
from assay_web.openings.mail import link_address, send
from assay_web.scoring.mail import released_letter
from assay_web.scoring.models import Contest, Release, SessionScore
from assay_web.session.links import new_link
from assay_web.session.models import CandidateSession

LONGEST_WORDS = 4_000


@dataclass(frozen=True, slots=True)
class Told:
    """How the candidate was told of a release.

    Attributes:
        link: a fresh way in for a person to pass on; empty where the mail took it, or none was made.
        problem: why no e-mail went out, in words; empty when it did, or none was to.
    """

    link: str = ""
    problem: str = ""


def release(score: SessionScore, user: User) -> Release:
    """Let the candidate see one scoring. Doing it again changes nothing; another scoring takes its place.

    Raises:
        UserMistake: the session is a colleague's try, which has no candidate.
    """
    return _released(score, user)[0]


def release_and_tell(score: SessionScore, user: User) -> Told:
    """Let the candidate see one scoring, and mail them a fresh link to it.

    What is released already is not told again. A mail that does not go out undoes nothing.

    Raises:
        UserMistake: the session is a colleague's try, which has no candidate.
    """
    made, fresh = _released(score, user)
    invitation = made.session.invitation
    if not fresh or invitation is None:
        return Told()
    if invitation.revoked_at is not None:
        return Told(problem=_("The invitation is revoked, so the candidate is not let in"))
    with transaction.atomic():
        address = link_address(new_link(invitation))
        subject = f"invitation:{invitation.public_id}"
        note(made.session.team, actor(user), Action.LINK_SENT, subject, to="candidate's address")
    if not invitation.candidate.email:
        return Told(address, _("No e-mail address is known"))
    problem = send([released_letter(invitation, address, user)]).get(invitation.pk, "")
    return Told(address if problem else "", problem)


def _released(score: SessionScore, user: User) -> tuple[Release, bool]:
    """The release, and whether it is news to the candidate."""
    session = score.session
    if session.invitation_id is None:
        raise UserMistake("This session was a try", remedy="Only a candidate's result can be released")
    with transaction.atomic():
        _lock(session)
        known = Release.objects.filter(session=session).first()
        if known is not None and known.score_id == score.pk:
            return known, False
        made, _made = Release.objects.update_or_create(
            session=session, defaults={"score": score, "released_by": user, "released_at": now()}
        )
        _note(session, actor(user), Action.RESULT_RELEASED, score=score.public_id, seal=score.seal)
    return made, True


def withdraw(session: CandidateSession, user: User) -> bool:
    """Take back what the candidate may see; False when nothing was released."""
    with transaction.atomic():
        _lock(session)
        known = Release.objects.select_related("score").filter(session=session).first()
        if known is None:
            return False
        known.delete()
        _note(session, actor(user), Action.RELEASE_WITHDRAWN, score=known.score.public_id)
    return True


def contest(session: CandidateSession, criterion: str, words: str) -> Contest:
    """The candidate says that a criterion of the released report was measured wrongly.

    Raises:
        UserMistake: nothing is released, the criterion is not in the report or was contested already, or
            there are no words, or too many.
    """
    said = words.strip()
    if not said:
        raise UserMistake("Nothing was written", remedy="Write what was measured wrongly, in your own words")
    if len(said) > LONGEST_WORDS:
        raise UserMistake(
            f"This has {len(said)} characters", remedy=f"Write it in at most {LONGEST_WORDS} characters"
        )
    with transaction.atomic():
        _lock(session)
        known = Release.objects.select_related("score").filter(session=session).first()
        if known is None or not known.score.levels.filter(criterion=criterion).exists():
            raise UserMistake("This criterion is not in your report", remedy="Reload the page")
        if Contest.objects.filter(session=session, criterion=criterion).exists():
            raise UserMistake(
                "You have contested this criterion already", remedy="A person of the team answers you here"
            )
        made = Contest.objects.create(
            session=session, score=known.score, criterion=criterion, words=said, contested_at=now()
        )
        _note(session, _candidate(session), Action.SCORE_CONTESTED, criterion=criterion)
    return made


def answer_contest(
    given: Contest, user: User, words: str, score_with: ExerciseVersion | None = None
) -> Contest:
    """Answer a candidate's contest, once; and have the session scored with another version where asked.

    Raises:
        UserMistake: there are no words, too many, or it was answered already.
    """
    said = words.strip()
    if not said or len(said) > LONGEST_WORDS:
        raise UserMistake(
            "The answer is empty or too long",
            remedy=f"Write what you looked at and what you found, in up to {LONGEST_WORDS} characters",
        )
    with transaction.atomic():
        row = Contest.objects.select_for_update().get(pk=given.pk)
        if row.answered_at is not None:
            raise UserMistake("This was answered already", remedy="Reload the page to read the answer")
        row.answer, row.answered_by, row.answered_at = said, user, now()
        row.save(update_fields=["answer", "answered_by", "answered_at"])
        session = given.session
        _note(session, actor(user), Action.CONTEST_ANSWERED, criterion=row.criterion, contest=row.public_id)
        if score_with is not None:
            rescore(session, score_with, user)
    return row


def rescore(session: CandidateSession, version: ExerciseVersion, user: User) -> ScoringJob:
    """Have a session scored with another version of its exercise; the scores there are stay beside it.

    Raises:
        UserMistake: the session has not ended, or the version is another team's.
    """
    if session.status != CandidateSession.Status.ENDED:
        raise UserMistake("This session has not ended", remedy="Wait until it has ended")
    if version.team_id != session.team_id:
        raise UserMistake("This version is not your team's", remedy="Choose one of the stage's versions")
    with transaction.atomic():
        job = ask_for_scoring(
            session, reason=f"version {version.version[:12]} asked for", exercise_version=version.pk
        )
        _note(session, actor(user), Action.RESCORE_ASKED, exercise=version.version, job=job.public_id)
    return job


def _note(session: CandidateSession, who: str, action: Action, **data: str) -> None:
    note(session.team, who, action, f"session:{session.public_id}", **data)


def _candidate(session: CandidateSession) -> str:
    return (
        f"candidate:{session.invitation.candidate.public_id}" if session.invitation else "candidate:unknown"
    )


def _lock(session: CandidateSession) -> None:
    CandidateSession.objects.select_for_update().only("pk").get(pk=session.pk)
