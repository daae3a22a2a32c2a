"""The sheet: every picture's four forms side by side, by parts of the site."""

from html import escape
from pathlib import Path

from tests.pictures.all_pages import PICTURES
from tests.pictures.camera import THEMES
from tests.pictures.picture import Picture

_STYLE = """\
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { margin: 2rem; } h2 { margin-top: 3rem; } nav { display: flex; flex-wrap: wrap; gap: 4px 20px; }
section > div { display: grid; grid-template-columns: 3fr 3fr 1fr 1fr; gap: 12px; align-items: start; }
section + section { margin-top: 2rem; }
h3 { margin: 0 0 6px; font-weight: 600; } h3 span { opacity: .7; font-weight: 400; }
a { color: inherit; } img { display: block; width: 100%; border: 1px solid #8886; }
img { max-height: 80vh; object-fit: cover; object-position: top; }
.pdf { grid-template-columns: repeat(4, 1fr); }
"""


def write_sheet(folder: Path) -> None:
    """Write `index.html` over the pictures that are in the folder."""
    parts = "".join(
        f'<h2 id="p{number}">{escape(title)}</h2>{"".join(_section(folder, one) for one in pictures)}'
        for number, (title, pictures) in enumerate(PICTURES.items())
    )
    links = "".join(f'<a href="#p{number}">{escape(title)}</a>' for number, title in enumerate(PICTURES))
    pages = "".join(_image(page.name, page.stem) for page in sorted(folder.glob("pdf-page-*.png")))
    report = f'<h2>The report as a PDF</h2><section><div class="pdf">{pages}</div></section>'
    head = f'<meta charset="utf-8"><title>Every page of Assay</title><style>{_STYLE}</style>'
    body = f"<h1>Every page</h1><nav>{links}</nav>{parts}{report}"
    html = f'<!doctype html><html lang="en"><head>{head}</head><body>{body}</body></html>\n'
    (folder / "index.html").write_text(html, encoding="utf-8")


def _section(folder: Path, picture: Picture) -> str:
    files = [f"{picture.name}--{width}-{theme}.png" for width in picture.widths for theme in THEMES]
    images = "".join(_image(file, picture.says) for file in files if (folder / file).exists())
    head = f"<h3>{escape(picture.name)} <span>{escape(picture.says)}</span></h3>"
    return f'<section id="{picture.name}">{head}<div>{images}</div></section>'


def _image(file: str, says: str) -> str:
    return f'<a href="{file}"><img src="{file}" alt="{escape(says)}" loading="lazy"></a>'
