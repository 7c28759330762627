"""LTI Dynamic Registration against a platform over real HTTP: what is agreed, and every way in which it gets stuck."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, Institution, User
from lti.models import Deployment, DeploymentState, Product, Registration, RegistrationLink
from lti.registering import dynamic, links, words
from lti.registering.ours import SCOPES
from tests.lti.registering.platform import ABOUT, TOKEN, TOOL, RegisteringPlatform

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(northfield: Institution, ada: User) -> links.Made:
    return links.make(institution=northfield, product=Product.MOODLE, name="Our Moodle", by=ada)


def opened(made: links.Made, platform: RegisteringPlatform, **changes: str) -> HttpResponse:
    """As a platform's frame opens the link."""
    asked = {"openid_configuration": platform.configuration_url, "registration_token": TOKEN, **changes}
    address = reverse("lti:register", args=[made.token])
    found: Any = Client().get(address, {name: value for name, value in asked.items() if value})
    return found


def code(response: HttpResponse) -> str:
    found: Any = response
    return str(found.context["code"])


def test_two_agree(made: links.Made, platform: RegisteringPlatform, ada: User) -> None:
    response = opened(made, platform)
    assert response.status_code == 200
    assert "Activate" in response.content.decode()
    registration = Registration.objects.get()
    assert registration.name == "Our Moodle"
    assert (registration.issuer, registration.client_id) == (platform.origin, "client-9")
    assert registration.token_url == f"{platform.origin}/mod/lti/token.php"
    assert (registration.product, registration.state) == ("moodle", "active")
    assert registration.frame_origins == [platform.origin]
    assert registration.created_by == ada
    deployment = registration.deployments.get()
    assert (deployment.deployment_id, deployment.state) == ("3", DeploymentState.ACCEPTED)
    made.link.refresh_from_db()
    assert made.link.used_at is not None
    assert made.link.registration == registration
    assert AuditEntry.objects.filter(verb="register_platform", actor=ada).count() == 1


def test_what_we_say_of_ourselves(made: links.Made, platform: RegisteringPlatform) -> None:
    opened(made, platform)
    asked = platform.asked_at("/mod/lti/openid-registration.php")
    assert [one.authorization for one in asked] == [f"Bearer {TOKEN}"]
    said = asked[0].json
    assert said["initiate_login_uri"] == "http://testserver/lti/login/"
    assert said["redirect_uris"] == ["http://testserver/lti/launch/"]
    assert said["jwks_uri"] == "http://testserver/lti/jwks.json"
    assert said["response_types"] == ["id_token"]
    assert sorted(said["grant_types"]) == ["client_credentials", "implicit"]
    assert said["token_endpoint_auth_method"] == "private_key_jwt"
    assert said["scope"].split() == list(SCOPES)
    tool = said[TOOL]
    assert tool["domain"] == "testserver"
    assert {"iss", "sub", "name", "email", "locale"} <= set(tool["claims"])
    assert [message["type"] for message in tool["messages"]] == ["LtiDeepLinkingRequest"]


def test_canvas_is_told_where_to_show_us(made: links.Made, platform: RegisteringPlatform) -> None:
    platform.family = "canvas"
    response = opened(made, platform)
    assert "enable" in response.content.decode()
    tool = platform.asked_at("/mod/lti/openid-registration.php")[0].json[TOOL]
    placements = {place for message in tool["messages"] for place in message["placements"]}
    assert placements == {"course_navigation", "assignment_selection", "link_selection"}
    assert Registration.objects.get().product == Product.CANVAS


def test_only_the_platform_may_show_the_page(made: links.Made, platform: RegisteringPlatform) -> None:
    response = opened(made, platform)
    policy = response.headers["Content-Security-Policy"]
    assert f"frame-ancestors {platform.origin};" in f"{policy};"
    assert "X-Frame-Options" not in response.headers
    refused = opened(made, platform)
    assert f"frame-ancestors {platform.origin};" in f"{refused.headers['Content-Security-Policy']};"
    elsewhere = Client().get(reverse("lti:register", args=[made.token]))
    assert "frame-ancestors 'none'" in elsewhere.headers["Content-Security-Policy"]


def test_the_audience_that_a_platform_names(made: links.Made, platform: RegisteringPlatform) -> None:
    platform.extra = {"authorization_server": "https://as.school.example"}
    opened(made, platform)
    assert Registration.objects.get().token_audience == "https://as.school.example"


def test_no_deployment_is_told(made: links.Made, platform: RegisteringPlatform) -> None:
    platform.deployment_id = None
    assert opened(made, platform).status_code == 200
    assert not Deployment.objects.exists()


