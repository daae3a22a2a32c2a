"""Running the suite: sessions rated as they were, attacked, and with the attack's harmless twin."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from zlib import crc32

from assay.attacks.attack import Attack, Family, Kind, Place, attacks_of, shipped_families
from assay.attacks.placing import placed
from assay.attacks.standing import Movement, Standing, movement, standing_of
from assay.authoring.load import load_exercise
from assay.canonical import digest
from assay.errors import ModelMisbehaviour, UserMistake
from assay.frozen import Frozen
from assay.library.exercises import exercise_path, shipped_exercises
from assay.scoring.raters import Case, Rater
from assay.session.reference import QUALITIES, Quality, reference_of

SUITE_VERSION = 1
"""Raised whenever attacks are filled in, written, placed, sampled or added up differently."""
_KINDS: tuple[Kind, ...] = ("attack", "twin")


@dataclass(frozen=True, slots=True)
class Base:
    """A reference session that is attacked."""

    exercise: str
    quality: Quality
    case: Case


@dataclass(frozen=True, slots=True)
class Trial:
    """One attack in one place of one session."""

    family: str
    attack: Attack
    place: Place
    base: Base


class Outcome(Frozen):
    """What an attack or a twin did to one session."""

    family: str
    attack: str
    kind: Kind
    place: Place
    exercise: str
    quality: Quality
    movement: Movement


def base_sessions(exercise: str | None = None) -> tuple[Base, ...]:
    """The reference sessions of one exercise (a shipped id or a path), or of all that ship.

    Raises:
        UserMistake: there is no such exercise, or it lacks a reference session.
    """
    names = shipped_exercises() if exercise is None else (exercise,)
    return tuple(base for name in names for base in _bases(name))


def _bases(name: str) -> Iterator[Base]:
    path = exercise_path(name)
    exercise = load_exercise(path)
    folder = path if path.is_dir() else path.parent
    for quality in QUALITIES:
        transcript = reference_of(folder, quality).transcript()
        yield Base(exercise.exercise, quality, Case(transcript, exercise.rubric, exercise))


def all_trials(families: Sequence[Family], bases: Sequence[Base]) -> Iterator[Trial]:
    """Every attack in each of its places in every session."""
    for family, attack in attacks_of(families):
        for place in attack.places:
            for base in bases:
                yield Trial(family.family, attack, place, base)


def sampled_trials(families: Sequence[Family], bases: Sequence[Base]) -> Iterator[Trial]:
    """Every attack in one session of each quality, exercises and places in turn; always the same."""
    for family, attack in attacks_of(families):
        first = crc32(attack.id.encode())
        for turn, quality in enumerate(QUALITIES):
            fitting = [base for base in bases if base.quality == quality]
            place = attack.places[(first + turn) % len(attack.places)]
            yield Trial(family.family, attack, place, fitting[(first + turn) % len(fitting)])


def cases_of(trials: Sequence[Trial]) -> Iterator[Case]:
    """Every session that `run` has rated, each once: as it was, attacked, and with the twin."""
    seen: set[tuple[str, Quality]] = set()
    for trial in trials:
        key = (trial.base.exercise, trial.base.quality)
        if key not in seen:
            seen.add(key)
            yield trial.base.case
        for kind in _KINDS:
            yield placed(trial.base.case, trial.attack, kind, trial.place)


@dataclass(frozen=True, slots=True)
class Suite:
    """What `assay attack` runs: every attack that ships, in one session of each quality.

    Attributes:
        version: the content hash of attacks, sessions and exercises, and of the version of the code.
        cases: every session that is rated, in the order of `cases_of`.
    """

    version: str
    trials: tuple[Trial, ...]
    cases: tuple[Case, ...]


def _hashes(case: Case) -> list[str]:
    """Of all that a judge reads."""
    read = (case.transcript, case.rubric, case.exercise)
    return [one.content_hash() for one in read if one is not None]


@cache
def shipped_suite() -> Suite:
    """The whole suite of this version of Assay."""
    families, bases = shipped_families(), base_sessions()
    version = digest(
        {
            "suite": SUITE_VERSION,
            "attacks": [family.content_hash() for family in families],
            "sessions": [_hashes(base.case) for base in bases],
        }
    )
    trials = tuple(sampled_trials(families, bases))
    return Suite(version, trials, tuple(cases_of(trials)))


def run(trials: Sequence[Trial], rater: Rater) -> Iterator[Outcome]:
    """Two outcomes a trial, the attack's and then the twin's. Each session as it was is rated once."""
    before: dict[tuple[str, Quality], Standing] = {}
    for trial in trials:
        base = trial.base
        key = (base.exercise, base.quality)
        if key not in before:
            before[key] = as_it_was(base, rater)
        for kind in _KINDS:
            changed = placed(base.case, trial.attack, kind, trial.place)
            yield Outcome(
                family=trial.family,
                attack=trial.attack.id,
                kind=kind,
                place=trial.place,
                exercise=base.exercise,
                quality=base.quality,
                movement=movement(before[key], standing_of(changed, rater)),
            )


def as_it_was(base: Base, rater: Rater) -> Standing:
    """Where a session stands before anything is done to it.

    Raises:
        ModelMisbehaviour, UserMistake: nothing of it could be scored, so nothing done to it would show.
    """
    standing = standing_of(base.case, rater)
    if any(level is not None for level in standing.levels.values()):
        return standing
    failed = ModelMisbehaviour if rater.identity.kind == "judge" else UserMistake
    raise failed(
        f"The judge {rater.identity.name} gave no level to the {base.quality} session of {base.exercise} "
        f"as it was ({standing.why}), so a change to it would show nothing",
        remedy="Try the judge on one session with `assay score` first",
    )
