"""`assay create-owner`: the first team and its owner, or a way back in."""

from typing import Annotated

import typer

from assay_web.commands import ready


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("create-owner")(create_owner)


def create_owner(
    email: Annotated[str, typer.Option("--email", prompt="E-mail address", help="The owner's address.")],
    team: Annotated[str, typer.Option("--team", help="The team's name.")] = "",
    name: Annotated[str, typer.Option("--name", help="The owner's name.")] = "",
) -> None:
    """Make a team and its owner, and print a link to sign in once and set a password.

    For an address that has an account, only a fresh link is printed: the way back in when it was lost.
    """
    ready.set_up()
    ready.check_migrated()
    from assay_web.accounts.mail import sign_in_address
    from assay_web.accounts.models import User
    from assay_web.accounts.services import SIGN_IN_HOURS, found_team, make_sign_in_link

    _check_address(email)
    user = User.objects.filter(email=email.strip().lower()).first()
    if user is None:
        user = found_team(team.strip() or typer.prompt("Team"), email, name.strip())
        typer.echo(f"{user.email} owns the team {user.teams.get()}.")
    link = sign_in_address(make_sign_in_link(user))
    typer.echo(f"Sign in with this link, once, within {SIGN_IN_HOURS} hours:\n  {link}")


def _check_address(email: str) -> None:
    from django.core.exceptions import ValidationError
    from django.core.validators import validate_email

    from assay.errors import UserMistake

    try:
        validate_email(email.strip())
    except ValidationError as error:
        raise UserMistake(
            f"{email!r} is not an e-mail address", remedy="Give one such as ana@example.org"
        ) from error
