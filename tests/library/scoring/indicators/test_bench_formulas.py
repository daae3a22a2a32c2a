"""The formulas that the agreement figures rest on, held against numbers worked by hand."""

import math
import subprocess
import sys
from pathlib import Path

import pytest
from bench.error_correlation import correlations
from bench.kappa import clustered_interval, kappa, weighted_kappa

ROOT = Path(__file__).parents[4]


def test_the_benchmarks_take_the_librarys_kappa_and_say_where_there_is_none() -> None:
    assert weighted_kappa([0, 1, 2], [0, 2, 2]) == pytest.approx(0.8)
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


def test_a_reader_works_the_correlation_of_errors_out_by_hand() -> None:
    # Products 1 and -1 and 4, sum 4; sums of squares 1 + 1 + 4 = 6 and 1 + 1 + 4 = 6: 4 / 6.
    errors = {"a": {"x": 1.0, "y": 1.0, "z": 2.0}, "b": {"x": 1.0, "y": -1.0, "z": 2.0, "only b": 3.0}}
    people = {"x": "p", "y": "q", "z": "r", "only b": "r"}
    pair, pool = correlations(errors, people, draws=200)
    assert (pair.between, pair.n) == ("a and b", 3)
    assert pair.value == pytest.approx(2 / 3)
    assert pool.value == pair.value
    assert pair.interval[0] <= pair.value <= pair.interval[1]


def test_errors_that_always_go_together_correlate_fully_and_opposite_ones_fully_the_other_way() -> None:
    people = {name: name for name in "wxyz"}
    errors = {"a": dict(zip("wxyz", (1.0, -1.0, 2.0, 0.5), strict=True))}
    errors["b"] = {name: 2 * value for name, value in errors["a"].items()}
    errors["c"] = {name: -value for name, value in errors["a"].items()}
    found = {one.between: one.value for one in correlations(errors, people, draws=50)}
    assert found["a and b"] == pytest.approx(1.0)
    assert found["a and c"] == pytest.approx(-1.0)
    # Sizes 2, 1 and 2 for the three pairs, with signs +, - and -: (2 - 1 - 2) / (2 + 1 + 2).
    assert found["all pairs, pooled"] == pytest.approx(-1 / 5)


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
