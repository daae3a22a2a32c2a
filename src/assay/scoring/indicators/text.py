"""Reading one message: folded text with a way back to the original, and sentences by kind.

Signs look at folded text (lower case, accents and look-alike letters mapped to plain ones, hidden
characters gone), so a message reads the same to them as it does to a person. Every span that leaves
this module is in code points of the original text.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from assay.scoring.indicators.words import EVERYWHERE, FUNCTION_WORDS, METHOD_WORDS

Kind = Literal["prose", "code", "error", "data", "quoted"]

_LOOK_ALIKES = dict(
    zip(
        "асеоріѕјхуһԁԛԝӏмтквнзь" + "αοερτυικνχβηζ",
        "aceopisjxyhdqwlmtkbh3b" + "aoeptuikvxbhz",
        strict=True,
    )
)
_PLAIN = {
    **dict.fromkeys("‘’‚‛′＇`´", "'"),
    **dict.fromkeys("“”„‟″«»", '"'),
    **dict.fromkeys("‐‑‒–—―−", "-"),
}


def _fold_char(char: str) -> str:
    """One character as signs see it: one character, or none when it cannot be seen."""
    if char in _PLAIN:
        return _PLAIN[char]
    category = unicodedata.category(char)
    if category in ("Cf", "Mn", "Me") or (category == "Cc" and char not in "\n\t\r"):
        return ""
    if category == "So" or "\U0001f3fb" <= char <= "\U0001f3ff":  # pictures and their skin tones say nothing
        return ""
    if category == "Zs":
        return " "
    base = unicodedata.normalize("NFKD", char)[0]
    lowered = base.lower()
    return lowered if len(lowered) == 1 else base


class _FoldTable(dict[int, str]):
    def __missing__(self, code: int) -> str:
        self[code] = _fold_char(chr(code))
        return self[code]


_FOLD = _FoldTable()
_LETTERS = re.compile(r"[^\W\d_]+")


def _unmask(match: re.Match[str]) -> str:
    word = match.group()
    if word.isascii():
        return word
    plain = "".join(_LOOK_ALIKES.get(char, char) for char in word)
    return plain if plain.isascii() else word


class Folded:
    """A text as signs see it, remembering where each of its characters came from."""

    def __init__(self, original: str) -> None:
        self._sources: list[int] | None = None
        if original.isascii():
            self.text = original.lower()
            return
        folded = original.translate(_FOLD)
        if len(folded) != len(original):
            self._sources = [index for index, char in enumerate(original) if _FOLD[ord(char)]]
        self.text = _LETTERS.sub(_unmask, folded)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Original offsets of a folded span that is not empty."""
        if self._sources is None:
            return start, end
        return self._sources[start], self._sources[end - 1] + 1


_WORD = re.compile(r"[^\W_]+(?:'[a-z]+)?")


def words_of(folded: str) -> list[str]:
    """The words of a folded text, in order."""
    return _WORD.findall(folded)


def content_words(folded: str) -> frozenset[str]:
    """Words that carry matter: neither function words nor talk about method; numbers count."""
    return frozenset(
        word
        for word in _WORD.findall(folded)
        if word not in FUNCTION_WORDS and word not in METHOD_WORDS and (len(word) > 1 or word.isdigit())
    )


@dataclass(frozen=True)
class Sentence:
    """One sentence or line of a message. `start` and `end` are original offsets, `text` is folded."""

    start: int
    end: int
    text: str
    kind: Kind

    @cached_property
    def words(self) -> list[str]:
        """Its words, in order."""
        return words_of(self.text)

    @cached_property
    def content(self) -> frozenset[str]:
        """Its words that carry matter."""
        return content_words(self.text)

    @cached_property
    def subject(self) -> frozenset[str]:
        """Those of its content words that could tell one piece of work from another."""
        return self.content - EVERYWHERE

    @property
    def is_own(self) -> bool:
        """Whether the candidate wrote it as prose, rather than pasting it."""
        return self.kind == "prose"


_CODE_START = re.compile(
    r"(?:async )?def \w+ ?\(|class \w+[(:]|import \w|from [\w.]+ import\b|else:|try:|finally:"
    r"|return\b(?! (?:the|a|an|true if|false if|only|to|all|it)\b)|print ?\(|assert\b|@\w|//|>>>|\.\.\. "
    r"|(?:pass|break|continue)$|[\w.\[\]'\"]+ *[-+*/]?=(?!=) *\S|[\w.]+\([^()]*\)[;.]?$|'''|\"\"\""
    r"|[\])}]+[,;:]?$"
    r"|</?\w+[^>]*>$|(?:const|let|var) \w+ ?=|function \w+ ?\(|select\s+(?:\*|count\(|[\w.]+, )"
    r"|(?:insert into|delete from|create table|alter table) \w"
)
_BLOCK_START = re.compile(r"(?:if|elif|for|while|with|except)\b")
_BLOCK_TEST = re.compile(r"[=<>(%\[]| in | not | as |\berror\b")
_ERROR = re.compile(
    r"\s*(?:traceback \(most recent|file \"[^\"]{1,200}\", line \d|[\w.]{0,60}(?:error|exception|warning): "
    r"|errors?: ?(?:$|traceback|command failed|file \")|errors?:\s{1,3}file|error:traceback"
    r"|[\w.]{1,60}(?:error|exception)$|\^+\s*$)"
)
_PLAIN_START = re.compile(
    r"(?:how|what|why|which|where|who|when|can|could|is|are|does|do|did|should|would|please|i|i'm"
    r"|we|the|this|that|it|"
    r"you|your|in|for|given|write|make|create|give|check|use)\s[a-z]+\s"
)
_LIST_MARK = re.compile(r"\s{0,12}(?:[-*+•>]\s+|#{1,6}\s+|\(?\d{1,2}[.)]\s+|\*\*)*")
_BREAK = re.compile(
    r"(?<=[^.!?\"'`])[.!?]{1,8}[\"')\]*]{0,4}\s{1,20}(?=\S)"
    r"|(?<![\d)])\s-{1,2}\s(?=\S)|\s-{1,2}\s(?=[^\s\d(])"  # a dash between figures takes one from the other
)
_ABBREVIATION = re.compile(
    r"(?:\be\.g|\bi\.e|\bvs|\betc|\bapprox|\bno|\bdr|\bmr|\bms|^\s*\d{1,2}|^\s*\W{0,3})$"
)
_SYMBOLS = re.compile(r"[(){}\[\]=<>;|+\\%_]")
# A closing word of thanks or a smiley is no part of what is said.
_CLOSING = re.compile(
    r"(?<=\S)(?:[,.!]?\s{1,4}(?:thx|thanks|thank you|ty|cheers)[.!]{0,3}|\s{1,4}[:;=]['-]?[()dp|/\\*])\s*$"
)
_LETTER = re.compile(r"[^\W\d_]")


