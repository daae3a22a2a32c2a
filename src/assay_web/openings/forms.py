"""Forms of openings, stages and invitations."""

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from assay.session.refusals import MAX_TIME_MULTIPLIER
from assay_web.openings.models import Opening, Stage
from assay_web.openings.pasted import Invitee, checked, read_invitees
from assay_web.openings.queries import is_drafted

if TYPE_CHECKING:
    _OpeningForm = forms.ModelForm[Opening]
    _StageForm = forms.ModelForm[Stage]
else:
    _OpeningForm = _StageForm = forms.ModelForm

DAYS = 14
MOST_DAYS = 90


class OpeningForm(_OpeningForm):
    """Title and job description."""

    class Meta:
        model = Opening
        fields: ClassVar = ["title", "job_description"]
        help_texts: ClassVar = {
            "title": _("Candidates read it in their invitation, such as “Data operations lead”."),
            "job_description": _("Drafting an exercise reads it together with the task background."),
        }
        widgets: ClassVar = {"job_description": forms.Textarea(attrs={"rows": 10})}


class NewStageForm(forms.Form):
    """A further stage."""

    title = forms.CharField(label=_("Title of the stage"), max_length=120, initial=_("LLM assessment"))


class StageSettingsForm(_StageForm):
    """How a stage is set up. The style cannot be changed once an exercise has been drafted."""

    class Meta:
        model = Stage
        fields: ClassVar = [
            "title",
            "task_background",
            "style",
            "greets_first",
            "invents_missing_details",
            "minutes",
            "rounds",
            "retake_on_timeout",
            "data_kept_days",
        ]
        help_texts: ClassVar = {
            "task_background": _(
                "What the candidate will work through, and with what. The more exact it is, the closer the "
                "exercise comes to the job."
            ),
            "greets_first": _("Leave it off to see how the candidate makes the first move."),
            "invents_missing_details": _(
                "The AI fills gaps such as names and dates instead of asking, so that the work goes on."
            ),
            "minutes": _("20 to 30 is usual for screening. The time that the AI takes is not charged."),
            "rounds": _("One round is one message of the candidate and one reply."),
            "retake_on_timeout": _(
                "One fresh start, for a candidate whose time ran out before they had sent much."
            ),
            "data_kept_days": _("The candidate's notice says so."),
        }
        widgets: ClassVar = {
            "task_background": forms.Textarea(attrs={"rows": 7}),
            "style": forms.RadioSelect,
        }

    minutes = forms.IntegerField(min_value=1, max_value=480, label=_("Time limit in minutes"))
    rounds = forms.IntegerField(min_value=1, max_value=200, label=_("Rounds"))
    data_kept_days = forms.IntegerField(min_value=1, max_value=3650, label=_("Days that data is kept"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("minutes", "rounds", "data_kept_days"):
            self.fields[name].help_text = self.Meta.help_texts[name]
        self.style_is_fixed = is_drafted(self.instance)
        if self.style_is_fixed:
            self.fields["style"].disabled = True


class InviteForm(forms.Form):
    """One candidate, or many as lines."""

    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    email = forms.EmailField(label=_("E-mail address"), required=False)
    many = forms.CharField(
        label=_("Several candidates"),
        required=False,
        max_length=60_000,
        widget=forms.Textarea(attrs={"rows": 6, "placeholder": "Ada Moreau <ada@example.org>"}),
        help_text=_("One a line, as “Name <address>”, or columns with name and address pasted from a table."),
    )
    time_multiplier = forms.FloatField(
        label=_("Extra time"),
        min_value=1,
        max_value=MAX_TIME_MULTIPLIER,
        initial=1,
        widget=forms.NumberInput(attrs={"step": "0.05"}),
        help_text=_("1 is the usual time, 1.5 is half as much again. Raters never see it."),
    )
    days = forms.IntegerField(label=_("Days to start within"), min_value=1, max_value=MOST_DAYS, initial=DAYS)

    def clean_many(self) -> list[Invitee]:
        """The pasted lines as people."""
        return read_invitees(self.cleaned_data["many"])

    def clean(self) -> dict[str, Any]:
        """Everybody together, as `invitees`."""
        given = super().clean() or self.cleaned_data
        if self.errors:
            return given
        invitees = list(given["many"])
        if given["name"] or given["email"]:
            try:
                invitees.insert(0, checked(given["name"], given["email"]))
            except ValidationError as error:
                self.add_error("email" if given["name"] else "name", error)
        if not invitees and not self.errors:
            raise ValidationError(_("Name at least one candidate, with an e-mail address."))
        given["invitees"] = list({one.email: one for one in reversed(invitees)}.values())[::-1]
        return given


class LinkForm(forms.Form):
    """A new link."""

    days = forms.IntegerField(label=_("Days to start within"), min_value=1, max_value=MOST_DAYS, initial=DAYS)


class ExtraTimeForm(forms.Form):
    """Extra time, before the session starts."""

    time_multiplier = forms.FloatField(
        label=_("Extra time"),
        min_value=1,
        max_value=MAX_TIME_MULTIPLIER,
        widget=forms.NumberInput(attrs={"step": "0.05"}),
        help_text=_("1 is the usual time, 1.5 is half as much again. Raters never see it."),
    )


class AnswerForm(forms.Form):
    """The answer to a request, with the extra time that it grants where that can still be set."""

    number = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    answer = forms.CharField(
        label=_("Your answer"),
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The candidate reads it on their page and in an e-mail."),
    )
    time_multiplier = forms.FloatField(
        label=_("Extra time"),
        required=False,
        min_value=1,
        max_value=MAX_TIME_MULTIPLIER,
        widget=forms.NumberInput(attrs={"step": "0.05"}),
        help_text=_("1 is the usual time, 1.5 is half as much again. Leave it as it is to grant none."),
    )


class CreditForm(forms.Form):
    """Time given back while a session runs."""

    minutes = forms.FloatField(label=_("Minutes to give back"), min_value=0.5, max_value=480)
    words = forms.CharField(
        label=_("What happened"), max_length=300, help_text=_("The candidate may read it, and so may raters.")
    )
