"""An LLM judge as a rater, for code that is not asynchronous."""

import asyncio
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from assay.models.setting import ModelSetting
from assay.scoring.judge.asking import Answers, Failed
from assay.scoring.judge.judging import judge_case
from assay.scoring.judge.settings import JudgeSettings
from assay.scoring.raters import Case
from assay.scoring.ratings import Proposal, RaterIdentity

if TYPE_CHECKING:
    from assay.models.gateway import Gateway


def _opened(setting: ModelSetting) -> "Gateway":
    from assay.models.gateway import open_gateway

    return open_gateway(setting)


class LlmJudge:
    """A judge that asks its model while it rates. Implements `assay.scoring.raters.Rater`.

    It runs an event loop of its own, so it is not for code that already runs in one: see `judge_case`.

    Args:
        settings: the judge.
        open_gateway: how its model is reached; pass one in for caps, a budget, or a record of its calls.
        cache: answers that were given before.
    """

    def __init__(
        self,
        settings: JudgeSettings,
        *,
        open_gateway: Callable[[ModelSetting], "Gateway"] = _opened,
        cache: Answers | None = None,
    ) -> None:
        self.settings = settings
        self._open = open_gateway
        self._cache = cache

    @property
    def identity(self) -> RaterIdentity:
        """The judge's model, with the content hash of settings and prompts as its version."""
        return self.settings.identity

    def rate(self, case: Case) -> Iterable[Proposal]:
        """One proposal a criterion and pass. A request that its endpoint failed is unscored, with the reason.

        Raises:
            UserMistake: key, model name or options are not usable.
            LimitReached: a cap forbids a call.
        """
        return asyncio.run(self._rate(case))

    async def _rate(self, case: Case) -> tuple[Proposal, ...]:
        async with self._open(self.settings.model_for(case.rubric)) as gateway:
            given = await judge_case(gateway, case, self.settings, self._cache)
        proposals: list[Proposal] = []
        for one in given:
            if not isinstance(one, Failed):
                proposals.append(one)
            elif one.passing:
                proposals.extend(one.as_unscored())
            else:
                raise one.error
        return tuple(proposals)
