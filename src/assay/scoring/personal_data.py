"""Personal data in a text: e-mail addresses, telephone numbers, payment cards and IBANs.

Each pattern reads the text once, in time linear in its length. They are written to be believed when they
fire: cards and IBANs must pass their check digits, and a telephone number must look like one by its form
or by the word before it, so that order numbers, dates and prices do not count.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["email", "phone", "card", "iban"]

# Possessive quantifiers and one start for each run of characters keep the search linear.
_EMAIL = re.compile(r"(?<![\w.+%-])([\w.+%-]{1,64}+)@([\w-]{1,63}+(?:\.[\w-]{1,63}+){1,8}+)")
_CODE_AFTER_EMAIL = re.compile(r"\(|:[\w/~]")
_TOP_LEVEL = re.compile(r"[^\W\d_]{2,24}")

_CARD = re.compile(
    r"(?<![\w.])(?=(\d{13,19}(?!\w)|\d{4}([ -])\d{4}\2\d{4}\2\d{1,4}(?!\w)|\d{4}([ -])\d{6}\3\d{4,5}(?!\w)))"
)
_CARD_ISSUERS = re.compile(r"4|5[1-5]|2[2-7]|3[47]|30[0-5]|3[689]|35|6011|64[4-9]|65|62")

_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?=[ -]?[A-Z0-9]{2})", re.IGNORECASE)
_IBAN_LENGTHS = {
    country: length
    for length, countries in {
        15: "NO", 16: "BE", 18: "DK FI FK FO GL NL", 19: "MK SI", 20: "AT BA EE KZ LT LU MN XK",
        21: "CH HR LI LV", 22: "BG BH CR DE GB GE IE ME RS VA", 23: "AE GI IL IQ OM SO TL",
        24: "AD CZ ES MD PK RO SA SE SK TN VG", 25: "LY PT ST", 26: "IS TR",
        27: "BI DJ FR GR IT MC MR SM", 28: "AL AZ BY CY DO GT HU LB NI PL SV", 29: "BR EG PS QA UA",
        30: "JO KW MU YE", 31: "MT SC", 32: "LC", 33: "RU",
    }.items()
    for country in countries.split()
}  # fmt: skip
"""Characters of an IBAN by country (SWIFT, IBAN Registry)."""

_PHONE_FORMS = re.compile(
    r"(?<![\w.,#/+-])(?<!\d[ -])(?:"
    r"(?:\+|00(?=[1-9]))\(?+\d{1,3}+\)?+(?:[ .\-/]?+\(?+\d{1,8}+\)?+){1,7}+"  # +44 20 7946 0958
    r"|(?:1[-. ])?\([2-9]\d{2}\) ?[2-9]\d{2}[-. ]\d{4}"  # (212) 555-0123
    r"|(?:1[-.])?[2-9]\d{2}([-.])[2-9]\d{2}\1\d{4}"  # 212-555-0123
    r"|\(?0\d{1,4}+\)?(?: ?[-/] ?| )\d{2,8}+(?:[ -]?+\d{2,8}+){0,4}+"  # 020 7946 0958
    r")(?!\w)(?![-./]\d)"
)
_PHONE_BY_WORD = re.compile(
    r"\b(?:phone|telephone|tel|mobile|whatsapp|fax|sms|(?:call|text|ring|reach) (?:me|us|him|her|them))\b"
    r"(?:[ .:#]|number|no\b|on\b|at\b|is\b){0,6}+"
    r"(\+?\(?\d[\d ().-]{5,20}+)(?!\w)",
    re.IGNORECASE,
)
_OTHER_NUMBER = re.compile(
    r"\b(?:order|invoice|ticket|case|ref|reference|id|sku|isbn|ean|tracking|account|item|part|serial|batch|po|"
    r"version|customer)\b[\s.:#]{0,3}(?:(?:number|no|nr|id)\b[\s.:#]{0,3})?(?:is\s)?$",
    re.IGNORECASE,
)
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}|(?<!\d)\d{1,2}[./-]\d{1,2}[./-]\d{4}(?!\d)")
_DATE_IN_WORDS = re.compile(
    r"\d{1,2} \d{1,2} \d{4}|(?:19|20)\d\d ?- ?(?:19|20)\d\d|(?:19|20)\d\d (?:19|20)\d\d"
)


@dataclass(frozen=True, slots=True)
class Found:
    """Personal data of one kind at its offsets, as it stands there."""

    kind: Kind
    start: int
    end: int
    text: str


def find_personal_data(text: str, kinds: Iterable[Kind], allowed: Iterable[str] = ()) -> list[Found]:
    """All personal data of `kinds` in `text`, in order, without the values in `allowed`.

    A value is allowed whatever its case and however its digits are grouped. A telephone number inside a
    card number or an IBAN is not counted a second time.
    """
    wanted = set(kinds)
    pardoned = {_bare(value) for value in allowed}
    found: list[Found] = []
    for kind, finder in _FINDERS:
        starts = [item.start for item in found]
        fresh = [span for span in finder(text) if not _is_taken(span, starts, found)]
        found += [Found(kind, start, end, text[start:end]) for start, end in fresh]
        found.sort(key=lambda item: item.start)
    return [item for item in found if item.kind in wanted and _bare(item.text) not in pardoned]


def _is_taken(span: tuple[int, int], starts: list[int], found: list[Found]) -> bool:
    """Whether the span lies on what was found already; `starts` are the sorted starts of `found`."""
    place = bisect_left(starts, span[1])
    return place > 0 and found[place - 1].end > span[0]


def passes_luhn(digits: str) -> bool:
    """Whether a payment card number's check digit holds (Luhn, ISO/IEC 7812-1)."""
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def passes_mod_97(iban: str) -> bool:
    """Whether an IBAN's check digits hold (ISO 13616: the remainder by 97 is 1)."""
    return int("".join(str(int(char, 36)) for char in iban[4:] + iban[:4])) % 97 == 1


