"""A judge's settings: which model, how often and in which form it is asked. One string says it all.

    openai:gpt-4.1-mini?temperature=0 passes=3 dissent=on

The same keys stand in a YAML file, with `model:` for what comes first.
"""

import re
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from assay.authoring.rubric import Rubric
from assay.canonical import digest
from assay.errors import UserMistake, Where
from assay.frozen import Frozen
from assay.models.setting import ModelSetting, read_setting
from assay.scoring.judge.templates import PromptName, template
from assay.scoring.ratings import RaterIdentity

JUDGE_VERSION = 3
"""Raised whenever the code that makes requests or reads answers makes or reads them differently."""

NOT_CALIBRATED = "not calibrated"
NO_JUDGE = "no judge: a model this small cannot judge, and its levels mean nothing"
"""What is known of the embedded model's agreement with people."""
_EMBEDDED = "embedded"
REPLY_TOKENS = 1_500
"""The longest answer on one criterion, in tokens, where the model's setting names none."""
REPLY_TOKENS_MORE = 500
"""What each further criterion of one call may add to it."""

_OPTION = re.compile(r"\s+(passes|form|quotes|dissent|seed|early_stop|retries)=(\S+)\s*$")
_ANY_OPTION = re.compile(r"\s(\w+)=\S*\s*$")
_SHAPE = (
    "Write a judge as `openai:gpt-4.1-mini?temperature=0 passes=3`, a model and then options "
    "(passes=1 to 9, form=one or all, quotes=free or picked, dissent=on, early_stop=off, seed=NUMBER, "
    "retries=0 to 3), or name a YAML file with `model:` and the same keys"
)


class JudgeSettings(Frozen):
    """Everything that decides what a judge is asked. `str()` writes it as a string that reads to the same."""

    model: ModelSetting = Field(description="Which model answers, and how it is sampled.")
    passes: int = Field(default=1, ge=1, le=9, description="How often each criterion is asked about.")
    form: Literal["one", "all"] = Field(
        default="one", description="One criterion a call, or all criteria in one."
    )
    quotes: Literal["free", "picked"] | None = Field(
        default=None,
        description="Whether it writes its quotes, or picks them from a list of the candidate's sentences. "
        "None: the embedded model picks, every other writes.",
    )
    dissent: bool = Field(default=False, description="One more pass that argues against the first verdict.")
    early_stop: bool = Field(
        default=True, description="Leave out passes that can no longer move the judge's median."
    )
    seed: int = Field(default=0, ge=0, description="What markers, orders and seeds of calls follow from.")
    retries: int = Field(default=1, ge=0, le=3, description="Fresh requests after an answer of no use.")

    def __str__(self) -> str:
        return self.text

    @cached_property
    def text(self) -> str:
        """The string that reads to these settings."""
        # How long an answer may take decides nothing about it.
        model = self.model.model_copy(update={"timeout": None})
        return " ".join([str(model), *(f"{name}={value}" for name, value in self._options())])

    def _options(self) -> list[tuple[str, str]]:
        found = []
        for name, field in type(self).model_fields.items():
            value = getattr(self, name)
            if name != "model" and value != field.default:
                found.append((name, ("off", "on")[value] if isinstance(value, bool) else str(value)))
        return found

    @property
    def prompts(self) -> tuple[PromptName, ...]:
        """The prompts that this judge is asked with."""
        first: PromptName = "criterion" if self.form == "one" else "all-criteria"
        return (first, "dissent") if self.dissent else (first,)

    @cached_property
    def version(self) -> str:
        """The content hash of the settings, of the prompts they use and of the code's version."""
        prompts = {name: template(name).hash for name in self.prompts}
        return digest({"judge": JUDGE_VERSION, "settings": str(self), "prompts": prompts})

    @cached_property
    def identity(self) -> RaterIdentity:
        """Who rates: the model, by the name it is asked for, in this version."""
        name = str(self.model).partition("?")[0]
        known = NO_JUDGE if self.model.form == _EMBEDDED else NOT_CALIBRATED
        return RaterIdentity(kind="judge", name=name, version=self.version, calibration=known)

    @property
    def picks(self) -> bool:
        """Whether it picks its quotes from a list."""
        return self.quotes == "picked" or (self.quotes is None and self.model.form == _EMBEDDED)

    @property
    def asked_at_most(self) -> int:
        """Passes over one criterion, the dissent included."""
        return self.passes + self.dissent

    def model_for(self, rubric: Rubric) -> ModelSetting:
        """The model's setting, with a longest answer that has room for the criteria of one call."""
        if self.model.max_tokens is not None:
            return self.model
        more = 0 if self.form == "one" else len(rubric.criteria) - 1
        return self.model.model_copy(update={"max_tokens": REPLY_TOKENS + more * REPLY_TOKENS_MORE})


def is_no_judge(rater: RaterIdentity) -> bool:
    """Whether a rater is the embedded model, in whatever version: its levels mean nothing."""
    return rater.kind == "judge" and rater.name == _EMBEDDED


def read_judge(text: str, environ: Mapping[str, str] | None = None) -> JudgeSettings:
    """Read a judge: a YAML file by its name, or a model with options after it.

    Args:
        text: a path that ends in .yaml or .yml, or a string such as `embedded passes=3 dissent=on`.
        environ: where the model's setting looks things up; the process environment when None.

    Raises:
        UserMistake: it is neither, or a value is not usable.
    """
    if text.strip().endswith((".yaml", ".yml")) and not text.startswith("scripted:"):
        return read_judge_file(Path(text.strip()), environ)
    return read_judge_line(text, environ)


def read_judge_line(text: str, environ: Mapping[str, str] | None = None) -> JudgeSettings:
    """Read what `str()` of a judge's settings writes, and no file whatever it says.

    Raises:
        UserMistake: it is not a judge, or a value is not usable.
    """
    options: dict[str, Any] = {}
    rest = text
    while found := _OPTION.search(rest):
        name, value = found.groups()
        if name in options:
            raise UserMistake(f"The judge {text!r} names {name} twice", remedy=_SHAPE)
        options[name] = value
        rest = rest[: found.start()]
    if unknown := _ANY_OPTION.search(rest):
        raise UserMistake(f"A judge has no option {unknown[1]!r}", remedy=_SHAPE)
    return _settings({"model": rest.strip(), **options}, None, environ)


def read_judge_file(path: Path, environ: Mapping[str, str] | None = None) -> JudgeSettings:
    """Read a judge's settings from a YAML file.

    Raises:
        UserMistake: the file cannot be read, or a value is not usable; it names file and line.
    """
    from assay.authoring.load import read_source
    from assay.authoring.positions import plain

    value = plain(read_source(path).root)
    if not isinstance(value, dict) or not isinstance(value.get("model"), str):
        raise UserMistake("The judge's file names no model", remedy=_SHAPE, where=Where(path))
    return _settings(value, Where(path), environ)


def _settings(
    values: dict[str, Any], where: Where | None, environ: Mapping[str, str] | None
) -> JudgeSettings:
    model = read_setting(values["model"], environ)
    try:
        return JudgeSettings.model_validate({**values, "model": model})
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"]) or "the settings"
        raise UserMistake(
            f"The judge's {name} is not usable: {first['msg']}", remedy=_SHAPE, where=where
        ) from error