def test_identifiers_that_are_numbers(made: links.Made, platform: RegisteringPlatform) -> None:
    platform.instead["/mod/lti/openid-registration.php"] = (
        200, {"client_id": 10000000000001, TOOL: {"deployment_id": 7}},
    )  # fmt: skip
    assert opened(made, platform).status_code == 200
    assert Registration.objects.get().client_id == "10000000000001"
    assert Deployment.objects.get().deployment_id == "7"


def test_a_second_time_from_one_platform_changes_what_is_there(
    made: links.Made, platform: RegisteringPlatform, northfield: Institution, ada: User
) -> None:
    opened(made, platform)
    Registration.objects.update(name="Named here", frame_origins=[platform.origin, "https://more.example"])
    platform.extra = {"jwks_uri": f"{platform.origin}/new-keys"}
    platform.deployment_id = "4"
    again = links.make(institution=northfield, product=Product.MOODLE, name="Again", by=ada)
    assert opened(again, platform).status_code == 200
    registration = Registration.objects.get()
    assert (registration.name, registration.keys_url) == ("Named here", f"{platform.origin}/new-keys")
    assert registration.frame_origins == [platform.origin, "https://more.example"]
    assert set(registration.deployments.values_list("deployment_id", flat=True)) == {"3", "4"}


def test_another_institutions_platform_stays_theirs(
    made: links.Made, platform: RegisteringPlatform, southport: Institution
) -> None:
    opened(made, platform)
    theirs = Registration.objects.get()
    Registration.objects.update(institution=southport)
    RegistrationLink.objects.update(used_at=None)
    response = opened(made, platform)
    assert response.status_code == 409
    assert "Southport" not in response.content.decode()
    theirs.refresh_from_db()
    assert theirs.institution == southport
    assert usable(made)


# --- where it gets stuck ------------------------------------------------------------------------------


def usable(made: links.Made) -> bool:
    return RegistrationLink.objects.filter(pk=made.link.pk, used_at=None).exists()


CONFIGURATION, REGISTRATION = "/mod/lti/openid-configuration.php", "/mod/lti/openid-registration.php"
ANSWERS: dict[str, tuple[str, int, Any]] = {
    "configuration_silent": (CONFIGURATION, 404, b"<p>no</p>"),
    "configuration_denied": (CONFIGURATION, 401, {"error": "invalid_token"}),
    "configuration_unreadable": (CONFIGURATION, 200, b"<html></html>"),
    "registration_denied": (REGISTRATION, 400, {"error": "invalid_redirect_uris"}),
    "registration_silent": (REGISTRATION, 500, b"oops"),
    "answer_unreadable": (REGISTRATION, 200, b"<html></html>"),
    "no_client_id": (REGISTRATION, 200, {"client_id": ""}),
}


@pytest.mark.parametrize("trouble", ANSWERS)
def test_what_the_platform_may_answer(made: links.Made, platform: RegisteringPlatform, trouble: str) -> None:
    path, status, data = ANSWERS[trouble]
    platform.instead[path] = (status, data)
    response = opened(made, platform)
    assert (response.status_code, code(response)) == (400, trouble)
    assert usable(made)
    assert not Registration.objects.exists()


SAID: dict[str, tuple[dict[str, Any], str]] = {
    "no issuer": ({"issuer": None}, "configuration_incomplete"),
    "an issuer that is a list": ({"issuer": ["x"]}, "configuration_incomplete"),
    "an issuer that is no address": ({"issuer": "moodle"}, "configuration_incomplete"),
    "an issuer with a query": ({"issuer": "http://127.0.0.1/?a=1"}, "configuration_incomplete"),
    "the issuer of somebody else": ({"issuer": "https://moodle.other.example"}, "other_issuer"),
    "no registration": ({"registration_endpoint": None}, "configuration_incomplete"),
    "keys that are no address": ({"jwks_uri": "javascript:alert(1)"}, "configuration_incomplete"),
    "a login without end": (
        {"authorization_endpoint": "https://a.example/" + "a" * 3000}, "configuration_incomplete",
    ),
    "another algorithm": ({"id_token_signing_alg_values_supported": ["HS256"]}, "no_rs256"),
    "algorithms that are a word": ({"id_token_signing_alg_values_supported": "RS256"}, "no_rs256"),
}  # fmt: skip


@pytest.mark.parametrize("case", SAID)
def test_what_a_configuration_may_say(made: links.Made, platform: RegisteringPlatform, case: str) -> None:
    platform.extra, trouble = SAID[case]
    response = opened(made, platform)
    assert (response.status_code, code(response)) == (400, trouble)
    assert usable(made)
    assert not platform.asked_at(REGISTRATION)


