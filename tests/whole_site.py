"""A whole site for browser and crash tests: its own process, its own folder, the known cast in it.

    python -m tests.whole_site PORT [--fresh]

serves on loopback. With `--fresh` it makes the database and the cast, and prints as one line of JSON the
links that let Mara and Noor in, Ida, whose report is released, and Reti, who is offered a retake; the cookie
of a browser in which the owner is signed in; and the recruiter's password. Without, it serves what an earlier
run left: as after a crash.
"""

import argparse
import json
import secrets
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
    from tests.judge_attacks import attacked
    from tests.people import invited, make_cast, out_of_time
    from tests.web.scoring.finished import scored

    from assay.scoring.judge.settings import read_judge
    from assay_web.authoring.models import Draft
    from assay_web.clock import now
    from assay_web.judges.services import make_judge
    from assay_web.scoring.releases import release
    from assay_web.session.links import new_link

    call_command("migrate", verbosity=0)
    cast = make_cast(exercise)
    Draft.objects.create(stage=cast.stage, parts=cast.version.content, origin=exercise, drafted_at=now())
    ida, bo, reti = (invited(cast.stage, name) for name in ("Ida Berg", "Bo Lund", "Reti Costa"))
    release(scored(ida, "strong", exercise=exercise), cast.owner)
    scored(bo, "weak", exercise=exercise, minute=1)
    out_of_time(reti)
    # Attacked with an earlier suite, so that its page shows the result, and the way to the attacks of now.
    judge = make_judge(cast.team, cast.owner, "Careful", read_judge("openai:gpt-4.1-mini"))
    attacked(judge, suite="0" * 64)
    return {
        "mara": new_link(cast.mara),
        "noor": new_link(cast.noor),
        "ida": new_link(ida),
        "reti": new_link(reti),
        "owner": _signed_in(cast.owner),
        "recruiter password": _with_password(cast.recruiter),
    }


def _signed_in(user: "User") -> str:
    """The session cookie of a browser in which this person is signed in."""
    from django.test import Client

    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client.cookies["sessionid"].value


def _with_password(user: "User") -> str:
    """A new password of this person, whose address counts as confirmed."""
    from allauth.account.models import EmailAddress

    password = secrets.token_urlsafe()
    user.set_password(password)
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return password


if __name__ == "__main__":
    main()
