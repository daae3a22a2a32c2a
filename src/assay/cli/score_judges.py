"""The judges of `assay score`: first they are asked about all sessions, then scoring reads their answers."""

import asyncio
import os
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rich.console import Console

from assay.cli.score import Asking, Wishes
from assay.cli.score_progress import Progress
from assay.errors import UserMistake
from assay.models.caps import Caps, Usage
from assay.models.gateway import Gateway, open_gateway
from assay.models.prices import load_prices
from assay.models.setting import ModelSetting
from assay.reports.safe import one_line
from assay.scoring.judge.settings import JudgeSettings, read_judge
from assay.scoring.judge_batch import (
    AnswerFile,
    Estimate,
    KeptJudge,
    Pace,
    Standing,
    estimate,
    judge_sessions,
)
from assay.scoring.pipeline import offline_raters
from assay.scoring.raters import Case, Rater

OFFLINE = "offline"
"""What the judge is called that needs no model."""

TOO_SMALL = "The embedded model is too small to judge: its levels mean nothing."


@dataclass(frozen=True, slots=True)
class Judges:
    """Who rates in this run, in the order of the command line.

    Attributes:
        named: the judges that ask a model.
        offline: whether the offline raters rate too.
        answers: the file of the judges' answers.
    """

    named: tuple[JudgeSettings, ...]
    offline: bool
    answers: Path

    def raters(self) -> tuple[Rater, ...]:
        """The raters, once the judges have been asked."""
        kept = tuple(KeptJudge(settings, self.answers) for settings in self.named)
        return (*offline_raters(), *kept) if self.offline else kept


def chosen_judges(wishes: Wishes, asking: Asking) -> Judges:
    """The judges that were asked for.

    Raises:
        UserMistake: a judge is not usable, or the sessions come from where they can be read only once.
    """
    named = tuple(read_judge(text) for text in wishes.judges if text != OFFLINE)
    if named and not all(Path(file).is_file() for file in wishes.files):
        raise UserMistake(
            "Sessions for a judge are read twice, so they cannot come from standard input or a pipe",
            remedy="Save them to a file first",
        )
    return Judges(named, OFFLINE in wishes.judges, _answers_file(asking))


def _answers_file(asking: Asking) -> Path:
    if asking.answers is not None:
        return asking.answers
    cache = os.environ.get("XDG_CACHE_HOME", "").strip()
    return (Path(cache) if cache else Path.home() / ".cache") / "assay" / "answers.sqlite3"


def ask_judges(judges: Judges, asking: Asking, cases: Callable[[], Iterable[Case]], console: Console) -> None:
    """Say what the judges would take, and ask them, unless only the estimate was wanted.

    Args:
        judges: who is asked.
        asking: limits and caps.
        cases: the sessions, anew each time.
        console: where to say it.

    Raises:
        UserMistake: a judge cannot be asked at all; a money cap is set, and a model has no known price.
    """
    own = os.environ.get("ASSAY_PRICES", "").strip()
    prices = load_prices(Path(own) if own else None)
    with closing(AnswerFile(judges.answers)) as answers:
        for settings in judges.named:
            found = estimate(cases(), settings, answers.get, prices)
            console.print(_expected(settings, found), markup=False)
            if settings.model.form == "embedded":
                console.print(TOO_SMALL, markup=False)
            if asking.only_estimate or not found.calls[0]:
                continue
            usage = Usage(prompt_tokens=found.kept_tokens, cost=found.kept_cost)
            run = _Run(settings, asking, answers, usage)
            standing = run.about(cases, found, console)
            for line in _what_came(standing, usage, found):
                console.print(line, markup=False)
            if isinstance(standing.stopped, UserMistake) and not standing.calls:
                raise standing.stopped


@dataclass(frozen=True, slots=True)
class _Run:
    """How one judge is asked."""

    settings: JudgeSettings
    asking: Asking
    answers: AnswerFile
    usage: Usage

    def about(self, cases: Callable[[], Iterable[Case]], found: Estimate, console: Console) -> Standing:
        """Ask about all sessions."""
        at_once = calls_at_once(self.settings, self.asking)
        with Progress(console, (), what="Judging", total=found.sessions) as progress:
            return asyncio.run(
                judge_sessions(
                    self._gateway,
                    cases(),
                    self.settings,
                    self.answers,
                    Pace(at_once, self.asking.per_minute),
                    begun=at_once,
                    tell=partial(self._tell, progress),
                )
            )

    def _gateway(self, setting: ModelSetting) -> Gateway:
        caps = Caps(tokens=self.asking.most_tokens, spend=self.asking.most_spend)
        return open_gateway(setting, caps=caps, usage=self.usage)

    def _tell(self, progress: Progress, standing: Standing) -> None:
        progress.advance(standing, note=_spent(self.usage))


def calls_at_once(settings: JudgeSettings, asking: Asking) -> int:
    """Calls to a judge at a time: what was asked for, and one where the embedded model answers.

    Each of its calls takes all cores, and those after a session's first read only what is new.
    """
    return 1 if settings.model.form == "embedded" else asking.at_once


def _expected(settings: JudgeSettings, found: Estimate) -> str:
    judge = one_line(str(settings))
    kept = f", {found.kept:,} answers are kept from before" if found.kept else ""
    if not found.calls[0]:
        return f"{judge}: nothing to ask about {found.sessions:,} sessions{kept}"
    money = "; its price is not known" if found.cost is None else ""
    if found.cost is not None and found.cost[1]:
        money = f", {found.cost[0]:.2f} to {found.cost[1]:.2f} US dollars"
    return (
        f"{judge}: {_range(found.calls)} calls about {found.sessions:,} sessions, "
        f"{_range(found.tokens)} tokens{money}{kept}"
    )


def _range(span: tuple[int, int]) -> str:
    low, high = span
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"


def _spent(usage: Usage) -> str:
    tokens = f"{usage.tokens:,} tokens"
    return f"{tokens}, {usage.spend:.2f} US dollars" if usage.spend else tokens


def _what_came(standing: Standing, usage: Usage, found: Estimate) -> Iterable[str]:
    before = f", {standing.kept:,} from before" if found.kept else ""
    yield f"{standing.calls:,} answers{before}; {_spent(usage)} in all"
    for reason, number in standing.reasons.items():
        yield f"{number:,} calls failed: {one_line(reason)}"
    if standing.failed:
        yield "Run this again to ask for what is missing; what was answered is kept."
    if standing.stopped is not None:
        yield f"Stopped: {one_line(str(standing.stopped))}"
