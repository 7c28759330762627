"""What a message must be before anybody is let in: a chain of named checks over its claims, in this order.

Each check says one thing and raises ClaimRefused with its own code. The signature is checked before (`token`); the
state of the login, and whether it was used already, are `lti.launch`'s. Sources: LTI 1.3 core 4.3 and 5.3, 1EdTech
Security Framework 1.0, 5.1.3.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lti.errors import ClaimRefused, Code
from lti.message.claims import (
    DEEP_LINKING,
    DEPLOYMENT,
    LONGEST,
    MESSAGE_TYPE,
    RESOURCE_LINK,
    ROLES,
    TARGET,
    VERSION,
    Claims,
    Message,
    MessageType,
    mapping,
    message,
    text,
    texts,
)

LEEWAY_S = 60.0
"""How far a platform's clock may be off."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What the message is held against: the registration, the login that it answers, and the time."""

    issuer: str
    client_id: str
    nonce: str
    now: float
    is_ours: Callable[[str], bool]
    """Whether an address is one of ours."""


Check = Callable[[Claims, Expected], None]


def issuer_is_the_registrations(claims: Claims, expected: Expected) -> None:
    if text(claims, "iss", Code.NO_ISSUER) != expected.issuer:
        raise ClaimRefused(Code.WRONG_ISSUER)


def audience_is_us(claims: Claims, expected: Expected) -> None:
    given = claims.get("aud")
    audience = [given] if isinstance(given, str) else texts(claims, "aud")
    if not any(audience):
        raise ClaimRefused(Code.NO_AUDIENCE)
    if expected.client_id not in audience:
        raise ClaimRefused(Code.WRONG_AUDIENCE)
    if len(audience) > 1 and not claims.get("azp"):
        raise ClaimRefused(Code.WRONG_PARTY)


def authorised_party_is_us(claims: Claims, expected: Expected) -> None:
    party = claims.get("azp")
    if party and party != expected.client_id:
        raise ClaimRefused(Code.WRONG_PARTY)


def is_not_expired(claims: Claims, expected: Expected) -> None:
    if expected.now >= _time(claims, "exp", Code.NO_EXPIRY) + LEEWAY_S:
        raise ClaimRefused(Code.EXPIRED)


def is_not_from_the_future(claims: Claims, expected: Expected) -> None:
    begins = [_time(claims, "iat", Code.NO_ISSUE_TIME)]
    if claims.get("nbf") is not None:
        begins.append(_time(claims, "nbf", Code.NO_ISSUE_TIME))
    if max(begins) > expected.now + LEEWAY_S:
        raise ClaimRefused(Code.FROM_THE_FUTURE)


def nonce_is_this_logins(claims: Claims, expected: Expected) -> None:
    nonce = text(claims, "nonce", Code.NO_NONCE)
    if not hmac.compare_digest(nonce.encode(), expected.nonce.encode()):
        raise ClaimRefused(Code.WRONG_NONCE)


def version_is_ours(claims: Claims, expected: Expected) -> None:
    if text(claims, VERSION, Code.NO_VERSION) != "1.3.0":
        raise ClaimRefused(Code.WRONG_VERSION)


def type_is_known(claims: Claims, expected: Expected) -> None:
    if text(claims, MESSAGE_TYPE, Code.NO_MESSAGE_TYPE) not in set(MessageType):
        raise ClaimRefused(Code.WRONG_MESSAGE_TYPE)


def somebody_is_named(claims: Claims, expected: Expected) -> None:
    """Without `sub` the launch is anonymous, and progress needs a person."""
    _identifier(text(claims, "sub", Code.ANONYMOUS), "sub")


def deployment_is_named(claims: Claims, expected: Expected) -> None:
    _identifier(text(claims, DEPLOYMENT, Code.NO_DEPLOYMENT), DEPLOYMENT)


def roles_are_a_list(claims: Claims, expected: Expected) -> None:
    """It may be empty, but it must be there (LTI 1.3 core, 5.3.7)."""
    if claims.get(ROLES) is None:
        raise ClaimRefused(Code.NO_ROLES)
    texts(claims, ROLES)


def target_is_ours(claims: Claims, expected: Expected) -> None:
    if not expected.is_ours(text(claims, TARGET, Code.NO_TARGET)):
        raise ClaimRefused(Code.TARGET_NOT_OURS)


def message_has_what_its_type_needs(claims: Claims, expected: Expected) -> None:
    if claims[MESSAGE_TYPE] == MessageType.RESOURCE_LINK:
        _identifier(text(mapping(claims, RESOURCE_LINK), "id", Code.NO_RESOURCE_LINK), RESOURCE_LINK)
    else:
        text(mapping(claims, DEEP_LINKING), "deep_link_return_url", Code.NO_DEEP_LINKING_SETTINGS)


CHAIN: Sequence[Check] = (
    issuer_is_the_registrations,
    audience_is_us,
    authorised_party_is_us,
    is_not_expired,
    is_not_from_the_future,
    nonce_is_this_logins,
    version_is_ours,
    type_is_known,
    somebody_is_named,
    deployment_is_named,
    roles_are_a_list,
    target_is_ours,
    message_has_what_its_type_needs,
)


def checked(claims: Claims, expected: Expected) -> Message:
    """The message, once it passed the chain. Raises ClaimRefused with the code of the first check that it fails."""
    for check in CHAIN:
        check(claims, expected)
    return message(claims)


def _time(claims: Claims, name: str, missing: Code) -> float:
    """Seconds since 1970. JSON has no infinity, and a time beyond all dates is no time."""
    value = claims.get(name)
    if value is None:
        raise ClaimRefused(missing)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e11:
        raise ClaimRefused(Code.WRONG_TYPE, name)
    return float(value)


def _identifier(value: str, name: str) -> None:
    """It is kept as it is, so it must be one that the database holds: no NUL, no half of a surrogate pair."""
    odd = any(character == "\0" or "\ud800" <= character <= "\udfff" for character in value)
    if len(value) > LONGEST or odd:
        raise ClaimRefused(Code.WRONG_TYPE, name)
