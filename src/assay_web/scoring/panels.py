"""Who rates a session: the raters that are installed here, and the people who have saved their ratings."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from assay.canonical import digest
from assay.errors import UserMistake
from assay.scoring.evidence import EvidenceGate
from assay.scoring.inputs import people_in
from assay.scoring.pipeline import offline_raters
from assay.scoring.raters import Case, Rater
from assay.scoring.ratings import RaterIdentity, Rating
from assay.session.fold import transcript_of
from assay_web.judges.choice import Chosen, chosen_for_session, pass_keys
from assay_web.review.models import PersonRating
from assay_web.review.ratings import proposals_of
from assay_web.scoring.models import StoredRating
from assay_web.session.exercises import exercise_of
from assay_web.session.models import CandidateSession
from assay_web.session.store import RowStore

BLIND = "rated without having seen the machine's ratings"
NOT_BLIND = "had seen the machine's ratings before rating"


@dataclass(frozen=True, slots=True)
class Panel:
    """All ratings that one scoring adds up, and the hash that tells this panel from any other."""

    key: str
    ratings: tuple[Rating, ...]


def installed_raters() -> dict[str, Rater]:
    """The raters that need no person, by their key, in the order in which they rate."""
    return {key_of(rater.identity): rater for rater in offline_raters()}


def key_of(identity: RaterIdentity) -> str:
    """A rater's key: the hash of its kind, its name and its version."""
    return digest({"kind": identity.kind, "name": identity.name, "version": identity.version})


def machine_keys(chosen: Chosen) -> list[str]:
    """The keys of all who rate by themselves, in the order in which they do: offline raters, then judges."""
    offline = list(installed_raters()) if chosen.offline else []
    return [*offline, *(judge.rater for judge in chosen.judges)]


def installed_rater(key: str) -> Rater:
    """The rater with this key.

    Raises:
        UserMistake: another version of it is installed here.
    """
    rater = installed_raters().get(key)
    if rater is None:
        raise UserMistake(
            "The rater that was to rate this session is not installed here in that version",
            remedy="Ask for the scoring again, so that the raters of this version rate",
        )
    return rater


def case_of(session: CandidateSession, exercise_version_id: int) -> Case:
    """What raters are given of a session, with the rubric of this exercise version."""
    exercise = exercise_of(exercise_version_id)
    transcript = transcript_of(RowStore(session).events)
    return Case(transcript=transcript, rubric=exercise.rubric, exercise=exercise)


def panel_of(session: CandidateSession, exercise_version_id: int, case: Case) -> Panel:
    """Everything that was said of a session: stored ratings of its raters and judges, and people's."""
    keys = machine_keys(chosen_for_session(session))
    machines = _stored(session, exercise_version_id, keys)
    people = list(PersonRating.objects.filter(session=session, saved_at__isnull=False).select_related("user"))
    people.sort(key=lambda row: (row.saved_at, row.pk))
    gate = EvidenceGate(case.transcript)
    again = {row.user_id for row in people if row.exercise_version_id == exercise_version_id}
    heard = [
        (row, _said(row, name, exercise_version_id, case, gate))
        for row, name in _named(people)
        if row.exercise_version_id == exercise_version_id or row.user_id not in again
    ]
    heard = [(row, ratings) for row, ratings in heard if ratings]
    said = [[row.user_id, row.exercise_version_id, digest(row.ratings)] for row, _ in heard]
    return Panel(panel_key(keys, said), (*machines, *(rating for _, ratings in heard for rating in ratings)))


def panel_key(raters: Iterable[str], people: Iterable[list[Any]] = ()) -> str:
    """The hash that tells a panel from any other: that of its raters' keys and of what people said."""
    return digest({"raters": sorted(raters), "people": sorted(people)})


def person_identity(row: PersonRating, name: str) -> RaterIdentity:
    """How a record names the person, and whether they rated blind."""
    return RaterIdentity(kind="person", name=name, calibration=NOT_BLIND if row.saw_machine_first else BLIND)


def _stored(session: CandidateSession, exercise_version_id: int, keys: list[str]) -> list[Rating]:
    passes = [one for key in keys for one in pass_keys(key)]
    rows = StoredRating.objects.filter(
        session=session, exercise_version_id=exercise_version_id, rater__in=passes
    )
    ordered = sorted(rows, key=lambda row: (passes.index(row.rater), row.position))
    return [Rating.model_validate(row.content) for row in ordered]


def _named(people: list[PersonRating]) -> list[tuple[PersonRating, str]]:
    """Each person with a name that nobody else on the panel has; whoever rated twice keeps theirs."""
    names: dict[int, str] = {}
    for row in people:
        if row.user_id not in names:
            plain, number = str(row.user), 2
            name = plain
            while name in names.values():
                name, number = f"{plain} ({number})", number + 1
            names[row.user_id] = name
    return [(row, names[row.user_id]) for row in people]


def _said(
    row: PersonRating, name: str, exercise_version_id: int, case: Case, gate: EvidenceGate
) -> list[Rating]:
    """What a person says on this version: their own ratings, or those of another that asks the same."""
    identity = person_identity(row, name)
    if row.exercise_version_id == exercise_version_id:
        return [gate.admit(proposal, identity) for proposal in proposals_of(row.ratings)]
    rated_on = exercise_of(row.exercise_version_id).rubric
    ratings = [gate.admit(proposal, identity) for proposal in proposals_of(row.ratings)]
    taken, _ = people_in(ratings, rated_on, case.rubric)
    return [gate.admit(proposal, identity) for person in taken for proposal in person.rate(case)]
