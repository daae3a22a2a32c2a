"""A worker that is killed while it judges: nothing answered is asked again, every rating is there once.

A question that was answered and not yet kept when its worker died is asked once more, and there are never
more of those than calls under way at a time.
"""

import random
import time
from typing import Any

import pytest
from tests.crash.conftest import Maker
from tests.crash.installations import Installation, Running
from tests.crash.judging import (
    ask_for_attacks,
    attack_answers,
    attack_runs,
    attack_until_killed,
    hand_in_judged,
    judge_until_killed,
    kept_questions,
    prepare_team,
    ratings,
)
from tests.crash.workers import find, scored_once
from tests.judge_endpoint import Endpoint, says, verdict
from tests.library.attacks.obedient import ObedientEndpoint, quoting

KILLED = -9
CRITERIA = 5
AT_ONCE = 16
PATIENCE = 60


def killed_after(calls: int, endpoint: Endpoint, running: Running) -> int:
    """Kill a worker once the endpoint was asked so often; its exit code, which is 0 if it was done before."""
    deadline = time.monotonic() + PATIENCE
    while endpoint.calls < calls and running.process.is_alive():
        assert time.monotonic() < deadline, f"the endpoint was asked only {endpoint.calls} times"
        time.sleep(0.002)
    running.process.kill()
    return running.ended()


def judged_through_deaths(installation: Installation, sessions: int, deaths: list[int]) -> None:
    """Kill a worker whenever the endpoint was asked so many more times; then let one finish."""
    with Endpoint(says(verdict(), first_delay=0.1)) as endpoint:
        assert installation.start(hand_in_judged, endpoint.base_url, sessions).ended(sessions + PATIENCE) == 0
        marks = []
        for calls in deaths:
            code = killed_after(endpoint.calls + calls, endpoint, installation.start(judge_until_killed))
            marks.append((installation.run(kept_questions), endpoint.asked()))
            if code == 0:
                break
            assert code == KILLED
        assert installation.start(judge_until_killed).ended(sessions + PATIENCE) == 0
        asked = endpoint.asked()
    for kept, before in marks:
        assert [question for question in kept if asked[question] > before[question]] == []
    assert len(asked) == sessions * CRITERIA
    assert asked.total() - len(asked) <= len(deaths) * AT_ONCE
    every = sessions * CRITERIA
    assert installation.run(ratings) == (every, every, every)
    found = installation.run(find)
    assert scored_once(found, sessions), found


def test_a_worker_killed_while_it_judges_repeats_no_finished_call(new_installation: Maker) -> None:
    judged_through_deaths(new_installation(prepare_team), 12, [5, 23, 17])


def test_workers_killed_while_they_attack_a_judge_repeat_no_finished_call(new_installation: Maker) -> None:
    installation, asked = new_installation(prepare_team), []

    def counting(record: list[dict[str, Any]]) -> dict[str, Any]:
        asked.append(1)
        time.sleep(0.05)
        return quoting(record)

    endpoint = ObedientEndpoint(counting)
    installation.run(ask_for_attacks, endpoint.judge)
    marks = []
    for calls in (25, 15):
        worker = installation.start(attack_until_killed)
        before, deadline = len(asked), time.monotonic() + PATIENCE
        while len(asked) < before + calls:
            assert time.monotonic() < deadline
            time.sleep(0.002)
        worker.process.kill()
        assert worker.ended() == KILLED
        marks.append((len(asked), installation.run(attack_answers)))
    assert installation.start(attack_until_killed).ended(PATIENCE) == 0
    endpoint.stop()
    # 27 trials, each with its twin, and the three sessions as they were.
    assert installation.run(attack_answers) == 57
    assert len(asked) <= 57 + len(marks) * AT_ONCE
    for calls, kept in marks:
        assert 0 < kept <= calls
        assert len(asked) - calls <= 57 - kept + AT_ONCE
    assert installation.run(attack_runs) == [("done", 9, 5)]


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1])
def test_two_thousand_ratings_survive_twenty_random_deaths(new_installation: Maker, seed: int) -> None:
    chance = random.Random(seed)
    deaths = [chance.randint(1, 180) for _ in range(20)]
    judged_through_deaths(new_installation(prepare_team), 400, deaths)
