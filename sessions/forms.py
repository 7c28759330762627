"""What teachers type about scenarios and assignments."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

MOST_SESSIONS = 50
LARGEST_FILE = 1024 * 1024


class AssignForm(forms.Form):
    """From the morning of one day to the evening of another, in the teacher's own time zone."""

    opens = forms.DateField(
        label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    due = forms.DateField(
        label=_("Last day"),
        help_text=_("Until the evening of that day."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    sessions_needed = forms.IntegerField(
        label=_("How often to practise it"),
        help_text=_("Three times with some days between shows more than once."),
        initial=2,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_SESSIONS)],
    )
    note = forms.CharField(
        label=_("A word to the students"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        opens, due = cleaned.get("opens"), cleaned.get("due")
        if opens and due and due < opens:
            self.add_error("due", _("The last day must not lie before the first one."))
        return cleaned

    def verb_arguments(self) -> dict[str, Any]:
        """What `cohorts.actions` takes."""
        chosen = self.cleaned_data
        return {
            "opens_at": _at(chosen["opens"], time.min),
            "due_at": _at(chosen["due"], time(23, 59, 59)),
            "sessions_needed": chosen["sessions_needed"],
            "note": chosen["note"],
        }


def _at(day: date, clock: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, clock))


class ScenarioFileForm(forms.Form):
    file = forms.FileField(
        label=_("Scenario file"), widget=forms.ClearableFileInput(attrs={"accept": ".json,application/json"})
    )

    def clean_file(self) -> str:
        """The file's text."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise ValidationError(_("The file is larger than 1 MB."))
        try:
            return str(file.read().decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            raise ValidationError(_("The file is not UTF-8 text.")) from error
