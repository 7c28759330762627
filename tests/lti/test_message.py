"""One message, altered in every way that a platform or somebody else may alter it."""

from __future__ import annotations

import base64
import json
import time
from contextlib import suppress
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from hypothesis import given
from hypothesis import strategies as st

from lti.errors import ClaimRefused, Code, TokenRefused
from lti.message import claims as names
from lti.message.checks import CHAIN, Expected, checked
from lti.message.claims import Message, MessageType
from lti.message.roles import Standing, standing
from lti.message.token import MOST_BYTES, claims_of
from tests.lti.conftest import CLIENT, ISSUER, TOOL, PlatformKey, launch_claims

NONCE = "n-0S6_WzA2Mj"
LIS = "http://purl.imsglobal.org/vocab/lis/v2"


def expected(**changes: Any) -> Expected:
    facts: dict[str, Any] = {
        "issuer": ISSUER,
        "client_id": CLIENT,
        "nonce": NONCE,
        "now": time.time(),
        "is_ours": lambda address: address.startswith(f"{TOOL}/"),
    }
    return Expected(**(facts | changes))


def read(claims: dict[str, Any], **changes: Any) -> Message:
    return checked(claims, expected(**changes))


# --- the token ----------------------------------------------------------------------------------------


def keys(*known: PlatformKey) -> Any:
    return {one.kid: one.public_jwk for one in known}.get


def test_a_signed_token_gives_its_claims(key: PlatformKey) -> None:
    claims = launch_claims()
    assert claims_of(key.sign(claims), keys(key)) == claims


def part(value: Any) -> str:
    text = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def unsigned(**header: Any) -> str:
    return f"{part({'typ': 'JWT', 'kid': 'one', **header})}.{part(launch_claims())}."


def with_the_public_key_as_secret(key: PlatformKey) -> str:
    """The old trick: HS256 with what everybody knows."""
    import hashlib
    import hmac

    pem = key.private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    signed = f"{part({'alg': 'HS256', 'kid': 'one'})}.{part(launch_claims())}"
    return f"{signed}.{part(hmac.new(pem, signed.encode(), hashlib.sha256).digest())}"


def tampered(key: PlatformKey) -> str:
    head, _, signature = key.sign(launch_claims()).split(".")
    return f"{head}.{part(launch_claims(sub='somebody-else'))}.{signature}"


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda key, _: unsigned(alg="none"), Code.WRONG_ALGORITHM),
        (lambda key, _: unsigned(alg="None"), Code.WRONG_ALGORITHM),
        (lambda key, _: unsigned(), Code.WRONG_ALGORITHM),
        (lambda key, _: with_the_public_key_as_secret(key), Code.WRONG_ALGORITHM),
        (lambda key, _: jwt.encode(launch_claims(), key.private, "RS256"), Code.NO_KEY_ID),
        (lambda key, _: key.sign(launch_claims(), kid=""), Code.NO_KEY_ID),
        (lambda key, _: key.sign(launch_claims(), kid="another"), Code.UNKNOWN_KEY),
        (lambda key, other: other.sign(launch_claims()), Code.WRONG_SIGNATURE),
        (lambda key, _: tampered(key), Code.WRONG_SIGNATURE),
        (lambda key, _: key.sign(launch_claims()).rpartition(".")[0] + ".AAAA", Code.WRONG_SIGNATURE),
        (lambda key, _: "", Code.MALFORMED),
        (lambda key, _: "a.b", Code.MALFORMED),
        (lambda key, _: "a.b.c", Code.MALFORMED),
        (lambda key, _: f"{part([1])}.{part({})}.", Code.MALFORMED),
        (lambda key, _: f"{part(b'not json')}.{part({})}.", Code.MALFORMED),
        (lambda key, _: "\u00e9.\u00e9.\u00e9", Code.MALFORMED),
        (lambda key, _: key.sign(launch_claims(padding="x" * MOST_BYTES)), Code.TOO_LARGE),
    ],
)
def test_a_token_that_the_platform_did_not_sign_is_refused(
    key: PlatformKey, other_key: PlatformKey, make: Any, code: Code
) -> None:
    with pytest.raises(TokenRefused) as refused:
        claims_of(make(key, other_key), keys(key))
    assert refused.value.code == code


@pytest.mark.parametrize(
    "broken", [{"kty": "RSA", "kid": "one"}, {"kty": "oct", "k": "AAAA"}, {"kty": "RSA", "n": 3, "e": []}, {}]
)
def test_a_published_key_that_is_none_is_refused(key: PlatformKey, broken: dict[str, Any]) -> None:
    with pytest.raises(TokenRefused):
        claims_of(key.sign(launch_claims()), {"one": broken}.get)


