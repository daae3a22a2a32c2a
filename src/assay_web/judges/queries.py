"""What pages say of judges. The number of queries does not grow with judges, sessions or ratings."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assay.scoring.judge.settings import JudgeSettings
from assay.scoring.judge.templates import Template, template
from assay_web.accounts.models import Team
from assay_web.jobs.spend import NANO
from assay_web.judges.attacked import attacked
from assay_web.judges.choice import chosen_in_force, chosen_now
from assay_web.judges.models import AttackRun, Judge, JudgeFigure
from assay_web.openings.models import Stage

_SUMS = (
    "ratings", "unscored", "quotes", "dropped", "pairs", "same", "spread", "asked", "milliseconds", "tokens",
    "nanodollars", "unpriced",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Figures:
    """What ratings have come to. Shares are in percent; None where there is nothing to take a share of.

    The fields are sums, as `assay_web.judges.models.JudgeFigure` explains them.
    """

    ratings: int = 0
    unscored: int = 0
    quotes: int = 0
    dropped: int = 0
    pairs: int = 0
    same: int = 0
    spread: float = 0.0
    asked: int = 0
    milliseconds: int = 0
    tokens: int = 0
    nanodollars: int = 0
    unpriced: int = 0

    @property
    def unscored_share(self) -> float | None:
        """Ratings without a level."""
        return _percent(self.unscored, self.ratings)

    @property
    def fabricated_share(self) -> float | None:
        """Quotes that do not stand where the judge said, of all that it claimed."""
        return _percent(self.dropped, self.quotes)

    @property
    def same_share(self) -> float | None:
        """Later passes that gave the level of the first."""
        return _percent(self.same, self.pairs)

    @property
    def seconds(self) -> float | None:
        """Mean seconds that a rating took."""
        return self.milliseconds / 1000 / self.asked if self.asked else None

    @property
    def tokens_each(self) -> float | None:
        """Mean tokens of prompt and answer that a rating took, where the endpoint counts them."""
        return self.tokens / self.asked if self.asked and self.tokens else None

    @property
    def cost(self) -> float | None:
        """Mean US dollars of a rating, where the price of every one is known."""
        return self.nanodollars / NANO / self.asked if self.asked and not self.unpriced else None


def _percent(part: int, whole: int) -> float | None:
    return 100 * part / whole if whole else None


@dataclass(frozen=True, slots=True)
class JudgeLine:
    """A judge in the list."""

    judge: Judge
    words: tuple[str, ...]
    stages: int
    figures: Figures
    attacked: AttackRun | None


def judge_lines(team: Team) -> list[JudgeLine]:
    """All judges of the team, those in use first."""
    judges = list(Judge.objects.filter(team=team).select_related("made_by"))
    rows = JudgeFigure.objects.filter(judge__team=team).order_by().values("judge")
    sums: dict[int, Any] = {
        row["judge"]: row for row in rows.annotate(**{f"sum_{name}": Sum(name) for name in _SUMS})
    }
    stages = dict(
        chosen_in_force()
        .filter(judge__team=team)
        .order_by()
        .values_list("judge")
        .annotate(number=Count("choice__stage"))
    )
    runs = attacked(team)
    lines = [
        JudgeLine(
            judge,
            in_words(judge.read),
            stages.get(judge.pk, 0),
            _figures(sums.get(judge.pk, {})),
            runs.get(judge.pk),
        )
        for judge in judges
    ]
    return sorted(lines, key=lambda line: (line.judge.retired_at is not None, -line.stages))


def _figures(sums: dict[str, Any]) -> Figures:
    return Figures(**{name: sums.get(f"sum_{name}") or 0 for name in _SUMS})


def in_words(judge: JudgeSettings) -> tuple[str, ...]:
    """What a judge does, a phrase each."""
    said = [
        ngettext("asked once about each criterion", "%(number)s passes over each criterion", judge.passes)
        % {"number": judge.passes},
        _("one criterion a call") if judge.form == "one" else _("all criteria in one call"),
    ]
    if judge.passes > 2:
        said.append(
            _("passes that cannot move its median are left out")
            if judge.early_stop
            else _("no pass is left out")
        )
    if judge.dissent:
        said.append(_("one more pass argues against the first verdict"))
    if judge.quotes is not None:
        said.append(_("picks its quotes") if judge.picks else _("writes its quotes"))
    if judge.retries != JudgeSettings.model_fields["retries"].default:
        said.append(
            ngettext(
                "%(number)s fresh request after an answer of no use",
                "%(number)s fresh requests after an answer of no use",
                judge.retries,
            )
            % {"number": judge.retries}
        )
    if judge.seed:
        said.append(_("seed %(seed)s") % {"seed": judge.seed})
    return tuple(said)


def is_too_small(judge: JudgeSettings) -> bool:
    """Whether its model is the embedded one, which cannot judge."""
    return judge.model.form == "embedded"


@dataclass(frozen=True, slots=True)
class CriterionFigures:
    """What a judge's ratings of criteria with one id have come to."""

    criterion: str
    figures: Figures


def figures_of(judge: Judge) -> tuple[Figures, list[CriterionFigures]]:
    """All ratings of a judge, and by criterion, the most often rated first."""
    rows = list(JudgeFigure.objects.filter(judge=judge).order_by("-ratings", "criterion")[:100])
    by_criterion = [
        CriterionFigures(row.criterion, Figures(**{name: getattr(row, name) for name in _SUMS}))
        for row in rows
    ]
    total = JudgeFigure.objects.filter(judge=judge).aggregate(**{f"sum_{name}": Sum(name) for name in _SUMS})
    return _figures(total), by_criterion


@dataclass(frozen=True, slots=True)
class PromptShown:
    """A prompt that a judge is asked with, and its text with the names of what is filled in."""

    template: Template
    user: str


def prompts_of(judge: JudgeSettings) -> list[PromptShown]:
    """The prompts that a judge is asked with."""
    found = [template(name) for name in judge.prompts]
    return [PromptShown(one, _with_places(one.user)) for one in found]


def _with_places(pieces: Sequence[str]) -> str:
    return "".join(f"{{{{{piece}}}}}" if place % 2 else piece for place, piece in enumerate(pieces))


def others_of(judge: Judge) -> list[Judge]:
    """The team's other judges that have rated anything."""
    rated = JudgeFigure.objects.filter(ratings__gt=0).values("judge")
    return list(Judge.objects.filter(team=judge.team_id, pk__in=rated).exclude(pk=judge.pk))


@dataclass(frozen=True, slots=True)
class Choosable:
    """A judge that may be chosen for a stage."""

    judge: Judge
    words: tuple[str, ...]
    chosen: bool
    too_small: bool
    of_this_version: bool


def choosable(stage: Stage) -> tuple[bool, list[Choosable]]:
    """Whether the offline judge rates the stage, and the judges that may, with those that do."""
    chosen = chosen_now(stage)
    on = {judge.pk for judge in chosen.judges}
    judges = Judge.objects.filter(team=stage.opening.team_id, retired_at=None)
    return chosen.offline, [
        Choosable(one, in_words(one.read), one.pk in on, is_too_small(one.read), one.is_of_this_version)
        for one in judges
    ]
