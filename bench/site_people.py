"""Fill a fresh installation with candidates at work, for `bench/site_load.py`.

    ASSAY_HOME=FOLDER python bench/site_people.py N FILE

makes one team, one opening and N candidates whose sessions have just started. FILE gets, as JSON, where each
of the sessions is and the cookie of the browser that works on it.
"""

import argparse
import json
import os
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import django

if TYPE_CHECKING:
    from assay_web.authoring.models import ExerciseVersion
    from assay_web.openings.models import Stage

EXERCISE = "labeling-assistant"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("candidates", type=int)
    parser.add_argument("file", type=Path)
    wanted = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "assay_web.settings"
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    wanted.file.write_text(json.dumps(_candidates_at_work(wanted.candidates)))


def _candidates_at_work(count: int) -> list[dict[str, str]]:
    from django.db import transaction

    from assay.authoring.load import load_exercise
    from assay.library.exercises import exercise_folder
    from assay_web.accounts.models import Team, User
    from assay_web.authoring.models import ExerciseVersion
    from assay_web.clock import now
    from assay_web.openings.models import Opening, Stage

    exercise = load_exercise(exercise_folder(EXERCISE))
    with transaction.atomic():
        team = Team.objects.create(name="Bench")
        owner = User.objects.create_user("owner@example.org", name="Owner")
        version = ExerciseVersion.objects.create(
            team=team,
            version=exercise.version,
            title=exercise.title,
            content=exercise.model_dump(mode="json"),
            created_at=now(),
        )
        opening = Opening.objects.create(team=team, title="Everybody at once", created_by=owner)
        stage = Stage.objects.create(opening=opening, position=1, title="LLM assessment", active=version)
        return [_at_work(stage, version, number) for number in range(count)]


def _at_work(stage: "Stage", version: "ExerciseVersion", number: int) -> dict[str, str]:
    from assay_web.clock import now
    from assay_web.identifiers import new_token, token_hash
    from assay_web.openings.models import Candidate, Device, Invitation
    from assay_web.session.access import cookie_name
    from assay_web.session.start import start_session

    candidate = Candidate.objects.create(
        opening=stage.opening, name=f"Candidate {number}", email=f"candidate-{number}@example.org"
    )
    invitation = Invitation.objects.create(
        candidate=candidate, stage=stage, exercise_version=version, expires_at=now() + timedelta(days=1)
    )
    key = new_token()
    Device.objects.create(invitation=invitation, key_hash=token_hash(key), created_at=now())
    start_session(invitation)
    return {
        "base": f"/c/{invitation.public_id}/",
        "cookie": f"{cookie_name(invitation.public_id)}={key}",
    }


if __name__ == "__main__":
    main()
