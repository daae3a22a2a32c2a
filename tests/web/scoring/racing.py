"""One process that gives sessions other levels as fast as it can: `python -m tests.web.scoring.racing SEED`.

It waits for a line on its standard input, so that several begin together, and prints what went wrong.
"""

import sys
from concurrent.futures import ThreadPoolExecutor
from random import Random

import tests.installation  # noqa: F401  (before everything that needs settings)
from django.db import DatabaseError, connection, transaction

from assay_web.scoring.models import CriterionLevel, SessionScore

THREADS = 3
TIMES = 25


def rescored(seed: str) -> list[str]:
    """Give one session after another other levels; the errors of the database."""
    chance, problems = Random(seed), []
    try:
        scores = list(SessionScore.objects.order_by("pk"))
        for _ in range(TIMES):
            try:
                _give_levels(chance.choice(scores), chance)
            except DatabaseError as error:
                problems.append(str(error))
    finally:
        connection.close()
    return problems


def _give_levels(score: SessionScore, chance: Random) -> None:
    levels = list(score.levels.all())
    with transaction.atomic():
        # As a scoring does, but with the criteria in any order, so that counts could be waited for crosswise.
        SessionScore.objects.select_for_update().get(pk=score.pk)
        CriterionLevel.objects.filter(score=score).delete()
        for level in chance.sample(levels, len(levels)):
            level.pk, level.level = None, chance.choice([None, 1.0, 2.0, 2.5])
            level.save(force_insert=True)


def main() -> None:
    """Race with several threads."""
    print("ready", flush=True)
    sys.stdin.readline()
    with ThreadPoolExecutor(THREADS) as pool:
        seeds = [f"{sys.argv[1]} {number}" for number in range(THREADS)]
        print([problem for found in pool.map(rescored, seeds) for problem in found], flush=True)


if __name__ == "__main__":
    main()
