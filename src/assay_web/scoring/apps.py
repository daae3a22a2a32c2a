"""The Django app."""

from django.apps import AppConfig


class ScoringConfig(AppConfig):
    """From a finished session to its scores, and the pages that show them."""

    name = "assay_web.scoring"
    verbose_name = "Scoring"

    def ready(self) -> None:
        """Have the database count levels, once there is a table of them."""
        from django.db.models.signals import post_migrate, pre_migrate

        from assay_web.scoring.counting import keep_level_counts, let_tables_change

        pre_migrate.connect(let_tables_change, sender=self, dispatch_uid="assay.let_tables_change")
        post_migrate.connect(keep_level_counts, sender=self, dispatch_uid="assay.keep_level_counts")
