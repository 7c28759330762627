"""The administrator's pages: the list and its health, a platform by hand, one platform, and what the platform says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import AuditEntry, Institution, User
from lti.models import (
    Course,
    Deployment,
    DeploymentState,
    Identity,
    Product,
    Registration,
    RegistrationState,
)
from lti.registering import links, queries
from lti.registering.checks import check
from tests.lti.registering.platform import RegisteringPlatform

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(ada: User, sign_in: Callable[..., Client]) -> Client:
    return sign_in(ada)


@pytest.fixture
def registration(northfield: Institution, platform: RegisteringPlatform) -> Registration:
    return made(northfield, platform.origin, client_id=platform.client_id)


def made(institution: Institution, origin: str, **changes: Any) -> Registration:
    values = {
        "name": "Moodle",
        "product": Product.MOODLE,
        "issuer": origin,
        "client_id": "client-9",
        "login_url": f"{origin}/mod/lti/auth.php",
        "token_url": f"{origin}/mod/lti/token.php",
        "keys_url": f"{origin}/mod/lti/certs.php",
        "frame_origins": [origin],
    }
    return Registration.objects.create(institution=institution, **(values | changes))


def moodle(platform: RegisteringPlatform, **changes: str) -> dict[str, str]:
    return {"name": "Our Moodle", "site": f"{platform.origin}/", "client_id": "client-9", **changes}


def other(platform: RegisteringPlatform, **changes: str) -> dict[str, str]:
    origin = platform.origin
    return {
        "name": "Other",
        "issuer": origin,
        "client_id": "client-9",
        "login_url": f"{origin}/mod/lti/auth.php",
        "token_url": f"{origin}/mod/lti/token.php",
        "keys_url": f"{origin}/mod/lti/certs.php",
        **changes,
    }


def entered(client: Client, product: str, data: dict[str, str]) -> Any:
    return client.post(f"{reverse('lti:new_registration')}?product={product}", data)


def errors(response: Any) -> dict[str, str]:
    return {name: str(said[0]) for name, said in response.context["form"].errors.items()}


# --- the list -----------------------------------------------------------------------------------------


def test_the_empty_list_tells_the_three_ways(client: Client) -> None:
    text = client.get(reverse("lti:registrations")).content.decode()
    assert "No platform is connected yet" in text
    assert text.count("?product=moodle") == 2
    assert "?product=canvas" in text


def test_the_list_costs_the_same_for_many(
    client: Client,
    northfield: Institution,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(40):
        one = made(northfield, f"https://m{number}.example")
        Deployment.objects.create(institution=northfield, registration=one, deployment_id="1")
    with django_assert_max_num_queries(9):
        response = client.get(reverse("lti:registrations"))
    assert len(response.context["rows"]) == 25


MINUTE = timedelta(minutes=1)
HEALTH: list[tuple[dict[str, Any], int, str]] = [
    ({"state": RegistrationState.DISABLED}, 1, "Switched off"),
    ({"state": RegistrationState.PENDING}, 0, "Not launching yet"),
    ({}, 2, "2 new deployments"),
    ({"last_error": "unknown_key", "last_error_at": MINUTE}, 0, "Trouble"),
    ({"last_launch_at": MINUTE, "last_error": "x", "last_error_at": 2 * MINUTE}, 0, "Works"),
    ({"last_launch_at": 2 * MINUTE, "last_error": "x", "last_error_at": MINUTE}, 0, "Trouble"),
    ({}, 0, "No launch yet"),
]


@pytest.mark.parametrize(("values", "waiting", "word"), HEALTH, ids=range(len(HEALTH)))
def test_health_in_a_word(values: dict[str, Any], waiting: int, word: str) -> None:
    now = timezone.now()
    told = {name: now - value if isinstance(value, timedelta) else value for name, value in values.items()}
    assert queries.health_of(Registration(**told), waiting).word == word


def test_a_refusals_code_is_told_in_words(northfield: Institution) -> None:
    one = made(northfield, "https://m.example", last_error="unknown_key", last_error_at=timezone.now())
    said = queries.health_of(one, 0).error
    assert said
    assert said != "unknown_key"
    one.last_error = "roster: the platform answered 500"
    assert queries.health_of(one, 0).error == one.last_error


# --- by hand --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("product", ["moodle", "canvas", "other"])
def test_the_form_shows_our_addresses(client: Client, product: str) -> None:
    text = client.get(f"{reverse('lti:new_registration')}?product={product}").content.decode()
    for address in ("/lti/login/", "/lti/launch/", "/lti/jwks.json"):
        assert f'value="http://testserver{address}"' in text


def test_a_product_that_is_none(client: Client) -> None:
    assert client.get(f"{reverse('lti:new_registration')}?product=x").status_code == 404


def test_a_moodle_by_its_site_alone(client: Client, platform: RegisteringPlatform, ada: User) -> None:
    response = entered(client, "moodle", moodle(platform, deployment_ids="1\n\n2\r\n1"))
    registration = Registration.objects.get()
    assert response.headers["Location"] == reverse("lti:registration", args=[registration.pk])
    assert registration.issuer == platform.origin
    assert registration.keys_url == f"{platform.origin}/mod/lti/certs.php"
    assert (registration.state, registration.product) == ("active", "moodle")
    assert set(registration.keys) == {"one"}
    assert registration.keys_fetched_at is not None
    accepted = registration.deployments.filter(state=DeploymentState.ACCEPTED)
    assert set(accepted.values_list("deployment_id", flat=True)) == {"1", "2"}
    assert AuditEntry.objects.get().verb == "register_platform"


def test_a_platform_with_all_values(client: Client, platform: RegisteringPlatform) -> None:
    entered(client, "other", other(platform, frame_origins="https://a.example\nhttps://*.b.example"))
    registration = Registration.objects.get()
    assert registration.frame_origins == ["https://a.example", "https://*.b.example"]
    assert registration.product == Product.OTHER


def test_frames_follow_from_the_addresses(client: Client, platform: RegisteringPlatform) -> None:
    entered(client, "other", other(platform))
    assert Registration.objects.get().frame_origins == [platform.origin]


BAD: dict[str, tuple[str, str]] = {
    "an address without a scheme": ("keys_url", "moodle.school.example/keys"),
    "a script": ("login_url", "javascript:alert(1)"),
    "an issuer with a query": ("issuer", "https://moodle.example/?x"),
    "a frame that is everybody": ("frame_origins", "*"),
    "a frame that ends the policy": ("frame_origins", "https://a.example; script-src *"),
    "a client id without end": ("client_id", "a" * 256),
    "a client id with NUL": ("client_id", "a\0b"),
    "too many deployments": ("deployment_ids", "\n".join(map(str, range(51)))),
}


@pytest.mark.parametrize("case", BAD)
def test_values_that_cannot_be(client: Client, platform: RegisteringPlatform, case: str) -> None:
    name, value = BAD[case]
    assert set(errors(entered(client, "other", other(platform, **{name: value})))) == {name}
    assert platform.asked == []


CERTS, TOKEN, LOGIN = "/mod/lti/certs.php", "/mod/lti/token.php", "/mod/lti/auth.php"
CANVAS = ("/api/lti/security/jwks", "/login/oauth2/token", "/api/lti/authorize_redirect")
SAYS: dict[str, tuple[str, int, Any, str, str]] = {
    "no key set there": (CERTS, 404, b"", "keys_url", "nothing at this address (404)"),
    "a page for keys": (CERTS, 200, b"<html>", "keys_url", "a page at this address, but no key set"),
    "no keys in it": (CERTS, 200, {"keys": []}, "keys_url", "no key set with an RSA key"),
    "other keys": (CERTS, 200, {"keys": [{"kty": "EC", "kid": "1"}]}, "keys_url", "no key set with an RSA key"),
    "a list for keys": (CERTS, 200, [1], "keys_url", "no key set with an RSA key"),
    "an unknown client": (TOKEN, 400, {"error": "invalid_client"}, "client_id", "does not know this client ID"),
    "an unknown client, by status": (TOKEN, 401, b"", "client_id", "does not know this client ID"),
    "a token refused": (TOKEN, 400, {"error": "invalid_request"}, "token_url", "invalid_request"),
    "a token refused oddly": (TOKEN, 403, {"error": ["x"]}, "token_url", "403"),
    "no token service": (TOKEN, 404, b"", "token_url", "nothing at this address (404)"),
    "a page for tokens": (TOKEN, 200, b"<html>", "token_url", "gives no access token"),
    "an answer without a token": (TOKEN, 200, {"x": 1}, "token_url", "gives no access token"),
    "no page to sign in": (LOGIN, 404, b"", "login_url", "nothing at this address (404)"),
}  # fmt: skip


@pytest.mark.parametrize("case", SAYS)
def test_what_the_platform_says_stands_at_its_field(
    client: Client, platform: RegisteringPlatform, case: str
) -> None:
    path, status, data, field, words = SAYS[case]
    platform.instead[path] = (status, data)
    response = entered(client, "other", other(platform))
    assert response.status_code == 200
    assert list(errors(response)) == [field]
    assert words in errors(response)[field]
    assert "Save all the same" in response.content.decode()
    assert not Registration.objects.exists()


def test_a_platform_that_does_not_answer(client: Client, platform: RegisteringPlatform) -> None:
    response = entered(client, "other", other(platform, token_url="http://127.0.0.1:1/token"))
    assert list(errors(response)) == ["token_url"]
    assert "Nothing answers" in errors(response)["token_url"]


def test_a_host_where_nothing_answers_is_waited_for_once(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lti import http

    asked: list[str] = []
    once = http._once
    monkeypatch.setattr(http, "_once", lambda request: (asked.append(request["url"]), once(request))[1])
    response = entered(client, "moodle", {"name": "M", "site": "http://127.0.0.1:1", "client_id": "1"})
    assert set(asked) == {"http://127.0.0.1:1/mod/lti/certs.php"}
    said = response.context["form"].errors["site"]
    assert len(said) == 3
    assert all("Nothing answers" in text for text in said)


def test_a_platform_that_forbids_the_services_is_connected(
    client: Client, platform: RegisteringPlatform
) -> None:
    platform.instead[TOKEN] = (400, {"error": "invalid_scope"})
    assert entered(client, "other", other(platform)).status_code == 302


def test_our_assertion_is_signed_with_a_key_that_we_publish(
    client: Client, platform: RegisteringPlatform
) -> None:
    platform.public_keys = []
    assert list(errors(entered(client, "other", other(platform)))) == ["client_id"]


def test_at_a_moodle_the_site_is_to_blame(client: Client, platform: RegisteringPlatform) -> None:
    platform.instead[CERTS] = (404, b"")
    assert list(errors(entered(client, "moodle", moodle(platform)))) == ["site"]


def test_a_canvas_of_ones_own(client: Client, platform: RegisteringPlatform) -> None:
    data = {"name": "Canvas", "cloud": "own", "client_id": "client-9"}
    assert list(errors(entered(client, "canvas", data))) == ["own"]
    response = entered(client, "canvas", data | {"own": platform.origin})
    said = response.context["form"].errors["own"]
    assert [f"({platform.origin}{path})" in text for path, text in zip(CANVAS, said, strict=True)] == [
        True
    ] * 3
    entered(client, "canvas", data | {"own": platform.origin, "anyway": "1"})
    registration = Registration.objects.get()
    assert registration.login_url == f"{platform.origin}/api/lti/authorize_redirect"
    assert registration.state == RegistrationState.PENDING


def test_saved_all_the_same_it_waits_for_keys(client: Client, platform: RegisteringPlatform) -> None:
    platform.instead[CERTS] = (404, b"")
    entered(client, "moodle", moodle(platform, anyway="1"))
    registration = Registration.objects.get()
    assert registration.state == RegistrationState.PENDING
    assert registration.last_error
    del platform.instead[CERTS]
    response = client.post(reverse("lti:check_registration", args=[registration.pk]))
    assert "The platform publishes 1 key." in response.content.decode()
    registration.refresh_from_db()
    assert (registration.state, registration.last_error) == (RegistrationState.ACTIVE, "")


def test_saved_all_the_same_it_launches_where_only_the_token_fails(
    client: Client, platform: RegisteringPlatform
) -> None:
    platform.instead[TOKEN] = (400, {"error": "invalid_client"})
    entered(client, "moodle", moodle(platform, anyway="1"))
    assert Registration.objects.get().state == RegistrationState.ACTIVE


def test_the_same_platform_twice(
    client: Client, platform: RegisteringPlatform, registration: Registration, southport: Institution
) -> None:
    """Whether it is one's own or another institution's, the words are the same."""
    own = errors(entered(client, "moodle", moodle(platform)))
    registration.institution = southport
    registration.save()
    others = errors(entered(client, "moodle", moodle(platform, anyway="1")))
    assert own == others
    assert list(own) == ["__all__"]
    assert "Southport" not in str(others)
    assert Registration.objects.count() == 1


def test_nothing_is_asked_within_a_transaction(
    client: Client, platform: RegisteringPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every question to the platform stands outside of `atomic`: the test's own block is the only one open."""
    from django.db import connection

    from lti import http

    depths: list[int] = []
    once = http._once
    monkeypatch.setattr(
        http, "_once", lambda request: (depths.append(len(connection.atomic_blocks)), once(request))[1]
    )
    outside = len(connection.atomic_blocks)
    entered(client, "moodle", moodle(platform))
    assert depths == [outside] * 3


