"""LTI Dynamic Registration 1.0: a platform opens our one-time link, and the two agree without anybody copying values.

The administrator's browser brings the address of the platform's OpenID configuration and a token for it. We read the
configuration, register ourselves where it says, and keep what it answers. Only then is the link used up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from lti.errors import ServiceError
from lti.http import ask
from lti.models import ADDRESS, IDENTIFIER, Product, Registration, RegistrationLink
from lti.registering import links, ours
from lti.registering.addresses import is_address, is_issuer
from lti.registering.details import Details
from lti.registering.products import frame_origins, is_canvas_cloud, speaks_for

TOOL = "https://purl.imsglobal.org/spec/lti-tool-configuration"
PLATFORM = "https://purl.imsglobal.org/spec/lti-platform-configuration"


class Trouble(StrEnum):
    """Where a registration got stuck; `words` says what to do about it."""

    NO_CONFIGURATION_ADDRESS = "no_configuration_address"
    UNSAFE_ADDRESS = "unsafe_address"
    CONFIGURATION_SILENT = "configuration_silent"
    CONFIGURATION_DENIED = "configuration_denied"
    CONFIGURATION_UNREADABLE = "configuration_unreadable"
    CONFIGURATION_INCOMPLETE = "configuration_incomplete"
    OTHER_ISSUER = "other_issuer"
    NO_RS256 = "no_rs256"
    REGISTRATION_SILENT = "registration_silent"
    REGISTRATION_DENIED = "registration_denied"
    ANSWER_UNREADABLE = "answer_unreadable"
    NO_CLIENT_ID = "no_client_id"


class DynamicRefused(Exception):
    """Raised where it goes no further; `detail` names a field or the platform's error code."""

    def __init__(self, trouble: Trouble, detail: str = "") -> None:
        super().__init__(f"{trouble}: {detail}" if detail else str(trouble))
        self.trouble, self.detail = trouble, detail


@dataclass(frozen=True, slots=True)
class Configuration:
    """What a platform's OpenID configuration says that matters here, checked."""

    issuer: str
    login_url: str
    token_url: str
    token_audience: str
    keys_url: str
    registration_url: str
    product: Product


def register(link: RegistrationLink, asked: Mapping[str, str], us: ours.Ours) -> Registration:
    """Carry it out. Raises DynamicRefused, LinkRefused, and ActionRefused for what cannot be kept."""
    address, token = asked.get("openid_configuration", ""), asked.get("registration_token", "")
    configuration = _configuration(address, token)
    answer = _registered(configuration, token, us)
    client_id, deployment_id = _client_id(answer), _deployment_id(answer)
    return links.use_up(
        link=link, details=_details(link, configuration, client_id), deployment_id=deployment_id
    )


# --- the platform's configuration -----------------------------------------------------------------------


def _configuration(address: str, token: str) -> Configuration:
    if not address:
        raise DynamicRefused(Trouble.NO_CONFIGURATION_ADDRESS)
    if not is_address(address):
        raise DynamicRefused(Trouble.UNSAFE_ADDRESS)
    try:
        data = ask("GET", address, headers=_headers(token)).data
    except ServiceError as error:
        raise DynamicRefused(_trouble_of_configuration(error), error.said) from error
    return _read(data, address)


def _trouble_of_configuration(error: ServiceError) -> Trouble:
    if error.status in (401, 403):
        return Trouble.CONFIGURATION_DENIED
    if error.status is not None and error.status < 400:
        return Trouble.CONFIGURATION_UNREADABLE
    return Trouble.CONFIGURATION_SILENT


