"""Asks the platform whether what was entered is true, and says what is wrong where it is wrong.

A launch needs the platform's keys. Grades and rosters need an access token as well, which proves that the platform
knows our client id and can read our keys. The page where people sign in is only looked for: what it answers without a
launch says nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lti.errors import ServiceError
from lti.http import ask
from lti.keys.platform import fetch_keys
from lti.message.token import JsonWebKey
from lti.models import Registration
from lti.registering.addresses import origin_of
from lti.registering.ours import SCOPES
from lti.services import token

GONE = frozenset({404, 410})
DENIED = frozenset({400, 401, 403})


class Trouble(StrEnum):
    """What a failed question comes down to."""

    SILENT = "silent"
    NOTHING_THERE = "nothing_there"
    DENIED = "denied"
    NO_JSON = "no_json"
    OTHER_CONTENT = "other_content"
    BUSY = "busy"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a question found. `field` is the value that it is about; `stands` is false where it must be put right.

    `silent`: nothing answered at all.
    """

    field: str
    text: str
    stands: bool = True
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Checked:
    """All findings, and the platform's keys by their ids where they could be had."""

    findings: tuple[Finding, ...]
    keys: Mapping[str, JsonWebKey]

    @property
    def problems(self) -> list[Finding]:
        return [finding for finding in self.findings if not finding.stands]


def check(registration: Registration) -> Checked:
    """Ask all three addresses. Nothing is saved; never within a transaction.

    Where nothing answered, the same host is not waited for again.
    """
    first, keys = _keys(registration)
    findings = [first]
    for field, ask_there in (("token_url", _token), ("login_url", _login)):
        is_there = origin_of(getattr(registration, field)) == origin_of(registration.keys_url)
        in_vain = first.silent and is_there
        findings.append(replace(first, field=field) if in_vain else ask_there(registration))
    return Checked(tuple(findings), keys)


def trouble_of(error: ServiceError) -> Trouble:
    status = error.status
    if status is None:
        return Trouble.SILENT if error.retry else Trouble.OTHER_CONTENT
    if status in GONE:
        return Trouble.NOTHING_THERE
    if status in DENIED:
        return Trouble.DENIED
    return Trouble.NO_JSON if status < 400 else Trouble.BUSY


# --- keys ---------------------------------------------------------------------------------------------


def _keys(registration: Registration) -> tuple[Finding, Mapping[str, JsonWebKey]]:
    try:
        keys = fetch_keys(registration.keys_url)
    except ServiceError as error:
        silent = trouble_of(error) == Trouble.SILENT
        return Finding("keys_url", _keys_trouble(error), stands=False, silent=silent), {}
    count = len(keys)
    said = ngettext("The platform publishes %(count)d key.", "The platform publishes %(count)d keys.", count)
    return Finding("keys_url", said % {"count": count}), keys


def _keys_trouble(error: ServiceError) -> str:
    match trouble_of(error):
        case Trouble.OTHER_CONTENT:
            return _("There is something at this address, but no key set with an RSA key.")
        case Trouble.NO_JSON:
            return _("There is a page at this address, but no key set.")
        case trouble:
            return _common(trouble, error)


# --- token --------------------------------------------------------------------------------------------


def _token(registration: Registration) -> Finding:
    try:
        token.forget(registration, SCOPES)  # the answer of now counts, not that of an hour ago
        token.bearer(registration, SCOPES)
    except ServiceError as error:
        return _token_trouble(error)
    return Finding(
        "token_url", _("The platform knows this client ID and gives access to grades and rosters.")
    )


def _token_trouble(error: ServiceError) -> Finding:
    trouble = trouble_of(error)
    if error.said == "invalid_scope":
        text = _("The platform knows this client ID, but lets it use neither grades nor rosters.")
        return Finding("token_url", text)
    if error.said in ("invalid_client", "unauthorized_client") or error.status == 401:
        text = _(
            "The platform answered, but does not know this client ID, has not switched it on yet, or cannot read "
            "our public keys."
        )
        return Finding("client_id", text, stands=False)
    words: dict[Trouble, Callable[[], str]] = {
        Trouble.DENIED: lambda: (
            _("The platform refused to give an access token: %(code)s.")
            % {"code": error.said or error.status}
        ),
        Trouble.NO_JSON: lambda: _("There is a page at this address, but it gives no access token."),
        Trouble.OTHER_CONTENT: lambda: _("There is something at this address, but it gives no access token."),
    }
    text = words[trouble]() if trouble in words else _common(trouble, error)
    return Finding("token_url", text, stands=False)


# --- the page where people sign in ----------------------------------------------------------------------


def _login(registration: Registration) -> Finding:
    try:
        ask("GET", registration.login_url, tries=1)
    except ServiceError as error:
        trouble = trouble_of(error)
        if trouble in (Trouble.SILENT, Trouble.NOTHING_THERE):
            return Finding("login_url", _common(trouble, error), stands=False)
    return Finding("login_url", _("There is a page at the authentication request URL."))


def _common(trouble: Trouble, error: ServiceError) -> str:
    match trouble:
        case Trouble.SILENT:
            return _("Nothing answers at this address. Check it, and whether our server may reach it.")
        case Trouble.NOTHING_THERE:
            return _("The platform answers, but has nothing at this address (%(status)d).") % {
                "status": error.status
            }
        case _other:
            return _("The platform answered with an error (%(status)s). Try again later.") % {
                "status": error.status
            }
