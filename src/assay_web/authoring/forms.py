"""One form a part of the draft. Nothing is required here: what is missing or wrong is the linter's to say."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from assay.authoring.sign_families import FAMILIES
from assay_web.authoring.settings import Parts

LONGEST = 40_000
FORMATS = [(name, name) for name in ("text", "markdown", "csv", "json", "sql", "log")]
DELIVERABLE_FORMATS = [(name, name) for name in ("text", "markdown", "csv", "json", "sql")]
MOST_MATERIALS = 20


def words(label: Any, rows: int = 0, **more: Any) -> forms.CharField:
    """A field for text, on one line or on several."""
    widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput()
    more.setdefault("max_length", LONGEST)
    return forms.CharField(label=label, required=False, widget=widget, strip=False, **more)


class PartForm(forms.Form):
    """A form over one part: `initial_of` reads it from the draft, `put` writes it back."""

    @classmethod
    def initial_of(cls, parts: Parts) -> dict[str, Any]:
        """The values to begin with: what the draft holds under the fields' names."""
        return {name: parts.get(name, "") for name in cls.base_fields}

    def put(self, parts: Parts) -> Parts:
        """The parts with what was given, each under its field's name."""
        return {**parts, **self.cleaned_data}


class AboutForm(PartForm):
    """Title, summary, field of work and language."""

    title = words(_("Title"), max_length=120, help_text=_("Candidates see it above everything else."))
    summary = words(_("Summary"), rows=2, max_length=300, help_text=_("For your team's lists."))
    field = words(_("Field of work"), max_length=80)
    language = words(_("Language, such as en"), max_length=3)

    def put(self, parts: Parts) -> Parts:
        """The parts with the four values; an empty field or language falls back on the usual one."""
        given = {name: value for name, value in self.cleaned_data.items() if name in ("title", "summary")}
        usual = {
            "field": self.cleaned_data["field"] or "general",
            "language": self.cleaned_data["language"] or "en",
        }
        return {**parts, **given, **usual}


class GoalForm(PartForm):
    """The goal."""

    goal = words(_("Goal"), rows=3, help_text=_("What the candidate is to achieve, in a sentence or two."))

    @classmethod
    def initial_of(cls, parts: Parts) -> dict[str, Any]:
        """The goal."""
        return {"goal": parts.get("goal", "")}

    def put(self, parts: Parts) -> Parts:
        """The parts with the goal."""
        return {**parts, "goal": self.cleaned_data["goal"]}


class ScenarioForm(PartForm):
    """The scenario."""

    scenario = words(
        _("Scenario"), rows=9, help_text=_("The situation the candidate is in. They read it word for word.")
    )

    @classmethod
    def initial_of(cls, parts: Parts) -> dict[str, Any]:
        """The scenario."""
        return {"scenario": parts.get("scenario", "")}

    def put(self, parts: Parts) -> Parts:
        """The parts with the scenario."""
        return {**parts, "scenario": self.cleaned_data["scenario"]}


class DeliverableForm(PartForm):
    """What is handed in."""

    asks = words(_("What it must hold"), rows=5, help_text=_("What is handed in, and what it looks like."))
    format = forms.ChoiceField(label=_("Format"), choices=DELIVERABLE_FORMATS)
    starts_with = words(_("What the editor holds at the start"), rows=4)

    @classmethod
    def initial_of(cls, parts: Parts) -> dict[str, Any]:
        """The three values."""
        return {"format": "markdown", **(parts.get("deliverable") or {})}

    def put(self, parts: Parts) -> Parts:
        """The parts with the deliverable."""
        return {**parts, "deliverable": {**(parts.get("deliverable") or {}), **self.cleaned_data}}


class ConversationForm(PartForm):
    """How the assistant behaves."""

    greets_first = forms.BooleanField(label=_("The AI sends a greeting first"), required=False)
    greeting = words(_("Its greeting"), rows=2)
    invents_missing_details = forms.BooleanField(label=_("The AI invents missing details"), required=False)
    assistant_notes = words(
        _("What the AI may know beyond the brief"),
        rows=3,
        help_text=_("Candidates can get it out of the AI. Never put rubric or ledger here."),
    )

    @classmethod
    def initial_of(cls, parts: Parts) -> dict[str, Any]:
        """The four values."""
        return dict(parts.get("conversation") or {})

    def put(self, parts: Parts) -> Parts:
        """The parts with the conversation."""
        return {**parts, "conversation": {**(parts.get("conversation") or {}), **self.cleaned_data}}


