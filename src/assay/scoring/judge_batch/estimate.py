"""What judging would take, before anything is asked."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from assay.models.prices import Prices
from assay.models.replies import Tokens, prompt_estimate
from assay.scoring.judge.judging import next_requests, unasked
from assay.scoring.judge.reading import Replies, read
from assay.scoring.judge.requests import JudgeRequest, Questions
from assay.scoring.judge.settings import JudgeSettings
from assay.scoring.raters import Case

USUAL_ANSWER_TOKENS = 250
"""What an answer on one criterion is taken to have, for the lower end of an estimate."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What one judge would take for some sessions, as a range.

    Attributes:
        sessions: how many there are.
        calls: the fewest and the most that would be made. Passes that an early stop leaves out, and
            answers that have to be asked for again, make the difference.
        tokens: of prompts and answers, likewise; prompts are estimated high.
        cost: US dollars, likewise; None where the model's price is not known.
        kept: answers that are there already and cost nothing more.
        kept_tokens: what those took when they were asked for. kept_cost: US dollars, where known.
    """

    sessions: int = 0
    calls: tuple[int, int] = (0, 0)
    tokens: tuple[int, int] = (0, 0)
    cost: tuple[float, float] | None = (0.0, 0.0)
    kept: int = 0
    kept_tokens: int = 0
    kept_cost: float = 0.0


Kept = Callable[[str], Replies | None]
"""Looks an answer up by the key of its request."""


def estimate(cases: Iterable[Case], settings: JudgeSettings, kept: Kept, prices: Prices) -> Estimate:
    """What one judge would take for these sessions, beyond the answers that are kept."""
    found = _Sum(settings, prices)
    for case in cases:
        found.add(Questions(case, settings), kept)
    return found.estimate()


class _Sum:
    """Adds up; its size does not depend on how many sessions there are."""

    def __init__(self, settings: JudgeSettings, prices: Prices) -> None:
        self._settings = settings
        self._price = prices.find(settings.model.model or str(settings.model))
        self._is_free = self._price is None and settings.model.form in ("embedded", "scripted")
        self._sessions = self._kept = self._kept_tokens = 0
        self._kept_cost = 0.0
        self._calls, self._tokens, self._cost = [0, 0], [0, 0], [0.0, 0.0]

    def add(self, questions: Questions, kept: Kept) -> None:
        """Add one session: what is kept, and what would have to be asked."""
        self._sessions += 1
        given = unasked(questions)
        while requests := next_requests(questions, given):
            missing: list[JudgeRequest] = []
            for request in requests:
                replies = kept(request.key)
                if replies is None:
                    missing.append(request)
                    continue
                given = (*given, *read(request, replies))
                self._kept += 1
                self._kept_tokens += sum(one.usage.total for one in replies if one.usage)
                self._kept_cost += sum(one.cost or 0.0 for one in replies)
            if missing:
                self._missing(missing, questions)
                return

    def _missing(self, requests: list[JudgeRequest], questions: Questions) -> None:
        """Add these requests, and the most that may follow them."""
        settings = self._settings
        units = len(questions.units)
        passes = units * settings.asked_at_most
        most = max(len(requests), passes) * (1 + settings.retries)
        longest = settings.model_for(questions.case.rubric).max_tokens or 0
        prompts = [prompt_estimate(request.messages, request.form.response_format) for request in requests]
        usual = min(longest, USUAL_ANSWER_TOKENS * len(requests[0].criteria))
        self._calls = [self._calls[0] + len(requests), self._calls[1] + most]
        low = Tokens(prompt=sum(prompts), completion=usual * len(requests))
        high = Tokens(prompt=max(prompts) * most, completion=longest * most)
        self._tokens = [self._tokens[0] + low.total, self._tokens[1] + high.total]
        if self._price is not None:
            self._cost = [self._cost[0] + self._price.cost(low), self._cost[1] + self._price.cost(high)]

    def estimate(self) -> Estimate:
        """What has been added up."""
        known = self._price is not None or self._is_free
        return Estimate(
            sessions=self._sessions,
            calls=(self._calls[0], self._calls[1]),
            tokens=(self._tokens[0], self._tokens[1]),
            cost=(self._cost[0], self._cost[1]) if known else None,
            kept=self._kept,
            kept_tokens=self._kept_tokens,
            kept_cost=self._kept_cost,
        )
