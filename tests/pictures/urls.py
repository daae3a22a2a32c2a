"""The site's addresses, and one more at which it has a fault: for the picture of how it says so."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from assay_web.urls import urlpatterns as own


def fault(request: HttpRequest) -> HttpResponse:
    """Fail as code with a mistake in it would."""
    raise ZeroDivisionError


urlpatterns = [*own, path("fault/", fault, name="fault")]
