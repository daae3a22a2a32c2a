"""Results: rated by people, released, contested, scored with two versions, refused, waiting and failed."""

from datetime import timedelta
from typing import Any

from tests.pictures.in_progress import keep
from tests.pictures.scene import Scene, do_all_jobs
from tests.pictures.worked import said_in, worked

from assay_web.accounts.models import User
from assay_web.authoring.models import Draft
from assay_web.authoring.services import activate, change_parts
from assay_web.clock import following
from assay_web.jobs.models import ScoringJob
from assay_web.review.services import keep_draft
from assay_web.review.services import save as save_ratings
from assay_web.scoring.models import Contest, SessionScore
from assay_web.scoring.panels import case_of
from assay_web.scoring.releases import answer_contest, contest, release, rescore
from assay_web.session.models import CandidateSession, IntegritySignal
from assay_web.session.services import give_feedback


def make(scene: Scene) -> None:
    """Everything that can become of a session that was handed in."""
    _rated(scene)
    _released(scene)
    _noticed(scene)
    do_all_jobs()
    _scored_twice(scene)
    _refused(scene)
    _on_the_way(scene)
    scene.keys["pair"] = f"a={scene.keys['ines.session']}&b={scene.keys['lea.session']}"


def _session(scene: Scene, who: str) -> CandidateSession:
    return CandidateSession.objects.select_related("invitation__candidate", "stage__opening").get(
        public_id=scene.keys[f"{who}.session"]
    )


def _rated(scene: Scene) -> None:
    """The reviewer has rated Ines, and is half-way through two others."""
    freya = User.objects.get(name="Freya Nystrom")
    for who, whole in (("ines", True), ("aisha", False), ("tomasz", False)):
        session = _session(scene, who)
        case = case_of(session, session.exercise_version_id)
        words = [text for text in said_in(session.pk) if text.strip()]
        typed = {
            name: {
                "choice": str(3 + place % 2) if whole else ("2", "")[place],
                "quotes": words[place % len(words)].strip().splitlines()[0][:90],
                "reason": "Said before the first draft was asked for, and held to later." if whole else "",
                "unscored": "",
            }
            for place, name in enumerate(list(case.rubric.criteria)[: None if whole else 2])
        }
        if whole:
            checked = save_ratings(session, session.exercise_version_id, freya, typed, case)
            assert not checked.problems, checked.problems
        else:
            keep_draft(session, session.exercise_version_id, freya, typed)
    scene.keys["rated.session"] = scene.keys["ines.session"]


def _released(scene: Scene) -> None:
    """Two candidates have their reports; one contests two criteria, and one of them is answered."""
    chloe, tomasz = _session(scene, "chloe"), _session(scene, "tomasz")
    with following(lambda: scene.ago(hours=3)):
        for session in (chloe, tomasz):
            release(SessionScore.objects.get(session=session, current=True), scene.owner)
    names = list(case_of(chloe, chloe.exercise_version_id).rubric.criteria)
    with following(lambda: scene.ago(hours=2)):
        first = contest(
            chloe,
            names[0],
            "I checked the third label against the guide in my second message and said what was wrong.",
        )
        second = contest(chloe, names[1], "The table had the columns that the brief asks for.")
    with following(lambda: scene.ago(hours=1)):
        answer_contest(
            second,
            scene.owner,
            "You are right about the columns; the level stays, since two rows lack a reason.",
        )
    scene.keys |= {"contest": first.public_id, "contest.answered": second.public_id}
    assert Contest.objects.count() == 2
    for who, session in (("chloe", chloe), ("tomasz", tomasz)):
        assert session.invitation is not None, who
        scene.lets_in(session.invitation)


def _noticed(scene: Scene) -> None:
    """What a candidate said of the hour, and what their browser noticed."""
    ines = _session(scene, "ines")
    give_feedback(ines, 4, "A fair task. I would have liked the guide in a window of its own.")
    for minutes, kind, amount in ((9, "pasted", 1240), (14, "left", 35), (17, "left", 8)):
        at = ines.started_at + timedelta(minutes=minutes)
        IntegritySignal.objects.create(session=ines, kind=kind, at=at, amount=amount)


def _scored_twice(scene: Scene) -> None:
    """The labelling exercise has a second version, and Tomasz is scored with it too."""

    def weigh_anew(parts: dict[str, Any]) -> dict[str, Any]:
        criteria = {name: dict(one) for name, one in parts["rubric"]["criteria"].items()}
        first, second = list(criteria)[:2]
        criteria[first]["weight"], criteria[second]["weight"] = 15, 35
        criteria[second]["asks"] = (
            "Do the instructions fix form, limits and readers, and is the AI held to them?"
        )
        return {
            **parts,
            "rubric": {**parts["rubric"], "criteria": criteria},
            "goal": parts["goal"].rstrip(".") + ", so that a second reader would label them alike.",
        }

    assert Draft.objects.filter(stage=scene.labels).exists()
    change_parts(scene.labels, weigh_anew)
    version = activate(scene.labels, scene.owner)
    scene.labels.refresh_from_db()
    tomasz = _session(scene, "tomasz")
    rescore(tomasz, version, scene.owner)
    do_all_jobs()
    earlier = SessionScore.objects.filter(session=tomasz, current=False).first()
    assert earlier is not None
    scene.keys["tomasz.earlier"] = earlier.public_id
    scene.keys["tomasz.version"] = earlier.exercise_version.public_id
    scene.keys["versions"] = "&".join(
        f"{name}={one.version.public_id}"
        for name, one in zip("ba", scene.labels.activations.all(), strict=True)
    )


def _refused(scene: Scene) -> None:
    """A record that was changed in the database after it was made."""
    score = SessionScore.objects.get(session=_session(scene, "emil"), current=True)
    score.record = bytes(score.record).replace(b'"level":1', b'"level":4', 1)
    score.save(update_fields=["record"])


def _on_the_way(scene: Scene) -> None:
    """One waits for a worker, one is being scored, and one could not be."""
    status = ScoringJob.Status
    for name, at, problem in (
        ("Marta Silva", status.QUEUED, ""),
        ("Hana Sato", status.RUNNING, ""),
        ("Dmitri Volkov", status.FAILED, "The judge's endpoint answered 503 four times in a row"),
    ):
        invitation = scene.invited(name)
        scene.lets_in(invitation)
        session = worked(invitation, "middling", begun=scene.ago(hours=1))
        keep(scene, session)
        ended = at == status.FAILED
        session.jobs.update(
            status=at,
            attempts=4 if ended else int(at == status.RUNNING),
            failures=4 if ended else 0,
            problem=problem,
            started_at=None if at == status.QUEUED else scene.ago(minutes=9),
            finished_at=scene.ago(minutes=6) if ended else None,
        )
    again = ScoringJob.objects.get(session__public_id=scene.keys["marta.session"])
    again.pk, again.public_id, again.reason = None, f"{again.public_id}b", "version asked for"
    again.problem, again.failures = "The judge's endpoint answered 429", 1
    again.due_at = scene.present + timedelta(minutes=4)
    again.save()
