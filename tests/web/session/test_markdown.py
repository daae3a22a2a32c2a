"""What a model writes is shown as Markdown, and is no way into a candidate's browser."""

from html.parser import HTMLParser

import pytest

from assay_web.markdown import render


class Reader(HTMLParser):
    """Reads HTML as a browser does."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "![a picture](https://elsewhere.example/pixel.png)",
        "[press here](javascript:alert(1))",
        "[press here](data:text/html;base64,PHNjcmlwdD4=)",
        "<iframe src='https://elsewhere.example'></iframe>",
        "<a href='java&#115;cript:alert(1)'>press</a>",
        "<svg><script>alert(1)</script></svg>",
        "<p style='background: url(https://elsewhere.example)'>words</p>",
        "<form action='https://elsewhere.example'><input name=a></form>",
        "<link rel=stylesheet href=https://elsewhere.example/a.css>",
    ],
)
def test_nothing_that_a_model_writes_can_run_or_be_fetched(hostile: str) -> None:
    read = Reader()
    read.feed(str(render(f"Before.\n\n{hostile}\n\nAfter.")))
    assert {"Before.", "After."} <= set(read.words)
    assert set(read.tags) <= {"p", "a"}
    for name, value in read.attributes:
        assert name == "rel" or (name == "href" and value.startswith("https://"))


def test_lists_tables_and_code_are_shown_as_such() -> None:
    shown = str(render("- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```\ncode <b>\n```"))
    for part in ("<li>one</li>", "<table>", "<td>1</td>", "<code>code &lt;b&gt;"):
        assert part in shown
