"""What a person does about background work."""

from django.db import transaction

from assay.errors import UserMistake
from assay_web.accounts.models import User
from assay_web.audit.log import actor, note
from assay_web.audit.models import Action
from assay_web.jobs.models import ScoringJob


def retry(job: ScoringJob, user: User) -> None:
    """Have a failed job tried again, as if it had just been asked for.

    Raises:
        UserMistake: the job has not failed.
    """
    with transaction.atomic():
        job = (
            ScoringJob.objects.select_for_update(of=("self",)).select_related("session__team").get(pk=job.pk)
        )
        if job.status != ScoringJob.Status.FAILED:
            raise UserMistake(
                "This scoring has not failed", remedy="Look at the queue again to see where it stands"
            )
        job.ask_anew()
        job.save()
        subject = f"session:{job.session.public_id}"
        note(job.session.team, actor(user), Action.JOB_RETRIED, subject, job=job.public_id)
