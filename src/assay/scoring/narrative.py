"""The narrative: sentences made from the score, none without a rating behind it."""

from collections.abc import Iterable

from assay.authoring.rubric import Rubric
from assay.scoring.score import CriterionScore, Score

QUOTE_LENGTH = 90

FAILED_BY_RULE = "Failed by rule: "
"""How a reason begins that no rater gave."""

_MOST_DECIMALS = 4
"""Scores are kept to so many decimals."""


def narrate(score: Score, rubric: Rubric) -> tuple[str, ...]:
    """Tell the score in sentences: serious failures, then strongest to weakest, then what is missing."""
    scored = [item for item in score.criteria if item.level is not None]
    serious = [item for item in scored if item.serious]
    rest = sorted((item for item in scored if not item.serious), key=lambda item: -(item.level or 0))
    sentences = [_overall_sentence(score)]
    sentences += [_cap_sentence(score)] if _is_capped(score) else []
    sentences += [f"Serious: {_criterion_sentence(item, score)}" for item in serious]
    sentences += [_criterion_sentence(item, score) for item in rest]
    sentences += _next_step(rest, rubric)
    sentences += [
        f"{item.title} is not scored: {item.unscored}." for item in score.criteria if item.level is None
    ]
    return tuple(sentences)


def show_level(value: float, *beside: float | None) -> str:
    """A level as people read it: one decimal, as in 3.0 or 2.5, and more where one would mislead.

    One decimal misleads where it rounds a level up to a whole or half level that was not reached (2.96 is no
    3.0), or makes it equal to a number that is shown beside it and that it is not equal to.

    Args:
        value: the level or score.
        beside: a threshold, a cap or another level that a reader will compare it with.
    """
    exact = round(value, _MOST_DECIMALS)
    others = [other for other in beside if other is not None]
    fitting = (d for d in range(1, _MOST_DECIMALS) if not _misleads(round(exact, d), exact, others))
    return f"{exact:.{next(fitting, _MOST_DECIMALS)}f}"


def _misleads(shown: float, exact: float, others: Iterable[float]) -> bool:
    if shown > exact and (2 * shown).is_integer():
        return True
    return any((shown < other, shown > other) != (exact < other, exact > other) for other in others)


def _overall_sentence(score: Score) -> str:
    if score.overall is None:
        return f"There is no overall score: {score.unscored}."
    threshold, interval = score.threshold, score.overall.interval
    text = f"Overall {show_level(score.overall.value, threshold)} of {show_level(score.scale.max)}"
    if interval:
        low, high = show_level(interval.low, threshold), show_level(interval.high, threshold)
        text += f", between {low} and {high}"
    if score.verdict == "too close to call":
        text += (
            f"; too close to the threshold of {show_level(score.threshold or 0)} to call, so a person decides"
        )
    elif score.threshold is not None:
        text += f"; {score.verdict} the threshold of {show_level(score.threshold)}"
    return text + "."


def _is_capped(score: Score) -> bool:
    """Whether a cap lowered the overall score: it then stands at the ceiling."""
    overall = score.overall
    return overall is not None and any(cap.ceiling <= overall.value for cap in overall.caps)


def _cap_sentence(score: Score) -> str:
    assert score.overall is not None
    caps = "; ".join(
        f"{cap.says.rstrip('.')} (at most {show_level(cap.ceiling)})" for cap in score.overall.caps
    )
    before = show_level(score.overall.before_caps, *(cap.ceiling for cap in score.overall.caps))
    return f"Capped by a failed rule: {caps}. The criteria alone come to {before}."


def _criterion_sentence(item: CriterionScore, score: Score) -> str:
    level = show_level(item.level or 0)
    text = f"{item.title} {level} of {show_level(score.scale.max)}"
    if item.reasons:
        # What one of several raters says need not be said of the level that they come to together.
        of_one = item.raters > 1 and not item.reasons[0].startswith(FAILED_BY_RULE)
        text += f", the median of {item.raters} raters, one of whom says" if of_one else ""
        text += f": {item.reasons[0].rstrip('.')}"
    if not item.evidence:
        return f"{text}."
    quote = _shortened(item.evidence[0].quote)
    return f"{text}, as in “{quote}”" + ("" if quote.endswith((".", "!", "?", "…")) else ".")


def _shortened(quote: str) -> str:
    line = " ".join(quote.split())
    return line if len(line) <= QUOTE_LENGTH else line[: QUOTE_LENGTH - 1].rstrip() + "…"


def _next_step(rest: list[CriterionScore], rubric: Rubric) -> list[str]:
    """What the next level of the weakest criterion looks like, in the rubric's words."""
    if not rest or (weakest := rest[-1]).level is None:
        return []
    above = int(weakest.level) + 1
    anchor = rubric.criteria[weakest.criterion].levels.get(above)
    if anchor is None:
        return []
    return [f"Level {above} of {weakest.title} would be: {anchor.words.rstrip('.')}."]
