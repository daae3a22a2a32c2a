"""What is true of every score, whichever version of Assay added it up.

Running the panel again shows that a score is exactly right, and only the version that made it can do that.
The laws here are plainer: a number is on its scale, a level lies among those that were given, a cap is the
rubric's. Each yields, in words, whatever breaks it. Whoever writes a score breaks none of them.
"""

from collections.abc import Callable, Iterator
from itertools import chain
from math import fsum

from assay.authoring.rubric import Scale
from assay.record.checks.answer import Answer, of_rating
from assay.record.file import Record
from assay.scoring.score import CriterionScore, Interval, Overall
from assay.scoring.voices import heard, voices_on, votes_of_judges

ROUNDING = 1e-4
"""How far a number of the score may be from what it was made of: it is written with four decimals."""

_Law = Callable[[Record], Iterator[str]]


def ratings_keep_their_laws(record: Record) -> Answer:
    """Every rating is about a criterion of the rubric, on its scale, with an error that can be one."""
    laws = (
        _ratings_are_asked_for,
        _levels_are_on_the_scale,
        _errors_can_be_errors,
        _nobody_rates_twice,
        _only_judges_were_asked,
        _no_more_is_made_up_than_was_quoted,
    )
    broken = _first_broken(laws, record)
    return Answer(False, broken) if broken else Answer(True, f"{len(record.ratings)} ratings")


def score_keeps_its_laws(record: Record) -> Answer:
    """Every number of the score is one that the scale, the rubric, the ratings and the rules allow."""
    broken = _first_broken(_SCORE_LAWS, record)
    return Answer(False, broken) if broken else Answer(True, f"{len(_SCORE_LAWS)} laws")


def _first_broken(laws: tuple[_Law, ...], record: Record) -> str:
    return next(chain.from_iterable(law(record) for law in laws), "")


def _ratings_are_asked_for(record: Record) -> Iterator[str]:
    """Nobody rates what the rubric does not ask."""
    asked = record.scored_rubric.criteria
    for rating in record.ratings:
        if rating.criterion not in asked:
            yield f"{of_rating(rating)}: the rubric has no such criterion"


def _levels_are_on_the_scale(record: Record) -> Iterator[str]:
    """A rating's level lies between the lowest and the highest of the rubric's scale."""
    scale = record.scored_rubric.scale
    for rating in record.ratings:
        if rating.level is not None and not _is_on(scale, rating.level):
            yield f"{of_rating(rating)}: level {rating.level:g} is not on {_scale(scale)}"


def _errors_can_be_errors(record: Record) -> Iterator[str]:
    """A standard error is not below 0."""
    for rating in record.ratings:
        if rating.error is not None and rating.error < 0:
            yield f"{of_rating(rating)}: its error of {rating.error:g} cannot be one"


def _nobody_rates_twice(record: Record) -> Iterator[str]:
    """A rater has one say on each criterion, and an LLM judge one in each pass."""
    seen = set()
    for rating in record.ratings:
        say = (rating.rater, rating.criterion, rating.judged.number if rating.judged else None)
        if say in seen:
            yield f"{of_rating(rating)}: it is there twice"
        seen.add(say)


def _only_judges_were_asked(record: Record) -> Iterator[str]:
    """How it was asked is said of an LLM judge alone, and its pass is one of those planned."""
    for rating in record.ratings:
        if rating.judged is None:
            continue
        if rating.rater.kind != "judge":
            yield f"{of_rating(rating)}: it was not given by an LLM judge, and says how one was asked"
        if rating.judged.number > rating.judged.planned:
            yield f"{of_rating(rating)}: it is of a pass beyond those planned"


def _no_more_is_made_up_than_was_quoted(record: Record) -> Iterator[str]:
    """Of the quotes in a judge's unused answers no more were made up than there were."""
    for rating in record.ratings:
        judged = rating.judged
        if judged is not None and judged.unused_invented > judged.unused_quotes:
            made_up = f"{judged.unused_invented} of {judged.unused_quotes} unused quotes"
            yield f"{of_rating(rating)}: {made_up} cannot have been made up"


def _scale_is_the_rubrics(record: Record) -> Iterator[str]:
    """The score is made on the scale of the rubric."""
    scale = record.scored_rubric.scale
    if record.score.scale != scale:
        yield f"the score is on {_scale(record.score.scale)}, the rubric on {_scale(scale)}"


def _criteria_are_the_rubrics(record: Record) -> Iterator[str]:
    """Titles and weights are the rubric's."""
    rubric = record.scored_rubric
    for item in record.score.criteria:
        if item.title != rubric.title_of(item.criterion):
            yield f"{item.criterion}: the rubric calls it {rubric.title_of(item.criterion)}"
        weight = rubric.criteria[item.criterion].weight
        if item.weight != weight:
            yield f"{item.title}: its weight is {item.weight:g}, and the rubric's {weight:g}"


