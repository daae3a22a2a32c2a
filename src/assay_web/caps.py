"""The most that models may use, as the environment says it, checked before anything starts.

Candidates' sessions, warm-ups, drafting and judges have caps of their own, so that none of them can take
what is meant for another. A day is one of UTC, and its caps are those of the whole installation.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from assay.errors import UserMistake
from assay.models.prices import Prices, load_prices, unpriced
from assay.models.setting import ModelSetting, read_setting
from assay.session.assistant import room_of

Scope = Literal["session", "day", "warm-up", "drafting", "judge"]

SETTINGS: dict[Scope, tuple[str, str]] = {
    "session": ("ASSAY_SESSION_TOKENS", "ASSAY_SESSION_SPEND"),
    "day": ("ASSAY_DAY_TOKENS", "ASSAY_DAY_SPEND"),
    "warm-up": ("ASSAY_WARM_UP_DAY_TOKENS", "ASSAY_WARM_UP_DAY_SPEND"),
    "drafting": ("ASSAY_DRAFTING_DAY_TOKENS", "ASSAY_DRAFTING_DAY_SPEND"),
    "judge": ("ASSAY_JUDGE_DAY_TOKENS", "ASSAY_JUDGE_DAY_SPEND"),
}
"""The variables that cap each scope, in tokens and in US dollars."""

LARGEST = 10**12


@dataclass(frozen=True, slots=True)
class Cap:
    """The most that one scope may use: tokens, and US dollars. None leaves a figure uncapped."""

    scope: Scope
    tokens: int | None = None
    spend: float | None = None

    @property
    def tokens_setting(self) -> str:
        """The variable that sets `tokens`."""
        return SETTINGS[self.scope][0]

    @property
    def spend_setting(self) -> str:
        """The variable that sets `spend`."""
        return SETTINGS[self.scope][1]


def read_caps(environ: Mapping[str, str], model: str, drafting_model: str) -> dict[Scope, Cap]:
    """The caps that are set; a scope without one is left out.

    Args:
        environ: the environment.
        model: the assistant's model setting, which sessions and warm-ups use.
        drafting_model: the model setting that drafts.

    Raises:
        UserMistake: a cap is no usable number, is less than one reply may use, or counts money where no
            price is known; or the price list cannot be read.
    """
    prices = read_prices(environ)
    caps = {scope: _cap(environ, scope) for scope in SETTINGS}
    for cap in caps.values():
        if cap.scope == "judge":
            # Which models judge is said on the site: each is checked when a judge is made, and at every call.
            continue
        setting = read_setting(drafting_model if cap.scope == "drafting" else model, environ)
        _check_fits(cap, setting)
        _check_priced(cap, setting, prices)
    return {scope: cap for scope, cap in caps.items() if cap.tokens is not None or cap.spend is not None}


def read_prices(environ: Mapping[str, str]) -> Prices:
    """What models cost, by the installation's own list before the shipped one.

    Raises:
        UserMistake: the list cannot be read.
    """
    own = environ.get("ASSAY_PRICES", "").strip()
    try:
        return load_prices(Path(own) if own else None)
    except UserMistake as error:
        raise UserMistake(f"ASSAY_PRICES: {error.message}", remedy=error.remedy, where=error.where) from error


def _cap(environ: Mapping[str, str], scope: Scope) -> Cap:
    tokens, spend = (environ.get(name, "").strip() for name in SETTINGS[scope])
    return Cap(
        scope,
        tokens=_tokens(SETTINGS[scope][0], tokens) if tokens else None,
        spend=_dollars(SETTINGS[scope][1], spend) if spend else None,
    )


def _tokens(name: str, value: str) -> int:
    plain = value.replace("_", "")
    if not (plain.isascii() and plain.isdigit() and 1 <= int(plain) <= LARGEST):
        raise UserMistake(
            f"{name} is {value!r}, which is no number of tokens",
            remedy="Set a whole number such as 200000, or leave it out for no cap",
        )
    return int(plain)


def _dollars(name: str, value: str) -> float:
    try:
        dollars = float(value)
    except ValueError:
        dollars = 0.0
    if not 0 < dollars <= LARGEST / 1000:
        raise UserMistake(
            f"{name} is {value!r}, which is no amount of US dollars",
            remedy="Set a number such as 2.50, or leave it out for no cap",
        )
    return dollars


def _check_fits(cap: Cap, setting: ModelSetting) -> None:
    """Refuse a cap under which a candidate might not get a single reply."""
    if cap.tokens is None or cap.scope not in ("session", "day"):
        return
    room = room_of(setting)
    if cap.tokens < room.context_tokens:
        raise UserMistake(
            f"{cap.tokens_setting} is {cap.tokens}, and one reply may use {room.context_tokens} tokens",
            remedy="Raise it, or say with ?context_tokens= in ASSAY_MODEL that the model is to read less",
        )


def _check_priced(cap: Cap, setting: ModelSetting, prices: Prices) -> None:
    paid = setting.form in ("openai", "endpoint")
    if cap.spend is not None and paid and setting.model and prices.find(setting.model) is None:
        raise unpriced(f"{cap.spend_setting} is set", setting.model)
