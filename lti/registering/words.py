"""What the pages say: our addresses by the names that each platform gives them, and why a registration got stuck."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from accounts.actions import ActionRefused
from lti.models import Product
from lti.registering.dynamic import DynamicRefused, Trouble
from lti.registering.errors import LinkRefused, LinkUnknown
from lti.registering.ours import Ours

_AGAIN = _("Nothing was registered, and your link can still be used. Start again from your platform.")
_TELL = _(
    "Nothing was registered, and your link can still be used. Enter the platform by hand instead, or pass this "
    "page on to those who look after it."
)


@dataclass(frozen=True)
class Words:
    what: StrOrPromise
    todo: StrOrPromise
    status: int = 400


TROUBLES: Mapping[Trouble, Words] = {
    Trouble.NO_CONFIGURATION_ADDRESS: Words(
        _("This address is for your learning platform to open, not for a browser."),
        _(
            "Copy it and paste it into your platform where a tool is registered. There the rest happens by "
            "itself. Your link can still be used."
        ),
    ),
    Trouble.UNSAFE_ADDRESS: Words(
        _("The platform gave an address for its configuration that is not a safe one."),
        _("It must begin with https. Nothing was registered, and your link can still be used."),
    ),
    Trouble.CONFIGURATION_SILENT: Words(
        _("The platform's configuration could not be read: the platform did not answer, or with an error."),
        _(
            "Check that the platform can be reached from the internet, or from our server at least. Nothing was "
            "registered, and your link can still be used."
        ),
    ),
    Trouble.CONFIGURATION_DENIED: Words(
        _("The platform did not let us read its configuration."),
        _AGAIN,
    ),
    Trouble.CONFIGURATION_UNREADABLE: Words(
        _("What the platform gave as its configuration is something else."),
        _TELL,
    ),
    Trouble.CONFIGURATION_INCOMPLETE: Words(
        _("The platform's configuration lacks a value, or has one that cannot be used."),
        _TELL,
    ),
    Trouble.OTHER_ISSUER: Words(
        _("The platform's configuration speaks for a platform at another address."),
        _(
            "For your safety nothing was registered. If the platform has moved, its own address has to be put "
            "right first. Your link can still be used."
        ),
    ),
    Trouble.NO_RS256: Words(
        _("The platform does not sign in the way that LTI 1.3 asks for (RS256)."),
        _TELL,
    ),
    Trouble.REGISTRATION_SILENT: Words(
        _("The platform did not answer our registration."),
        _(
            "Look in your platform whether Greenroom was added; delete it there if it was. Then start again. "
            "Your link can still be used."
        ),
    ),
    Trouble.REGISTRATION_DENIED: Words(
        _("The platform refused our registration."),
        _AGAIN,
    ),
    Trouble.ANSWER_UNREADABLE: Words(
        _("The platform's answer to our registration could not be understood."),
        _(
            "Look in your platform whether Greenroom was added. If so, enter its client ID by hand instead. "
            "Your link can still be used."
        ),
    ),
    Trouble.NO_CLIENT_ID: Words(
        _("The platform's answer to our registration holds no client ID."),
        _(
            "Look in your platform whether Greenroom was added. If so, enter its client ID by hand instead. "
            "Your link can still be used."
        ),
    ),
}


def words_of(refused: DynamicRefused | ActionRefused) -> Words:
    if isinstance(refused, DynamicRefused):
        return TROUBLES[refused.trouble]
    if isinstance(refused, LinkRefused):
        status = 404 if isinstance(refused, LinkUnknown) else 410
        return Words(refused.text, _("Make a new link on the page Platforms in Greenroom."), status)
    return Words(refused.text, _TELL, 409)


def code_of(refused: DynamicRefused | ActionRefused) -> str:
    """For support and the log."""
    return str(refused.trouble) if isinstance(refused, DynamicRefused) else type(refused).__name__


# --- our addresses ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One value to copy. `name` is unique on a page."""

    name: str
    label: StrOrPromise
    value: str


def lines(ours: Ours, product: Product) -> list[Line]:
    """What is entered at the platform, in the order and under the names of its own form."""
    labels = _LABELS[product]
    return [Line(f"{name}-{place}", label, getattr(ours, name)) for place, (name, label) in enumerate(labels)]


_LABELS: Mapping[Product, tuple[tuple[str, StrOrPromise], ...]] = {
    Product.MOODLE: (
        ("launch", _("Tool URL")),
        ("keys", _("Public keyset")),
        ("login", _("Initiate login URL")),
        ("launch", _("Redirection URI(s)")),
        ("launch", _("Content Selection URL")),
    ),
    Product.CANVAS: (
        ("launch", _("Redirect URIs")),
        ("launch", _("Target Link URI")),
        ("login", _("OpenID Connect Initiation Url")),
        ("keys", _("Public JWK URL")),
    ),
    Product.OTHER: (
        ("login", _("Login initiation URL")),
        ("launch", _("Redirect URI, launch URL and Deep Linking URL")),
        ("keys", _("Public keyset URL (JWKS)")),
        ("domain", _("Domain")),
    ),
}
