"""What a judge is asked about one session: requests made from case and settings alone, without any call.

    questions = Questions(case, settings)
    for request in requests_for(case, settings):
        ...

In a prompt the record comes before the criterion. So an endpoint that keeps the beginnings of prompts reads a
session once for all its criteria, and the last word is the judge's instructions, not the candidate's text.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from assay.authoring.rubric import Rubric
from assay.canonical import digest
from assay.models.setting import ModelSetting
from assay.scoring.evidence import EvidenceGate
from assay.scoring.judge.fence import fenced, json_line, marker_for, visible
from assay.scoring.judge.floor import floor
from assay.scoring.judge.picking import Listed, listed
from assay.scoring.judge.remembering import of_the_last
from assay.scoring.judge.settings import JudgeSettings
from assay.scoring.judge.shown import (
    Shown,
    criterion_shown,
    exercise_shown,
    record_shown,
    session_hash,
)
from assay.scoring.judge.templates import Template, template
from assay.scoring.judge.verdict import AnswerForm, answer_form
from assay.scoring.raters import Case
from assay.scoring.ratings import Rating
from assay.session.assistant import BYTES_PER_TOKEN

Messages = tuple[dict[str, str], ...]

UNKNOWN_CONTEXT_TOKENS = 32_768
"""What a judge's model is taken to hold, prompt and answer together, where its setting does not say."""

EXERCISE_SHARE = 0.25
"""The exercise takes at most this share of what the fixed parts leave; the record takes the rest."""

LEAST_SHARE = 0.5
"""The least share of the candidate's own words that a judge must be shown to be asked at all."""

_BESIDE = 3_000
"""Bytes kept for what a prompt may hold beside its parts: corrections and the first verdict of a dissent."""


@dataclass(frozen=True, eq=False)
class Questions:
    """All that one judge can be asked about one session. What its requests share is made once."""

    case: Case
    settings: JudgeSettings
    _records: dict[int, str] = field(default_factory=dict, init=False)

    @cached_property
    def unasked(self) -> str | None:
        """Why the judge need not or cannot be asked about this session; None where it can be."""
        found = floor(self.case)
        if found is not None:
            return found
        if self.shown.share < LEAST_SHARE:
            return (
                f"the conversation is too long for the judge's model, which would see {self.shown.share:.0%} "
                "of what the candidate wrote; a larger `?context_tokens=` or another model can score it"
            )
        return None

    @property
    def units(self) -> tuple[tuple[str, ...], ...]:
        """The criteria that are asked about together, by the judge's form."""
        names = tuple(self.case.rubric.criteria)
        return (names,) if self.settings.form == "all" else tuple((name,) for name in names)

    def request(self, unit: Sequence[str], number: int) -> "JudgeRequest":
        """Pass `number` (from 1) over the criteria of one unit."""
        seed = self.settings.seed
        order = (
            tuple(unit) if number == 1 else tuple(sorted(unit, key=lambda name: _place(seed, number, name)))
        )
        return JudgeRequest(self, order, number)

    def dissent(self, against: Rating) -> "JudgeRequest":
        """The pass that argues against a rating: the judge's first one on its criterion that has a level."""
        return JudgeRequest(self, (against.criterion,), self.settings.passes + 1, against)

    @cached_property
    def gate(self) -> EvidenceGate:
        """Where quotes are looked up."""
        return EvidenceGate(self.case.transcript)

    @cached_property
    def shown(self) -> Shown:
        """The record in the room that the model has for it."""
        return record_shown(self.case.transcript, self._room - len(self.exercise[0].encode()))

    @cached_property
    def exercise(self) -> tuple[str, tuple[str, ...]]:
        """The exercise in its share of the room, and what was cut of it."""
        return exercise_shown(self.case.exercise, int(self._room * EXERCISE_SHARE))

    def cuts(self, by: Literal["schema", "words"]) -> tuple[str, ...]:
        """All that the judge is not shown or cannot quote, in words; only a schema holds it to the list."""
        return (*self.exercise[1], *self.shown.cuts, *(self._listed[1] if by == "schema" else ()))

    @property
    def listed(self) -> Listed:
        """The sentences that quotes are picked from; none for a judge that writes its quotes."""
        return self._listed[0]

    @cached_property
    def _listed(self) -> tuple[Listed, tuple[str, ...]]:
        return listed(self.shown, self.gate) if self.settings.picks else ((), ())

    def record(self, number: int) -> str:
        """The record between its fences, as pass `number` shows it."""
        if number not in self._records:
            self._records[number] = fenced("RECORD", self.shown.lines, self.marker(number))
        return self._records[number]

    def marker(self, number: int) -> str:
        """The marker of pass `number`."""
        return marker_for(self.settings.seed, number, self._session)

    def seed(self, number: int, criteria: Sequence[str]) -> int:
        """The seed with which pass `number` over these criteria is sampled, from 0 to 2^31 - 1."""
        own = f"{self.settings.seed}\0{self.settings.model.seed}"
        whole = hashlib.sha256(f"{own}\0{number}\0{self._session}\0{','.join(criteria)}".encode())
        return int.from_bytes(whole.digest()[:4]) >> 1

    @cached_property
    def rubric_hash(self) -> str:
        """Content hash of the case's rubric."""
        return _rubric_hash(self.case.rubric)

    @cached_property
    def sampling(self) -> str:
        """The model's setting, as far as it bears on an answer to given messages."""
        model = self.settings.model_for(self.case.rubric)
        return str(model.model_copy(update={"timeout": None, "context_tokens": None}))

    @cached_property
    def _session(self) -> str:
        return session_hash(self.case.transcript)

    @cached_property
    def _room(self) -> int:
        """Bytes for exercise and record together."""
        rubric, model = self.case.rubric, self.settings.model_for(self.case.rubric)
        criteria = _criteria_size(rubric, self.settings.form == "all")
        tokens = (model.context_tokens or UNKNOWN_CONTEXT_TOKENS) - (model.max_tokens or 0)
        fixed = max(template(name).size for name in self.settings.prompts)
        return max(0, tokens * BYTES_PER_TOKEN - fixed - criteria - _BESIDE)


