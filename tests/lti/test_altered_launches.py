"""The whole way over HTTP, altered in one thing at a time: each gets a page and its code, and lets nobody in.

The platform signs with its own key; the browser is Django's client, which keeps cookies as one does.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import Institution, User
from lti.errors import Code
from lti.message import claims as names
from lti.message.token import MOST_BYTES
from lti.models import Deployment, DeploymentState, Registration, RegistrationState
from lti.words import words_of
from tests.lti.conftest import CLIENT, ISSUER, PlatformKey, launch_claims
from tests.lti.emulator import Platform
from tests.lti.test_message import REFUSED, part

pytestmark = pytest.mark.django_db
HERE = "http://testserver"
TARGET = f"{HERE}/lti/launch/"
LEARNER = "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"
SECRETS = ("person-1", "sam@school.example", "Sam Okafor")
"""What a launch says of a person: nothing of it belongs into a log."""


@dataclass
class Browser:
    """One browser, and the platform that it stands before."""

    platform: Platform
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))
    asked: dict[str, str] = field(default_factory=dict)

    def begins(self, **changes: str) -> HttpResponse:
        words = {"iss": ISSUER, "login_hint": "7", "target_link_uri": TARGET, "client_id": CLIENT, **changes}
        found = self.client.post(reverse("lti:login"), {name: one for name, one in words.items() if one})
        if found.status_code == 302:
            self.asked = {name: one[0] for name, one in parse_qs(urlsplit(found["Location"]).query).items()}
        return found

    def claims(self, **changes: Any) -> dict[str, Any]:
        known = {"nonce": self.asked["nonce"], names.TARGET: TARGET}
        return launch_claims(**{**known, **changes})

    def comes_back(self, token: str | None = None, **changes: Any) -> HttpResponse:
        posted = {"id_token": token or self.platform.keys[0].sign(self.claims(**changes))}
        return self.posts({"state": self.asked["state"], **posted})

    def posts(self, words: Mapping[str, str]) -> HttpResponse:
        return self.client.post(reverse("lti:launch"), words)

    def is_signed_in(self) -> bool:
        return "_auth_user_id" in self.client.session


@pytest.fixture
def platform(key: PlatformKey) -> Iterator[Platform]:
    made = Platform(key)
    yield made
    made.close()


@pytest.fixture
def registration(northfield: Institution, platform: Platform) -> Registration:
    made = Registration.objects.create(
        institution=northfield,
        name="Moodle",
        issuer=ISSUER,
        client_id=CLIENT,
        login_url=f"{platform.origin}/auth",
        token_url=f"{platform.origin}/token",
        keys_url=f"{platform.origin}/keys",
    )
    Deployment.objects.create(
        institution=northfield, registration=made, deployment_id="1", state=DeploymentState.ACCEPTED
    )
    return made


@pytest.fixture
def browser(registration: Registration, platform: Platform) -> Browser:
    return Browser(platform)


def refused_with(found: HttpResponse, browser: Browser, code: Code, caplog: pytest.LogCaptureFixture) -> None:
    page = found.content.decode()
    assert 400 <= found.status_code < 500
    assert code in page
    assert str(words_of(code).title) in page
    assert not browser.is_signed_in()
    assert not User.objects.exists()
    said = "\n".join(record.getMessage() for record in caplog.records)
    assert code in said
    assert not any(secret in said or secret in page for secret in SECRETS)


@pytest.fixture
def heard(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO)
    return caplog


# --- what is let in -------------------------------------------------------------------------------------

ACCEPTED: dict[str, dict[str, Any]] = {
    "instructor": {},
    "student": {names.ROLES: [LEARNER]},
    "several roles": {names.ROLES: [LEARNER, "http://purl.imsglobal.org/vocab/lis/v2/membership#Mentor"]},
    "short role": {names.ROLES: ["Learner"]},
    "unknown role beside a known one": {names.ROLES: ["urn:somebody:else", LEARNER]},
    "no roles": {names.ROLES: []},
    "email only": {"name": None},
    "names only": {"name": None, "email": None, "given_name": "Sam", "family_name": "Okafor"},
    "nothing personal": {"name": None, "email": None},
    "no context": {names.CONTEXT: None},
    "audience in a list": {"aud": [CLIENT]},
    "two audiences and a party": {"aud": [CLIENT, "another"], "azp": CLIENT},
    "just expired": {"exp": lambda now: now - 30},
    "a clock that is ahead": {"iat": lambda now: now + 30},
    "a name of another script": {"name": "\u0645\u062d\u0645\u062f \u738b \U0001f600"},
    "a name far too long": {"name": "x" * 3000},
    "an address that is none": {"email": "not an address"},
    "an administrator of the platform": {
        names.ROLES: ["http://purl.imsglobal.org/vocab/lis/v2/institution/person#Administrator"]
    },
    "custom parameters of others": {names.CUSTOM: {"assignment": "not-one", "points": "many", "x": 5}},
    "an empty list where PHP means an object": {names.CUSTOM: [], names.PRESENTATION: []},
}


@pytest.mark.parametrize("kind", ACCEPTED)
def test_what_is_in_order_lets_in(browser: Browser, kind: str) -> None:
    browser.begins()
    found = browser.comes_back(**ACCEPTED[kind])
    assert found.status_code == 302, found.content.decode()
    assert browser.is_signed_in()
    assert browser.client.get(found["Location"], follow=True).status_code == 200
    person = User.objects.get()
    assert person.email.endswith("@nobody.invalid")
    assert person.name


# --- what is not ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", range(len(REFUSED)))
def test_a_claim_that_is_not_in_order(browser: Browser, number: int, heard: pytest.LogCaptureFixture) -> None:
    changes, code = REFUSED[number]
    browser.begins()
    refused_with(browser.comes_back(**changes), browser, code, heard)


Token = Callable[[dict[str, Any], PlatformKey, PlatformKey], str]


def unsigned(claims: dict[str, Any], algorithm: str | None) -> str:
    head = {"typ": "JWT", "kid": "one"} | ({"alg": algorithm} if algorithm else {})
    return f"{part(head)}.{part(claims)}."


def with_the_public_key_as_secret(claims: dict[str, Any], key: PlatformKey) -> str:
    import hashlib
    import hmac

    from cryptography.hazmat.primitives import serialization

    pem = key.private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    signed = f"{part({'alg': 'HS256', 'kid': 'one'})}.{part(claims)}"
    return f"{signed}.{part(hmac.new(pem, signed.encode(), hashlib.sha256).digest())}"


def tampered(claims: dict[str, Any], key: PlatformKey) -> str:
    head, _, signature = key.sign(claims).split(".")
    return f"{head}.{part({**claims, 'sub': 'somebody-else'})}.{signature}"


TOKENS: dict[str, tuple[Token, Code]] = {
    "alg none": (lambda claims, key, other: unsigned(claims, "none"), Code.WRONG_ALGORITHM),
    "alg NONE": (lambda claims, key, other: unsigned(claims, "NONE"), Code.WRONG_ALGORITHM),
    "no alg": (lambda claims, key, other: unsigned(claims, None), Code.WRONG_ALGORITHM),
    "HS256 with the public key": (
        lambda claims, key, other: with_the_public_key_as_secret(claims, key),
        Code.WRONG_ALGORITHM,
    ),
    "no kid": (lambda claims, key, other: jwt.encode(claims, key.private, "RS256"), Code.NO_KEY_ID),
    "unknown kid": (lambda claims, key, other: key.sign(claims, kid="two"), Code.UNKNOWN_KEY),
    "kid of another type": (
        lambda claims, key, other: f"{part({'alg': 'RS256', 'kid': 7})}.{part(claims)}.{part(b'x')}",
        Code.MALFORMED,
    ),
    "other key, same kid": (lambda claims, key, other: other.sign(claims), Code.WRONG_SIGNATURE),
    "tampered": (lambda claims, key, other: tampered(claims, key), Code.WRONG_SIGNATURE),
    "no signature": (
        lambda claims, key, other: key.sign(claims).rpartition(".")[0] + ".",
        Code.WRONG_SIGNATURE,
    ),
    "one part": (lambda claims, key, other: "token", Code.MALFORMED),
    "two parts": (lambda claims, key, other: "a.b", Code.MALFORMED),
    "five parts": (lambda claims, key, other: "a.b.c.d.e", Code.MALFORMED),
    "no JSON": (lambda claims, key, other: f"{part(b'not json')}.{part(claims)}.", Code.MALFORMED),
    "not Latin": (lambda claims, key, other: "\u00e9.\u00e9.\u00e9", Code.MALFORMED),
    "too large": (lambda claims, key, other: key.sign({**claims, "x": "x" * MOST_BYTES}), Code.TOO_LARGE),
}


@pytest.mark.parametrize("kind", TOKENS)
def test_a_token_that_the_platform_did_not_sign(
    browser: Browser, other_key: PlatformKey, kind: str, heard: pytest.LogCaptureFixture
) -> None:
    make, code = TOKENS[kind]
    browser.begins()
    token = make(browser.claims(), browser.platform.keys[0], other_key)
    refused_with(browser.comes_back(token), browser, code, heard)


LOGINS: dict[str, tuple[dict[str, str], Code]] = {
    "no issuer": ({"iss": ""}, Code.LOGIN_NO_ISSUER),
    "no login hint": ({"login_hint": ""}, Code.LOGIN_NO_HINT),
    "no target": ({"target_link_uri": ""}, Code.LOGIN_NO_TARGET),
    "a target elsewhere": ({"target_link_uri": "https://evil.example/lti/launch/"}, Code.TARGET_NOT_OURS),
    "a target that is no address": ({"target_link_uri": "http://["}, Code.TARGET_NOT_OURS),
    "another page of ours": ({"target_link_uri": f"{HERE}/privacy/"}, Code.TARGET_NOT_OURS),
    "an unknown platform": ({"iss": "https://evil.example"}, Code.LOGIN_UNKNOWN_PLATFORM),
    "an unknown client": ({"client_id": "another"}, Code.LOGIN_UNKNOWN_PLATFORM),
}


@pytest.mark.parametrize("kind", LOGINS)
def test_a_login_that_cannot_be_answered(
    browser: Browser, kind: str, heard: pytest.LogCaptureFixture
) -> None:
    changes, code = LOGINS[kind]
    refused_with(browser.begins(**changes), browser, code, heard)


def test_a_null_byte_is_refused_and_breaks_nothing(browser: Browser) -> None:
    for words in (
        {"iss": "\x00"},
        {"client_id": "a\x00"},
        {"lti_deployment_id": "\x00"},
        {"login_hint": "\x00"},
    ):
        assert 400 <= browser.begins(**words).status_code < 500
    browser.begins()
    assert 400 <= browser.comes_back(sub="person\x00").status_code < 500
    assert 400 <= browser.posts({"state": "\x00", "id_token": "\x00"}).status_code < 500


def test_the_state_is_missing_forged_or_of_another_login(
    browser: Browser, heard: pytest.LogCaptureFixture
) -> None:
    browser.begins()
    token = browser.platform.keys[0].sign(browser.claims())
    refused_with(browser.posts({"id_token": token}), browser, Code.STATE_MISSING, heard)
    refused_with(browser.posts({"id_token": token, "state": "forged"}), browser, Code.STATE_UNKNOWN, heard)
    browser.begins()
    refused_with(browser.comes_back(token), browser, Code.WRONG_NONCE, heard)


def test_another_browser_does_not_get_in_with_somebodys_state(
    browser: Browser, heard: pytest.LogCaptureFixture
) -> None:
    browser.begins()
    stranger = Browser(browser.platform, asked=browser.asked)
    refused_with(stranger.comes_back(), stranger, Code.OTHER_BROWSER, heard)
    stranger.begins()
    stranger.asked = browser.asked
    refused_with(stranger.comes_back(), stranger, Code.OTHER_BROWSER, heard)
    assert browser.comes_back().status_code == 302


def test_a_secret_in_the_form_counts_only_from_our_own_page(
    browser: Browser, heard: pytest.LogCaptureFixture
) -> None:
    """Somebody could begin a launch of their own and have another's browser post it: that one practises as them."""
    browser.begins(lti_storage_target="_parent")
    token = browser.platform.keys[0].sign(browser.claims())
    (cookie,) = (one for name, one in browser.client.cookies.items() if name.startswith("greenroom_lti_"))
    words = {"state": browser.asked["state"], "id_token": token, "browser": cookie.value}
    victim = Browser(browser.platform)
    for origin in ("https://evil.example", "null"):
        found = victim.client.post(reverse("lti:launch"), words, headers={"Origin": origin})
        refused_with(found, victim, Code.OTHER_BROWSER, heard)
    found = victim.client.post(reverse("lti:launch"), words, headers={"Origin": HERE})
    assert found.status_code == 200
    assert not victim.is_signed_in()