# --- Canvas by a link -------------------------------------------------------------------------------------


def test_canvas_reads_our_configuration_until_it_is_connected(
    client: Client, northfield: Institution, ada: User, platform: RegisteringPlatform
) -> None:
    link = links.make(institution=northfield, product=Product.CANVAS, name="Canvas", by=ada)
    address = reverse("lti:canvas_configuration", args=[link.token])
    found = Client().get(address).json()
    assert Client().get(address).json() == found
    assert found["oidc_initiation_url"] == "http://testserver/lti/login/"
    assert found["public_jwk_url"] == "http://testserver/lti/jwks.json"
    settings = found["extensions"][0]["settings"]
    assert {place["placement"]: place["message_type"] for place in settings["placements"]} == {
        "course_navigation": "LtiResourceLinkRequest",
        "assignment_selection": "LtiDeepLinkingRequest",
        "link_selection": "LtiDeepLinkingRequest",
    }
    page = f"{reverse('lti:new_registration')}?product=canvas&link={link.link.pk}"
    assert 'value="Canvas"' in client.get(page).content.decode()
    data = {"name": "Canvas", "cloud": "own", "own": platform.origin, "client_id": "client-9", "anyway": "1"}
    client.post(page, data)
    link.link.refresh_from_db()
    assert link.link.registration == Registration.objects.get()
    gone = Client().get(address)
    assert (gone.status_code, "error" in gone.json()) == (410, True)
    assert Client().get(reverse("lti:canvas_configuration", args=["x"])).status_code == 404


