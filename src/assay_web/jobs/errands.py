"""Errands: work in many pieces. A piece may be done again, or by two workers at once: it has one effect.

Each kind knows where it stands from its own rows, so that another attempt goes on after the last piece that
was finished.
"""

from collections.abc import Callable

from assay_web.jobs import attempts
from assay_web.jobs.attempts import Problem
from assay_web.jobs.models import Errand
from assay_web.judges import again, attacking

KINDS: dict[str, Callable[[Errand], bool]] = {
    Errand.Kind.ATTACK: attacking.go_on,
    Errand.Kind.AGAIN: again.go_on,
}
"""What does the next piece of an errand, keeps how much is done, and says whether there is more to do."""


def take_up(errand_id: int, attempt: int) -> bool:
    """Note that the attempt has begun; False when the errand has gone on without it."""
    return attempts.has_begun(errand_id, attempt, Errand)


def go_on(errand_id: int, attempt: int) -> bool | Problem:
    """Do the next piece; whether there is more to do, or what went wrong."""
    errand = attempts.present(errand_id, attempt, Errand).first()
    if errand is None:
        return False
    more = attempts.tried(lambda: KINDS[errand.kind](errand))
    if more is True:
        # Whatever made earlier pieces fail, or workers die over them, has passed.
        attempts.present(errand_id, attempt, Errand).update(failures=0, takeovers=0, problem="")
    elif more is False:
        attempts.finish(errand_id, attempt, Errand)
    return more


def fail_errand(errand_id: int, attempt: int, problem: Problem) -> None:
    """Keep why the attempt failed; the errand rests, or it has failed for good."""
    attempts.fail(errand_id, attempt, problem, Errand)
