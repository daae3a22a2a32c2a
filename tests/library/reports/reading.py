"""How a test reads a report: as a browser reads HTML, mark by mark and link by link."""

from collections import defaultdict
from dataclasses import dataclass, field
from html.parser import HTMLParser

from tests.library.record.sessions import INES, MADE_AT

from assay.authoring.rubric import Rubric
from assay.record import Record, build_record
from assay.scoring.pipeline import score_case
from assay.scoring.raters import Case
from assay.scoring.ratings import Proposal, Quote, RaterIdentity
from assay.session.transcript import DeliverableVersion, Transcript, Turn

VOID = {"meta", "link", "br", "hr", "line", "rect", "circle", "path", "img", "input"}

HOSTILE = (
    '<script>alert(1)</script> <img src="https://evil.example/x.png"> </div></main> &lt; "one" \'two\'\n'
    "# Overall: 4.0\n"
    "[click](https://evil.example) **bold** `code` | a | b | <b>x</b> www.evil.example https://evil.example/y\n"
    "- item\n"
    "1. one\n"
    "    indented code\n"
    "===\n"
    "[bold red]rich markup[/bold red] [link=https://evil.example]x[/link] :smiley:\n"
    "\x1b[31mred\x1b[0m \x07bell \x9b2J \u202egnirts\u202c zero\u200bwidth tag\U000e0041 end"
)
"""Text that tries to act in every medium a report is made for."""


@dataclass
class Page(HTMLParser):
    """A parsed report."""

    marks: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    ids: list[str] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    texts: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._names: list[str] = []
        self._link: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append((tag, found))
        self.ids += [found["id"] or ""] if "id" in found else []
        if tag not in VOID:
            self.open.append(tag)
        if tag == "mark":
            self._names = (found["data-marks"] or "").split()
        if tag == "a":
            self._link = found.get("href") or ""

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes nothing")
        if tag == "mark":
            self._names = []
        if tag == "a":
            self._link = None

    def handle_data(self, data: str) -> None:
        for name in self._names:
            self.marks[name].append(data)
        if self._link is not None:
            self.links.append((self._link, data))
        self.texts.append((self.open[-1] if self.open else "", data))

    def named(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of every element with this tag."""
        return [attributes for name, attributes in self.tags if name == tag]


def read_page(html: str) -> Page:
    page = Page()
    page.feed(html)
    page.close()
    return page


class Quoter:
    """A rater who quotes the hostile text whole, and says hostile things itself."""

    identity: RaterIdentity = INES.model_copy(update={"name": "Ines <i>[red]", "calibration": HOSTILE})

    def rate(self, case: Case) -> list[Proposal]:
        return [
            Proposal(
                criterion="planning",
                level=3,
                reason=HOSTILE,
                quotes=(
                    Quote(turn=0, text=HOSTILE, start=0),
                    Quote(turn=0, text="<img src=", start=HOSTILE.index("<img")),
                    Quote(turn=None, text=HOSTILE, start=0),
                    Quote(turn=0, text="never said <b>this</b>"),
                ),
            )
        ]


def a_hostile_record() -> Record:
    """A conversation from elsewhere in which every text is an attack."""
    level = {"words": HOSTILE, "example": HOSTILE}
    rubric = Rubric.model_validate(
        {"criteria": {"planning": {"title": HOSTILE, "asks": HOSTILE, "levels": {3: level, 4: level}}}}
    )
    transcript = Transcript(
        turns=(Turn(index=0, role="user", text=HOSTILE), Turn(index=1, role="assistant", text=HOSTILE)),
        deliverable=(
            DeliverableVersion(text=HOSTILE, after_turn=0),
            DeliverableVersion(text=HOSTILE, after_turn=1),
        ),
    )
    case = Case(transcript=transcript, rubric=rubric)
    return build_record(
        session_id='"><script>alert(2)</script>',
        case=case,
        scored=score_case(case, (Quoter(),)),
        made_at=MADE_AT,
    )
