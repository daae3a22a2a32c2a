"""The example data of the demo."""

import re
import socket
from dataclasses import replace

import pytest
from django.conf import settings
from django.test import Client

from assay.errors import UserMistake
from assay_web import demo
from assay_web.accounts.models import Team
from assay_web.audit.log import first_break
from assay_web.audit.models import AuditChain
from assay_web.commands.running import check_port
from assay_web.jobs import attempts
from assay_web.jobs.attempts import Plan
from assay_web.jobs.models import ScoringJob
from assay_web.openings.models import Invitation, Opening
from assay_web.scoring.models import SessionScore
from assay_web.session.models import CandidateSession


@pytest.fixture(autouse=True)
def _demo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "CONFIGURATION", replace(settings.CONFIGURATION, demo=True))


def prepared() -> list[str]:
    return demo.prepare(lambda _: None)


def links(lines: list[str]) -> tuple[str, str]:
    found = re.findall(r"http://[^/]+(/(?:sign-in|i)/\S+)", "\n".join(lines))
    return found[0], found[1]


def score_everything() -> None:
    for job in ScoringJob.objects.filter(status="queued"):
        plan = attempts.begin(job.pk, 1)
        assert isinstance(plan, Plan)
        assert attempts.settle(plan, job.pk, 1) is None


@pytest.mark.django_db
def test_the_demo_has_sessions_of_different_quality_and_their_scores_say_so() -> None:
    prepared()
    assert CandidateSession.objects.filter(status="ended").count() == 6
    score_everything()
    for opening in Opening.objects.all():
        scores = SessionScore.objects.filter(session__stage__opening=opening)
        by_quality = {score.session.model: score.overall for score in scores.select_related("session")}
        strong, middling, weak = (
            by_quality[f"reference:{quality}"] for quality in ("strong", "middling", "weak")
        )
        assert strong > middling > weak  # type: ignore[operator]


@pytest.mark.django_db
def test_starting_the_demo_again_makes_fresh_links_and_nothing_else() -> None:
    first = links(prepared())
    before = (Team.objects.count(), Opening.objects.count(), Invitation.objects.count())
    second = links(prepared())
    assert (Team.objects.count(), Opening.objects.count(), Invitation.objects.count()) == before
    assert not set(first) & set(second)


@pytest.mark.django_db
def test_the_printed_links_let_an_owner_and_a_candidate_in() -> None:
    sign_in, invitation = links(prepared())
    owner = Client()
    assert owner.post(sign_in)["Location"] == "/"
    assert "Data operations associate" in owner.get("/").content.decode()
    assert Client().get(invitation).status_code == 200


@pytest.mark.django_db
def test_who_finished_the_demo_can_take_it_again() -> None:
    prepared()
    guest = Invitation.objects.get(candidate__name="Guest 1")
    CandidateSession.objects.create(
        team=guest.stage.opening.team,
        stage=guest.stage,
        invitation=guest,
        exercise_version=guest.exercise_version,
        status="ended",
        started_at=guest.created_at,
    )
    prepared()
    assert Invitation.objects.filter(candidate__name="Guest 2").count() == 1


@pytest.mark.django_db
def test_the_demos_audit_log_holds_and_is_in_order() -> None:
    prepared()
    chain = AuditChain.objects.get()
    assert first_break(chain) is None
    moments = list(chain.events.order_by("seq").values_list("at", flat=True))
    assert moments == sorted(moments)


def test_whoever_tries_the_demo_where_the_port_is_taken_reads_how_to_use_another() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UserMistake) as refused:
            check_port("127.0.0.1", port)
    assert f"ASSAY_ADDRESS=http://127.0.0.1:{port + 1} make demo" in str(refused.value)