class LimitsForm(PartForm):
    """Minutes, rounds and the retake."""

    minutes = forms.IntegerField(
        label=_("Minutes"), min_value=1, max_value=480, help_text=_("20 to 30 is usual for screening.")
    )
    rounds = forms.IntegerField(label=_("Rounds"), min_value=1, max_value=200)
    retake_on_timeout = forms.BooleanField(label=_("Allow one retake on timeout"), required=False)

    @classmethod
    def initial_of(cls, parts: Parts) -> dict[str, Any]:
        """The three values."""
        limits = dict(parts.get("limits") or {})
        return {**limits, "minutes": round(limits.get("minutes", 25)), "rounds": limits.get("rounds", 12)}

    def put(self, parts: Parts) -> Parts:
        """The parts with the limits."""
        return {**parts, "limits": {**(parts.get("limits") or {}), **self.cleaned_data}}


class RubricForm(PartForm):
    """What belongs to the rubric as a whole."""

    threshold = forms.FloatField(
        label=_("Threshold"),
        required=False,
        widget=forms.NumberInput(attrs={"step": "0.1"}),
        help_text=_(
            "The overall score that people look at twice. It decides nothing; leave it empty for none."
        ),
    )

    @classmethod
    def initial_of(cls, parts: Parts) -> dict[str, Any]:
        """The threshold."""
        return {"threshold": parts.get("threshold")}

    def put(self, parts: Parts) -> Parts:
        """The parts with the threshold."""
        return {**parts, "threshold": self.cleaned_data["threshold"]}


PART_FORMS: dict[str, type[PartForm]] = {
    "about": AboutForm,
    "goal": GoalForm,
    "scenario": ScenarioForm,
    "deliverable": DeliverableForm,
    "conversation": ConversationForm,
    "limits": LimitsForm,
    "rubric": RubricForm,
}


class MaterialForm(forms.Form):
    """One material."""

    title = words(_("Name"), max_length=120)
    format = forms.ChoiceField(label=_("Shown as"), choices=FORMATS, required=False)
    text = words(_("Text"), rows=6, max_length=400_000)
    id = forms.CharField(required=False, widget=forms.HiddenInput, max_length=64)


class CriterionForm(forms.Form):
    """One criterion with a row for each level of the scale."""

    title = words(_("Name"), max_length=80)
    asks = words(_("The question a rater answers"), rows=2)
    weight = forms.FloatField(
        label=_("Weight"), min_value=0.1, max_value=100, widget=forms.NumberInput(attrs={"step": "any"})
    )
    serious = forms.BooleanField(
        label=_("Serious"), required=False, help_text=_("A low level is listed first in every report.")
    )
    signs = forms.ChoiceField(
        label=_("Signs that the offline judge reads"),
        required=False,
        choices=[("", _("by the criterion's id")), *((name, name.replace("_", " ")) for name in FAMILIES)],
    )
    unscored_when = words(_("Cannot be rated when"), rows=1)

    def __init__(self, *args: Any, levels: range, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.levels = levels
        given = (self.initial or {}).get("signs")
        signs = self.fields["signs"]
        assert isinstance(signs, forms.ChoiceField)
        if given and given not in FAMILIES:
            signs.choices = [*signs.choices, (given, given)]  # type: ignore[misc]
        for level in levels:
            for kind, label in (("words", _now("Level %d, words")), ("example", _now("Level %d, example"))):
                self.fields[f"level_{level}_{kind}"] = words(label % level, rows=3)

    def rows(self) -> Iterator[tuple[int, forms.BoundField, forms.BoundField]]:
        """Each level with its two fields, the highest first."""
        for level in reversed(self.levels):
            yield level, self[f"level_{level}_words"], self[f"level_{level}_example"]

    def criterion(self) -> dict[str, Any]:
        """What was given, as the rubric file has it. A level without any text is left out."""
        given = self.cleaned_data
        levels = {
            str(level): {
                "words": given[f"level_{level}_words"],
                "example": given[f"level_{level}_example"] or None,
            }
            for level in self.levels
            if (given[f"level_{level}_words"] + given[f"level_{level}_example"]).strip()
        }
        return {
            "title": given["title"],
            "asks": given["asks"],
            "weight": given["weight"],
            "severity": "serious" if given["serious"] else "normal",
            "signs": given["signs"] or None,
            "unscored_when": given["unscored_when"] or None,
            "levels": levels,
        }


def criterion_initial(criterion: Mapping[str, Any]) -> dict[str, Any]:
    """The values that a criterion's form begins with."""
    initial = {name: criterion.get(name) for name in ("title", "asks", "weight", "signs", "unscored_when")}
    if isinstance(initial["weight"], int | float):
        initial["weight"] = f"{initial['weight']:g}"
    initial["serious"] = criterion.get("severity") == "serious"
    for level, anchor in (criterion.get("levels") or {}).items():
        initial[f"level_{level}_words"] = anchor.get("words", "")
        initial[f"level_{level}_example"] = anchor.get("example") or ""
    return initial