@dataclass(frozen=True, eq=False)
class JudgeRequest:
    """One question to a judge: about these criteria, in this pass.

    `key` tells it from every other: it is a hash over model, sampling, seed, messages and the form of the
    answer.
    An answer that is kept under it is the answer to exactly this.
    """

    questions: Questions = field(repr=False)
    criteria: tuple[str, ...]
    number: int
    against: Rating | None = None

    @cached_property
    def messages(self) -> Messages:
        """What is sent first, where the endpoint takes a schema."""
        return self._template.fill(self._values())

    def sent(self, problems: Sequence[str], by: Literal["schema", "words"]) -> Messages:
        """What is sent to an endpoint that takes a schema, or needs it in words.

        After answers that could not be used it is a fresh request, which says what was wrong with each.
        """
        more = [_correction(problem) for problem in problems]
        if by == "words":
            more.append(self.form.in_words)
        if not more:
            return self.messages
        system, user = self.messages
        return system, {**user, "content": "\n\n".join([user["content"], *more])}

    @cached_property
    def form(self) -> AnswerForm:
        """The form of its answer; `form.schema` is the schema."""
        scale = self.questions.case.rubric.scale
        listed = self.questions.listed
        return answer_form(scale.min, scale.max, self.criteria, keyed=self._is_keyed, listed=listed)

    @cached_property
    def key(self) -> str:
        """The hash that stands for this request."""
        return digest(
            {
                "model": self.questions.sampling,
                "seed": self.seed,
                "prompt": self.prompt,
                "schema": self.form.hash,
            }
        )

    @cached_property
    def seed(self) -> int:
        """The seed of its sampling, from 0 to 2^31 - 1: another one for every session, criterion and pass."""
        return self.questions.seed(self.number, self.criteria)

    @cached_property
    def prompt(self) -> str:
        """The hash of its messages."""
        return prompt_hash(self.messages)

    @property
    def model(self) -> ModelSetting:
        """The setting of the gateway that is to answer."""
        return self.questions.settings.model_for(self.questions.case.rubric)

    @property
    def _is_keyed(self) -> bool:
        return self.against is None and self.questions.settings.form == "all"

    @property
    def _template(self) -> Template:
        return template("dissent" if self.against else self.questions.settings.prompts[0])

    def _values(self) -> dict[str, str]:
        rubric, marker = self.questions.case.rubric, self.questions.marker(self.number)
        ascending = self.number % 2 == 1
        shown = [criterion_shown(name, rubric, ascending=ascending) for name in self.criteria]
        return {
            "exercise": self.questions.exercise[0],
            "marker": marker,
            "record": self.questions.record(self.number),
            "criteria": "\n\n".join(shown),
            "names": ", ".join(self.criteria),
            "levels": ", ".join(str(level) for level in rubric.scale.levels),
            "verdict": fenced("VERDICT", [_verdict_line(self.against)], marker) if self.against else "",
        }


def requests_for(case: Case, settings: JudgeSettings) -> Iterator[JudgeRequest]:
    """Every request of every pass, pass by pass; none where the judge is not asked.

    A dissent is not among them, as it needs the first verdict: see `Questions.dissent`.
    """
    questions = Questions(case, settings)
    if questions.unasked is None:
        for number in range(1, settings.passes + 1):
            yield from (questions.request(unit, number) for unit in questions.units)


def prompt_hash(messages: Sequence[dict[str, str]]) -> str:
    """SHA-256 of the canonical JSON of messages, as 64 hexadecimal digits."""
    # For objects of texts this is RFC 8785, in a third of the time that writing it in general takes.
    written = json.dumps(messages, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def _correction(problem: str) -> str:
    return (
        f"An earlier answer to this request could not be used: {problem}. Answer afresh, and keep to what is "
        "asked for."
    )


def _verdict_line(rating: Rating) -> str:
    quotes = [{"turn": item.turn, "text": visible(item.quote)} for item in rating.evidence]
    return json_line({"level": rating.level, "quotes": quotes, "reason": visible(rating.reason)})


def _place(seed: int, number: int, name: str) -> str:
    """What the criteria of one call are ordered by: chance, and the same for the same seed and pass."""
    return hashlib.sha256(f"{seed}\0{number}\0{name}".encode()).hexdigest()


@of_the_last
def _rubric_hash(rubric: Rubric) -> str:
    return rubric.content_hash()


@of_the_last
def _criteria_size(rubric: Rubric, keyed: bool) -> int:
    """Bytes of the criteria in one prompt, the schema in words included; the largest there is."""
    sizes = [len(criterion_shown(name, rubric, ascending=True).encode()) for name in rubric.criteria]
    names = tuple(rubric.criteria) if keyed else tuple(rubric.criteria)[:1]
    words = answer_form(rubric.scale.min, rubric.scale.max, names, keyed=keyed).in_words
    return (sum(sizes) if keyed else max(sizes)) + len(words.encode())
