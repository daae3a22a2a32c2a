"""The formulas that the agreement figures rest on, held against numbers worked by hand."""

import math
import subprocess
import sys
from pathlib import Path

import pytest
from bench.kappa import clustered_interval, kappa, weighted_kappa

ROOT = Path(__file__).parents[4]


def test_a_reader_works_the_weighted_kappa_out_by_hand() -> None:
    # Levels 0 1 2 against 0 2 2: squared differences 0 1 0, mean 1/3. All nine pairings:
    # 0-0 0, 0-2 4, 0-2 4, 1-0 1, 1-2 1, 1-2 1, 2-0 4, 2-2 0, 2-2 0: sum 15, mean 15/9.
    # 1 - (1/3) / (15/9) = 0.8.
    assert weighted_kappa([0, 1, 2], [0, 2, 2]) == pytest.approx(0.8)


def test_full_agreement_is_one_reversal_is_minus_one_and_a_constant_is_nought() -> None:
    assert weighted_kappa([0, 1, 2, 3, 4], [0, 1, 2, 3, 4]) == 1.0
    assert weighted_kappa([0, 4], [4, 0]) == -1.0
    assert weighted_kappa([0, 1, 2, 3, 4], [2, 2, 2, 2, 2]) == 0.0
    assert math.isnan(weighted_kappa([2, 2], [2, 2]))
    assert math.isnan(weighted_kappa([], []))


def test_a_reader_works_the_plain_kappa_out_by_hand() -> None:
    # 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no: agreement 0.7, by chance 0.5; (0.7 - 0.5) / 0.5 = 0.4.
    ones = [True] * 25 + [False] * 25
    others = [True] * 20 + [False] * 5 + [True] * 10 + [False] * 15
    assert kappa(ones, others) == pytest.approx(0.4)


def test_sessions_of_one_person_are_drawn_together_so_the_interval_is_no_narrower() -> None:
    ones, others = [0, 1, 2, 3] * 6, [0, 1, 3, 3] * 6
    alone = clustered_interval(ones, others, [str(at) for at in range(24)], draws=300)
    together = clustered_interval(ones, others, [str(at % 4) for at in range(24)], draws=300)
    assert together[1] - together[0] >= alone[1] - alone[0]
    assert alone[0] <= weighted_kappa(ones, others) <= alone[1]


@pytest.mark.parametrize("script", ["agreement.py", "fit_levels.py"])
def test_somebody_without_the_data_is_told_what_is_missing(script: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "bench" / script), "--data", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "does not hold sessions.jsonl, reference-ratings.jsonl" in done.stderr
    assert "Traceback" not in done.stderr
