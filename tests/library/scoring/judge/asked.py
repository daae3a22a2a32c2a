"""One session, a judge that is asked about it, and verdicts as a model gives them."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from tests.library.models.conftest import FakeTime

from assay.authoring.exercise import Deliverable, Exercise, Material
from assay.authoring.rubric import Rubric
from assay.models.gateway import Gateway
from assay.models.replies import Latency, Reply
from assay.scoring.evidence import EvidenceGate
from assay.scoring.judge.judging import judge_case, next_requests
from assay.scoring.judge.rater import LlmJudge
from assay.scoring.judge.reading import read
from assay.scoring.judge.requests import Questions
from assay.scoring.judge.settings import JudgeSettings, read_judge
from assay.scoring.raters import Case
from assay.scoring.ratings import Proposal, RaterIdentity, Rating
from assay.session.transcript import DeliverableVersion, Transcript, Turn

T = TypeVar("T")

PLAN = "First list the totals, then compare them with the invoice."
CHECK = "The second total is wrong: 412, not 398."


def rubric(*names: str, **more: Any) -> Rubric:
    """A rubric with these criteria, or with one that is called planning."""
    criteria = {
        name: {
            "asks": f"How good is the {name}?",
            "levels": {
                0: "None at all.",
                2: {"words": "Some of it.", "example": "Do it in parts."},
                4: "All of it.",
            },
            "unscored_when": "Nothing was asked of the assistant.",
        }
        for name in names or ("planning",)
    }
    return Rubric.model_validate({"criteria": criteria, **more})


def transcript(*texts: str, deliverable: str = "") -> Transcript:
    """Turns by candidate and assistant, one after the other."""
    turns = [
        Turn(index=place, role="assistant" if place % 2 else "user", text=text)
        for place, text in enumerate(texts)
    ]
    versions = (DeliverableVersion(text=deliverable, after_turn=len(turns) - 1),) if deliverable else ()
    return Transcript(turns=tuple(turns), deliverable=versions)


def a_case(*names: str, texts: tuple[str, ...] = (PLAN, "The totals are 398 and 56.", CHECK)) -> Case:
    """A short session about an invoice."""
    return Case(transcript(*texts, deliverable="Both totals agree: 412 and 56."), rubric(*names))


def an_exercise(scored_by: Rubric) -> Exercise:
    """The exercise that the session could be of."""
    return Exercise(
        exercise="invoice",
        title="Check an invoice",
        summary="Find out what is wrong with an invoice.",
        goal="Say which total of the invoice does not agree.",
        scenario="You keep the books of a bicycle shop.",
        materials=(Material(id="invoice", title="Invoice", text="Tyres 412 euros. Bells 56 euros."),),
        deliverable=Deliverable(asks="One sentence that names the total."),
        rubric=scored_by,
    )


def verdict(level: Any = 3, **changes: Any) -> dict[str, Any]:
    """A verdict as a model writes it."""
    whole = {
        "quotes": [{"turn": 0, "text": "First list the totals"}, {"turn": 2, "text": "412, not 398"}],
        "reason": "Goes in steps and names what is wrong",
        "level": level,
        "unscored": None if level is not None else "Nothing bears on it",
    }
    return {**whole, **changes}


def says(value: Any) -> dict[str, Any]:
    """A scripted reply with this JSON."""
    return {"json": value, "usage": {"prompt": 700, "completion": 60}}


def a_reply(text: str, **more: Any) -> Reply:
    """A reply that came from somewhere."""
    return Reply(**{"text": text, "ending": "complete", "latency": Latency(total=1.0), **more})


def a_judge(server: Any, options: str = "", model: str = "") -> JudgeSettings:
    """A judge whose model is a scripted endpoint."""
    return read_judge(f"{server.model}@{server.base_url}{model} {options}")


@dataclass(frozen=True)
class Heard:
    """A judge that says these verdicts, one an answer and the last again and again; no call is made.

    Implements `assay.scoring.raters.Rater`.
    """

    settings: JudgeSettings
    verdicts: tuple[Any, ...]

    @property
    def identity(self) -> RaterIdentity:
        return self.settings.identity

    def rate(self, case: Case) -> Iterator[Proposal]:
        questions, left = Questions(case, self.settings), list(self.verdicts)
        given: list[Proposal] = []
        while requests := next_requests(questions, given):
            for request in requests:
                said = json.dumps(left.pop(0) if len(left) > 1 else left[0])
                given += read(request, (a_reply(said, model="some-model-2026", cost=0.01),))
        yield from given


class Bench:
    """A judge, the endpoint that answers it, and a clock."""

    def __init__(self, server: Any, fake: FakeTime, options: str = "", model: str = "") -> None:
        self.server, self._fake = server, fake
        self.settings = a_judge(server, options, model)

    def opened(self, setting: Any) -> Gateway:
        return Gateway(setting, timing=self._fake.timing(), environ={})

    @property
    def rater(self) -> LlmJudge:
        return LlmJudge(self.settings, open_gateway=self.opened)

    def rate(self, case: Case | None = None) -> list[Proposal]:
        return list(self.rater.rate(case or a_case()))

    def ratings(self, case: Case | None = None) -> list[Rating]:
        case = case or a_case()
        gate = EvidenceGate(case.transcript)
        return [gate.admit(proposal, self.settings.identity) for proposal in self.rate(case)]

    def run(self, work: Callable[[Gateway], Awaitable[T]], case: Case | None = None) -> T:
        async def inside() -> T:
            async with self.opened(self.settings.model_for((case or a_case()).rubric)) as gateway:
                return await work(gateway)

        return asyncio.run(inside())

    def judge(self, case: Case | None = None, cache: Any = None) -> tuple[Any, ...]:
        given = case or a_case()
        return self.run(lambda gateway: judge_case(gateway, given, self.settings, cache), given)

    @property
    def asked(self) -> list[list[dict[str, str]]]:
        """The messages of every request that arrived."""
        return [request.messages for request in self.server.requests]