def _read(data: Any, address: str) -> Configuration:
    if not isinstance(data, dict):
        raise DynamicRefused(Trouble.CONFIGURATION_UNREADABLE)
    issuer = data.get("issuer")
    if not isinstance(issuer, str) or len(issuer) > IDENTIFIER or not is_issuer(issuer):
        raise DynamicRefused(Trouble.CONFIGURATION_INCOMPLETE, "issuer")
    if not speaks_for(address, issuer):
        raise DynamicRefused(Trouble.OTHER_ISSUER)
    algorithms = data.get("id_token_signing_alg_values_supported", ["RS256"])
    if not isinstance(algorithms, list) or "RS256" not in algorithms:
        raise DynamicRefused(Trouble.NO_RS256)
    return Configuration(
        issuer=issuer,
        login_url=_address(data, "authorization_endpoint"),
        token_url=_address(data, "token_endpoint"),
        token_audience=_audience(data, issuer),
        keys_url=_address(data, "jwks_uri"),
        registration_url=_address(data, "registration_endpoint"),
        product=_product(data),
    )


def _address(data: Mapping[str, Any], name: str) -> str:
    found = data.get(name)
    if not isinstance(found, str) or len(found) > ADDRESS or not is_address(found):
        raise DynamicRefused(Trouble.CONFIGURATION_INCOMPLETE, name)
    return found


def _audience(data: Mapping[str, Any], issuer: str) -> str:
    """Whom a request for an access token is meant for, where it is not the token's address (3.5.2).

    Canvas's cloud names a host there and yet expects the address.
    """
    found = data.get("authorization_server")
    if not isinstance(found, str) or len(found) > ADDRESS or is_canvas_cloud(issuer):
        return ""
    return "" if found == data.get("token_endpoint") else found


def _product(data: Mapping[str, Any]) -> Product:
    about = data.get(PLATFORM)
    family = about.get("product_family_code") if isinstance(about, dict) else None
    known = {"moodle": Product.MOODLE, "canvas": Product.CANVAS}
    return known.get(family.lower(), Product.OTHER) if isinstance(family, str) else Product.OTHER


# --- registering ourselves --------------------------------------------------------------------------------


def _registered(configuration: Configuration, token: str, us: ours.Ours) -> Mapping[str, Any]:
    """The platform's answer to our registration. Asked once: a second try could register us twice."""
    body = ours.client_registration(us, for_canvas=configuration.product == Product.CANVAS)
    try:
        answer = ask("POST", configuration.registration_url, headers=_headers(token), json=body, tries=1)
    except ServiceError as error:
        raise DynamicRefused(_trouble_of_answer(error), error.said) from error
    if not isinstance(answer.data, dict):
        raise DynamicRefused(Trouble.ANSWER_UNREADABLE)
    return answer.data


def _trouble_of_answer(error: ServiceError) -> Trouble:
    if error.status is None or error.status >= 500:
        return Trouble.REGISTRATION_SILENT
    return Trouble.REGISTRATION_DENIED if error.status >= 400 else Trouble.ANSWER_UNREADABLE


def _client_id(answer: Mapping[str, Any]) -> str:
    found = _text(answer.get("client_id"))
    if not found:
        raise DynamicRefused(Trouble.NO_CLIENT_ID)
    return found


def _deployment_id(answer: Mapping[str, Any]) -> str:
    """Empty where the platform tells none: then the first launch shows it, and the administrator accepts it."""
    tool = answer.get(TOOL)
    return _text(tool.get("deployment_id")) if isinstance(tool, dict) else ""


def _text(value: Any) -> str:
    """An identifier; some platforms write theirs as a number."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    text = str(value)
    return text if len(text) <= IDENTIFIER and "\0" not in text else ""


def _details(link: RegistrationLink, configuration: Configuration, client_id: str) -> Details:
    return Details(
        name=link.name,
        product=configuration.product,
        issuer=configuration.issuer,
        client_id=client_id,
        login_url=configuration.login_url,
        token_url=configuration.token_url,
        token_audience=configuration.token_audience,
        keys_url=configuration.keys_url,
        frame_origins=frame_origins(configuration.issuer, configuration.login_url),
    )


def _headers(token: str) -> dict[str, str]:
    """The token is for the platform alone; some ask for it to read the configuration as well (Canvas)."""
    headers = {"Accept": "application/json"}
    return headers | {"Authorization": f"Bearer {token}"} if _is_sendable(token) else headers


def _is_sendable(token: str) -> bool:
    return bool(token) and token.isascii() and token.isprintable() and len(token) <= 8000
