"""One process that sets tokens aside as fast as it can: `python -m tests.web.jobs.racing KEY TOKENS CAP`.

It waits for a line on its standard input, so that several begin together, and prints how often it succeeded.
"""

import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import tests.installation  # noqa: F401  (before everything that needs settings)

from assay.models.caps import Reservation
from assay_web.caps import Cap
from assay_web.jobs.spend import Counted, set_aside

THREADS = 4
TRIES = 30


def took(tokens: int, cap: int, day: date) -> int:
    """How often one thread could set these tokens aside."""
    from django.db import connection

    things, successes = [Counted(Cap("day", tokens=cap), None, day)], 0
    try:
        for _ in range(TRIES):
            successes += set_aside(things, Reservation(tokens, 0.0)) is None
    finally:
        connection.close()
    return successes


def main() -> None:
    """Race with several threads."""
    tokens, cap, day = int(sys.argv[1]), int(sys.argv[2]), date.fromisoformat(sys.argv[3])
    print("ready", flush=True)
    sys.stdin.readline()
    with ThreadPoolExecutor(THREADS) as pool:
        print(sum(pool.map(lambda _: took(tokens, cap, day), range(THREADS))), flush=True)


if __name__ == "__main__":
    main()
