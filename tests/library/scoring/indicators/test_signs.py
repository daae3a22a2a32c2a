"""Every sign does what its documentation says."""

from pathlib import Path

import pytest
import yaml
from tests.library.scoring.indicators.talks import read_example

from assay.scoring.indicators.levels import shipped_levels
from assay.scoring.indicators.reference import PAGE, page
from assay.scoring.indicators.signs import ALIASES, FAMILIES
from assay.scoring.indicators.signs.sign import Sign

SIGNS = [sign for signs in FAMILIES.values() for sign in signs]
ROOT = Path(__file__).parents[4]


@pytest.mark.parametrize("sign", SIGNS, ids=lambda sign: sign.id)
def test_a_sign_fires_on_its_example_and_stays_silent_on_the_other(sign: Sign) -> None:
    assert list(sign.find(read_example(sign.fires)))
    assert not list(sign.find(read_example(sign.silent)))


@pytest.mark.parametrize("sign", SIGNS, ids=lambda sign: sign.id)
def test_a_sign_marks_words_that_stand_in_a_message_of_the_candidate(sign: Sign) -> None:
    reading = read_example(sign.fires)
    texts: dict[int | None, str] = {message.index: message.text for message in reading.messages}
    texts[None] = reading.deliverable
    for mark in sign.find(reading):
        assert texts[mark.turn][mark.start : mark.end].strip()


def test_a_reader_finds_every_sign_once_and_with_points() -> None:
    ids = [sign.id for sign in SIGNS]
    assert len(ids) == len(set(ids))
    for family, signs in FAMILIES.items():
        assert [sign.family for sign in signs] == [family] * len(signs)
        assert set(shipped_levels().families[family].points) == {sign.id for sign in signs}
    assert set(ALIASES.values()) <= set(FAMILIES)


@pytest.mark.parametrize("sign", SIGNS, ids=lambda sign: sign.id)
def test_a_sign_counts_in_the_direction_it_is_documented_to(sign: Sign) -> None:
    points = shipped_levels().families[sign.family].points[sign.id]
    assert {"up": points > 0, "down": points < 0, "neither": points == 0}[sign.push]


def test_a_reader_of_the_reference_page_reads_the_signs_as_they_are() -> None:
    assert (ROOT / "docs" / "reference" / PAGE).read_text("utf-8") == page(), (
        "run python -m assay.scoring.indicators.reference docs/reference"
    )


def test_somebody_who_fits_again_starts_from_points_for_every_sign() -> None:
    prior = yaml.safe_load((ROOT / "bench" / "prior_points.yaml").read_text("utf-8"))["families"]
    assert {family: set(table["points"]) for family, table in prior.items()} == {
        family: {sign.id for sign in signs} for family, signs in FAMILIES.items()
    }
