"""The narrative: sentences made from the score, none without a rating behind it."""

from assay.authoring.rubric import Rubric
from assay.scoring.score import CriterionScore, Score

QUOTE_LENGTH = 90


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


def show_level(value: float) -> str:
    """A level as people read it: one decimal, as in 3.0 or 2.5."""
    return f"{value:.1f}"


def _overall_sentence(score: Score) -> str:
    if score.overall is None:
        return f"There is no overall score: {score.unscored}."
    text = f"Overall {show_level(score.overall.value)} of {show_level(score.scale.max)}"
    if score.overall.interval:
        low, high = score.overall.interval.low, score.overall.interval.high
        text += f", between {show_level(low)} and {show_level(high)}"
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
    before = show_level(score.overall.before_caps)
    return f"Capped by a failed rule: {caps}. The criteria alone come to {before}."


def _criterion_sentence(item: CriterionScore, score: Score) -> str:
    level = show_level(item.level or 0)
    reason = f": {item.reasons[0].rstrip('.')}" if item.reasons else ""
    text = f"{item.title} {level} of {show_level(score.scale.max)}{reason}"
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
