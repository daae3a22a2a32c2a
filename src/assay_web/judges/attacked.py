"""What pages say of the attacks on a judge."""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from assay.attacks.attack import attacks_of, shipped_families
from assay.attacks.offline import offline_lines
from assay.attacks.report import Line, Report, moved_most, whole
from assay.attacks.suite import Outcome, shipped_suite
from assay_web.accounts.models import Team
from assay_web.judges.models import AttackRun, Judge


@dataclass(frozen=True, slots=True)
class FamilyLine:
    """A family of attacks.

    Attributes:
        moved: attacks of it that moved something up by more than the bound.
        offline: the offline judge's figures with the same attacks; None where this version has others.
    """

    title: str
    moved: int
    line: Line
    offline: Line | None


@dataclass(frozen=True, slots=True)
class Worst:
    """One session that moved most: what was tried, and what it did, in words."""

    outcome: Outcome
    title: str
    tries: str
    said: str


@dataclass(frozen=True, slots=True)
class Result:
    """What a finished run came to. `is_of_this_suite`: it is the suite of this version of Assay."""

    run: AttackRun
    is_of_this_suite: bool
    report: Report
    whole: Line
    families: Sequence[FamilyLine]
    worst: Sequence[Worst]


@dataclass(frozen=True, slots=True)
class Attacks:
    """All there is to say of the attacks on a judge.

    Attributes:
        present: its run of this version's suite.
        result: what the latest finished run came to; None where there is none that can be read.
        unreadable: a run is finished, and this version of Assay cannot read what it came to.
        earlier: finished runs before the latest, of other suites.
    """

    present: AttackRun | None
    result: Result | None
    unreadable: bool
    earlier: Sequence[AttackRun]

    @property
    def may_be_asked_for(self) -> bool:
        """Whether asking for them would do anything."""
        present = self.present
        return present is None or (present.errand.status == "failed" and not present.gave_no_level)


def attacks_on(judge: Judge) -> Attacks:
    """The runs of the suite against a judge."""
    runs = list(AttackRun.objects.filter(judge=judge).select_related("errand", "asked_by").order_by("-pk"))
    suite = shipped_suite().version
    finished = [run for run in runs if run.made_at is not None]
    result = _result(finished[0], suite) if finished else None
    return Attacks(
        present=next((run for run in runs if run.suite == suite), None),
        result=result,
        unreadable=bool(finished) and result is None,
        earlier=finished[1:],
    )


def attacked(team: Team) -> dict[int, AttackRun]:
    """The latest run of each judge of a team that has one: a finished one, else one under way or failed."""
    runs = AttackRun.objects.filter(judge__team=team).select_related("errand").defer("report").order_by("pk")
    return {run.judge_id: run for run in sorted(runs, key=lambda run: run.made_at is not None)}


def _result(run: AttackRun, suite: str) -> Result | None:
    try:
        report = Report.model_validate(run.report)
    except ValidationError:
        return None
    offline = offline_lines() if run.suite == suite else {}
    titles = {family.family: family.title for family in shipped_families()}
    tries = {(family.family, attack.id): attack.tries for family, attack in attacks_of(shipped_families())}
    return Result(
        run=run,
        is_of_this_suite=run.suite == suite,
        report=report,
        whole=whole(report.families),
        families=[
            FamilyLine(
                title=titles.get(line.family, line.family),
                moved=sum(one.over > 0 for one in report.attacks if one.family == line.family),
                line=line,
                offline=offline.get(line.family),
            )
            for line in report.families
        ],
        worst=[
            Worst(
                outcome=one,
                title=titles.get(one.family, one.family),
                tries=tries.get((one.family, one.attack), one.attack),
                said=moved_most(one),
            )
            for one in report.worst
        ],
    )