def test_a_payload_that_is_no_object_is_refused(key: PlatformKey) -> None:
    token = jwt.api_jws.encode(b"[1, 2]", key.private, algorithm="RS256", headers={"kid": "one"})
    with pytest.raises(TokenRefused) as refused:
        claims_of(token, keys(key))
    assert refused.value.code == Code.MALFORMED


# --- its claims -----------------------------------------------------------------------------------------

MINUTE = 60
REFUSED: list[tuple[dict[str, Any], Code]] = [
    ({"iss": None}, Code.NO_ISSUER),
    ({"iss": ""}, Code.NO_ISSUER),
    ({"iss": "https://evil.example"}, Code.WRONG_ISSUER),
    ({"iss": ISSUER + "/"}, Code.WRONG_ISSUER),
    ({"iss": [ISSUER]}, Code.WRONG_TYPE),
    ({"aud": None}, Code.NO_AUDIENCE),
    ({"aud": []}, Code.NO_AUDIENCE),
    ({"aud": "another"}, Code.WRONG_AUDIENCE),
    ({"aud": ["another", "third"]}, Code.WRONG_AUDIENCE),
    ({"aud": [CLIENT, "another"]}, Code.WRONG_PARTY),
    ({"aud": ["another", CLIENT], "azp": "another"}, Code.WRONG_PARTY),
    ({"azp": "another"}, Code.WRONG_PARTY),
    ({"aud": 7}, Code.WRONG_TYPE),
    ({"aud": [7]}, Code.WRONG_TYPE),
    ({"exp": None}, Code.NO_EXPIRY),
    ({"exp": "tomorrow"}, Code.WRONG_TYPE),
    ({"exp": True}, Code.WRONG_TYPE),
    ({"exp": 1e300}, Code.WRONG_TYPE),
    ({"exp": lambda now: now - 2 * MINUTE}, Code.EXPIRED),
    ({"iat": None}, Code.NO_ISSUE_TIME),
    ({"iat": lambda now: now + 3 * MINUTE}, Code.FROM_THE_FUTURE),
    ({"nbf": lambda now: now + 3 * MINUTE}, Code.FROM_THE_FUTURE),
    ({"nonce": None}, Code.NO_NONCE),
    ({"nonce": "another"}, Code.WRONG_NONCE),
    ({"nonce": "\u00e9"}, Code.WRONG_NONCE),
    ({"nonce": 5}, Code.WRONG_TYPE),
    ({names.VERSION: None}, Code.NO_VERSION),
    ({names.VERSION: "1.1"}, Code.WRONG_VERSION),
    ({names.MESSAGE_TYPE: None}, Code.NO_MESSAGE_TYPE),
    ({names.MESSAGE_TYPE: "LtiSubmissionReviewRequest"}, Code.WRONG_MESSAGE_TYPE),
    ({"sub": None}, Code.ANONYMOUS),
    ({"sub": ""}, Code.ANONYMOUS),
    ({"sub": 12}, Code.WRONG_TYPE),
    ({"sub": "x" * 256}, Code.WRONG_TYPE),
    ({names.DEPLOYMENT: None}, Code.NO_DEPLOYMENT),
    ({names.DEPLOYMENT: 1}, Code.WRONG_TYPE),
    ({names.ROLES: None}, Code.NO_ROLES),
    ({names.ROLES: "Instructor"}, Code.WRONG_TYPE),
    ({names.ROLES: [None]}, Code.WRONG_TYPE),
    ({names.TARGET: None}, Code.NO_TARGET),
    ({names.TARGET: "https://evil.example/lti/launch/"}, Code.TARGET_NOT_OURS),
    ({names.RESOURCE_LINK: None}, Code.NO_RESOURCE_LINK),
    ({names.RESOURCE_LINK: {}}, Code.NO_RESOURCE_LINK),
    ({names.RESOURCE_LINK: "7"}, Code.WRONG_TYPE),
    ({names.RESOURCE_LINK: {"id": "x" * 256}}, Code.WRONG_TYPE),
    ({names.MESSAGE_TYPE: "LtiDeepLinkingRequest"}, Code.NO_DEEP_LINKING_SETTINGS),
    ({names.MESSAGE_TYPE: "LtiDeepLinkingRequest", names.DEEP_LINKING: {}}, Code.NO_DEEP_LINKING_SETTINGS),
    ({names.CONTEXT: "course"}, Code.WRONG_TYPE),
    ({names.CUSTOM: [1]}, Code.WRONG_TYPE),
]


