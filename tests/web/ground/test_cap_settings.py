"""An operator caps what models may use; what cannot work stops the start and names the variable."""

from pathlib import Path

import pytest

from assay.errors import UserMistake
from assay_web.caps import SETTINGS, Cap
from assay_web.configuration import read_configuration

PRICED = {"ASSAY_MODEL": "openai:gpt-4.1-mini"}


def test_nothing_is_capped_unless_it_is_set() -> None:
    assert read_configuration({}).caps == {}


def test_each_scope_has_caps_of_its_own() -> None:
    environ = PRICED | {
        "ASSAY_SESSION_TOKENS": "200_000",
        "ASSAY_DAY_SPEND": "12.5",
        "ASSAY_DRAFTING_DAY_TOKENS": "1000",
        "ASSAY_WARM_UP_DAY_SPEND": "1",
    }
    assert read_configuration(environ).caps == {
        "session": Cap("session", tokens=200_000),
        "day": Cap("day", spend=12.5),
        "warm-up": Cap("warm-up", spend=1.0),
        "drafting": Cap("drafting", tokens=1_000),
    }


@pytest.mark.parametrize("value", ["-1", "0", "many", "1.5", "1e6", "٣", "9" * 30])
@pytest.mark.parametrize("name", [names[0] for names in SETTINGS.values()])
def test_a_cap_that_is_no_number_of_tokens_is_refused(name: str, value: str) -> None:
    with pytest.raises(UserMistake, match=f"{name} is "):
        read_configuration({name: value})


@pytest.mark.parametrize("value", ["-1", "0", "many", "nan", "inf", "$5"])
@pytest.mark.parametrize("name", [names[1] for names in SETTINGS.values()])
def test_a_cap_that_is_no_amount_of_money_is_refused(name: str, value: str) -> None:
    with pytest.raises(UserMistake, match=f"{name} is "):
        read_configuration({name: value})


@pytest.mark.parametrize("name", ["ASSAY_SESSION_TOKENS", "ASSAY_DAY_TOKENS"])
def test_a_cap_under_which_nobody_would_get_a_reply_is_refused(name: str) -> None:
    with pytest.raises(UserMistake, match=f"{name} is 8000, and one reply may use 8192"):
        read_configuration({name: "8000"})
    assert read_configuration({name: "8192"}).caps
    small = {"ASSAY_MODEL": "embedded?context_tokens=4096", name: "8000"}
    assert read_configuration(small).caps


def test_money_is_capped_only_where_the_price_is_known(tmp_path: Path) -> None:
    environ = {"ASSAY_MODEL": "some-model@http://127.0.0.1:9/v1", "ASSAY_DAY_SPEND": "5"}
    with pytest.raises(
        UserMistake, match="ASSAY_DAY_SPEND is set, and no price is known for some-model"
    ) as it:
        read_configuration(environ)
    assert "ASSAY_PRICES" in it.value.remedy
    prices = tmp_path / "prices.yaml"
    prices.write_text("prices: [{model: some-model, input: 0.5, output: 1.5, as_of: 2026-11-01}]")
    assert read_configuration(environ | {"ASSAY_PRICES": str(prices)}).caps["day"].spend == 5.0


def test_drafting_is_priced_by_the_model_that_drafts() -> None:
    environ = {"ASSAY_DRAFTING_MODEL": "some-model@http://127.0.0.1:9/v1", "ASSAY_DRAFTING_DAY_SPEND": "5"}
    with pytest.raises(UserMistake, match="ASSAY_DRAFTING_DAY_SPEND"):
        read_configuration(environ)
    assert read_configuration(environ | {"ASSAY_DRAFTING_MODEL": "embedded"}).caps


def test_a_price_list_that_cannot_be_read_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(UserMistake, match="ASSAY_PRICES: The price list cannot be read"):
        read_configuration({"ASSAY_PRICES": str(tmp_path / "none.yaml")})