def _line_kind(line: str, in_code: bool) -> Kind:
    stripped = line.strip()
    if stripped.startswith(">") and not stripped.startswith(">>>"):
        return "quoted"
    if _ERROR.match(line):
        return "error"
    if _starts_code(stripped):
        return "code"
    if _PLAIN_START.match(stripped) and stripped.count(" ") >= 3:
        return "prose"
    return _kind_by_shape(line, stripped, in_code)


# A line of JSON, or a fragment of it.
_STRUCTURED = re.compile(r"[\[{]\s{0,4}[\"{\[].{0,400}[\"}\]\d],?$|\"\s{0,4}[}\]]|\"[\w -]{1,40}\"\s{0,4}:\s")


def _kind_by_shape(line: str, stripped: str, in_code: bool) -> Kind:
    """Told by the share of letters and symbols, where no opening word decides."""
    if _STRUCTURED.match(stripped):
        return "data"
    letters, symbols = len(_LETTER.findall(stripped)), len(_SYMBOLS.findall(stripped))
    size, plain = len(stripped.replace(" ", "")), stripped.count(" ") + 1
    packed = stripped.count(",") >= 2 and ", " not in stripped and letters < 0.9 * size
    if (stripped.count("|") >= 2 and not _is_said(stripped)) or packed:
        return "data"
    continues = in_code and ((line[:4].isspace() and (plain < 6 or symbols > 2)) or stripped.startswith("#"))
    crowded = symbols > 0.16 * size or (symbols > 0.08 * size and plain < 5)
    if continues or (crowded and plain < 14):
        return "code"
    return "data" if size >= 6 and letters < 0.35 * size else "prose"


def _is_said(stripped: str) -> bool:
    """Whether a line with cells in it is a sentence that names them, as 'a table: id | label | reason'."""
    outside = words_of(stripped.split("|", 1)[0] + " " + stripped.rsplit("|", 1)[1])
    return stripped[0] != "|" and len(outside) >= 4 and not FUNCTION_WORDS.isdisjoint(outside)


def _starts_code(stripped: str) -> bool:
    if _CODE_START.match(stripped):
        return True
    opens_block = stripped.endswith(":") and _BLOCK_START.match(stripped)
    return bool(opens_block and _BLOCK_TEST.search(stripped))


def _lines(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    while start <= len(text):
        end = text.find("\n", start)
        if end < 0:
            end = len(text)
        if end > start:
            yield start, end
        start = end + 1


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Sentences of one prose line, without list marks and outer white space."""
    mark = _LIST_MARK.match(text, start, end)
    at = mark.end() if mark else start
    for found in _BREAK.finditer(text, at, end):
        if _ABBREVIATION.search(text, max(at, found.start() - 8), found.start()):
            continue
        yield at, found.end()
        at = found.end()
    yield at, end


def sentences_of(folded: Folded) -> list[Sentence]:
    """Every sentence (prose) and line (anything else) of a message, in order."""
    text, found = folded.text, []
    fenced = in_code = commented = False
    code_from, code_to = _code_span(text)
    for start, line_end in _lines(text):
        closing = _CLOSING.search(text, max(start, line_end - 40), line_end)
        end = closing.start() if closing else line_end
        line = text[start:end].rstrip()
        if not line:
            continue
        if line.lstrip().startswith("```"):
            fenced = not fenced
            continue
        commented = (commented or "<!--" in line) and "-->" not in line[:-3]
        kind: Kind = (
            "code"
            if fenced or "<!--" in line or "-->" in line or commented
            else _line_kind(line, in_code or code_from <= start < code_to)
        )
        in_code = kind == "code"
        for first, last in _pieces(text, start, end) if kind == "prose" else [(start, end)]:
            piece = text[first:last]
            inner = piece.strip()
            if inner:
                begin = first + len(piece) - len(piece.lstrip())
                original = folded.span(begin, begin + len(inner))
                found.append(Sentence(*original, inner, kind))
    return found


def _code_span(text: str) -> tuple[int, int]:
    """From the first line of code to the last, where code makes up half of what is between; else nothing.

    What stands before and after it, a greeting or a question, does not change how the code is read.
    """
    lines = [(start, end) for start, end in _lines(text) if text[start:end].strip()]
    code = [place for place, (start, end) in enumerate(lines) if _starts_code(text[start:end].strip())]
    if not code or len(code) * 2 < code[-1] - code[0] + 1:
        return 0, 0
    return lines[code[0]][0], lines[code[-1]][1]
