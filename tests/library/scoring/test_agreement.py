"""How far two raters agree, held against numbers worked by hand."""

import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assay.errors import UserMistake
from assay.scoring.agreement import weighted_kappa


def test_a_reader_works_the_weighted_kappa_out_by_hand() -> None:
    # Levels 0 1 2 against 0 2 2: squared differences 0 1 0, mean 1/3. All nine pairings:
    # 0-0 0, 0-2 4, 0-2 4, 1-0 1, 1-2 1, 1-2 1, 2-0 4, 2-2 0, 2-2 0: sum 15, mean 15/9.
    # 1 - (1/3) / (15/9) = 0.8.
    assert weighted_kappa([(0, 0), (1, 2), (2, 2)]) == pytest.approx(0.8)


def test_full_agreement_is_one_reversal_is_minus_one_and_a_constant_is_nought() -> None:
    assert weighted_kappa((level, level) for level in range(5)) == 1.0
    assert weighted_kappa([(0, 4), (4, 0)]) == -1.0
    assert weighted_kappa((level, 2) for level in range(5)) == 0.0


def test_raters_who_give_one_level_throughout_and_no_sessions_have_no_kappa() -> None:
    assert weighted_kappa([(2, 2), (2, 2)]) is None
    assert weighted_kappa([]) is None


@given(st.floats(-10, 10), st.integers(1, 12))
@example(0.7, 3)
@example(3.3, 3)
def test_one_level_throughout_has_no_kappa_however_its_mean_is_rounded(level: float, sessions: int) -> None:
    assert weighted_kappa([(level, level)] * sessions) is None


@pytest.mark.parametrize("level", [float("nan"), float("inf"), -float("inf")])
def test_somebody_whose_level_is_no_number_is_told_what_to_leave_out(level: float) -> None:
    with pytest.raises(UserMistake, match="Leave out sessions"):
        weighted_kappa([(1, level), (2, 2)])


def test_it_is_what_all_pairings_worked_out_one_by_one_come_to() -> None:
    chance = random.Random(5)
    pairs = [(chance.randint(0, 8) / 2, chance.randint(0, 8) / 2) for _ in range(40)]
    seen = sum((one - other) ** 2 for one, other in pairs) / len(pairs)
    expected = sum((one - other) ** 2 for one, _ in pairs for _, other in pairs) / len(pairs) ** 2
    assert weighted_kappa(pairs) == pytest.approx(1 - seen / expected, abs=1e-12)
