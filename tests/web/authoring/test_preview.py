"""What a candidate will be shown, and what must never be in it."""

from django.template.loader import render_to_string

from assay.drafting.closest import shipped
from assay_web.authoring.preview import preview_of

from .conftest import Desk


def shown(number: int) -> str:
    return render_to_string(
        "authoring/preview_body.html", {"preview": preview_of(shipped()[number].model_dump(mode="json"))}
    )


def test_the_preview_holds_the_whole_brief(desk: Desk) -> None:
    text = desk.browser.get(desk.address("preview")).content.decode()
    exercise = shipped()[2]
    assert exercise.title in text
    assert "Larkmoor Home" in text
    assert "25 minutes · 12 rounds" in text
    assert "Error recovery and iteration" in text
    assert exercise.rubric.rules[0].says in text


def test_no_level_no_weight_and_no_planted_error_is_in_any_preview() -> None:
    for number, exercise in enumerate(shipped()):
        text = shown(number)
        for criterion in exercise.rubric.criteria.values():
            assert criterion.asks not in text
            for level in criterion.levels.values():
                assert level.words not in text
                assert not level.example or level.example not in text
        for error in exercise.ledger.errors if exercise.ledger else ():
            assert error.truth not in text
            assert error.wrong not in text
        assert not exercise.conversation.assistant_notes or exercise.conversation.assistant_notes not in text


def test_a_script_in_a_draft_is_shown_as_words(desk: Desk) -> None:
    page = desk.post(
        "save", "scenario", **{"scenario-scenario": "<script>alert(1)</script><img src=//x.example/a>"}
    )
    text = page.content.decode()
    assert "<script>alert" not in text
    assert "<img" not in text