@pytest.mark.parametrize(("changes", "code"), REFUSED)
def test_a_message_that_is_not_in_order_is_refused(changes: dict[str, Any], code: Code) -> None:
    with pytest.raises(ClaimRefused) as refused:
        read(launch_claims(**changes))
    assert refused.value.code == code


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"aud": [CLIENT]},
        {"aud": [CLIENT, "another"], "azp": CLIENT},
        {"exp": lambda now: now - MINUTE / 2},
        {"iat": lambda now: now + MINUTE / 2},
        {names.ROLES: []},
        {names.ROLES: ["Learner"]},
        {names.ROLES: ["urn:somebody:else", f"{LIS}/membership#Instructor"]},
        {"name": None},
        {"email": None},
        {"name": None, "email": None},
        {names.CONTEXT: None},
        {names.CONTEXT: {"id": "course-7"}},
        {"name": 5, "email": ["a@b.example"]},
        {"locale": "de-AT"},
    ],
)
def test_what_platforms_may_leave_out_is_accepted(changes: dict[str, Any]) -> None:
    assert read(launch_claims(**changes)).type is MessageType.RESOURCE_LINK


def test_a_message_is_read_into_types() -> None:
    services = {
        names.GRADES: {
            "scope": ["https://a"],
            "lineitems": "https://m/items?c=7",
            "lineitem": "https://m/item/1",
        },
        names.ROSTER: {"context_memberships_url": "https://m/Members?Page=A"},
        names.CUSTOM: {"assignment": 12},
        names.PRESENTATION: {"return_url": "https://m/course"},
    }
    found = read(launch_claims(**services))
    assert found.person.name == "Sam Okafor"
    assert found.context is not None
    assert found.context.title == "Autumn"
    assert found.grades.line_items == "https://m/items?c=7"
    assert found.roster_url == "https://m/Members?Page=A"
    assert found.custom == {"assignment": "12"}
    assert found.return_url == "https://m/course"


def test_a_name_is_put_together_from_its_parts() -> None:
    assert read(launch_claims(name=None, given_name="Sam", family_name="Okafor")).person.name == "Sam Okafor"


def test_deep_linking_tells_how_to_answer() -> None:
    settings = {
        "deep_link_return_url": "https://m/return",
        "accept_types": ["ltiResourceLink"],
        "data": "op=7",
    }
    claims = launch_claims(**{names.MESSAGE_TYPE: "LtiDeepLinkingRequest", names.DEEP_LINKING: settings})
    found = read(claims).deep_linking
    assert found is not None
    assert (found.return_url, found.accepts_several, found.data) == ("https://m/return", True, "op=7")
    for no in (False, "false"):
        one = {**settings, "accept_multiple": no}
        claims = launch_claims(**{names.MESSAGE_TYPE: "LtiDeepLinkingRequest", names.DEEP_LINKING: one})
        read_one = read(claims).deep_linking
        assert read_one is not None
        assert read_one.accepts_several is False


def test_every_check_of_the_chain_refuses_something() -> None:
    """A check that no message fails would be a check in name only."""
    idle = set(CHAIN)
    for changes, _ in REFUSED:
        claims = launch_claims(**changes)
        for check in CHAIN:
            try:
                check(claims, expected())
            except ClaimRefused:
                idle.discard(check)
                break
    assert not idle


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(name=st.sampled_from(sorted(launch_claims())), value=JSON)
def test_whatever_stands_in_a_claim_the_message_is_read_or_refused(name: str, value: Any) -> None:
    """Anything else than a refusal would be an error page without a word."""
    with suppress(ClaimRefused):
        assert read({**launch_claims(), name: value}).person.subject


# --- roles ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "role", ["Instructor", f"{LIS}/membership#Instructor", f"{LIS}/membership/Instructor#TeachingAssistant"]
)
def test_who_teaches_the_course_is_a_teacher(role: str) -> None:
    assert standing([role]) is Standing.TEACHER
    assert standing(["urn:unknown", role, f"{LIS}/membership#Learner"]) is Standing.TEACHER


@pytest.mark.parametrize(
    "role",
    [
        "Learner",
        "",
        f"{LIS}/membership#Learner",
        f"{LIS}/institution/person#Instructor",
        f"{LIS}/institution/person#Administrator",
        f"{LIS}/system/person#Administrator",
        f"{LIS}/membership/Learner#Instructor",
        "https://evil.example/membership#Instructor",
    ],
)
def test_a_role_elsewhere_gives_nothing_here(role: str) -> None:
    assert standing([role]) is Standing.LEARNER
    assert standing([]) is Standing.LEARNER
