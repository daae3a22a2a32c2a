"""Takes a picture in all its forms: the page is opened and its steps are done once, then it is turned."""

from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, BrowserContext, Page
from playwright.sync_api import Error as BrowserError
from tests.pictures.picture import HEIGHTS, Picture
from tests.pictures.server import Server

THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
PATIENCE = 15_000  # ms


class Camera:
    """Takes pictures of the server's pages into a folder; `failed` says of which it could not, and why."""

    def __init__(self, browser: Browser, server: Server, folder: Path) -> None:
        self.failed: dict[str, str] = {}
        self._browser = browser
        self._server = server
        self._folder = folder

    def take(self, picture: Picture) -> None:
        """Take it in every width and theme."""
        context = self._context(picture)
        try:
            page = self._opened(context, picture)
            for width in picture.widths:
                for theme in THEMES:
                    self._shoot(page, picture, width, theme)
            page.goto("about:blank")
        except (BrowserError, AssertionError) as error:
            self.failed[picture.name] = str(error).splitlines()[0]
        finally:
            context.close()

    def _context(self, picture: Picture) -> BrowserContext:
        width = picture.widths[0]
        context = self._browser.new_context(
            viewport={"width": width, "height": HEIGHTS[width]}, reduced_motion="reduce"
        )
        context.set_default_timeout(PATIENCE)
        address = self._server.address[picture.site]
        for name, value in self._server.cookies.get(picture.who, {}).items() if picture.who else ():
            context.add_cookies([{"name": name, "value": value, "url": address}])
        return context

    def _opened(self, context: BrowserContext, picture: Picture) -> Page:
        page = context.new_page()
        answer = page.goto(self._server.address[picture.site] + picture.path(self._server.keys))
        assert answer is not None
        assert answer.status == picture.status, f"the page answered {answer.status}"
        if picture.steps is not None:
            picture.steps(page)
        return page

    def _shoot(self, page: Page, picture: Picture, width: int, theme: Literal["light", "dark"]) -> None:
        page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
        page.emulate_media(color_scheme=theme)
        page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        file = self._folder / f"{picture.name}--{width}-{theme}.png"
        page.screenshot(path=file, full_page=True, animations="disabled", caret="hide")
