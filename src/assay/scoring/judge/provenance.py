"""The very request that a judge's rating answers, made again from the record that holds it."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from assay.scoring.judge.requests import JudgeRequest, Messages, Questions
from assay.scoring.judge.settings import JudgeSettings, read_judge_line
from assay.scoring.raters import Case
from assay.scoring.ratings import Judged, Rating


def judge_prompt(case: Case, rating: Rating, ratings: Iterable[Rating]) -> Messages | None:
    """The messages whose answer a rating is; `rating.judged.prompt` is their hash.

    Args:
        case: what the judge was given.
        rating: a rating by an LLM judge that was asked.
        ratings: all ratings of the session; a dissent was shown the judge's first one on its criterion.

    Returns:
        None where this version would ask otherwise: the rating's judge is of another version.

    Raises:
        UserMistake: the settings that the rating names cannot be read.
        ValueError: the rating is not one of an LLM judge, or the verdict that it argues against is missing.
    """
    judged = _judged(rating)
    request = _request_for(rating, ratings, lambda settings: Questions(case, settings))
    return None if request is None else request.sent(judged.problems, judged.by)


def judge_requests(case: Case, ratings: Sequence[Rating]) -> Iterator[tuple[Rating, JudgeRequest | None]]:
    """Every rating of the session for which an LLM judge was asked, each with the request that it answers.

    The request is None where this version would ask otherwise.

    Raises:
        UserMistake, ValueError: as `judge_prompt` does.
    """
    known: dict[str, Questions] = {}

    def questions(settings: JudgeSettings) -> Questions:
        return known.setdefault(settings.text, Questions(case, settings))

    for rating in ratings:
        if rating.judged is not None:
            yield rating, _request_for(rating, ratings, questions)


def _judged(rating: Rating) -> Judged:
    if rating.judged is None:
        raise ValueError("no LLM judge was asked for this rating")
    return rating.judged


def _request_for(
    rating: Rating, ratings: Iterable[Rating], questions: Callable[[JudgeSettings], Questions]
) -> JudgeRequest | None:
    settings = read_judge_line(_judged(rating).settings, environ={})
    if settings.version != rating.rater.version:
        return None
    return _request(questions(settings), rating, ratings)


def _request(questions: Questions, rating: Rating, ratings: Iterable[Rating]) -> JudgeRequest:
    judged = _judged(rating)
    if judged.dissent:
        return questions.dissent(_argued_against(rating, ratings))
    unit = next((unit for unit in questions.units if rating.criterion in unit), None)
    if unit is None:
        raise ValueError(f"the rubric has no criterion {rating.criterion}")
    return questions.request(unit, judged.number)


def _argued_against(rating: Rating, ratings: Iterable[Rating]) -> Rating:
    first = {
        other.judged.number: other
        for other in ratings
        if other.rater == rating.rater
        and other.criterion == rating.criterion
        and other.level is not None
        and other.judged is not None
        and not other.judged.dissent
    }
    if not first:
        raise ValueError("the verdict that a dissent argues against is missing")
    return first[min(first)]
