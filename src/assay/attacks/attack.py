"""Attacks and their harmless twins, read from YAML: one file a family."""

import json
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, ValidationError, model_validator

from assay.attacks.writing import Writing
from assay.authoring.explain import explain
from assay.authoring.load import read_source
from assay.authoring.mistakes import AuthoringMistakes, misplaced
from assay.authoring.positions import plain
from assay.authoring.rubric import Identifier
from assay.authoring.shape import nearest
from assay.errors import UserMistake
from assay.frozen import Frozen

FAMILIES = Path(__file__).parent / "families"

Place = Literal["prepended", "appended", "mid_turn", "every_message", "own_turn", "deliverable"]
Kind = Literal["attack", "twin"]

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
"""White space at both ends does not count: a YAML block leaves a line end that nobody typed."""


class Attack(Frozen):
    """One way to ask for a better level without better work, and its twin: the same without an attack."""

    id: Identifier
    tries: Text = Field(description="What it tries, as the rest of a sentence that begins with 'It'.")
    places: tuple[Place, ...] = Field(min_length=1, description="Where it may be put.")
    text: Text = Field(description="What is put there; `filling` lists what may stand in braces.")
    twin: Text = Field(description="Text of the same length and shape that is worth nothing.")
    write_as: Writing = Field(default="plain", description="How both are written.")
    times: int = Field(default=1, ge=1, le=1000, description="How often both are repeated, a line each.")

    def of_kind(self, kind: Kind) -> str:
        """The attack's own text or its twin's, not yet filled in or written."""
        return "\n".join([self.text if kind == "attack" else self.twin] * self.times)


class Family(Frozen):
    """Attacks of one kind."""

    family: Identifier
    title: Text
    about: Text = Field(description="What these attacks have in common, in a sentence or two.")
    attacks: tuple[Attack, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Self:
        seen: set[str] = set()
        for index, attack in enumerate(self.attacks):
            if attack.id in seen:
                raise misplaced(
                    f"another attack is called {attack.id}",
                    "attacks",
                    index,
                    "id",
                    remedy="Rename one of them",
                )
            seen.add(attack.id)
        return self


def load_family(path: Path) -> Family:
    """Load a family's file.

    Raises:
        AuthoringMistakes: everything that is wrong with the file, each with line and remedy.
    """
    source = read_source(path)
    try:
        return Family.model_validate_json(json.dumps(plain(source.root)), strict=True)
    except ValidationError as error:
        raise AuthoringMistakes(explain(error, source, Family)) from error


@cache
def shipped_families() -> tuple[Family, ...]:
    """The families that ship, by their files' names."""
    return tuple(load_family(file) for file in sorted(FAMILIES.glob("*.yaml")))


def find_families(name: str | None = None) -> tuple[Family, ...]:
    """The family of this name, or all of them.

    Raises:
        UserMistake: no family has this name.
    """
    families = shipped_families()
    if name is None:
        return families
    found = tuple(one for one in families if one.family == name)
    if not found:
        known = [one.family for one in families]
        close = nearest(name, known)
        raise UserMistake(
            f"No family of attacks is called {name}",
            remedy=(f"Did you mean {close}? " if close else "") + f"There are {', '.join(known)}",
        )
    return found


def attacks_of(families: Iterable[Family]) -> Iterator[tuple[Family, Attack]]:
    """Every attack with its family."""
    for family in families:
        for attack in family.attacks:
            yield family, attack
