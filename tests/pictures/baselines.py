"""The assistant alone: a stage with a baseline, one whose runs failed, and one that was never run."""

from tests.baseline_rows import baseline_made
from tests.pictures.picture import NARROW, WIDE, Picture, under
from tests.pictures.scene import Scene

from assay_web.baselines.services import ask_for_baseline
from assay_web.clock import following
from assay_web.jobs.models import ScoringJob
from assay_web.openings.models import Stage
from assay_web.session.models import CandidateSession


def make_for_sessions(scene: Scene) -> None:
    """Run the assistant alone on the version that sessions were worked on, before another is activated."""
    worked = CandidateSession.objects.get(public_id=scene.keys["lea.session"])
    moment = scene.ago(hours=20)
    with following(lambda: moment):
        baseline_made(scene.labels, model=worked.model)


def make(scene: Scene) -> None:
    """Run the assistant alone on the active versions of two stages; on one of them it fails."""
    moment = scene.ago(hours=2)
    stage = Stage.objects.select_related("opening__team", "active").get(pk=scene.labels.pk)
    with following(lambda: moment):
        made = baseline_made(stage)
        failed = ask_for_baseline(scene.errors, scene.owner, runs=2)
    ScoringJob.objects.filter(session__baseline_run__baseline=failed).update(
        status=ScoringJob.Status.FAILED,
        problem="The endpoint refused the key (401). Set ASSAY_API_KEY to one that it accepts",
        finished_at=moment,
    )
    scene.keys["alone.session"] = made.runs.all()[1].session.public_id


BASELINES = (
    Picture("alone", "baselines:stage", "A baseline", under("labels"), widths=(WIDE, NARROW)),
    Picture("alone-failed", "baselines:stage", "Runs that failed", under("errors")),
    Picture("alone-none", "baselines:stage", "Never run alone", under("stage.research")),
    Picture("alone-run", "scoring:result", "A run of the assistant alone", under("alone.session")),
)