def _emails(text: str) -> Iterator[tuple[int, int]]:
    if "@" not in text:
        return
    for found in _EMAIL.finditer(text):
        last = found.group(2).rpartition(".")[2]
        # `git@host:path` and `W@x.reshape(…)` are code that only looks like an address.
        if _TOP_LEVEL.fullmatch(last) and not _CODE_AFTER_EMAIL.match(text, found.end()):
            yield found.end(1) - len(found.group(1).lstrip(".-")), found.end()


def _cards(text: str) -> Iterator[tuple[int, int]]:
    until = 0
    for found in _CARD.finditer(text):
        digits = re.sub(r"\D", "", found.group(1))
        if found.start() >= until and _CARD_ISSUERS.match(digits) and passes_luhn(digits):
            until = found.end(1)
            yield found.span(1)


def _ibans(text: str) -> Iterator[tuple[int, int]]:
    for found in _IBAN.finditer(text):
        length = _IBAN_LENGTHS.get(found.group()[:2].upper())
        end = _end_of(text, found.start(), length) if length else None
        if end is not None and passes_mod_97(re.sub(r"[ -]", "", text[found.start() : end]).upper()):
            yield found.start(), end


def _end_of(text: str, start: int, length: int) -> int | None:
    """Where `length` letters and digits from `start` end, single spaces and hyphens between them skipped."""
    at, seen = start, 0
    while at < len(text) and seen < length:
        if text[at].isascii() and text[at].isalnum():
            seen += 1
        elif text[at] not in " -" or text[at - 1] in " -":
            return None
        at += 1
    goes_on = at < len(text) and text[at].isalnum()
    return at if seen == length and not goes_on else None


def _phones_by_form(text: str) -> Iterator[tuple[int, int]]:
    for found in _PHONE_FORMS.finditer(text):
        before = text[max(0, found.start() - 40) : found.start()]
        if 9 <= _digits(found.group()) <= 15 and not (
            _DATE.search(found.group()) or _OTHER_NUMBER.search(before)
        ):
            yield found.span()


def _phones_by_word(text: str) -> Iterator[tuple[int, int]]:
    for found in _PHONE_BY_WORD.finditer(text):
        number = found.group(1).rstrip(" (.-")
        if 7 <= _digits(number) <= 15 and not (_DATE.search(number) or _DATE_IN_WORDS.fullmatch(number)):
            yield found.start(1), found.start(1) + len(number)


def _digits(text: str) -> int:
    return sum(char.isdigit() for char in text)


_FINDERS: tuple[tuple[Kind, Callable[[str], Iterator[tuple[int, int]]]], ...] = (
    ("email", _emails),
    ("card", _cards),
    ("iban", _ibans),
    ("phone", _phones_by_form),
    ("phone", _phones_by_word),
)
"""In this order a longer number is known for what it is before a shorter one is looked for inside it."""


def _bare(value: str) -> str:
    return re.sub(r"[\s().\-/]", "", value).casefold()
