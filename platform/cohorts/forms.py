"""What teachers and administrators type about cohorts and people."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Role
from cohorts.actions.invitations import MOST_USES
from cohorts.models import Cohort
from cohorts.queries import may_join

LONGEST_DAYS = 180


class CohortForm(forms.Form):
    name = forms.CharField(
        label=_("Name of the cohort"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


class LinkForm(forms.Form):
    max_uses = forms.IntegerField(
        label=_("How many people may use it"),
        initial=30,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_USES)],
    )
    days = forms.IntegerField(
        label=_("For how many days"),
        initial=14,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_DAYS)],
    )


class CsvForm(forms.Form):
    file = forms.FileField(
        label=_("CSV file"),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,text/csv"}),
        error_messages={"empty": _("The file is empty. Nothing was sent.")},
    )


class InvitePersonForm(forms.Form):
    """Students come by their cohort; here are those who look after them."""

    email = forms.EmailField(label=_("E-mail"), max_length=254)
    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    role = forms.ChoiceField(
        label=_("Role"),
        choices=[(role.value, role.label) for role in (Role.TEACHER, Role.ADMINISTRATOR)],
    )


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)


class FilterForm(forms.Form):
    q = forms.CharField(label=_("Name or e-mail"), required=False, max_length=100)
    role = forms.ChoiceField(label=_("Role"), required=False, choices=[("", _("Everybody")), *Role.choices])


class TeacherField(forms.ModelChoiceField[Membership]):
    def label_from_instance(self, obj: Membership) -> str:
        return str(obj.user)


class TeacherForm(forms.Form):
    """A teacher of the institution who does not teach this cohort yet."""

    teacher = TeacherField(label=_("Teacher"), queryset=Membership.objects.none())

    def __init__(self, *args: Any, cohort: Cohort, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["teacher"] = TeacherField(label=_("Teacher"), queryset=may_join(cohort, Role.TEACHER))
