"""The Django app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People who sign in, their teams, and what each role may do."""

    name = "assay_web.accounts"
    verbose_name = "Accounts"

    def ready(self) -> None:
        """Note who signs in."""
        from django.contrib.auth.signals import user_logged_in

        from assay_web.accounts.signs import note_sign_in

        user_logged_in.connect(note_sign_in, dispatch_uid="assay.note_sign_in")
