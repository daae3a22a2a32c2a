"""Forms of judges and of who rates a stage."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError as NotUsable

from assay.errors import UserMistake
from assay.library.exercises import shipped_exercises
from assay.models.setting import read_setting
from assay.scoring.judge.settings import JudgeSettings, read_judge
from assay.session.reference import QUALITIES
from assay_web.judges.models import Judge
from assay_web.judges.services import check_may_be_asked
from assay_web.openings.refusal import in_words

LONGEST_SETTINGS = 500


class JudgeForm(forms.Form):
    """A new judge. Once valid, `judge` holds its settings."""

    judge: JudgeSettings

    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        help_text=_("How your team speaks of it, such as “Careful, three passes”."),
    )
    model = forms.CharField(
        label=_("Model"),
        max_length=300,
        help_text=_(
            "A model setting, such as openai:gpt-4.1-mini?temperature=0 or NAME@http://localhost:8000/v1. "
            "Keys never stand here: whoever runs the site sets them."
        ),
    )
    passes = forms.IntegerField(
        label=_("Passes"),
        min_value=1,
        max_value=9,
        initial=1,
        help_text=_("How often it is asked about each criterion."),
    )
    form = forms.ChoiceField(
        label=_("Form"),
        choices=[
            ("one", _("One criterion a call")),
            ("all", _("All criteria in one call: costs less, rates worse")),
        ],
        widget=forms.RadioSelect,
        initial="one",
    )
    quotes = forms.TypedChoiceField(
        label=_("Quotes"),
        choices=[
            ("", _("As suits the model")),
            ("free", _("Written by it")),
            ("picked", _("Picked from a list")),
        ],
        required=False,
        empty_value=None,
        help_text=_(
            "A model too weak to copy words exactly picks them from the candidate’s sentences. Only the "
            "embedded one does unless told to."
        ),
    )
    early_stop = forms.BooleanField(
        label=_("Leave out passes that can no longer change its median"),
        required=False,
        initial=True,
        help_text=_(
            "It never changes a vote and saves calls. Without it, all passes are asked at once, and their "
            "spread is known in full."
        ),
    )
    retries = forms.IntegerField(
        label=_("Fresh requests"),
        min_value=0,
        max_value=3,
        initial=1,
        help_text=_(
            "How often it is asked afresh after an answer that cannot be used. After that the criterion is "
            "unscored."
        ),
    )
    dissent = forms.BooleanField(label=_("One more pass argues against the first verdict"), required=False)
    seed = forms.IntegerField(
        label=_("Seed"),
        min_value=0,
        max_value=2**31,
        initial=0,
        help_text=_("Another number asks the same questions in another order."),
    )
    tried_on = forms.ChoiceField(
        label=_("Session to try it on"),
        choices=lambda: [
            (f"{name}/{quality}", f"{name.replace('-', ' ')}, {quality}")
            for name in shipped_exercises()
            for quality in QUALITIES
        ],
        help_text=_("Sessions that ship with Assay. Trying asks the model once about each criterion."),
    )

    def clean_model(self) -> str:
        """A model setting that this site may ask."""
        text: str = self.cleaned_data["model"].strip()
        try:
            check_may_be_asked(read_setting(text))
        except UserMistake as error:
            raise ValidationError(in_words(error)) from error
        return text

    def clean(self) -> dict[str, Any] | None:
        """All of it as the library's settings."""
        given = super().clean() or self.cleaned_data
        if self.errors:
            return given
        chosen = {name: given[name] for name in JudgeSettings.model_fields if name != "model"}
        try:
            judge = JudgeSettings(model=read_setting(given["model"]), **chosen)
            again = read_judge(str(judge))
        except (UserMistake, NotUsable) as error:
            words = in_words(error) if isinstance(error, UserMistake) else str(error)
            raise ValidationError(words) from error
        if again != judge or len(str(judge)) > LONGEST_SETTINGS:
            raise ValidationError(_("These settings cannot be kept. Name the model in another form."))
        self.judge = judge
        return given


class ChooseForm(forms.Form):
    """Who rates the sessions of a stage."""

    offline = forms.BooleanField(required=False)
    judges = forms.ModelMultipleChoiceField(Judge.objects.none(), required=False, to_field_name="public_id")

    def __init__(self, *args: Any, judges: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        field = self.fields["judges"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = judges
