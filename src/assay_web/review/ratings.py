"""A person's ratings as they are kept, and as the library's raters propose them."""

from collections.abc import Iterator, Mapping
from typing import Any

from assay.scoring.ratings import Proposal, Quote

Kept = Mapping[str, Mapping[str, Any]]
"""`{CRITERION: {"level", "quotes": [{"turn", "text", "start"}], "reason"} or {"unscored"}}`."""


def proposals_of(kept: Kept) -> Iterator[Proposal]:
    """What a person's saved ratings propose, criterion by criterion."""
    for criterion, rating in kept.items():
        level = rating.get("level")
        quotes = tuple(Quote(**quote) for quote in rating.get("quotes", ()))
        yield Proposal(
            criterion=criterion,
            level=None if level is None else float(level),
            unscored=rating.get("unscored") if level is None else None,
            quotes=quotes,
            reason=rating.get("reason", ""),
        )
