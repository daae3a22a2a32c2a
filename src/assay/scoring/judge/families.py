"""Model families, by name: a judge favours what a model of its own family wrote.

Preference leakage: Li et al., 2025 (arXiv 2502.01534). Names change with every release, so what no entry
covers is unknown, and unknown is neither the same family nor another.
"""

import re

_FAMILIES = {
    "claude": r"claude",
    "command": r"command-(?:a|r)|c4ai",
    "deepseek": r"deepseek",
    "gemini": r"gemini|gemma|learnlm",
    "glm": r"\bglm|chatglm",
    "gpt": r"\bgpt|chatgpt|\bo[1-9](?:-mini|-pro|-preview|\b)",
    "granite": r"granite",
    "grok": r"\bgrok",
    "kimi": r"kimi|moonshot",
    "llama": r"llama",
    "mistral": r"mistral|mixtral|ministral|codestral|magistral|devstral|pixtral",
    "nova": r"\bnova-(?:micro|lite|pro|premier)",
    "olmo": r"\bolmo",
    "phi": r"\bphi-?\d",
    "qwen": r"qwen|qwq|qvq",
    "smollm": r"smollm|^embedded$",
}


def families_in(model: str | None) -> frozenset[str]:
    """The families that a model's name or setting names; several for one distilled from another."""
    if not model:
        return frozenset()
    name = re.split(r"@https?://|\?", model.lower())[0]
    if name.startswith(("http", "scripted:")):
        return frozenset()
    return frozenset(family for family, pattern in _FAMILIES.items() if re.search(pattern, name))


def shared_family(judges: frozenset[str], assistants: frozenset[str]) -> str | None:
    """A family that both belong to, None where there is none or one is not known."""
    return min(judges & assistants, default=None)
