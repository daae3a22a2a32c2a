"""The lift of one session: its score beside the assistant alone, where the same raters rated both."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from assay.errors import UserMistake
from assay.reports.findings import sentence
from assay.reports.lift import beside_in_words, lifts_of, overall_in_words, same_assistant
from assay.reports.safe import visible
from assay_web.baselines.models import Baseline
from assay_web.baselines.queries import jobs_by_run, latest_baseline
from assay_web.jobs.models import ScoringJob
from assay_web.judges.choice import chosen_for_session
from assay_web.scoring.models import SessionScore
from assay_web.scoring.opened import record_of, verification_of
from assay_web.scoring.panels import machine_keys, panel_key
from assay_web.session.models import CandidateSession


@dataclass(frozen=True, slots=True)
class LiftShown:
    """A score beside the assistant alone, or why the two are not compared.

    Attributes:
        number: the one of the sentences in `overall` that holds the lift; empty where there is none.
        overall: sentences for the overall score: what makes the numbers mean less, the lift or why there is
            none, and how to read it.
        criteria: the words for each criterion.
        problem: why there is no lift at all, as a sentence.
        may_rate: whether it helps to have the runs rated by those who rated the session.
    """

    baseline: Baseline
    number: str = ""
    overall: tuple[str, ...] = ()
    criteria: dict[str, str] = field(default_factory=dict)
    problem: str = ""
    may_rate: bool = False


def lift_of(session: CandidateSession, score: SessionScore) -> LiftShown | None:
    """A session's score beside the baseline of what the candidate worked on; None where there is none.

    Args:
        session: a candidate's session, or a colleague's try.
        score: one of its scores, whose record holds.
    """
    if hasattr(session, "baseline_run"):
        return None
    baseline = latest_baseline(session.stage_id, session.exercise_version_id)
    if baseline is None:
        return None
    problem = _difference(session, score, baseline)
    if problem:
        return LiftShown(baseline, problem=problem)
    runs = _rated_alike(baseline, score)
    if not runs:
        return _not_compared(session, score, baseline)
    if not all(verification_of(run).holds for run in runs):
        return LiftShown(baseline, problem=_("The record of a run of the assistant alone does not hold."))
    return _compared(score, runs, baseline)


def _difference(session: CandidateSession, score: SessionScore, baseline: Baseline) -> str:
    """Why no rating of the runs would make them comparable; empty where nothing stands in the way."""
    if not same_assistant(session.model, baseline.model):
        words = _("The assistant alone was %(theirs)s, and this candidate worked with %(ours)s.")
        return words % {"theirs": baseline.model, "ours": session.model}
    if score.exercise_version_id != session.exercise_version_id:
        return _("This scoring is with another version of the exercise than the one that was worked on.")
    return ""


def _compared(score: SessionScore, runs: Sequence[SessionScore], baseline: Baseline) -> LiftShown:
    try:
        lifts = lifts_of(record_of(score), [record_of(run) for run in runs])
    except UserMistake as error:
        return LiftShown(baseline, problem=visible(sentence(error.message)))
    missing = baseline.runs.count() - len(runs)
    told = overall_in_words(lifts)
    if missing:
        words = _("%(missing)s more of its runs have no score by these raters.")
        told.append(words % {"missing": missing})
    return LiftShown(
        baseline,
        number=visible(sentence(beside_in_words(lifts.overall))) if lifts.overall.lift else "",
        overall=tuple(visible(text) for text in told),
        criteria={
            name: visible(sentence(beside_in_words(beside))) for name, beside in lifts.criteria.items()
        },
    )


def _rated_alike(baseline: Baseline, score: SessionScore) -> list[SessionScore]:
    """The scores of a baseline's runs, current or not, that the very raters of this score made."""
    rows = SessionScore.objects.filter(
        session__in=baseline.sessions,
        exercise_version=score.exercise_version_id,
        panel=score.panel,
    )
    return list(rows.order_by("session_id"))


def _not_compared(session: CandidateSession, score: SessionScore, baseline: Baseline) -> LiftShown:
    """Why no run was rated as this session was, and whether asking for it helps."""
    latest = jobs_by_run(baseline).values()
    if any(job.status in (ScoringJob.Status.QUEUED, ScoringJob.Status.RUNNING) for job in latest):
        return LiftShown(baseline, problem=_("The runs of the assistant alone are being made and rated."))
    problems = [job.problem for job in latest if job.status == ScoringJob.Status.FAILED]
    if problems and len(problems) == len(latest):
        words = _("The runs of the assistant alone failed: %(why)s")
        return LiftShown(baseline, problem=visible(sentence(words % {"why": problems[0]})))
    if any(rater.kind == "person" for rater in record_of(score).raters):
        words = _(
            "A person rated this session, and nobody rated the assistant alone: their levels have nothing to "
            "be held against. The scoring before it, if there is one, still shows the lift."
        )
        return LiftShown(baseline, problem=words)
    chosen = chosen_for_session(session)
    may_rate = chosen.choice is not None and panel_key(machine_keys(chosen)) == score.panel
    return LiftShown(
        baseline,
        problem=_("The assistant alone was rated by others than this session."),
        may_rate=may_rate,
    )
