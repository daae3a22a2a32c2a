"""Every page of the site is in the pictures, and every picture is of something that is there."""

from collections.abc import Iterator

import tests.installation  # noqa: F401  (before everything that needs settings)
from django.urls import URLPattern, URLResolver
from tests.pictures.all_pages import AS_PDF, NO_PAGE, all_pictures
from tests.pictures.urls import urlpatterns


def names(patterns: list[URLPattern | URLResolver], space: str = "") -> Iterator[str]:
    """The name of every address; where one is there twice, the account library's older one has no name."""
    for found in patterns:
        if isinstance(found, URLResolver):
            yield from names(found.url_patterns, f"{found.namespace}:" if found.namespace else space)
        elif found.name:
            yield f"{space}{found.name}"


def test_every_address_is_pictured_or_says_why_it_shows_no_page() -> None:
    pictured = {name for picture in all_pictures() for name in (picture.of, *picture.also)}
    assert pictured.isdisjoint(NO_PAGE)
    assert pictured | set(NO_PAGE) | {AS_PDF} == set(names(urlpatterns))


def test_no_two_pictures_have_one_name() -> None:
    stems = [picture.name for picture in all_pictures()]
    assert len(stems) == len(set(stems))
