"""A whole site for browser and crash tests: its own process, its own folder, the known cast in it.

    python -m tests.whole_site PORT [--fresh]

serves on loopback. With `--fresh` it makes the database and the cast, and prints as one line of JSON the
links that let Mara and Noor in, and the cookie of a browser in which the owner is signed in. Without, it
serves what an earlier run left: as after a crash.
"""

import argparse
import json
from typing import TYPE_CHECKING

import tests.installation  # noqa: F401  (before everything that needs settings)

if TYPE_CHECKING:
    from assay_web.accounts.models import User


def main() -> None:
    """Make or reopen the installation, and serve it until the process is ended."""
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("--fresh", action="store_true")
    parser.add_argument("--exercise", default="labeling-assistant")
    wanted = parser.parse_args()
    if wanted.fresh:
        print(json.dumps(_made(wanted.exercise)), flush=True)
    import uvicorn

    uvicorn.run("assay_web.asgi:application", host="127.0.0.1", port=wanted.port, log_level="error")


def _made(exercise: str) -> dict[str, str]:
    from django.core.management import call_command
    from tests.people import invited, make_cast
    from tests.web.scoring.finished import scored

    from assay_web.authoring.models import Draft
    from assay_web.clock import now
    from assay_web.session.links import new_link

    call_command("migrate", verbosity=0)
    cast = make_cast(exercise)
    Draft.objects.create(stage=cast.stage, parts=cast.version.content, origin=exercise, drafted_at=now())
    for minute, (name, quality) in enumerate((("Ida Berg", "strong"), ("Bo Lund", "weak"))):
        scored(invited(cast.stage, name), quality, exercise=exercise, minute=minute)
    return {"mara": new_link(cast.mara), "noor": new_link(cast.noor), "owner": _signed_in(cast.owner)}


def _signed_in(user: "User") -> str:
    """The session cookie of a browser in which this person is signed in."""
    from django.test import Client

    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client.cookies["sessionid"].value


if __name__ == "__main__":
    main()
