"""A launch against a platform with real keys over real HTTP: begun, come back, and every way in which it must not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.fernet import InvalidToken
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Institution
from lti.errors import Code, LaunchRefused, ServiceError
from lti.keys import own
from lti.keys import platform as platform_keys
from lti.launch import login
from lti.launch.arrival import Arrived, arrive
from lti.launch.login import Begun, begin
from lti.message import claims as names
from lti.models import Deployment, DeploymentState, Login, Registration, RegistrationState, SigningKey
from tests.lti.conftest import CLIENT, ISSUER, TOOL, PlatformKey, launch_claims
from tests.lti.emulator import Platform

pytestmark = pytest.mark.django_db
LAUNCH = f"{TOOL}/lti/launch/"
NINTH: dict[str, Any] = {names.DEPLOYMENT: "9"}


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
        login_url=f"{platform.origin}/auth?mod=lti",
        token_url=f"{platform.origin}/token",
        keys_url=f"{platform.origin}/keys",
    )
    Deployment.objects.create(
        institution=northfield, registration=made, deployment_id="1", state=DeploymentState.ACCEPTED
    )
    return made


def asked(**changes: str) -> dict[str, str]:
    found = {"iss": ISSUER, "login_hint": "7", "target_link_uri": LAUNCH, "client_id": CLIENT, **changes}
    return {name: value for name, value in found.items() if value}


def is_ours(address: str) -> bool:
    return address.startswith(f"{TOOL}/")


def begun(**changes: str) -> Begun:
    words = asked(**changes)
    return begin(words, launch_url=LAUNCH, is_ours=is_ours(words.get("target_link_uri", "")))


def request_of(found: Begun) -> dict[str, str]:
    """What the platform is asked, one value each."""
    return {name: values[0] for name, values in parse_qs(urlsplit(found.url).query).items()}


def answered(
    platform: Platform, found: Begun, key: PlatformKey | None = None, **changes: Any
) -> dict[str, str]:
    claims = launch_claims(nonce=request_of(found)["nonce"], **changes)
    return {"id_token": (key or platform.keys[0]).sign(claims), "state": request_of(found)["state"]}


def arrived(posted: dict[str, str], found: Begun) -> Arrived:
    return arrive(posted, browser=found.browser, is_ours=is_ours)


def refusal(of: Any, *args: Any, **named: Any) -> Code:
    with pytest.raises(LaunchRefused) as refused:
        of(*args, **named)
    return refused.value.code


# --- the way in -----------------------------------------------------------------------------------------


def test_a_launch_arrives(registration: Registration, platform: Platform) -> None:
    found = begun(lti_message_hint="42")
    words = request_of(found)
    assert words["response_mode"] == "form_post"
    assert (words["redirect_uri"], words["lti_message_hint"], words["mod"]) == (LAUNCH, "42", "lti")
    there = arrived(answered(platform, found), found)
    assert there.registration == registration
    assert there.message.person.subject == "person-1"


def test_a_launch_costs_few_queries(
    registration: Registration, platform: Platform, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(2):
        first = begun()
    arrived(answered(platform, first), first)
    found = begun()
    with django_assert_num_queries(3):
        arrived(answered(platform, found), found)
    assert platform.asked["/keys"] == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"iss": ""}, Code.LOGIN_NO_ISSUER),
        ({"login_hint": ""}, Code.LOGIN_NO_HINT),
        ({"target_link_uri": ""}, Code.LOGIN_NO_TARGET),
        ({"target_link_uri": "https://evil.example/"}, Code.TARGET_NOT_OURS),
        ({"iss": "https://another.example"}, Code.LOGIN_UNKNOWN_PLATFORM),
        ({"client_id": "another"}, Code.LOGIN_UNKNOWN_PLATFORM),
    ],
)
def test_a_login_that_cannot_be_answered_is_refused(
    registration: Registration, changes: dict[str, str], code: Code
) -> None:
    assert refusal(begun, **changes) == code
    assert not Login.objects.exists()


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (RegistrationState.PENDING, Code.REGISTRATION_PENDING),
        (RegistrationState.DISABLED, Code.REGISTRATION_DISABLED),
    ],
)
def test_a_registration_that_is_switched_off_in_the_middle_lets_nobody_in(
    registration: Registration, platform: Platform, state: str, code: Code
) -> None:
    found = begun()
    Registration.objects.update(state=state)
    assert refusal(arrived, answered(platform, found), found) == code
    assert refusal(begun) == code


def test_two_tenants_with_one_issuer_are_told_apart(
    registration: Registration, platform: Platform, southport: Institution
) -> None:
    other = Registration.objects.create(
        institution=southport, name="Canvas", issuer=ISSUER, client_id="client-2",
        login_url=f"{platform.origin}/other", token_url="x", keys_url=f"{platform.origin}/keys",
    )  # fmt: skip
    Deployment.objects.create(
        institution=southport, registration=other, deployment_id="2", state=DeploymentState.ACCEPTED
    )
    assert "/other" in begun(client_id="client-2").url
    assert "/auth" in begun(client_id=CLIENT).url
    assert refusal(begun, client_id="") == Code.LOGIN_SEVERAL_PLATFORMS
    assert "/other" in begun(client_id="", lti_deployment_id="2").url


# --- state and nonce ------------------------------------------------------------------------------------


def test_a_message_comes_once(registration: Registration, platform: Platform) -> None:
    found = begun()
    posted = answered(platform, found)
    arrived(posted, found)
    assert refusal(arrived, posted, found) == Code.STATE_USED


def test_a_login_lets_in_once_however_fast_its_message_comes_twice(
    registration: Registration, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both passed the look at the login; only the first one's writing counts."""
    found = begun()
    row = Login.objects.get()
    login.use_up(row)
    assert refusal(login.use_up, row) == Code.STATE_USED
    assert refusal(arrived, answered(platform, found), found) == Code.STATE_USED


