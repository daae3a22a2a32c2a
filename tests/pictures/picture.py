"""What a picture shows, who looks, and what they do first."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from playwright.sync_api import Page

WIDE, NARROW = 1280, 390
HEIGHTS = {WIDE: 860, NARROW: 844}

Steps = Callable[[Page], None]


@dataclass(frozen=True, slots=True)
class Picture:
    """One page in one state.

    Attributes:
        name: the stem of the files' names.
        of: the name of the address that is opened; `also` names those that its steps lead on to.
        says: what is to be seen, for whoever looks at the sheet.
        given: the address's parts, each as a key of the scene; one that begins with "=" stands for itself.
        who: whose browser it is, as the scene names them; nobody's when empty.
        asks: the address's query, where `{KEY}` stands for a key of the scene.
        steps: what is done on the page before the picture is taken.
        site: "demo", or "open": with open registration, single sign-on, the embedded model, caps on what
            models may use, and mail that does not go out.
        status: the page's own.
    """

    name: str
    of: str
    says: str
    given: Mapping[str, str] = field(default_factory=dict)
    who: str = "owner"
    asks: str = ""
    steps: Steps | None = None
    also: tuple[str, ...] = ()
    widths: tuple[int, ...] = (WIDE, NARROW)
    site: str = "demo"
    status: int = 200

    def path(self, keys: Mapping[str, str]) -> str:
        """Where the page is in a scene with these keys."""
        parts = {name: key[1:] if key.startswith("=") else keys[key] for name, key in self.given.items()}
        query = self.asks
        for key, value in keys.items():
            query = query.replace(f"{{{key}}}", value)
        return reverse(self.of, kwargs=parts) + (f"?{query}" if query else "")


def under(key: str) -> dict[str, str]:
    """The parts of an address that has a public id."""
    return {"public_id": key}


def press(name: str) -> Steps:
    """Press the first button of this name."""

    def steps(page: Page) -> None:
        page.get_by_role("button", name=name, exact=True).first.click()
        page.wait_for_load_state()

    return steps


def then(*all_steps: Steps) -> Steps:
    """One after the other."""

    def steps(page: Page) -> None:
        for one in all_steps:
            one(page)

    return steps


def fill(**fields: Any) -> Steps:
    """Fill fields by their names in the form; two underscores stand for a hyphen."""

    def steps(page: Page) -> None:
        for name, value in fields.items():
            page.locator(f"[name='{name.replace('__', '-')}']").first.fill(value)

    return steps


def unfold(words: str) -> Steps:
    """Open what is folded under these words."""

    def steps(page: Page) -> None:
        page.locator("summary", has_text=words).first.click()

    return steps
