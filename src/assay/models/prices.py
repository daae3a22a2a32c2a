"""What a call costs: prices per million tokens by model name, shipped with a date, overridden by the user."""

import re
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path

import yaml
from pydantic import Field, ValidationError

from assay.errors import UserMistake, Where
from assay.frozen import Frozen
from assay.models.replies import Tokens

_SHIPPED = Path(__file__).with_name("prices.yaml")
_DATED = re.compile(r"-\d{4}-\d{2}-\d{2}$")
_SHAPE = (
    "Write `prices:` with entries such as `- {model: my-model*, input: 0.5, output: 1.5, as_of: 2026-11-01}`"
)


class Price(Frozen):
    """US dollars per million tokens for models whose name matches `model` (`*` and `?` as in file names)."""

    model: str = Field(min_length=1)
    input: float = Field(ge=0, description="US dollars per million prompt tokens.")
    output: float = Field(ge=0, description="US dollars per million completion tokens.")
    as_of: date = Field(description="The day for which the price is known.")

    def covers(self, name: str) -> bool:
        """Whether this is the price of the model called `name`, or of a dated release of it."""
        return fnmatchcase(name, self.model) or fnmatchcase(_DATED.sub("", name), self.model)

    def cost(self, tokens: Tokens) -> float:
        """US dollars for these tokens."""
        return (tokens.prompt * self.input + tokens.completion * self.output) / 1_000_000


class Prices(Frozen):
    """A price list; the first entry that covers a model counts."""

    prices: tuple[Price, ...] = ()

    def find(self, model: str) -> Price | None:
        """The price of `model`, or None where the list has none."""
        return next((price for price in self.prices if price.covers(model)), None)


def load_prices(own: Path | None = None) -> Prices:
    """The shipped price list, with the entries of the file `own` put before it.

    Raises:
        UserMistake: the file cannot be read or is not a price list.
    """
    shipped = _read(_SHIPPED)
    return Prices(prices=_read(own).prices + shipped.prices) if own else shipped


def unpriced(said: str, model: str) -> UserMistake:
    """The refusal to count money where the price of a model is not known.

    Args:
        said: what is set, as the beginning of a sentence.
        model: the model's name.
    """
    return UserMistake(
        f"{said}, and no price is known for {model}",
        remedy="Put its price into a file and name the file in ASSAY_PRICES, for example "
        f"`prices: [{{model: {model}, input: 0.5, output: 1.5, as_of: 2026-11-01}}]` "
        "in US dollars per million tokens",
    )


def _read(path: Path) -> Prices:
    try:
        return Prices.model_validate(yaml.safe_load(path.read_text("utf-8")))
    except (OSError, UnicodeDecodeError) as error:
        raise UserMistake(f"The price list cannot be read: {error}", where=Where(path)) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else None
        raise UserMistake("The price list is not YAML", remedy=_SHAPE, where=Where(path, line)) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        raise UserMistake(
            f"In the price list, {place}: {first['msg']}", remedy=_SHAPE, where=Where(path)
        ) from error
