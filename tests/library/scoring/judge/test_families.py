"""Which models are of one family, by their names; what is not known is not guessed."""

import pytest

from assay.scoring.judge.families import families_in, shared_family


@pytest.mark.parametrize(
    ("name", "families"),
    [
        ("openai:gpt-4.1-mini?temperature=0", {"gpt"}),
        ("o3-mini", {"gpt"}),
        ("claude-sonnet-4@https://api.example.org/v1", {"claude"}),
        ("meta-llama/Llama-3.3-70B-Instruct@http://localhost:8000/v1", {"llama"}),
        ("deepseek-r1-distill-qwen-32b", {"deepseek", "qwen"}),
        ("mixtral-8x7b", {"mistral"}),
        ("gemma-3-27b-it", {"gemini"}),
        ("embedded", {"smollm"}),
        ("SmolLM2-135M-Instruct", {"smollm"}),
        ("http://gpt-server.example.org/v1", set()),
        ("my-model@https://api.mistral.ai/v1", set()),
        ("scripted:claude.yaml", set()),
        ("house-model-7", set()),
        (None, set()),
    ],
)
def test_a_models_name_tells_its_family(name: str | None, families: set[str]) -> None:
    assert families_in(name) == families


def test_unknown_is_neither_the_same_family_nor_another() -> None:
    assert shared_family(families_in("gpt-4.1"), families_in("gpt-4o")) == "gpt"
    assert shared_family(families_in("gpt-4.1"), families_in("claude-3")) is None
    assert shared_family(families_in("house-model"), families_in("house-model")) is None