def _rules_are_the_rubrics(record: Record) -> Iterator[str]:
    """The outcomes are those of the rubric's rules, in their order; what does not apply has not failed."""
    rules, outcomes = record.scored_rubric.rules, record.score.rules
    if [(rule.id, rule.says) for rule in rules] != [(outcome.rule, outcome.says) for outcome in outcomes]:
        yield "the rules of the score are not those of the rubric"
    for outcome in outcomes:
        if not outcome.applies and not outcome.held:
            yield f"rule {outcome.rule}: it does not apply, and yet it failed"


def _levels_follow_from_ratings(record: Record) -> Iterator[str]:
    """A level lies among those given for the criterion, unless a failed rule set it to the lowest."""
    lowest = record.scored_rubric.scale.min
    for item in record.score.criteria:
        levels = _levels(record, item.criterion)
        if (item.level is None) == (item.unscored is None):
            yield f"{item.title}: it has neither or both of a level and a reason for being unscored"
        elif item.raters != len(levels):
            yield f"{item.title}: {item.raters} raters are counted, and {len(levels)} gave a level"
        elif _failing(record, item.criterion):
            if item.level != lowest:
                yield f"{item.title}: a failed rule sets it to {lowest}, and it has another level"
        elif not levels and item.level is not None:
            yield f"{item.title}: it has level {item.level:g}, and nobody gave one"
        elif levels and not (item.level is not None and min(levels) <= item.level <= max(levels)):
            given = f"{min(levels):g} to {max(levels):g}"
            yield f"{item.title}: the levels given for it are {given}, and it has another"


def _criteria_quote_their_ratings(record: Record) -> Iterator[str]:
    """Quotes and reasons of a criterion are those of its ratings and of the rules that failed it."""
    for item in record.score.criteria:
        votes = [vote for vote in heard(item.criterion, record.ratings) if vote.level is not None]
        failing = _failing(record, item.criterion)
        outcomes = [outcome for outcome in record.score.rules if outcome.rule in failing]
        given = [evidence for vote in votes for evidence in vote.evidence]
        given += [evidence for outcome in outcomes for evidence in outcome.evidence]
        if any(evidence not in given for evidence in item.evidence):
            yield f"{item.title}: it shows a quote that none of its ratings gives"
        said = {vote.reason for vote in votes}
        for reason in item.reasons:
            if reason not in said and not any(outcome.says in reason for outcome in outcomes):
                yield f"{item.title}: it shows a reason that none of its ratings gives"


def _judges_votes_are_their_passes(record: Record) -> Iterator[str]:
    """What is told of an LLM judge's passes is what its ratings say."""
    for item in record.score.criteria:
        if item.judges != votes_of_judges(item.criterion, record.ratings):
            yield f"{item.title}: the passes told of its LLM judges are not those of their ratings"


def _seriousness_is_earned(record: Record) -> Iterator[str]:
    """Serious is what a rule failed, or a criterion that the rubric calls serious."""
    for item in record.score.criteria:
        failed = bool(_failing(record, item.criterion))
        severe = record.scored_rubric.criteria[item.criterion].severity == "serious"
        if (failed and not item.serious) or (item.serious and not failed and not severe):
            yield f"{item.title}: that it is serious, or not, is not what its rules and the rubric say"


def _intervals_hold_their_value(record: Record) -> Iterator[str]:
    """A range lies on the scale, and what it is the range of lies in it."""
    ranges = [(item.title, item.level, item.interval) for item in record.score.criteria]
    overall = record.score.overall
    if overall is not None:
        ranges.append(("the overall score", overall.value, overall.interval))
    for name, value, interval in ranges:
        if interval is None:
            continue
        if not all(_is_on(record.score.scale, bound) for bound in (interval.low, interval.high)):
            yield f"{name}: its range is not on {_scale(record.score.scale)}"
        if value is None or not interval.low - ROUNDING <= value <= interval.high + ROUNDING:
            yield f"{name}: it does not lie in its range of {interval.low:g} to {interval.high:g}"


def _caps_are_those_of_failed_rules(record: Record) -> Iterator[str]:
    """The caps are those that the rubric's failed rules put on the overall score, each once, as they say."""
    overall, failed = record.score.overall, _failed(record)
    if overall is None:
        return
    due = [
        (rule.id, rule.says, rule.on_fail.cap_overall)
        for rule in record.scored_rubric.rules
        if rule.id in failed and rule.on_fail.cap_overall is not None
    ]
    if [(cap.rule, cap.says, cap.ceiling) for cap in overall.caps] != due:
        yield "the caps on the overall score are not those of the rules that failed"