@pytest.mark.parametrize(
    "about", [None, "moodle", {"product_family_code": 7}], ids=["none", "word", "number"]
)
def test_a_platform_that_says_little_of_itself(
    made: links.Made, platform: RegisteringPlatform, about: Any
) -> None:
    platform.extra = {ABOUT: about}
    assert opened(made, platform).status_code == 200
    assert Registration.objects.get().product == Product.OTHER


@pytest.mark.parametrize(
    ("changes", "trouble"),
    [
        ({"openid_configuration": ""}, "no_configuration_address"),
        ({"openid_configuration": "file:///etc/passwd"}, "unsafe_address"),
        ({"openid_configuration": "http://127.0.0.1:1/"}, "configuration_silent"),
        ({"registration_token": ""}, "registration_denied"),
        ({"registration_token": "wrong"}, "registration_denied"),
        ({"registration_token": "a\r\nX: y"}, "registration_denied"),
    ],
    ids=["no-address", "file", "nobody-there", "no-token", "wrong-token", "token-with-lines"],
)
def test_what_the_browser_may_bring(
    made: links.Made, platform: RegisteringPlatform, changes: dict[str, str], trouble: str
) -> None:
    response = opened(made, platform, **changes)
    assert (response.status_code, code(response)) == (400, trouble)
    assert usable(made)


def test_http_is_not_enough_outside(made: links.Made, platform: RegisteringPlatform, settings: Any) -> None:
    settings.DEVELOPMENT = False
    response = opened(made, platform, openid_configuration="http://moodle.school.example/conf")
    assert code(response) == "unsafe_address"
    assert opened(made, platform).status_code == 200


def test_a_link_is_used_once(made: links.Made, platform: RegisteringPlatform) -> None:
    opened(made, platform)
    response = opened(made, platform)
    assert (response.status_code, code(response)) == (410, "LinkUsed")
    assert len(platform.asked_at(REGISTRATION)) == 1


def test_a_link_that_another_was_quicker_to_use(made: links.Made, platform: RegisteringPlatform) -> None:
    """Two open it at once: who comes second is refused although the link was good when they began."""
    RegistrationLink.objects.update(used_at=timezone.now())
    with pytest.raises(links.LinkRefused):
        dynamic.register(
            made.link,
            {"openid_configuration": platform.configuration_url, "registration_token": TOKEN},
            dynamic.ours.Ours("http://testserver"),
        )
    assert not Registration.objects.exists()


def test_links_that_cannot_be_used(made: links.Made, platform: RegisteringPlatform, ada: User) -> None:
    RegistrationLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    response = opened(made, platform)
    assert (response.status_code, code(response)) == (410, "LinkExpired")
    links.revoke(link=made.link, by=ada)
    response = opened(made, platform)
    assert (response.status_code, code(response)) == (404, "LinkUnknown")
    assert platform.asked == []


def test_every_trouble_has_words() -> None:
    assert set(words.TROUBLES) == set(dynamic.Trouble)
    said = [str(found.what) for found in words.TROUBLES.values()]
    assert len(set(said)) == len(said)


def test_no_method_but_get(made: links.Made, platform: RegisteringPlatform) -> None:
    address = reverse("lti:register", args=[made.token])
    asked = {"openid_configuration": platform.configuration_url, "registration_token": TOKEN}
    assert Client().head(address, asked).status_code == 405
    assert Client().post(address, asked).status_code == 405
    assert usable(made)


# --- making and withdrawing ------------------------------------------------------------------------------


def test_ada_makes_a_link_that_is_shown_once(ada: User, sign_in: Callable[..., Client]) -> None:
    client = sign_in(ada)
    response = client.post(reverse("lti:registration_link"), {"name": "Moodle", "product": "moodle"})
    token = response.context["register_url"].split("/")[-2]
    link = RegistrationLink.objects.get()
    assert token.encode() in response.content
    assert token not in str(vars(link))
    assert links.usable(token) == link
    assert "no-store" in response.headers["Cache-Control"]
    assert token.encode() not in client.get(reverse("lti:registrations")).content
    assert (link.expires_at - timezone.now()).days in (6, 7)
    client.post(reverse("lti:revoke_registration_link", args=[link.pk]))
    assert not RegistrationLink.objects.exists()
    assert set(AuditEntry.objects.values_list("verb", flat=True)) == {
        "make_registration_link",
        "revoke_registration_link",
    }


def test_a_link_without_a_name_is_not_made(ada: User, sign_in: Callable[..., Client]) -> None:
    response = sign_in(ada).post(reverse("lti:registration_link"), {"name": " ", "product": "blackboard"})
    assert set(response.context["form"].errors) == {"name", "product"}
    assert not RegistrationLink.objects.exists()