def test_a_message_lets_in_once(browser: Browser) -> None:
    browser.begins()
    token = browser.platform.keys[0].sign(browser.claims())
    state = browser.asked["state"]
    assert browser.comes_back(token).status_code == 302
    browser.client.post(reverse("accounts:sign_out"))
    again = browser.posts({"state": state, "id_token": token})
    assert again.status_code == 400
    assert not browser.is_signed_in()
    assert User.objects.count() == 1


def test_the_platforms_own_error_and_no_message_at_all(
    browser: Browser, heard: pytest.LogCaptureFixture
) -> None:
    browser.begins()
    state = browser.asked["state"]
    said = {"error": "access_denied<script>", "error_description": "Not for you", "state": state}
    found = browser.posts(said)
    refused_with(found, browser, Code.PLATFORM_ERROR, heard)
    assert b"<script>" not in found.content.replace(b"<script ", b"")
    refused_with(browser.posts({"state": state}), browser, Code.NO_MESSAGE, heard)


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (RegistrationState.DISABLED, Code.REGISTRATION_DISABLED),
        (RegistrationState.PENDING, Code.REGISTRATION_PENDING),
    ],
)
def test_a_registration_that_may_not_launch(
    browser: Browser,
    registration: Registration,
    state: RegistrationState,
    code: Code,
    heard: pytest.LogCaptureFixture,
) -> None:
    """At the beginning, and in the middle of a launch."""
    browser.begins()
    Registration.objects.filter(pk=registration.pk).update(state=state)
    refused_with(browser.comes_back(), browser, code, heard)
    refused_with(browser.begins(), browser, code, heard)


