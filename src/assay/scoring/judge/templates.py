"""The prompts' files: front matter with a version, a part for the system message and one for the user's.

A place to fill is a name in double braces. What is filled in is never looked at again, so a candidate's
braces stay text.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

PromptName = Literal["criterion", "all-criteria", "dissent"]

_FILE = re.compile(
    r"---\nprompt: (?P<name>\S+)\nversion: (?P<version>\d+)\n---\n"
    r"# system\n\n(?P<system>.*?)\n\n# user\n\n(?P<user>.*?)\n*\Z",
    re.DOTALL,
)
_PLACE = re.compile(r"\{\{(\w+)\}\}")


@dataclass(frozen=True, slots=True)
class Template:
    """One prompt. `hash` is the SHA-256 of its file, in hexadecimal."""

    name: str
    version: int
    hash: str
    system: str
    user: tuple[str, ...]
    """Text and the names of places, by turns; the first is text."""

    def fill(self, values: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
        """The system message and the user's, every place filled in."""
        pieces = [values[piece] if place % 2 else piece for place, piece in enumerate(self.user)]
        return {"role": "system", "content": self.system}, {"role": "user", "content": "".join(pieces)}

    @property
    def size(self) -> int:
        """Bytes of UTF-8 that it takes before anything is filled in."""
        return len(self.system.encode()) + sum(len(piece.encode()) for piece in self.user[::2])


@cache
def template(name: PromptName) -> Template:
    """The prompt that ships under this name."""
    data = (files("assay.scoring.judge") / "prompts" / f"{name}.md").read_bytes()
    found = _FILE.match(data.decode("utf-8").replace("\r\n", "\n"))
    if found is None or found["name"] != name:
        raise AssertionError(f"the prompt {name} that ships is not a prompt")
    return Template(
        name=name,
        version=int(found["version"]),
        hash=hashlib.sha256(data).hexdigest(),
        system=found["system"],
        user=tuple(_PLACE.split(found["user"])),
    )
