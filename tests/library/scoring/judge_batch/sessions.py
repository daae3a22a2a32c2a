"""Many short sessions, each different, and a judge's answer that fits them all."""

import json
from pathlib import Path
from typing import Any

from assay.library.exercises import find_exercise
from assay.scoring.raters import Case
from assay.session.transcript import Transcript, Turn

EXERCISE = "labeling-assistant"
PLAN = "First write the label guide with five labels"
ANSWER: dict[str, Any] = {
    "json": {"quotes": [{"turn": 0, "text": PLAN}], "reason": "A plan first.", "level": 3, "unscored": None},
    "usage": {"prompt": 900, "completion": 60},
}
AGAIN: dict[str, Any] = {"after_last": "restart"}
CALL_TOKENS = 960


def texts(number: int) -> list[str]:
    return [
        f"{PLAN}, then label the reviews of list {number}.",
        "Here is the guide.",
        "Row 4 is ironic, so correct it and say why.",
    ]


def cases(count: int) -> list[Case]:
    exercise = find_exercise(EXERCISE)
    return [
        Case(
            Transcript(
                turns=tuple(
                    Turn(index=place, role="assistant" if place % 2 else "user", text=text)
                    for place, text in enumerate(texts(number))
                )
            ),
            exercise.rubric,
            exercise,
        )
        for number in range(count)
    ]


def criteria() -> int:
    return len(find_exercise(EXERCISE).rubric.criteria)


def save(path: Path, count: int) -> Path:
    lines = []
    for number in range(count):
        messages = [
            {"role": "assistant" if place % 2 else "user", "content": text}
            for place, text in enumerate(texts(number))
        ]
        lines.append(json.dumps({"id": f"s{number}", "messages": messages}))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
