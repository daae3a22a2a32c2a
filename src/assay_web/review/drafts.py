"""What a person had typed for one version of an exercise before the session was scored with another."""

from collections.abc import Mapping
from dataclasses import dataclass

from assay.authoring.rubric import Rubric
from assay_web.accounts.models import User
from assay_web.review.form import Typed
from assay_web.review.models import PersonRating
from assay_web.session.exercises import exercise_of
from assay_web.session.models import CandidateSession


@dataclass(frozen=True, slots=True)
class Opened:
    """What a form begins with.

    Attributes:
        typed: what stands in the form.
        taken_over: whether some of it was typed for another version, which asks the same there.
        aside: a criterion's title and what was typed for it on another version, and is only shown here.
    """

    typed: Typed
    taken_over: bool
    aside: tuple[tuple[str, Mapping[str, str]], ...]


def opened(session: CandidateSession, version_id: int, user: User, row: PersonRating | None) -> Opened:
    """What a person's form for this version begins with.

    What they typed for a criterion of another version, and have not saved, goes into the form where this
    version asks the same, unless `row`, this version's own draft, is the later one. Everything else is set
    aside, so that nothing typed is out of sight.
    """
    rubric = exercise_of(version_id).rubric
    typed: Typed = dict(row.ratings) if row is not None else {}
    aside: list[tuple[str, Mapping[str, str]]] = []
    taken_over = False
    drafts = PersonRating.objects.filter(session=session, user=user, saved_at=None)
    for draft in drafts.exclude(exercise_version=version_id).order_by("-changed_at", "-pk"):
        other = exercise_of(draft.exercise_version_id).rubric
        is_later = row is None or draft.changed_at > row.changed_at
        for criterion, parts in draft.ratings.items():
            same = _asks_the_same(criterion, other, rubric)
            if same and is_later and criterion not in typed:
                typed[criterion], taken_over = parts, True
            elif not same or (is_later and parts != typed[criterion]):
                aside.append((other.title_of(criterion), parts))
    return Opened(typed, taken_over, tuple(aside))


def _asks_the_same(criterion: str, one: Rubric, other: Rubric) -> bool:
    """Whether a rater reads the same in both; a weight is nothing that a rating depends on."""
    return one.scale == other.scale and _read(criterion, one) == _read(criterion, other)


def _read(criterion: str, rubric: Rubric) -> object:
    found = rubric.criteria.get(criterion)
    return None if found is None else (found.asks, found.levels, found.unscored_when)
