"""A stage with a draft, and ways to edit it as a browser would."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.people import Cast

from assay_web.authoring.models import Draft
from assay_web.authoring.services import begin_from_shipped
from assay_web.openings.models import Stage


@dataclass(frozen=True, slots=True)
class Desk:
    """An author at the draft of a stage."""

    browser: Client
    stage: Stage

    def address(self, name: str, *more: str) -> str:
        return reverse(f"authoring:{name}", args=[self.stage.public_id, *more])

    def post(self, name: str, *more: str, **given: Any) -> Any:
        return self.browser.post(self.address(name, *more), given, follow=True)

    def page(self) -> str:
        text: str = self.browser.get(self.address("draft")).content.decode()
        return text

    @property
    def parts(self) -> dict[str, Any]:
        parts: dict[str, Any] = Draft.objects.get(stage=self.stage).parts
        return parts

    def change(self, **parts: Any) -> None:
        draft = Draft.objects.get(stage=self.stage)
        changed: Any = {**draft.parts, **parts}
        draft.parts = changed
        draft.save()


@pytest.fixture
def desk(cast: Cast) -> Desk:
    """The author at a draft that was begun from the shipped labelling exercise."""
    stage = Stage.objects.create(opening=cast.opening, position=2, title="Work sample")
    begin_from_shipped(stage, cast.author, "labeling-assistant", with_background=False)
    return Desk(cast.signed_in(cast.author), stage)
