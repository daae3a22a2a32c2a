"""A team's judges: two that rated the same sessions, one that is too small, and one that is retired."""

from tests.judge_attacks import attacked, begun
from tests.judge_rows import rated_by
from tests.pictures.picture import NARROW, WIDE, Picture, fill, press, then, under, unfold
from tests.pictures.scene import Scene

from assay.scoring.judge.settings import read_judge
from assay_web.clock import following
from assay_web.jobs.models import Errand
from assay_web.judges.choice import chosen_now
from assay_web.judges.models import Judge, ScoringAgain, SessionChoice
from assay_web.judges.services import choose, make_judge, retire
from assay_web.scoring.models import StoredRating
from assay_web.scoring.services import settle_score
from assay_web.session.models import CandidateSession

_JUDGES = (
    ("Careful", "openai:gpt-4.1-mini?temperature=0 passes=3 early_stop=off"),
    ("Quick", "openai:gpt-4.1-nano?temperature=0"),
    ("Built in", "embedded"),
    ("First try", "openai:gpt-4.1-mini"),
    ("Arguing", "openai:gpt-4.1-mini passes=2 dissent=on"),
)
Levels = dict[int, int | None]
_LEVELS: tuple[Levels, ...] = (
    {1: 3, 2: 3, 3: 2},
    {1: 2, 2: 2, 3: 2},
    {1: 4, 2: 3, 3: 4},
    {1: 1, 2: 1, 3: None},
)
_QUICK: tuple[Levels, ...] = ({1: 3}, {1: 3}, {1: 2}, {1: 1})


def make(scene: Scene) -> None:
    """Make them, have sessions rated, and one scored again with them."""
    made = [_made(scene, place) for place in range(len(_JUDGES))]
    retire(made[3], scene.owner)
    choose(scene.labels, scene.owner, made[:2], offline=True)
    sessions = list(
        CandidateSession.objects.filter(
            stage=scene.labels, status="ended", invitation__isnull=False
        ).order_by("pk")
    )
    for session, careful, quick in zip(sessions, _LEVELS, _QUICK, strict=False):
        rated_by(made[0], session, careful)
        rated_by(made[1], session, quick)
    _scored_again(scene, made[0], sessions[0])
    attacked(made[0], suite="7c1f0a52" + "0" * 56, obeys_every=17)
    attacked(made[0])
    begun(made[1], done=216)
    begun(made[2], done=48, status="failed", problem="The model could not be loaded. Free some memory")
    _asked_again(scene)
    names = ("judge", "judge.quick", "judge.small", "judge.first", "judge.arguing")
    scene.keys |= {name: judge.public_id for name, judge in zip(names, made, strict=True)}


def _made(scene: Scene, place: int) -> Judge:
    name, settings = _JUDGES[place]
    moment = scene.ago(hours=9 - place)
    with following(lambda: moment):
        return make_judge(scene.team, scene.owner, name, read_judge(settings))


def _scored_again(scene: Scene, judge: Judge, session: CandidateSession) -> None:
    choice = chosen_now(scene.labels).choice
    assert choice is not None
    SessionChoice.objects.create(session=session, choice=choice)
    settle_score(session.pk, session.exercise_version_id, "judges asked for")
    criterion = StoredRating.objects.filter(session=session, rater=judge.rater)[0].criterion
    scene.keys |= {
        "judged.session": session.public_id,
        "prompt": f"judge={judge.version}&version={session.exercise_version.public_id}"
        f"&criterion={criterion}&pass=1",
    }


def _asked_again(scene: Scene) -> None:
    choice = chosen_now(scene.labels).choice
    assert choice is not None
    errand = Errand.objects.create(
        team=scene.team,
        kind=Errand.Kind.AGAIN,
        status="failed",
        problem="4 workers died over this work, so it is not given to another",
        done=3,
        total=8,
        created_at=scene.ago(hours=2),
        finished_at=scene.ago(hours=1),
    )
    ScoringAgain.objects.create(choice=choice, errand=errand)


JUDGES = (
    Picture("judges", "judges:list", "The team's judges"),
    Picture("judges-none", "judges:list", "No judge yet", who="newcomer"),
    Picture("judge-new", "judges:new", "A new judge"),
    Picture(
        "judge-new-refused",
        "judges:new",
        "A judge that the site may not ask",
        steps=then(fill(name="Other", model="judge-1@https://models.example/v1"), press("Make the judge")),
        also=("judges:try",),
    ),
    Picture("judge", "judges:judge", "A judge: settings, figures, prompts", under("judge")),
    Picture(
        "judge-beside", "judges:judge", "Two judges compared", under("judge"), asks="beside={judge.quick}"
    ),
    Picture("judge-under-attack", "judges:judge", "A judge under attack", under("judge.quick")),
    Picture("judge-attack-failed", "judges:judge", "Attacks that failed", under("judge.small")),
    Picture("judge-attack", "judges:attack", "What attacks would take", under("judge.arguing")),
    Picture("judge-attack-done", "judges:attack", "Attacked already", under("judge")),
    Picture("judges-choose", "judges:choose", "Who rates a stage", under("labels")),
    Picture("judges-again", "judges:again_stage", "A stage scored again: what it takes", under("labels")),
    Picture(
        "judges-again-session", "judges:again_session", "One session scored again", under("judged.session")
    ),
    Picture("judge-prompt", "judges:prompt", "The exact prompt", under("judged.session"), asks="{prompt}"),
    Picture(
        "result-judged",
        "scoring:result",
        "A result with judges: passes, models, prompts",
        under("judged.session"),
        steps=unfold("What the levels mean, and who said what"),
        widths=(WIDE, NARROW),
    ),
)
