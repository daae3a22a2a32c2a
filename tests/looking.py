"""Looking at a session on the site without changing it. Needs Django set up, as `tests.installation` does."""

from collections.abc import Callable
from typing import TypeVar

from assay.session.engine import Session
from assay_web.session.drive import opened
from assay_web.session.models import CandidateSession

Result = TypeVar("Result")


def look(session_id: int, question: Callable[[Session], Result]) -> Result:
    """Ask something of a session as it stands in the database."""
    return question(opened(CandidateSession.objects.get(pk=session_id)))
