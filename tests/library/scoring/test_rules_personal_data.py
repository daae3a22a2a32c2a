"""What counts as personal data, and what only looks like it."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.scoring.personal_data import Kind, find_personal_data, passes_luhn, passes_mod_97

ALL: tuple[Kind, ...] = ("email", "phone", "card", "iban")


def found(text: str) -> list[tuple[str, str]]:
    return [(item.kind, item.text) for item in find_personal_data(text, ALL)]


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("Write to jane.doe+x@mail.example.com.", "email", "jane.doe+x@mail.example.com"),
        ("<o'jane@firma.de>", "email", "jane@firma.de"),
        ("-jane@firma.de", "email", "jane@firma.de"),
        ("mail:zoë@büro.example", "email", "zoë@büro.example"),
        ("+44 20 7946 0958", "phone", "+44 20 7946 0958"),
        ("(+49) 30 1234567 or +49 (0)30-1234567", "phone", "+49 (0)30-1234567"),
        ("+14155550123", "phone", "+14155550123"),
        ("0049 30 1234567", "phone", "0049 30 1234567"),
        ("(212) 555-0123", "phone", "(212) 555-0123"),
        ("212-555-0123", "phone", "212-555-0123"),
        ("212.555.0123", "phone", "212.555.0123"),
        ("020 7946 0958", "phone", "020 7946 0958"),
        ("07700 900123", "phone", "07700 900123"),
        ("030 / 1234567", "phone", "030 / 1234567"),
        ("06 12 34 56 78", "phone", "06 12 34 56 78"),
        ("Phone: 5550123", "phone", "5550123"),
        ("tel. no. 07700900123", "phone", "07700900123"),
        ("call me on 7700 900 123", "phone", "7700 900 123"),
        ("4111 1111 1111 1111 12/27", "card", "4111 1111 1111 1111"),
        ("no 4111111111111111.", "card", "4111111111111111"),
        ("5500-0055-5555-5559", "card", "5500-0055-5555-5559"),
        ("3782 822463 10005", "card", "3782 822463 10005"),
        ("7 4111 1111 1111 1111", "card", "4111 1111 1111 1111"),
        ("DE89 3704 0044 0532 0130 00 BIC COBADEFF", "iban", "DE89 3704 0044 0532 0130 00"),
        ("gb29nwbk60161331926819", "iban", "gb29nwbk60161331926819"),
    ],
)
def test_personal_data_is_found_at_its_offsets(text: str, kind: str, value: str) -> None:
    assert (kind, value) in found(text)
    for item in find_personal_data(text, ALL):
        assert text[item.start : item.end] == item.text


@pytest.mark.parametrize(
    "text",
    [
        "git clone git@github.com:owner/name.git",
        "y = W@x.reshape(2, 3) and @app.route('/x')",
        "a@b, user@localhost",
        "Order 0171 2345 6789 and invoice no. 030 1234567",
        "ticket 212-555-0123",
        "On 01-02-2024 1200 people, 2024-01-02 10:30, 12.05.2024",
        "€1.234.567.890,00 and 1,234,567,890 and 3.14159265358979",
        "0.123456789012",
        "tel 2023-2024",
        "1700000000 seconds, epoch 1700000000123",
        "192.168.100.200 and 10.0.0.1:8080",
        "assert f(100, 200, 3000) == 1000000000000000",
        "4111 1111 1111 1112 and 1234567812345670",
        "DE88 3704 0044 0532 0130 00",
        "XX89 3704 0044 0532 0130 00",
        "id 550e8400-e29b-41d4-a716-446655440000",
        "sha 4111111111111111a and v4.111111111111111",
        "call 1000000 times, ring buffer 12345678",
    ],
)
def test_order_numbers_dates_prices_and_code_are_not_personal_data(text: str) -> None:
    assert found(text) == []


def test_a_number_counts_once_and_as_what_it_is() -> None:
    assert found("tel 4111 1111 1111 1111") == [("card", "4111 1111 1111 1111")]
    assert find_personal_data("4111 1111 1111 1111", ["phone"]) == []


def test_an_allowed_value_may_be_written_in_any_grouping() -> None:
    assert find_personal_data("0800 900 123 45", ALL, ["080090012345"]) == []
    assert find_personal_data("HELP@shop.example", ALL, ["help@shop.example"]) == []


@given(st.integers(min_value=0, max_value=10**15 - 1))
def test_exactly_one_check_digit_of_ten_makes_a_card_number_pass(number: int) -> None:
    assert sum(passes_luhn(f"{number:015d}{digit}") for digit in range(10)) == 1


@given(st.text(alphabet="ABCXYZ0123456789", min_size=11, max_size=30))
def test_an_iban_passes_with_the_check_digits_that_the_standard_gives_it(account: str) -> None:
    rest = int("".join(str(int(char, 36)) for char in f"{account}DE00")) % 97
    assert passes_mod_97(f"DE{98 - rest:02d}{account}")
    assert not passes_mod_97(f"DE{(98 - rest + 1) % 97:02d}{account}")


@given(st.text(alphabet="+0123456789 ()-./@abDE.", max_size=200))
def test_whatever_is_found_stands_there_and_nothing_overlaps(text: str) -> None:
    items = find_personal_data(text, ALL)
    assert all(text[item.start : item.end] == item.text for item in items)
    assert all(one.end <= other.start for one, other in pairwise(items))
