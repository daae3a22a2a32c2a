"""A scripted drafting model that answers each part, whatever order they are asked for in."""

from pathlib import Path
from typing import Any

import pytest
import yaml

LEVELS = {
    f"level_{level}": {
        "words": f"Does {level} of four checks.",
        "example": f"Check number {level} of R0{level}.",
    }
    for level in range(5)
}


def replies() -> list[dict[str, Any]]:
    """One reply a prompt, found by the prompt's own words."""
    return [
        {
            "when": {"says": "Write the title"},
            "json": {"title": "Sort the returns", "summary": "A list of returns with a reason each."},
        },
        {
            "when": {"says": "Write the goal"},
            "json": {"goal": "Sort twelve returns so that each reaches its desk."},
        },
        {
            "when": {"says": "Write the scenario"},
            "json": {
                "scenario": "You sort returns at Brightholm. Twelve came in today, and two name a burn."
            },
        },
        {
            "when": {"says": "Write what is handed in"},
            "json": {"asks": "A table with a row for each return.", "format": "markdown", "starts_with": ""},
        },
        {
            "when": {"says": "Choose the criteria"},
            "json": {
                "criteria": [
                    {
                        "id": "verification",
                        "asks": "Is each row checked?",
                        "weight": 60,
                        "why": "Rows can be wrong.",
                    },
                    {"id": "safety", "asks": "Are burns reported?", "weight": 30, "why": "Two burns."},
                    {
                        "id": "realism",
                        "asks": "Is the desk in mind?",
                        "weight": 10,
                        "why": "A desk reads it.",
                    },
                ]
            },
        },
        {"when": {"says": "Write the levels"}, "json": {**LEVELS, "unscored_when": None}},
    ]


@pytest.fixture
def anyio_backend() -> str:
    """Asynchronous tests run on asyncio."""
    return "asyncio"


def scripted(folder: Path, told: list[dict[str, Any]], name: str = "drafting") -> str:
    """The setting of a model that answers with these replies."""
    file = folder / f"{name}.yaml"
    file.write_text(yaml.safe_dump({"replies": told}), encoding="utf-8")
    return f"scripted:{file}"
