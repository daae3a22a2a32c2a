"""A team with as much as is wanted of everything, for counting and timing its pages.

The sessions of the cast are real ones, scored by the site, and are what pages that open one session open.
`crowd_rows` writes all the others.
"""

from dataclasses import dataclass
from datetime import timedelta

from tests.baseline_rows import REPLY, baseline_made
from tests.judge_attacks import attacked, begun
from tests.judge_rows import rated_by
from tests.people import Cast, invited, make_cast
from tests.web.scoring.finished import finished, scored

from assay.scoring.judge.settings import read_judge
from assay_web.accounts.models import ColleagueInvitation, Membership, Team, User
from assay_web.accounts.roles import Role
from assay_web.audit.log import note
from assay_web.audit.models import Action
from assay_web.authoring.models import Activation, Draft, ExerciseVersion
from assay_web.clock import following, now
from assay_web.identifiers import new_id
from assay_web.jobs.models import ModelCall, ScoringJob, Spend, Worker
from assay_web.judges.services import choose, make_judge
from assay_web.openings.models import AccommodationRequest, Invitation, Opening, Stage
from assay_web.scoring.models import Contest, SessionScore
from assay_web.session.links import new_link
from assay_web.session.models import IntegritySignal
from assay_web.session.start import start_session


@dataclass(frozen=True, slots=True)
class Place:
    """The cast, with two scored sessions, and the things beside them that pages open."""

    cast: Cast
    strong: SessionScore
    weak: SessionScore
    contest: Contest
    older: ExerciseVersion
    asked: Invitation
    judges: tuple[str, str]
    prompt: dict[str, str]
    alone: str


def make_place() -> Place:
    """The cast in the database, with one of everything that a page opens."""
    cast = make_cast()
    strong, weak = scored(cast.mara, "strong"), scored(cast.noor, "weak")
    contest = Contest.objects.create(
        session=weak.session,
        score=weak,
        criterion=weak.levels.all()[0].criterion,
        words="I did check",
        contested_at=now(),
    )
    Draft.objects.create(
        stage=cast.stage, parts=cast.version.content, origin="labeling-assistant", drafted_at=now()
    )
    older = _version(cast.team, cast.version, "An earlier version")
    for version in (older, cast.version):
        Activation.objects.create(
            stage=cast.stage, version=version, activated_by=cast.owner, activated_at=now()
        )
    invited(cast.stage, "Otto Brandt")
    start_session(invited(cast.stage, "Ines Alvarez"))
    failed = finished(invited(cast.stage, "Pia Quist"), "weak")
    ScoringJob.objects.filter(session=failed).update(
        status=ScoringJob.Status.FAILED, problem="The model did not answer", finished_at=now()
    )
    Spend.objects.create(scope=f"session:{failed.pk}", session=failed, refused=1, refused_at=now())
    ModelCall.objects.create(
        team=cast.team, at=now(), purpose="drafting", setting="openai:example", outcome="failed",
        problem="The model did not answer", prompt_tokens=900, completion_tokens=0, seconds=3.2, attempts=3,
    )  # fmt: skip
    # Before judges are chosen: the runs are rated as the sessions were.
    alone = baseline_made(cast.stage, REPLY).runs.get().session.public_id
    return Place(cast, strong, weak, contest, older, cast.mara, *_judged(cast, strong), alone)


def _judged(cast: Cast, score: SessionScore) -> tuple[tuple[str, str], dict[str, str]]:
    """Two judges that rated the same session, and what names one of their prompts."""
    names = ("openai:gpt-4.1-mini", "openai:gpt-4.1-mini passes=2")
    one, other = (make_judge(cast.team, cast.owner, name, read_judge(name)) for name in names)
    rated_by(one, score.session, {1: 2})
    rated_by(other, score.session)
    attacked(one)
    choose(cast.stage, cast.owner, [one, other], offline=True)
    prompt = {"judge": one.version, "version": cast.version.public_id, "pass": "1"}
    return (one.public_id, other.public_id), {**prompt, "criterion": score.levels.all()[0].criterion}


def _add_judge(place: Place) -> None:
    """A judge that was chosen for a stage of its own, and has rated the strong session differently."""
    cast, name = place.cast, new_id()
    judge = make_judge(cast.team, cast.owner, name, read_judge(f"openai:{name}"))
    begun(judge, done=3)
    choose(cast.opening.stages.latest("pk"), cast.owner, [judge], offline=True)
    rated_by(judge, place.strong.session, {1: 1})


def _version(team: Team, like: ExerciseVersion, title: str) -> ExerciseVersion:
    return ExerciseVersion.objects.create(
        team=team,
        version=new_id() * 3,
        title=title,
        content={**like.content, "title": title},
        created_at=now(),
    )


def add_openings(team: Team, version: ExerciseVersion, number: int) -> list[Stage]:
    """This many openings of the team, each with a stage that is active; every fourth is closed."""
    openings = Opening.objects.bulk_create(
        Opening(team=team, title=f"Opening {place}", closed_at=now() if place % 4 == 3 else None)
        for place in range(number)
    )
    return Stage.objects.bulk_create(
        Stage(opening=opening, position=1, title="LLM assessment", active=version) for opening in openings
    )


def add_team(name: str, like: ExerciseVersion) -> tuple[Team, ExerciseVersion]:
    """Another team, with a version of its own."""
    team = Team.objects.create(name=name)
    return team, _version(team, like, like.title)


def add_around(place: Place, number: int) -> None:
    """This many more of what is few: openings, stages, versions, colleagues, and what one session has."""
    cast, score = place.cast, place.strong
    add_openings(cast.team, cast.version, number)
    stages = cast.opening.stages.count()
    early = now() - timedelta(days=1)
    # Before judges were chosen: the runs are rated as the sessions were.
    with following(lambda: early):
        baseline_made(cast.stage, *[REPLY] * 5)
    for turn in range(number):
        version = _version(cast.team, cast.version, f"Version {new_id()}")
        Activation.objects.create(
            stage=cast.stage, version=version, activated_by=cast.owner, activated_at=now()
        )
        Stage.objects.create(
            opening=cast.opening, position=stages + turn + 1, title="Another", active=version
        )
        _colleague(cast)
        _beside(score, version)
        new_link(place.asked)
        AccommodationRequest.objects.create(invitation=place.asked, kind="more_time", asked_at=now())
        _add_judge(place)
        Worker.objects.create(name=new_id(), started_at=now(), seen_at=now())
        for who in (f"user:{cast.owner.pk}", f"candidate:{cast.mara.candidate.public_id}"):
            note(cast.team, who, Action.RESULT_SEEN, f"session:{score.session.public_id}")


def _colleague(cast: Cast) -> None:
    name = new_id()
    user = User.objects.create(email=f"{name}@example.org", name=name)
    Membership.objects.create(team=cast.team, user=user, role=Role.VIEWER)
    ColleagueInvitation.objects.create(
        team=cast.team, email=f"new-{name}@example.org", role=Role.VIEWER, token_hash=name,
        invited_by=cast.owner, expires_at=now() + timedelta(days=1),
    )  # fmt: skip


def _beside(score: SessionScore, version: ExerciseVersion) -> None:
    """Another score of the same session, another contest, and something that the browser noticed."""
    session = score.session
    IntegritySignal.objects.create(session=session, kind="pasted", at=now(), amount=80)
    Contest.objects.create(
        session=session, score=score, criterion=new_id(), words="Again", contested_at=now()
    )
    known = SessionScore.objects.get(pk=score.pk)
    known.pk, known.public_id, known.exercise_version, known.current = None, new_id(), version, False
    known.save(force_insert=True)
