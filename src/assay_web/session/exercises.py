"""The exercise behind an exercise version, read once a process."""

from functools import lru_cache

from assay.authoring.exercise import Exercise
from assay_web.authoring.models import ExerciseVersion

KEPT = 64


def exercise_of(version_id: int) -> Exercise:
    """The exercise of a version's row. Versions never change, so what was read stays true."""
    return _read(version_id)


@lru_cache(KEPT)
def _read(version_id: int) -> Exercise:
    return ExerciseVersion.objects.get(pk=version_id).exercise()