def test_state_that_is_not_this_logins_is_refused(registration: Registration, platform: Platform) -> None:
    one, other = begun(), begun()
    posted = answered(platform, one)
    assert refusal(arrived, {**posted, "state": ""}, one) == Code.STATE_MISSING
    assert refusal(arrived, {**posted, "state": "forged"}, one) == Code.STATE_UNKNOWN
    assert refusal(arrived, {**posted, "state": other.state}, one) == Code.OTHER_BROWSER
    # The browser began both; the nonce still says that the message answers the other login.
    assert refusal(arrived, {**posted, "state": other.state}, other) == Code.WRONG_NONCE


def test_another_browser_is_refused_and_spoils_nothing(
    registration: Registration, platform: Platform
) -> None:
    found = begun()
    posted = answered(platform, found)
    for browser in ("", "another"):
        assert refusal(arrive, posted, browser=browser, is_ours=is_ours) == Code.OTHER_BROWSER
    assert arrived(posted, found)


def test_rubbish_with_somebodys_state_spoils_nothing(registration: Registration, platform: Platform) -> None:
    found = begun()
    assert refusal(arrived, {"id_token": "a.b.c", "state": found.state}, found) == Code.MALFORMED
    assert refusal(arrived, {"state": found.state}, found) == Code.NO_MESSAGE
    assert arrived(answered(platform, found), found)


def test_an_old_login_is_refused(registration: Registration, platform: Platform) -> None:
    found = begun()
    Login.objects.update(created_at=timezone.now() - login.LIFETIME - timedelta(seconds=1))
    assert refusal(arrived, answered(platform, found), found) == Code.STATE_EXPIRED


def test_the_platforms_own_error_is_told(registration: Registration) -> None:
    found = begun()
    posted = {"error": "login_required", "state": found.state}
    assert refusal(arrived, posted, found) == Code.PLATFORM_ERROR


def test_the_table_alone_lets_nobody_in(registration: Registration) -> None:
    found = begun()
    kept = str(Login.objects.values().get())
    assert found.state not in kept
    assert found.browser not in kept


def test_the_nonce_does_not_follow_from_the_state_alone(settings: Any) -> None:
    mine = login.nonce_of("state")
    settings.SECRET_KEY = "another"
    assert login.nonce_of("state") != mine


# --- deployments ----------------------------------------------------------------------------------------


def test_a_deployment_that_nobody_has_seen_asks_first(registration: Registration, platform: Platform) -> None:
    for code in (Code.DEPLOYMENT_NEW, Code.DEPLOYMENT_NEW):
        found = begun()
        assert refusal(arrived, answered(platform, found, **NINTH), found) == code
    new = Deployment.objects.get(deployment_id="9")
    assert (new.state, new.institution) == (DeploymentState.NEW, registration.institution)
    Deployment.objects.filter(pk=new.pk).update(state=DeploymentState.REFUSED)
    found = begun()
    posted = answered(platform, found, **NINTH)
    assert refusal(arrived, posted, found) == Code.DEPLOYMENT_REFUSED


