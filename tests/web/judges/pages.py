"""What tests of judges' pages share: a judge, a page's text, and what was noted."""

from django.test import Client
from django.urls import reverse
from tests.people import Cast

from assay.scoring.judge.settings import read_judge
from assay_web.audit.models import AuditEvent
from assay_web.judges import services
from assay_web.judges.models import Judge


def made(cast: Cast, text: str = "openai:gpt-4.1-mini passes=2 early_stop=off") -> Judge:
    return services.make_judge(cast.team, cast.owner, text, read_judge(text))


def actions() -> list[str]:
    events = AuditEvent.objects.exclude(action="signed_in").order_by("seq")
    return list(events.values_list("action", flat=True))


def page(client: Client, name: str, *args: str, **query: str) -> str:
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200
    return response.content.decode()
