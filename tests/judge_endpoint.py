"""An endpoint that judges: a scripted model over real HTTP, which says which questions it was asked."""

from collections import Counter
from typing import Any

from assay.models.script import Script
from assay.models.scripted import ScriptedServer
from assay.scoring.judge.requests import prompt_hash

SAID = "Split the reviews into a plan first"
"""What candidates of these tests say, word for word."""


def verdict(level: int | None = 3, text: str = SAID, turn: int = 0) -> dict[str, Any]:
    """A verdict on one criterion as a model gives it; without a level, with a reason why."""
    unscored = "nothing about it was said" if level is None else None
    return {
        "quotes": [{"turn": turn, "text": text}],
        "reason": "It plans.",
        "level": level,
        "unscored": unscored,
    }


def says(*verdicts: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A script in which these verdicts take turns, the last one for ever."""
    usage = {"prompt": 900, "completion": 60}
    replies = [{"json": one, "usage": usage} | more for one in verdicts or (verdict(),)]
    return {"model": "judge-1", "after_last": "repeat", "replies": replies}


class Endpoint(ScriptedServer):
    """The endpoint. `setting` is how a judge names it."""

    def __init__(self, script: dict[str, Any] | None = None, **more: Any) -> None:
        super().__init__(Script.model_validate(script or says()), keep=100_000, **more)

    @property
    def setting(self) -> str:
        """The model's setting."""
        return f"judge-1@{self.base_url}"

    def asked(self) -> Counter[str]:
        """How often each question was asked, by its short name."""
        return Counter(short(prompt_hash(seen.messages)) for seen in list(self.requests))


def short(prompt: str) -> str:
    """A question's name: the beginning of its prompt's hash, so that thousands fit through a pipe at once."""
    return prompt[:16]
