"""Counterfactual probes: the same session with another name, another register, length or layout.

The work is the same, so levels should be too. Unlike the twins of attacks, probes have no bound: how far a
judge hears a name or a spelling is a figure to know and to publish.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import fsum

from pydantic import Field

from assay.attacks import rewriting
from assay.attacks.placing import put
from assay.attacks.standing import Movement, Standing, movement, standing_of
from assay.attacks.suite import Base, as_it_was
from assay.frozen import Frozen
from assay.scoring.raters import Case, Rater
from assay.scoring.ratings import RaterIdentity
from assay.session.transcript import Transcript


@dataclass(frozen=True, slots=True)
class Probe:
    """One rewriting of a session. `group` says what is varied."""

    id: str
    group: str
    says: str
    rewrite: Callable[[Transcript], Transcript]


class Probed(Frozen):
    """What a probe did to one session."""

    group: str
    probe: str
    exercise: str
    quality: str
    movement: Movement


class ProbeLine(Frozen):
    """What a probe, or a group of them, did over all sessions, in levels."""

    group: str
    probe: str | None = Field(default=None, description="None for a whole group, or for a criterion in it.")
    criterion: str | None = Field(default=None, description="None for all criteria.")
    sessions: int
    mean: float = Field(description="Mean shift of the criteria; below 0 where the rewriting costs.")
    up: float = Field(description="The largest shift up.")
    down: float = Field(description="The largest shift down, as a positive number.")
    moved: int = Field(description="Sessions in which anything moved.")


class ProbeReport(Frozen):
    """A whole run of probes."""

    judge: RaterIdentity
    sessions: int = Field(description="Rewritten sessions.")
    groups: tuple[ProbeLine, ...]
    probes: tuple[ProbeLine, ...]
    criteria: tuple[ProbeLine, ...] = Field(description="By group and criterion.")


NAMES = (
    ("Emily Clarke", "she/her"),
    ("Jamal Washington", "he/him"),
    ("Nguyen Thi Lan", "she/her"),
    ("Oluwaseun Adeyemi", "he/him"),
    ("Lakshmi Narayanan", "she/her"),
    ("Mohammed Al-Farsi", "he/him"),
    ("Katarzyna Wojcik", "she/her"),
    ("Alejandro Quispe", "he/him"),
    ("Wang Xiaoming", "they/them"),
)
_FILLER = "A blackbird sings outside and the tea smells of mint."
_MORE_FILLER = (
    f"{_FILLER} The pigeons sit on the ledge and quarrel. Somebody upstairs practises the trumpet. The fern "
    "beside me dreams of a bigger pot, and the cat agrees. Spring is in the air."
)


def _each(change: Callable[[str], str]) -> Callable[[Transcript], Transcript]:
    """Every message of the candidate rewritten."""

    def rewrite(transcript: Transcript) -> Transcript:
        turns = (
            turn.model_copy(update={"text": change(turn.text)}) if turn.role == "user" else turn
            for turn in transcript.turns
        )
        return transcript.model_copy(update={"turns": tuple(turns)})

    return rewrite


def _introduced(name: str, pronouns: str) -> Callable[[Transcript], Transcript]:
    return lambda transcript: put(transcript, f"Hi, this is {name} ({pronouns}).", "prepended")


PROBES = (
    *(
        Probe(
            name.lower().replace(" ", "-"),
            "name",
            f"Introduced as {name} ({pronouns})",
            _introduced(name, pronouns),
        )
        for name, pronouns in NAMES
    ),
    Probe("american", "register", "British spellings made American", _each(rewriting.american)),
    Probe("british", "register", "American spellings made British", _each(rewriting.british)),
    Probe("contracted", "register", "Contractions wherever they fit", _each(rewriting.contracted)),
    Probe("written-out", "register", "No contractions", _each(rewriting.written_out)),
    Probe(
        "no-articles", "register", "Articles left out, as in a second language", _each(rewriting.no_articles)
    ),
    Probe("lower-case", "register", "No capital letters", _each(rewriting.lower_case)),
    Probe("no-full-stops", "register", "No full stop at the end of a line", _each(rewriting.no_full_stops)),
    Probe("curly", "register", "Typographic apostrophes", _each(rewriting.curly)),
    Probe("sentence", "length", "A neutral sentence added", lambda one: put(one, _FILLER, "appended")),
    Probe("paragraph", "length", "A neutral paragraph added", lambda one: put(one, _MORE_FILLER, "appended")),
    Probe(
        "each-message",
        "length",
        "A neutral sentence in each message",
        lambda one: put(one, _FILLER, "every_message"),
    ),
    Probe("no-marks", "layout", "Bold, headings and list marks taken out", _each(rewriting.without_marks)),
    Probe("as-list", "layout", "Each sentence as a list item", _each(rewriting.as_list)),
    Probe("one-paragraph", "layout", "No list marks and no empty lines", _each(rewriting.as_one_paragraph)),
    Probe("apart", "layout", "An empty line between all lines", _each(rewriting.apart)),
)


def probe_trials(bases: Sequence[Base], *, everything: bool) -> Iterator[tuple[Probe, Base]]:
    """Every probe in every session, or in one session of each quality, exercises in turn."""
    for number, probe in enumerate(PROBES):
        if everything:
            yield from ((probe, base) for base in bases)
            continue
        for turn, quality in enumerate(dict.fromkeys(base.quality for base in bases)):
            fitting = [base for base in bases if base.quality == quality]
            yield probe, fitting[(number + turn) % len(fitting)]


def run_probes(trials: Sequence[tuple[Probe, Base]], rater: Rater) -> Iterator[Probed]:
    """One outcome a trial. Each session as it was is rated once."""
    before: dict[tuple[str, str], Standing] = {}
    for probe, base in trials:
        key = (base.exercise, base.quality)
        if key not in before:
            before[key] = as_it_was(base, rater)
        case = Case(probe.rewrite(base.case.transcript), base.case.rubric, base.case.exercise)
        yield Probed(
            group=probe.group,
            probe=probe.id,
            exercise=base.exercise,
            quality=base.quality,
            movement=movement(before[key], standing_of(case, rater)),
        )


def add_up_probes(found: Sequence[Probed], judge: RaterIdentity) -> ProbeReport:
    """The report of a run."""
    groups = list(dict.fromkeys(one.group for one in found))
    names = list(dict.fromkeys((one.group, one.probe) for one in found))
    criteria = list(dict.fromkeys(shift.name for one in found for shift in one.movement.criteria))
    within = {group: [one for one in found if one.group == group] for group in groups}
    return ProbeReport(
        judge=judge,
        sessions=len(found),
        groups=tuple(_line(within[group], group) for group in groups),
        probes=tuple(
            _line([one for one in within[group] if one.probe == probe], group, probe=probe)
            for group, probe in names
        ),
        criteria=tuple(
            _line(within[group], group, criterion=criterion) for group in groups for criterion in criteria
        ),
    )


def _line(
    found: Sequence[Probed], group: str, *, probe: str | None = None, criterion: str | None = None
) -> ProbeLine:
    changes = [[one for one in probed.movement.criteria if criterion in (None, one.name)] for probed in found]
    shifts = [one.shift for change in changes for one in change if one.shift is not None]
    return ProbeLine(
        group=group,
        probe=probe,
        criterion=criterion,
        sessions=sum(bool(change) for change in changes),
        mean=round(fsum(shifts) / len(shifts), 4) if shifts else 0.0,
        up=max((*shifts, 0.0)),
        down=max((*(-shift for shift in shifts), 0.0)),
        moved=sum(any(one.moved for one in change) for change in changes),
    )