# --- the platform's keys --------------------------------------------------------------------------------


def past_the_floor() -> None:
    Registration.objects.update(keys_tried_at=timezone.now() - platform_keys.FLOOR)


def test_a_rotated_key_is_fetched(registration: Registration, platform: Platform) -> None:
    first = begun()
    arrived(answered(platform, first), first)
    platform.keys = [PlatformKey("two")]
    past_the_floor()
    found = begun()
    assert arrived(answered(platform, found), found)
    assert platform.asked["/keys"] == 2


def test_invented_keys_do_not_make_us_ask_again_and_again(
    registration: Registration, platform: Platform
) -> None:
    for number in range(4):
        found = begun()
        posted = answered(platform, found, key=PlatformKey(f"invented-{number}"))
        assert refusal(arrived, posted, found) == Code.UNKNOWN_KEY
    assert platform.asked["/keys"] == 1


def test_known_keys_count_while_the_platform_is_away(registration: Registration, platform: Platform) -> None:
    first = begun()
    arrived(answered(platform, first), first)
    platform.replies["/keys"] = lambda: (404, {})
    Registration.objects.update(keys_fetched_at=timezone.now() - 2 * platform_keys.AGE)
    past_the_floor()
    found = begun()
    assert arrived(answered(platform, found), found)
    registration.refresh_from_db()
    assert "404" in registration.last_error


@pytest.mark.parametrize(
    "reply",
    [
        (404, {}), (200, b"<html>"), (200, {"keys": []}), (200, {"keys": 5}), (200, []), (302, {}),
        (200, {"keys": [{"kty": "oct", "kid": "one"}]}), (200, b"[" * 4000),
    ],
    ids=str,
)  # fmt: skip
def test_without_any_key_the_launch_says_so(
    registration: Registration, platform: Platform, reply: tuple[int, Any]
) -> None:
    platform.replies["/keys"] = lambda: reply
    found = begun()
    assert refusal(arrived, answered(platform, found), found) == Code.KEYS_UNREACHABLE
    registration.refresh_from_db()
    assert registration.last_error


def test_a_platform_that_is_busy_is_asked_again(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lti.http.PAUSE_S", 0)
    replies = iter([(503, {}), (429, {}), platform.replies["/keys"]()])
    platform.replies["/keys"] = lambda: next(replies)
    assert set(platform_keys.fetch_keys(f"{platform.origin}/keys")) == {"one"}


def test_an_address_without_anybody_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lti.http.PAUSE_S", 0)
    for address in ("http://127.0.0.1:9/keys", "ftp://platform.example/", "http://[", "file:///etc/passwd"):
        with pytest.raises(ServiceError):
            platform_keys.fetch_keys(address)


# --- our own --------------------------------------------------------------------------------------------


def test_our_key_is_made_once_and_stays_when_replaced() -> None:
    (first,) = own.public_keys()
    assert own.public_keys() == [first]
    token = own.sign({"iss": "us"})
    second = own.rotate()
    published = {key["kid"]: key for key in own.public_keys()}
    assert set(published) == {first["kid"], second.kid}
    assert all("d" not in key for key in published.values())
    from lti.message.token import claims_of

    assert claims_of(token, published.get) == {"iss": "us"}
    assert claims_of(own.sign({"iss": "us"}), {second.kid: second.public}.get) == {"iss": "us"}


def test_a_replaced_key_goes_in_the_end() -> None:
    first = own.signing_key()
    own.rotate()
    SigningKey.objects.filter(pk=first.pk).update(retire_at=timezone.now() - timedelta(seconds=1))
    assert first.kid not in {key["kid"] for key in own.public_keys()}
    own.rotate()
    assert not SigningKey.objects.filter(pk=first.pk).exists()


def test_a_copy_of_the_database_signs_nothing(settings: Any) -> None:
    key = own.signing_key()
    assert b"PRIVATE" not in bytes(key.private)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "the next secret"
    assert own.sign({"iss": "us"})
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(InvalidToken):
        own.sign({"iss": "us"})
