"""The table can be followed by hand."""

import pytest

from assay.scoring.indicators.levels import FamilyTable, LevelsTable, counted, level_of, points_for
from assay.scoring.indicators.signs import FAMILIES


def test_a_reader_counts_the_first_mark_whole_and_further_ones_half_up_to_the_cap() -> None:
    assert [counted(marks, 3) for marks in range(6)] == [0.0, 1.0, 1.5, 2.0, 2.0, 2.0]


@pytest.mark.parametrize(
    ("total", "level"),
    [(-1.0, 0.0), (0.25, 0.0), (0.26, 0.5), (1.75, 1.5), (1.76, 2.0), (2.5, 2.5), (3.75, 3.5), (9.0, 4.0)],
)
def test_a_reader_rounds_to_the_nearest_half_with_ties_downward(total: float, level: float) -> None:
    assert level_of(total) == level


def test_a_reader_adds_up_points_by_hand_to_what_the_table_gives() -> None:
    signs = FAMILIES["verification"]
    table = FamilyTable(start=0.5, points={sign.id: 1.0 for sign in signs})
    added = points_for(table, signs, {"ran-it": 2, "asks-if-right": 1, "tests-a-case": 0})
    assert added == {"ran-it": 1.5, "asks-if-right": 1.0}
    assert level_of(table.start + sum(added.values())) == 3.0


def test_a_table_that_was_not_measured_does_not_claim_to_be() -> None:
    table = LevelsTable(fitted_on="nothing", families={"safety": FamilyTable(start=1.0, points={})})
    assert table.calibration == "not calibrated"
