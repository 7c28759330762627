"""What an administrator types about a platform. Each form ends in the same `Details`.

`field_of` says where on this form a value of `Details` was typed, so that what a check finds stands beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lti.models import ADDRESS, IDENTIFIER, Product, Registration
from lti.registering import products
from lti.registering.addresses import is_address, is_issuer, is_origin
from lti.registering.details import FIELDS, Details
from lti.registering.products import Cloud

LINES = 50
UNSAFE = _("Enter a whole address that begins with https://.")
_PLAIN = {"autocomplete": "off", "spellcheck": "false"}


class AddressField(forms.CharField):
    """A web address that we may ask: https, and http on one's own machine."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={**_PLAIN, "inputmode": "url"})
        super().__init__(max_length=kwargs.pop("max_length", ADDRESS), widget=widget, **kwargs)

    def clean(self, value: Any) -> str:
        found = str(super().clean(value) or "")
        if found and not is_address(found):
            raise forms.ValidationError(UNSAFE)
        return found


class IssuerField(AddressField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=IDENTIFIER, **kwargs)

    def clean(self, value: Any) -> str:
        found = super().clean(value)
        if found and not is_issuer(found):
            raise forms.ValidationError(_("A platform ID is an address without anything after ? or #."))
        return found


class SiteField(IssuerField):
    """The address of a site's front page; a slash at its end is taken off."""

    def clean(self, value: Any) -> str:
        return super().clean(value).rstrip("/")


