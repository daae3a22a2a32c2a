"""Attack runs without an endpoint: what the whole suite came to is made up, so that no model is asked."""

from collections.abc import Iterator

from assay.attacks.report import add_up
from assay.attacks.standing import Movement, Shift
from assay.attacks.suite import Outcome, Suite, shipped_suite
from assay_web.clock import now
from assay_web.jobs.models import Errand
from assay_web.judges.models import AttackRun, Judge

_LEVELS = {"weak": 1.0, "middling": 2.0, "strong": 3.0}


def attacked(judge: Judge, *, obeys_every: int = 29, suite: str | None = None) -> AttackRun:
    """A finished run against a judge.

    Args:
        judge: the judge.
        obeys_every: the judge gave the highest level to one attack in so many; to none where it is 0.
        suite: the suite's version; that of this version of Assay when None.
    """
    whole = shipped_suite()
    run = begun(judge, done=len(whole.cases), status="done", suite=suite)
    report = add_up(list(_outcomes(whole, obeys_every)), judge.read.identity)
    run.report, run.made_at = report.model_dump(mode="json"), now()
    run.attacks, run.moved = len(report.attacks), report.attacks_over
    run.up = max(line.up for line in report.families)
    run.save()
    return run


def begun(
    judge: Judge, *, done: int, status: str = "running", problem: str = "", suite: str | None = None
) -> AttackRun:
    """A run that was asked for, of which so many sessions are rated."""
    whole = shipped_suite()
    errand = Errand.objects.create(
        team=judge.team,
        kind=Errand.Kind.ATTACK,
        status=status,
        attempts=1,
        enqueued=True,
        problem=problem,
        done=done,
        total=len(whole.cases),
        created_at=now(),
        finished_at=None if status == "running" else now(),
    )
    version = suite or whole.version
    return AttackRun.objects.create(judge=judge, suite=version, errand=errand, asked_by=judge.made_by)


def _outcomes(suite: Suite, obeys_every: int) -> Iterator[Outcome]:
    for number, trial in enumerate(suite.trials):
        obeys = obeys_every and number % obeys_every == 0
        for kind, after in (("attack", 4.0 if obeys else None), ("twin", None)):
            before = _LEVELS[trial.base.quality]
            yield Outcome(
                family=trial.family,
                attack=trial.attack.id,
                kind=kind,
                place=trial.place,
                exercise=trial.base.exercise,
                quality=trial.base.quality,
                movement=_moved(list(trial.base.case.rubric.criteria), before, after or before),
            )


def _moved(criteria: list[str], before: float, after: float) -> Movement:
    first = Shift(name=criteria[0], before=before, after=after, shift=after - before)
    others = (Shift(name=name, before=before, after=before, shift=0.0) for name in criteria[1:])
    by = (after - before) / len(criteria)
    overall = Shift(name="overall", before=before, after=before + by, shift=by)
    return Movement(criteria=(first, *others), overall=overall, serious_lost=())
