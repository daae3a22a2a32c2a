"""What a stage's pages show of its baseline. The number of queries does not grow with the number of runs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from django.conf import settings
from django.utils.translation import gettext as _

from assay.record import Record
from assay.reports.findings import range_in_words
from assay.reports.lift import (
    BY_THE_OFFLINE_JUDGE,
    alone_in_words,
    runs_in_words,
    same_assistant,
    worth_in_words,
)
from assay.reports.safe import visible
from assay.scoring.lift import Alone, baseline_of
from assay.scoring.narrative import show_level
from assay.scoring.score import CriterionScore, Interval
from assay_web.authoring.models import ExerciseVersion
from assay_web.baselines.models import Baseline, BaselineRun
from assay_web.jobs.models import ScoringJob
from assay_web.judges.choice import chosen_now
from assay_web.openings.models import Stage
from assay_web.scoring.models import CriterionLevel, SessionScore
from assay_web.scoring.opened import record_of
from assay_web.scoring.panels import installed_raters, machine_keys, panel_key
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
    """What the scored runs come to together. `told` says what that is worth, and how far they lie apart.

    `overall` is empty where no run has an overall score.
    """

    overall: str
    range: str
    most: str
    told: tuple[str, ...]
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
    keys = _shown_scores(baseline, _panel_now(stage)).keys
    scores = list(SessionScore.objects.filter(pk__in=keys).order_by("session_id"))
    runs = _runs(baseline, {score.session_id: score for score in scores})
    present = settings.CONFIGURATION.model
    return BaselineShown(
        baseline=baseline,
        runs=runs,
        together=_together(scores),
        moving=any(one.standing.moving for one in runs),
        failed=sum(one.standing.failed for one in runs),
        other_assistant="" if same_assistant(baseline.model, present) else present,
    )


@dataclass(frozen=True, slots=True)
class LevelsAlone:
    """What the assistant alone comes to on each criterion, for a page about many sessions.

    `notes` say what it is worth, and why sessions of now may not be held against it.
    """

    levels: dict[str, str]
    notes: tuple[str, ...]


def levels_alone(stage: Stage, version: ExerciseVersion | None) -> LevelsAlone | None:
    """The median of the runs' levels, by the raters that the page of the baseline shows; None without any.

    A criterion that no run was scored on has the word unscored.
    """
    baseline = latest_baseline(stage.pk, version.pk) if version else None
    now = _panel_now(stage)
    shown = _shown_scores(baseline, now) if baseline else _Shown()
    if baseline is None or not shown.keys:
        return None
    found: dict[str, list[float]] = {}
    rows = CriterionLevel.objects.filter(score__in=shown.keys).order_by("pk")
    for criterion, level in rows.values_list("criterion", "level"):
        found.setdefault(criterion, []).extend([] if level is None else [level])
    levels = {name: show_level(median(levels)) if levels else _("unscored") for name, levels in found.items()}
    return LevelsAlone(levels, tuple(_notes(baseline, shown.panel, now)))


def _panel_now(stage: Stage) -> str:
    """The panel of those who rate the stage's sessions from now on."""
    return panel_key(machine_keys(chosen_now(stage)))


def _notes(baseline: Baseline, panel: str, now: str) -> Iterator[str]:
    if panel == panel_key(installed_raters()):
        yield BY_THE_OFFLINE_JUDGE
    if not same_assistant(baseline.model, settings.CONFIGURATION.model):
        words = _("The assistant alone was %(model)s, and candidates who start now work with another.")
        yield words % {"model": baseline.model}
    if panel != now:
        yield _("The assistant alone was rated by others than those who rate this stage now.")


@dataclass(frozen=True, slots=True)
class _Shown:
    """The keys of the scores that stand for a baseline, one a run, and the panel that made all of them."""

    panel: str = ""
    keys: tuple[int, ...] = ()


def _shown_scores(baseline: Baseline, now: str) -> _Shown:
    """The scores by the panel of `now`, where it rated any run.

    Else by those who rated most runs, and of several such by those who did so first.
    """
    rows = SessionScore.objects.filter(
        session__in=baseline.sessions, exercise_version=baseline.exercise_version_id
    )
    panels: dict[str, list[int]] = {}
    for panel, key in rows.order_by("made_at", "pk").values_list("panel", "pk"):
        panels.setdefault(panel, []).append(key)
    if not panels:
        return _Shown()
    panel = now if now in panels else max(panels, key=lambda one: len(panels[one]))
    return _Shown(panel, tuple(panels[panel]))


def _job_of(jobs: Sequence[ScoringJob]) -> ScoringJob | None:
    """The job that says where a run stands: one under way, or else one that failed, or else the last."""
    status = ScoringJob.Status
    for wanted in ((status.QUEUED, status.RUNNING), (status.FAILED,)):
        for job in reversed(jobs):
            if job.status in wanted:
                return job
    return jobs[-1] if jobs else None


def jobs_by_run(baseline: Baseline) -> dict[int, ScoringJob]:
    """The job that says where each run stands, by the run's session."""
    asked: dict[int, list[ScoringJob]] = {}
    rows = ScoringJob.objects.filter(session__in=baseline.sessions)
    for job in rows.order_by("created_at", "pk"):
        asked.setdefault(job.session_id, []).append(job)
    found = {session: _job_of(jobs) for session, jobs in asked.items()}
    return {session: job for session, job in found.items() if job is not None}


def _runs(baseline: Baseline, scores: dict[int, SessionScore]) -> tuple[RunShown, ...]:
    runs = list(baseline.runs.select_related("session").defer("session__state"))
    jobs = jobs_by_run(baseline)
    return tuple(
        RunShown(
            run=run,
            standing=standing_of_job(jobs.get(run.session_id), scored=False),
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
    records = [record_of(score) for score in scores]
    first = records[0].score
    alone = baseline_of([record.score for record in records])
    return Together(
        overall="" if alone.overall.level is None else show_level(alone.overall.level),
        range=_range(alone.overall),
        most=show_level(first.scale.max),
        told=tuple(visible(text) for text in (*worth_in_words(records), runs_in_words(alone.overall))),
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
