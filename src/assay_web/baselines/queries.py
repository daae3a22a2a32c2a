"""What a stage's pages show of its baseline. The number of queries does not grow with the number of runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from django.conf import settings
from django.utils.translation import gettext as _

from assay.record import Record
from assay.reports.findings import range_in_words
from assay.reports.lift import alone_in_words, runs_in_words, same_assistant
from assay.reports.safe import visible
from assay.scoring.lift import Alone, baseline_of
from assay.scoring.narrative import show_level
from assay.scoring.score import CriterionScore, Interval
from assay_web.authoring.models import ExerciseVersion
from assay_web.baselines.models import Baseline, BaselineRun
from assay_web.jobs.models import ScoringJob
from assay_web.openings.models import Stage
from assay_web.scoring.models import CriterionLevel, SessionScore
from assay_web.scoring.opened import record_of
from assay_web.scoring.standing import Standing, standing_of_job


@dataclass(frozen=True, slots=True)
class RunShown:
    """One run, where it stands, its overall score or why it has none, and why it failed where it did."""

    run: BaselineRun
    standing: Standing
    overall: str
    problem: str


@dataclass(frozen=True, slots=True)
class LevelShown:
    """What the assistant alone comes to on one criterion, with its range, and each scored run's level."""

    title: str
    level: str
    range: str
    runs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Together:
    """What the scored runs come to together. `told` says how many there are and how far they lie apart.

    `overall` is empty where no run has an overall score.
    """

    overall: str
    range: str
    most: str
    told: str
    criteria: tuple[LevelShown, ...]
    raters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BaselineShown:
    """A baseline and where it stands.

    Attributes:
        together: None until a run is scored.
        moving: whether something is under way.
        failed: how many runs failed.
        other_assistant: the model that candidates work with now, where it is another.
    """

    baseline: Baseline
    runs: tuple[RunShown, ...]
    together: Together | None
    moving: bool
    failed: int
    other_assistant: str


def latest_baseline(stage_id: int, version_id: int | None) -> Baseline | None:
    """The baseline in force for a stage and an exercise version."""
    found = Baseline.objects.filter(stage=stage_id, exercise_version=version_id)
    return found.select_related("asked_by").first()


def baseline_shown(stage: Stage) -> BaselineShown | None:
    """The baseline of a stage's active exercise version; None while there is none."""
    baseline = latest_baseline(stage.pk, stage.active_id)
    if baseline is None:
        return None
    scores = _current_scores(baseline)
    runs = _runs(baseline, scores)
    present = settings.CONFIGURATION.model
    return BaselineShown(
        baseline=baseline,
        runs=runs,
        together=_together(_of_one_panel(list(scores.values()))),
        moving=any(one.standing.moving for one in runs),
        failed=sum(one.standing.failed for one in runs),
        other_assistant="" if same_assistant(baseline.model, present) else present,
    )


def _of_one_panel(scores: Sequence[SessionScore]) -> list[SessionScore]:
    """Those of these scores, latest first, that were made by the raters of the latest one."""
    return [score for score in scores if score.panel == scores[0].panel] if scores else []


def levels_alone(stage: Stage, version: ExerciseVersion | None) -> dict[str, str]:
    """What the assistant alone comes to on each criterion of a version: the median of its current scores.

    Nothing while no run is scored; the word unscored for a criterion that no run was scored on.
    """
    baseline = latest_baseline(stage.pk, version.pk) if version else None
    if baseline is None:
        return {}
    found: dict[str, list[float]] = {}
    rows = CriterionLevel.objects.filter(
        session__baseline_run__baseline=baseline, exercise_version=version, current=True
    )
    for criterion, level in rows.order_by("pk").values_list("criterion", "level"):
        found.setdefault(criterion, []).extend([] if level is None else [level])
    return {name: show_level(median(levels)) if levels else _("unscored") for name, levels in found.items()}


def _current_scores(baseline: Baseline) -> dict[int, SessionScore]:
    """The current score of each run's session, the latest first."""
    rows = SessionScore.objects.filter(session__baseline_run__baseline=baseline, current=True)
    return {score.session_id: score for score in rows.order_by("-made_at", "-pk")}


def _runs(baseline: Baseline, scores: dict[int, SessionScore]) -> tuple[RunShown, ...]:
    runs = list(baseline.runs.select_related("session").defer("session__state"))
    asked = ScoringJob.objects.filter(session__baseline_run__baseline=baseline)
    jobs = {job.session_id: job for job in asked.order_by("created_at", "pk")}
    return tuple(
        RunShown(
            run=run,
            standing=standing_of_job(jobs.get(run.session_id), scored=run.session_id in scores),
            overall=_overall_of(scores.get(run.session_id)),
            problem=visible(jobs[run.session_id].problem) if run.session_id in jobs else "",
        )
        for run in runs
    )


def _overall_of(score: SessionScore | None) -> str:
    if score is None:
        return ""
    if score.overall is None:
        return visible(f"no overall score: {score.unscored}")
    return f"{show_level(score.overall)} of {show_level(float(score.scale_max))}"


def _together(scores: Sequence[SessionScore]) -> Together | None:
    if not scores:
        return None
    records = [record_of(score) for score in sorted(scores, key=lambda score: score.session_id)]
    first = records[0].score
    alone = baseline_of([record.score for record in records])
    return Together(
        overall="" if alone.overall.level is None else show_level(alone.overall.level),
        range=_range(alone.overall),
        most=show_level(first.scale.max),
        told=visible(runs_in_words(alone.overall)),
        criteria=tuple(_level(item, alone.criteria[item.criterion], records) for item in first.criteria),
        raters=tuple(f"{rater.name}, version {rater.version[:12]}" for rater in records[0].raters),
    )


def _level(item: CriterionScore, alone: Alone, records: Sequence[Record]) -> LevelShown:
    levels = [
        other.level for record in records for other in record.score.criteria
        if other.criterion == item.criterion
    ]  # fmt: skip
    said = tuple("–" if level is None else show_level(level) for level in levels)
    return LevelShown(title=item.title, level=alone_in_words(alone), range=_range(alone), runs=said)


def _range(alone: Alone) -> str:
    if alone.low is None or alone.high is None:
        return ""
    return range_in_words(Interval(low=alone.low, high=alone.high, source=""))
