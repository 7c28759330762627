"""What people type about themselves and their institution."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import password_validation
from django.contrib.auth.forms import AuthenticationForm
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from accounts import time_zones
from accounts.actions import Policy
from accounts.models import Institution, ModelKind, Purpose, Region, User

DAYS = (MinValueValidator(1), MaxValueValidator(3650))


class SignInForm(AuthenticationForm):
    username = forms.EmailField(
        label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True})
    )
    error_messages = {
        "invalid_login": _("This address and this password do not belong together. Check both."),
        "inactive": _("This account is closed."),
    }

    def clean_username(self) -> str:
        # One address, one count of failures: the limit cannot be evaded by changing the case.
        return str(self.cleaned_data["username"]).lower()


class ResetForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )


class ProfileForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=time_zones.choices)


class JoinForm(forms.Form):
    """A new person who comes with an invitation. Without `address` (an open link) they say theirs."""

    name = forms.CharField(
        label=_("Name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = forms.EmailField(
        label=_("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 10 characters. A short sentence is easy to remember."),
    )

    def __init__(self, *args: Any, address: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address = address
        if address:
            del self.fields["email"]

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"]).lower()
        if User.objects.filter(email=email).exists():
            raise forms.ValidationError(
                _("There is an account with this address. Sign in first, then open the link again."),
                code="has_account",
            )
        return email

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if password := values.get("password"):
            person = User(email=self.address or values.get("email", ""), name=values.get("name", ""))
            try:
                password_validation.validate_password(password, person)
            except forms.ValidationError as problem:
                self.add_error("password", problem)
        return values


class ConsentForm(forms.Form):
    GIVE, WITHDRAW, FORGET = "give", "withdraw", "forget"

    purpose = forms.ChoiceField(choices=Purpose.choices)
    act = forms.ChoiceField(choices=[(GIVE, GIVE), (WITHDRAW, WITHDRAW), (FORGET, FORGET)])
    version = forms.IntegerField(required=False)


class DeleteForm(forms.Form):
    """Deleting everything asks for the person's own address, typed: nobody does that by mistake.

    Somebody of whom a learning platform told no address types their name.
    """

    confirmation = forms.CharField(
        label=_("Your e-mail address"), widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.expected = user.address or user.name
        if not user.address:
            self.fields["confirmation"].label = _("Your name")

    def clean_confirmation(self) -> str:
        typed = str(self.cleaned_data["confirmation"]).strip()
        if typed.casefold() != self.expected.casefold():
            wrong = _("This is not the address of this account. Nothing was deleted.")
            unnamed = _("This is not the name of this account. Nothing was deleted.")
            raise forms.ValidationError(wrong if "@" in self.expected else unnamed)
        return typed


class PolicyForm(forms.Form):
    region = forms.ChoiceField(label=_("Region of law"), choices=Region.choices)
    language = forms.ChoiceField(label=_("Language of new people"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(label=_("Time zone of new people"), choices=time_zones.choices)
    models_allowed = forms.MultipleChoiceField(
        label=_("Models that may run"),
        choices=ModelKind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    keep_recordings_days = forms.IntegerField(label=_("Recordings"), validators=DAYS)
    keep_results_days = forms.IntegerField(label=_("Practices and their results"), validators=DAYS)
    keep_people_days = forms.IntegerField(
        label=_("Records of people who left, counted from that day"), validators=DAYS
    )

    @classmethod
    def of(cls, institution: Institution) -> PolicyForm:
        return cls(initial={name: getattr(institution, name) for name in cls.base_fields})

    def policy(self) -> Policy:
        values = dict(self.cleaned_data)
        values["region"] = Region(values["region"])
        values["models_allowed"] = [ModelKind(kind) for kind in values["models_allowed"]]
        return Policy(**values)
