"""What an author asks for when an exercise is to be drafted, and the prompts that put it to a model."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from string import Template
from typing import Any, Literal

import yaml
from pydantic import Field

from assay.frozen import Frozen

_PROMPTS = Path(__file__).parent / "prompts"
_STARTING = Path(__file__).parent / "starting_criteria.yaml"
_STYLES = {
    "standard": "standard; the candidate works with a capable AI towards the deliverable",
    "error_detection": "error detection; the candidate is to find and correct the mistakes in the AI's "
    "replies, so the scenario must hold the facts by which a mistake can be told",
}
_WRITTEN = ("title", "goal", "scenario")


class Commission(Frozen):
    """What is wanted. Texts are the author's own words."""

    task_background: str = Field(description="What the candidate will work through.")
    job_description: str = ""
    style: Literal["standard", "error_detection"] = "standard"
    language: str = "en"
    minutes: float = 25
    rounds: int = 12
    invents_missing_details: bool = False
    materials: tuple[str, ...] = Field(default=(), description="The names of the materials there are.")


class StartingCriterion(Frozen):
    """A criterion to begin with. `advice` tells the drafting model what to look at."""

    title: str
    asks: str
    weight: float
    severity: Literal["normal", "serious"] = "normal"
    advice: str


@cache
def starting_criteria() -> Mapping[str, StartingCriterion]:
    """The starting criteria by id, in the order in which they are offered."""
    found = yaml.safe_load(_STARTING.read_text("utf-8"))
    return {name: StartingCriterion.model_validate(one) for name, one in found.items()}


def messages_for(
    commission: Commission, ask: str, so_far: Mapping[str, Any], **values: str
) -> list[dict[str, str]]:
    """The conversation that asks a model for one part.

    Args:
        commission: what is wanted.
        ask: the prompt's name, such as "goal".
        so_far: the parts that are written already.
        values: what else the prompt has places for.
    """
    said = [_prompt("commission", **_places(commission))]
    written = _written(so_far)
    if written:
        said.append(_prompt("so_far", parts=written))
    said.append(_prompt(ask, **values))
    return [
        {"role": "system", "content": _prompt("system")},
        {"role": "user", "content": "\n\n".join(said)},
    ]


def _places(commission: Commission) -> dict[str, str]:
    return {
        "task_background": _fenced(commission.task_background),
        "job_description": _fenced(commission.job_description) or "(none was given)",
        "style": _STYLES[commission.style],
        "language": commission.language,
        "minutes": f"{commission.minutes:g}",
        "rounds": str(commission.rounds),
        "missing": "makes one up that fits"
        if commission.invents_missing_details
        else "asks the candidate for it",
        "materials": ", ".join(commission.materials) or "none",
    }


def _fenced(text: str) -> str:
    """The author's words, which cannot close the tags that they stand between."""
    return text.strip().replace("</", "< /")


def _written(so_far: Mapping[str, Any]) -> str:
    parts = [f"{name}: {so_far[name]}" for name in _WRITTEN if so_far.get(name)]
    asks = (so_far.get("deliverable") or {}).get("asks")
    return "\n\n".join([*parts, *([f"deliverable: {asks}"] if asks else [])])


@cache
def _template(name: str) -> Template:
    return Template((_PROMPTS / f"{name}.md").read_text("utf-8").strip())


def _prompt(name: str, **values: str) -> str:
    return _template(name).substitute(values)
