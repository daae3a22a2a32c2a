"""The Django app."""

from django.apps import AppConfig


class ReviewConfig(AppConfig):
    """People's own ratings of sessions."""

    name = "assay_web.review"
    verbose_name = "Review"
