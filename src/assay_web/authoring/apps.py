"""The Django app."""

from django.apps import AppConfig


class AuthoringConfig(AppConfig):
    """Drafts of exercises, and the immutable versions that sessions run on."""

    name = "assay_web.authoring"
    verbose_name = "Authoring"
