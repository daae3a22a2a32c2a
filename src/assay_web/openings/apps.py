"""The Django app."""

from django.apps import AppConfig


class OpeningsConfig(AppConfig):
    """Openings, their stages, and the candidates invited to them."""

    name = "assay_web.openings"
    verbose_name = "Openings"