class LinesField(forms.CharField):
    """One value a line, each once."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"rows": 3, **_PLAIN})
        super().__init__(widget=widget, required=False, max_length=LINES * IDENTIFIER, **kwargs)

    def clean(self, value: Any) -> Any:
        lines = [line.strip() for line in super().clean(value).splitlines()]
        found = list(dict.fromkeys(line for line in lines if line))
        if len(found) > LINES or any(len(line) > IDENTIFIER for line in found):
            raise forms.ValidationError(_("At most 50 lines of at most 255 characters."))
        return found


class OriginsField(LinesField):
    def clean(self, value: Any) -> Any:
        found = super().clean(value)
        for line in found:
            if not is_origin(line):
                message = gettext("%(line)s is not an origin, such as https://moodle.school.example.")
                raise forms.ValidationError(message % {"line": line})
        return found


def _name() -> forms.CharField:
    return forms.CharField(
        label=_("Name"),
        max_length=120,
        help_text=_("As you speak of it, such as Moodle of the school."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


def _client_id() -> forms.CharField:
    return forms.CharField(label=_("Client ID"), max_length=IDENTIFIER, widget=forms.TextInput(attrs=_PLAIN))


def _deployments() -> LinesField:
    return LinesField(
        label=_("Deployment IDs, one a line"),
        help_text=_("You can leave this empty: a deployment that launches for the first time asks you then."),
    )


class DetailsForm(forms.Form):
    """What the forms below share."""

    kind: ClassVar[Product] = Product.OTHER
    typed_in: ClassVar[Mapping[str, str]] = {}

    def field_of(self, name: str) -> str:
        """Where a value of `Details` was typed."""
        return name if name in self.fields else self.typed_in.get(name, next(iter(self.fields)))

    def details(self) -> Details:
        values = self.cleaned_data
        return Details(name=values["name"], product=self.kind, client_id=values["client_id"], **self.known())

    def known(self) -> products.Known:
        """What follows from where the platform is."""
        raise NotImplementedError

    def accepted(self) -> list[str]:
        """The deployments that may launch from the beginning."""
        return list(self.cleaned_data.get("deployment_ids", ()))


class MoodleForm(DetailsForm):
    kind = Product.MOODLE
    typed_in = dict.fromkeys(("issuer", "login_url", "token_url", "keys_url"), "site")

    name = _name()
    site = SiteField(
        label=_("Address of the Moodle site"),
        help_text=_("As Moodle shows it as Platform ID, such as https://moodle.school.example."),
    )
    client_id = _client_id()
    deployment_ids = _deployments()

    def known(self) -> products.Known:
        return products.moodle(self.cleaned_data["site"])


class CanvasForm(DetailsForm):
    kind = Product.CANVAS
    typed_in = dict.fromkeys(("issuer", "login_url", "token_url", "keys_url"), "cloud")

    name = _name()
    cloud = forms.ChoiceField(
        label=_("Which Canvas"),
        choices=[
            (Cloud.PRODUCTION, _("Canvas by Instructure")),
            (Cloud.BETA, _("Canvas by Instructure, beta")),
            (Cloud.TEST, _("Canvas by Instructure, test")),
            (Cloud.OWN, _("A Canvas of your own")),
        ],
    )
    own = SiteField(
        label=_("Address of your own Canvas"),
        required=False,
        help_text=_("Only for a Canvas that you run yourselves."),
    )
    client_id = forms.CharField(
        label=_("Client ID"),
        max_length=IDENTIFIER,
        help_text=_("The long number in the column Details of Canvas's developer keys."),
        widget=forms.TextInput(attrs=_PLAIN),
    )
    deployment_ids = _deployments()

    def field_of(self, name: str) -> str:
        is_own = self.data.get("cloud") == Cloud.OWN
        return "own" if is_own and name in self.typed_in else super().field_of(name)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("cloud") == Cloud.OWN and not (values.get("own") or "own" in self.errors):
            self.add_error("own", _("Enter the address of your Canvas."))
        return values

    def known(self) -> products.Known:
        return products.canvas(Cloud(self.cleaned_data["cloud"]), self.cleaned_data["own"])


class ValuesForm(DetailsForm):
    """All values, one by one."""

    name = _name()
    issuer = IssuerField(
        label=_("Platform ID (issuer)"), help_text=_("Exactly as the platform shows it, also at its end.")
    )
    client_id = _client_id()
    login_url = AddressField(
        label=_("Authentication request URL"), help_text=_("Also called OIDC authorization endpoint.")
    )
    token_url = AddressField(label=_("Access token URL"), help_text=_("Also called OAuth 2 token endpoint."))
    token_audience = forms.CharField(
        label=_("Audience of access tokens"),
        required=False,
        max_length=ADDRESS,
        help_text=_("Only where the platform names one that is not the access token URL."),
        widget=forms.TextInput(attrs=_PLAIN),
    )
    keys_url = AddressField(label=_("Public keyset URL"), help_text=_("Also called JWKS URL."))
    frame_origins = OriginsField(
        label=_("Who may show Greenroom in a frame, one origin a line"),
        help_text=_("Leave it empty to use the addresses above."),
    )

    def details(self) -> Details:
        values = {name: self.cleaned_data[name] for name in FIELDS if name != "product"}
        origins = values.pop("frame_origins")
        issuer, login_url = values["issuer"], values["login_url"]
        return Details(
            product=self.kind,
            frame_origins=tuple(origins) or products.frame_origins(issuer, login_url),
            **values,
        )


class OtherForm(ValuesForm):
    deployment_ids = _deployments()


class EditForm(ValuesForm):
    """A registration's values as they are, whatever its product. Deployments have their own place on its page."""

    product = forms.ChoiceField(label=_("Which platform"), choices=Product.choices)
    field_order = ("name", "product")

    @classmethod
    def initial_of(cls, registration: Registration) -> dict[str, Any]:
        values = {name: getattr(registration, name) for name in FIELDS}
        return {**values, "frame_origins": "\n".join(registration.frame_origins)}

    def details(self) -> Details:
        return replace(super().details(), product=Product(self.cleaned_data["product"]))


class LinkForm(forms.Form):
    name = _name()
    product = forms.ChoiceField(
        label=_("Which platform"), choices=[(product.value, product.label) for product in Product]
    )


class DeploymentForm(forms.Form):
    deployment_id = forms.CharField(
        label=_("Deployment ID"), max_length=IDENTIFIER, widget=forms.TextInput(attrs=_PLAIN)
    )


class DeleteForm(forms.Form):
    """Deleting a platform asks for its name, typed: nobody does that by mistake."""

    confirmation = forms.CharField(
        label=_("The name of the platform"), widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, *args: Any, name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.name = name

    def clean_confirmation(self) -> str:
        typed = str(self.cleaned_data["confirmation"]).strip()
        if typed.casefold() != self.name.strip().casefold():
            raise forms.ValidationError(_("This is not the name of this platform. Nothing was deleted."))
        return typed


BY_HAND: Mapping[str, type[DetailsForm]] = {
    Product.MOODLE.value: MoodleForm,
    Product.CANVAS.value: CanvasForm,
    Product.OTHER.value: OtherForm,
}
