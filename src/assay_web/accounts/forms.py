"""What people fill in about teams and themselves."""

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from assay_web.accounts.models import Team, User
from assay_web.accounts.roles import Role

if TYPE_CHECKING:
    _UserForm = forms.ModelForm[User]
    _TeamForm = forms.ModelForm[Team]
else:
    _UserForm = _TeamForm = forms.ModelForm


class InviteForm(forms.Form):
    """Whom to invite, and as what."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.REVIEWER)


class RoleForm(forms.Form):
    """A member's role."""

    role = forms.ChoiceField(choices=Role.choices)


class NameForm(_UserForm):
    """The name that colleagues see."""

    class Meta:
        model = User
        fields = ("name",)
        labels: ClassVar = {"name": _("Your name")}
        help_texts: ClassVar = {"name": _("Colleagues see it, and candidates in e-mails and answers.")}


class TeamForm(_TeamForm):
    """A new team."""

    class Meta:
        model = Team
        fields = ("name",)
        labels: ClassVar = {"name": _("The team's name")}
        help_texts: ClassVar = {"name": _("Candidates see it.")}


class AccountForm(forms.Form):
    """The account of an invited colleague."""

    name = forms.CharField(label=_("Your name"), max_length=120)
    password = forms.CharField(
        label=_("Password"),
        help_text=_("At least 10 characters, and not one of the common ones."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._email = email

    def clean_password(self) -> str:
        """The password, when it is hard enough to guess."""
        password: str = self.cleaned_data["password"]
        try:
            validate_password(password, User(email=self._email, name=self.cleaned_data.get("name", "")))
        except ValidationError as error:
            raise forms.ValidationError(error.messages) from error
        return password