def test_another_institutions_link_is_no_link_of_ours(
    client: Client, southport: Institution, otto: User
) -> None:
    theirs = links.make(institution=southport, product=Product.CANVAS, name="Theirs", by=otto)
    page = client.get(f"{reverse('lti:new_registration')}?product=canvas&link={theirs.link.pk}")
    assert page.context["link"] is None
    assert "Theirs" not in page.content.decode()
    revoke = reverse("lti:revoke_registration_link", args=[theirs.link.pk])
    assert client.post(revoke).status_code == 404
    assert links.usable(theirs.token) == theirs.link


# --- one platform -----------------------------------------------------------------------------------------


def page_of(registration: Registration, name: str = "registration") -> str:
    return reverse(f"lti:{name}", args=[registration.pk])


def test_a_page_with_many_deployments_costs_the_same(
    client: Client,
    registration: Registration,
    northfield: Institution,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    Deployment.objects.bulk_create(
        Deployment(institution=northfield, registration=registration, deployment_id=str(number))
        for number in range(60)
    )
    with django_assert_max_num_queries(12):
        response = client.get(page_of(registration))
    assert len(response.context["page"].object_list) == 50


def test_a_new_deployment_is_accepted_and_refused(
    client: Client, registration: Registration, northfield: Institution, ada: User
) -> None:
    new = Deployment.objects.create(institution=northfield, registration=registration, deployment_id="7")
    old = Deployment.objects.create(
        institution=northfield, registration=registration, deployment_id="1", state=DeploymentState.ACCEPTED,
        first_seen_at=timezone.now() - timedelta(days=9),
    )  # fmt: skip
    assert list(client.get(page_of(registration)).context["page"]) == [new, old]
    for act, state in (("accept", DeploymentState.ACCEPTED), ("refuse", DeploymentState.REFUSED)):
        client.post(page_of(registration, "deployment"), {"deployment": new.pk, "act": act})
        new.refresh_from_db()
        assert (new.state, new.decided_by) == (state, ada)
    verbs = AuditEntry.objects.order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["accept_deployment", "refuse_deployment"]


@pytest.mark.parametrize("number", ["", "x", "-1", "9" * 30, "٣", "1 or 1"], ids=range(6))
def test_deployments_that_are_none(client: Client, registration: Registration, number: str) -> None:
    asked = {"deployment": number, "act": "accept"}
    assert client.post(page_of(registration, "deployment"), asked).status_code == 404


def test_a_deployment_of_another_registration(
    client: Client, registration: Registration, southport: Institution
) -> None:
    theirs = made(southport, "https://theirs.example")
    new = Deployment.objects.create(institution=southport, registration=theirs, deployment_id="7")
    asked = {"deployment": str(new.pk), "act": "accept"}
    assert client.post(page_of(registration, "deployment"), asked).status_code == 404
    new.refresh_from_db()
    assert new.state == DeploymentState.NEW


def test_a_deployment_in_advance(client: Client, registration: Registration) -> None:
    client.post(page_of(registration, "deployment"), {"act": "add", "deployment_id": " 12 "})
    assert registration.deployments.get().state == DeploymentState.ACCEPTED
    bad = client.post(page_of(registration, "deployment"), {"act": "add", "deployment_id": ""})
    assert bad.context["deployment_form"].errors


def test_off_and_on(client: Client, registration: Registration) -> None:
    for act, state in (("off", RegistrationState.DISABLED), ("on", RegistrationState.ACTIVE)):
        client.post(page_of(registration, "switch_registration"), {"act": act})
        registration.refresh_from_db()
        assert registration.state == state
    assert AuditEntry.objects.filter(verb="switch_platform").count() == 2


def test_a_check_of_what_is_switched_off_leaves_it_off(client: Client, registration: Registration) -> None:
    client.post(page_of(registration, "switch_registration"), {"act": "off"})
    client.post(page_of(registration, "check_registration"))
    registration.refresh_from_db()
    assert registration.state == RegistrationState.DISABLED


def test_a_check_says_what_is_wrong(
    client: Client, registration: Registration, platform: RegisteringPlatform
) -> None:
    platform.instead[TOKEN] = (401, b"")
    response = client.post(page_of(registration, "check_registration"))
    said = [(finding.field, finding.stands) for finding in response.context["checked"].findings]
    assert said == [("keys_url", True), ("client_id", False), ("login_url", True)]
    registration.refresh_from_db()
    assert "does not know this client ID" in registration.last_error


def test_a_token_from_before_does_not_hide_what_is_wrong_now(
    registration: Registration, platform: RegisteringPlatform
) -> None:
    assert not check(registration).problems
    platform.instead[TOKEN] = (400, {"error": "invalid_client"})
    assert [finding.field for finding in check(registration).problems] == ["client_id"]


def edited(client: Client, registration: Registration, **changes: str) -> Any:
    names = ("name", "product", "issuer", "client_id", "login_url", "token_url", "keys_url")
    data = {name: getattr(registration, name) for name in names}
    return client.post(page_of(registration, "edit_registration"), data | changes)


def test_changed_values_and_the_log(
    client: Client, registration: Registration, platform: RegisteringPlatform
) -> None:
    platform.client_id = "client-10"
    assert edited(client, registration, client_id="client-10", name="Renamed").status_code == 302
    registration.refresh_from_db()
    assert (registration.client_id, registration.name) == ("client-10", "Renamed")
    assert registration.product == Product.MOODLE
    changed = AuditEntry.objects.get(verb="change_platform").details["changed"]
    assert changed == {"name": ["Moodle", "Renamed"], "client_id": ["client-9", "client-10"]}


def test_a_change_that_the_platform_does_not_know_is_not_saved(
    client: Client, registration: Registration
) -> None:
    assert list(errors(edited(client, registration, client_id="nobody"))) == ["client_id"]
    registration.refresh_from_db()
    assert registration.client_id == "client-9"


def test_keys_of_another_address_are_forgotten(
    client: Client, registration: Registration, platform: RegisteringPlatform
) -> None:
    Registration.objects.update(keys={"old": {"kid": "old"}}, keys_fetched_at=timezone.now())
    platform.instead["/keys"] = (404, b"")
    edited(client, registration, keys_url=f"{platform.origin}/keys", anyway="1")
    registration.refresh_from_db()
    assert (registration.keys, registration.keys_fetched_at) == ({}, None)


def test_another_issuer_would_take_people_for_others(
    client: Client, registration: Registration, northfield: Institution, sam: User
) -> None:
    Identity.objects.create(institution=northfield, registration=registration, subject="1", user=sam)
    response = edited(client, registration, issuer="https://elsewhere.example", anyway="1")
    assert "taken for others" in errors(response)["__all__"]
    registration.refresh_from_db()
    assert registration.issuer != "https://elsewhere.example"


def test_another_platforms_values_cannot_be_taken(
    client: Client, registration: Registration, southport: Institution
) -> None:
    made(southport, registration.issuer, client_id="theirs")
    response = edited(client, registration, client_id="theirs", anyway="1")
    assert "in use already" in errors(response)["__all__"]


def test_deleted_with_its_name_and_only_with_it(
    client: Client, registration: Registration, northfield: Institution, sam: User, cohort: Any
) -> None:
    Identity.objects.create(institution=northfield, registration=registration, subject="1", user=sam)
    Course.objects.create(institution=northfield, registration=registration, context_id="c", cohort=cohort)
    page = page_of(registration, "delete_registration")
    assert "1 person can no longer come in" in client.get(page).content.decode()
    assert client.post(page, {"confirmation": "Canvas"}).status_code == 200
    assert Registration.objects.exists()
    client.post(page, {"confirmation": "moodle"})
    assert not Registration.objects.exists()
    assert not Identity.objects.exists()
    cohort.refresh_from_db()
    sam.refresh_from_db()
    assert AuditEntry.objects.filter(verb="delete_platform").count() == 1


def test_what_is_written_is_escaped(client: Client, northfield: Institution) -> None:
    one = made(
        northfield,
        "https://m.example",
        name="<script>x</script>",
        last_error="<b>",
        last_error_at=timezone.now(),
    )
    Deployment.objects.create(institution=northfield, registration=one, deployment_id='"><img src=x>')
    for page in (reverse("lti:registrations"), page_of(one), page_of(one, "delete_registration")):
        text = client.get(page).content.decode()
        assert "<script>x" not in text
        assert "<img src=x>" not in text
        assert "<b>" not in text