def test_a_deployment_that_nobody_accepted(
    browser: Browser, registration: Registration, heard: pytest.LogCaptureFixture
) -> None:
    browser.begins()
    new: dict[str, Any] = {names.DEPLOYMENT: "2"}
    refused_with(browser.comes_back(**new), browser, Code.DEPLOYMENT_NEW, heard)
    Deployment.objects.filter(deployment_id="2").update(state=DeploymentState.REFUSED)
    browser.begins()
    refused_with(browser.comes_back(**new), browser, Code.DEPLOYMENT_REFUSED, heard)


def test_a_platform_without_keys(
    browser: Browser, platform: Platform, monkeypatch: pytest.MonkeyPatch, heard: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("lti.http.PAUSE_S", 0.0)
    platform.replies["/keys"] = lambda: (500, {})
    browser.begins()
    refused_with(browser.comes_back(), browser, Code.KEYS_UNREACHABLE, heard)


BODIES: dict[str, dict[str, Any]] = {
    "JSON": {"data": '{"state": "x"}', "content_type": "application/json"},
    "no form": {"data": b"\xff\xfe\x00", "content_type": "application/octet-stream"},
    "bytes that are no text": {
        "data": b"state=%ff%fe&id_token=%00",
        "content_type": "application/x-www-form-urlencoded",
    },
    "a broken form in parts": {"data": b"--x\r\nrubbish", "content_type": "multipart/form-data; boundary=x"},
    "parts without a boundary": {"data": b"rubbish", "content_type": "multipart/form-data"},
    "an unknown alphabet": {
        "data": b"state=x",
        "content_type": "application/x-www-form-urlencoded; charset=klingon",
    },
    "thousands of fields": {
        "data": "&".join(f"f{n}=1" for n in range(3000)),
        "content_type": "application/x-www-form-urlencoded",
    },
    "six megabytes": {
        "data": b"id_token=" + b"x" * (6 << 20),
        "content_type": "application/x-www-form-urlencoded",
    },
    "one field several times": {
        "data": "state=a&state=b&id_token=c&id_token=d",
        "content_type": "application/x-www-form-urlencoded",
    },
    "nothing": {"data": "", "content_type": ""},
}


@pytest.mark.parametrize("kind", BODIES)
@pytest.mark.parametrize("where", ["login", "launch"])
def test_a_body_that_is_no_form(browser: Browser, where: str, kind: str) -> None:
    found = browser.client.generic("POST", reverse(f"lti:{where}"), **BODIES[kind])
    assert 400 <= found.status_code < 500
    assert not browser.is_signed_in()