def _overall_is_the_mean_under_its_caps(record: Record) -> Iterator[str]:
    """The overall score is the weighted mean of the scored criteria, held down by the lowest cap."""
    score, overall = record.score, record.score.overall
    if (overall is None) == (score.unscored is None):
        yield "there is neither or both of an overall score and a reason for having none"
    if overall is None:
        return
    scored = [(item.weight, item.level) for item in score.criteria if item.level is not None]
    if not scored:
        yield "there is an overall score, and no criterion is scored"
        return
    mean = fsum(weight * level for weight, level in scored) / fsum(weight for weight, _ in scored)
    most = min(mean, _ceiling(overall))
    if abs(overall.value - most) > ROUNDING:
        yield f"the overall score is {overall.value:g}, and the criteria and caps come to {most:.4g}"


def _before_caps_is_the_mean_before_rules(record: Record) -> Iterator[str]:
    """Before rules the score is the mean of the levels; one that a rule took away lay among those given."""
    overall = record.score.overall
    if overall is None:
        return
    ends = [(item.weight, *_ends_before_rules(record, item)) for item in record.score.criteria if item.raters]
    if not ends:
        yield "there is an overall score, and nobody gave a level"
        return
    total = fsum(weight for weight, _, _ in ends)
    low, high = (fsum(end[0] * end[side] for end in ends) / total for side in (1, 2))
    if not low - ROUNDING <= overall.before_caps <= high + ROUNDING:
        come_to = f"{low:.4g}" if low == high else f"{low:.4g} to {high:.4g}"
        yield f"before caps the score is {overall.before_caps:g}, and the levels come to {come_to}"


def _ends_before_rules(record: Record, item: CriterionScore) -> tuple[float, float]:
    levels = _levels(record, item.criterion)
    if _failing(record, item.criterion) or item.level is None:
        return min(levels), max(levels)
    return item.level, item.level


def _threshold_is_the_exercises(record: Record) -> Iterator[str]:
    """The threshold is the exercise's."""
    threshold = record.exercise.threshold if record.exercise else None
    if record.score.threshold != threshold:
        yield "the threshold is not the exercise's"


def _verdict_follows(record: Record) -> Iterator[str]:
    """The verdict is what the overall score and its range say about the threshold."""
    score = record.score
    if score.verdict not in _possible_verdicts(score.overall, score.threshold):
        yield f"the verdict is {score.verdict}, which score, range and threshold do not give"


def _possible_verdicts(overall: Overall | None, threshold: float | None) -> set[str]:
    """More than one where the threshold falls on an end of the range: versions may take it either way."""
    if threshold is None:
        return {"no threshold"}
    if overall is None:
        return {"unscored"}
    interval = overall.interval or Interval(low=overall.value, high=overall.value, source="")
    if interval.low < threshold < interval.high:
        return {"too close to call"}
    clear = "above" if overall.value >= threshold else "below"
    return {clear, "too close to call"} if threshold in (interval.low, interval.high) else {clear}


_SCORE_LAWS: tuple[_Law, ...] = (
    _scale_is_the_rubrics,
    _criteria_are_the_rubrics,
    _rules_are_the_rubrics,
    _levels_follow_from_ratings,
    _criteria_quote_their_ratings,
    _judges_votes_are_their_passes,
    _seriousness_is_earned,
    _caps_are_those_of_failed_rules,
    _overall_is_the_mean_under_its_caps,
    _intervals_hold_their_value,
    _before_caps_is_the_mean_before_rules,
    _threshold_is_the_exercises,
    _verdict_follows,
)


def _levels(record: Record, criterion: str) -> list[float]:
    """One level for each rater whose word counts on a criterion."""
    return [voice.level for voice in voices_on(criterion, record.ratings)]


def _failed(record: Record) -> set[str]:
    return {outcome.rule for outcome in record.score.rules if not outcome.held}


def _failing(record: Record, criterion: str) -> set[str]:
    """The failed rules that set this criterion to the lowest level."""
    rules = record.scored_rubric.rules
    return {rule.id for rule in rules if rule.on_fail.auto_fail == criterion} & _failed(record)


def _ceiling(overall: Overall) -> float:
    return min((cap.ceiling for cap in overall.caps), default=float("inf"))


def _is_on(scale: Scale, value: float) -> bool:
    return scale.min <= value <= scale.max


def _scale(scale: Scale) -> str:
    return f"a scale of {scale.min} to {scale.max}"
