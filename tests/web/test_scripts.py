"""Everything that a script shows to a person comes from its page, where it is translated."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles.finders import find

LITERAL = re.compile(
    r"""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`""", re.DOTALL
)
"""A comment, or a literal; a quotation mark inside one begins no other."""
UNREAD = re.compile(r"""^import .*|new TypeError\(.*?\);""", re.MULTILINE)
"""Names of modules, and errors that are caught and told in the page's own words."""
PHRASE = re.compile(r"[A-Za-z]{2}(?= |…|[.!?]( |$))| [A-Za-z]{2}|^[A-Z][a-z]")
TECHNICAL = {
    *("turn {}", "turn assistant", "turn user queued", "body plain", "body plain typing"),
    *("input, textarea", "Enter", "Content-Type", "Retry-After"),
}
"""What looks like a phrase, and is a class, a selector, a key or a header."""


def phrases_in(script: str) -> list[str]:
    """Literals that read like words for a person. What a template puts in is written `{}`."""
    found = [one for one in LITERAL.findall(UNREAD.sub("", script)) if not one.startswith(("//", "/*"))]
    texts = [re.sub(r"\$\{[^}]*\}", "{}", one[1:-1]) for one in found]
    return [text for text in texts if PHRASE.search(text) and text not in TECHNICAL]


def scripts() -> list[Path]:
    folder = find("work")
    assert isinstance(folder, str)
    return sorted(Path(folder).parent.rglob("*.js"))


@pytest.mark.parametrize("script", scripts(), ids=lambda path: path.name)
def test_a_script_shows_no_words_of_its_own(script: Path) -> None:
    assert phrases_in(script.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("script", "phrase"),
    [
        ('note("No reply came");', "No reply came"),
        ("return `${minutes} min`;", "{} min"),
        ('saved.textContent = "Saved"; // as "Kept" would', "Saved"),
        ("status.textContent = ok ? '' : 'try again';", "try again"),
    ],
)
def test_words_in_a_script_are_found(script: str, phrase: str) -> None:
    assert phrases_in(script) == [phrase]
