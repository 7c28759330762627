"""A launch through a browser: cookies, frames and headers on the way in, and all that is refused there."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import escape

from accounts.models import Membership, User
from lti.errors import Code
from lti.launch.login import cookie_of
from lti.message import claims as names
from lti.message.roles import MEMBERSHIP
from lti.models import Identity, Login, Registration
from tests.lti.conftest import PlatformKey
from tests.lti.http.conftest import FRAME, HOST, LAUNCH, Launcher

pytestmark = pytest.mark.django_db
LEARNER: dict[str, Any] = {names.ROLES: [f"{MEMBERSHIP}#Learner"]}
FRAMEABLE = "frame-ancestors https://moodle.example"
FROM_HERE = {"Sec-Fetch-Site": "same-origin"}
NOWHERE = "frame-ancestors 'none'"


def state_cookie(response: HttpResponse) -> str:
    (name,) = [name for name in response.cookies if name.startswith("greenroom_lti_")]
    return response.cookies[name].OutputString()


def person_of(client: Client) -> User:
    return User.objects.get(pk=client.session["_auth_user_id"])


def policy(response: HttpResponse) -> str:
    return response.headers["Content-Security-Policy"]


def refusal(response: HttpResponse) -> str:
    assert 400 <= response.status_code < 500
    assert "X-Frame-Options" not in response.headers
    return str(response.context["code"])


# --- in a window ----------------------------------------------------------------------------------------


def test_a_launch_in_a_window_signs_in(in_window: Launcher, registration: Registration) -> None:
    begun = in_window.begin()
    assert begun.status_code == 302
    assert begun.headers["Location"].startswith(registration.login_url)
    response = in_window.post(in_window.message(begun))
    assert response.status_code == 302
    assert person_of(in_window.client) == Identity.objects.get(subject="person-1").user
    assert in_window.client.get(response.headers["Location"]).status_code in (200, 302)
    registration.refresh_from_db()
    assert registration.last_launch_at is not None


def test_a_session_in_a_window_may_be_framed_by_nobody(in_window: Launcher) -> None:
    response = in_window.launch()
    assert "Partitioned" not in response.cookies[settings.SESSION_COOKIE_NAME].OutputString()
    page = in_window.client.get("/privacy/")
    assert NOWHERE in policy(page)
    assert page.headers["X-Frame-Options"] == "DENY"


def test_the_login_may_come_by_get(in_window: Launcher) -> None:
    asked = {"iss": "https://moodle.example", "login_hint": "7", "target_link_uri": f"{LAUNCH}?a=1"}
    begun = in_window.client.get("/lti/login/", asked, headers=in_window.headers)
    assert begun.status_code == 302
    assert in_window.post(in_window.message(begun)).status_code == 302


def test_the_cookie_of_a_login_holds_in_frames_and_goes_after_the_launch(in_window: Launcher) -> None:
    begun = in_window.begin()
    kept = state_cookie(begun)
    for part in ("Secure", "HttpOnly", "SameSite=None", "Partitioned", "Path=/lti/", "Max-Age=600"):
        assert part in kept
    gone = state_cookie(in_window.post(in_window.message(begun)))
    for part in ("Max-Age=0", "Secure", "SameSite=None", "Partitioned", "Path=/lti/"):
        assert part in gone


def test_over_plain_http_from_elsewhere_the_cookie_is_an_ordinary_one(in_window: Launcher) -> None:
    """No browser would keep a secure one; that is for trying things out, and in a window only."""
    in_window.client = Client(SERVER_NAME="testserver")
    kept = state_cookie(in_window.begin(target_link_uri="http://testserver/lti/launch/"))
    assert "Secure" not in kept
    assert "Partitioned" not in kept
    assert "HttpOnly" in kept


def test_two_launches_may_go_on_at_a_time(in_window: Launcher) -> None:
    one, other = in_window.begin(), in_window.begin()
    assert in_window.post(in_window.message(one)).status_code == 302
    assert in_window.post(in_window.message(other)).status_code == 302


# --- in a frame -----------------------------------------------------------------------------------------


def test_in_a_frame_the_login_looks_whether_cookies_hold_before_the_platform_is_asked(
    in_frame: Launcher,
) -> None:
    begun = in_frame.begin(login_hint='"><script>x</script>', lti_storage_target="post_message_frame")
    assert begun.status_code == 200
    text = begun.content.decode()
    assert "<script>x" not in text
    assert begun.context["storage"]["origin"].startswith("http://127.0.0.1:")
    assert FRAMEABLE in policy(begun)
    assert "Partitioned" in state_cookie(begun)
    # The form of the other way goes to the platform by a redirect, which browsers hold to form-action.
    assert "form-action 'self' https: http:" in policy(begun)


def test_a_session_in_a_frame_has_cookies_that_hold_there_and_pages_that_the_platform_may_show(
    in_frame: Launcher,
) -> None:
    response = in_frame.launch()
    assert response.status_code == 302
    assert in_frame.client.session["lti_frame"] == ["https://moodle.example"]
    page = in_frame.client.get("/privacy/", headers=FRAME)
    assert FRAMEABLE in policy(page)
    assert "X-Frame-Options" not in page.headers
    kept = {settings.SESSION_COOKIE_NAME: response, settings.CSRF_COOKIE_NAME: page}
    for name, where in kept.items():
        written = where.cookies[name].OutputString()
        assert "Secure" in written
        assert "SameSite=None" in written
        assert "Partitioned" in written


def test_what_a_framed_page_asks_for_by_script_stays_framed(in_frame: Launcher) -> None:
    in_frame.launch()
    asked = in_frame.client.post("/i18n/setlang/", {"language": "de"}, headers={"Sec-Fetch-Dest": "empty"})
    assert all("Partitioned" in cookie.OutputString() for cookie in asked.cookies.values())
    assert asked.cookies
    missing = in_frame.client.get("/nothing-here/")
    assert missing.status_code == 404
    assert FRAMEABLE in policy(missing)


def test_a_platform_without_named_origins_is_framed_by_its_own(
    in_frame: Launcher, registration: Registration
) -> None:
    Registration.objects.update(frame_origins=[])
    in_frame.launch()
    (ours, theirs) = sorted(in_frame.client.session["lti_frame"])
    assert ours.startswith("http://127.0.0.1:")
    assert theirs == "https://moodle.example"


def test_nothing_gets_into_the_policy_by_an_origin(in_frame: Launcher) -> None:
    odd = [
        "https://a.example; script-src *",
        "javascript:alert(1)",
        "https://x y",
        "https://[",
        "*",
        "http://h:99999",
    ]
    Registration.objects.update(frame_origins=odd)
    assert NOWHERE in policy(in_frame.begin())
    in_frame.launch()
    assert in_frame.client.session["lti_frame"] == []
    assert NOWHERE in policy(in_frame.client.get("/privacy/"))


def test_who_signs_out_in_a_frame_is_told_to_come_from_the_course(in_frame: Launcher) -> None:
    in_frame.launch()
    response = in_frame.client.post("/sign-out/", headers=FRAME)
    assert response.headers["Location"] == "/lti/closed/"
    gone = response.cookies[settings.SESSION_COOKIE_NAME].OutputString()
    assert "Max-Age=0" in gone
    assert "Partitioned" in gone
    page = in_frame.client.get("/lti/closed/", headers=FRAME)
    assert "frame-ancestors *" in policy(page)
    assert page.content.count(b"<form") == 0


def test_a_framed_session_whose_person_is_gone_gets_no_sign_in_form_either(in_frame: Launcher) -> None:
    in_frame.launch()
    User.objects.update(is_active=False)
    assert in_frame.client.get("/privacy/", headers=FRAME).headers["Location"] == "/lti/closed/"
    form = in_frame.client.get("/sign-in/")
    assert NOWHERE in policy(form)
    assert form.headers["X-Frame-Options"] == "DENY"


def test_signing_in_by_a_password_leaves_the_frame(in_frame: Launcher, sam: User) -> None:
    in_frame.launch()
    in_frame.client.force_login(sam)
    assert "lti_frame" not in in_frame.client.session
    assert NOWHERE in policy(in_frame.client.get("/privacy/"))


@pytest.mark.parametrize("path", ["/", "/privacy/", "/sign-in/", "/sign-in/?next=/privacy/"])
def test_a_stranger_in_a_frame_gets_no_sign_in_form(client: Client, db: None, path: str) -> None:
    assert client.get(path, headers=FRAME).headers["Location"] == "/lti/closed/"
    assert "/lti/closed/" not in client.get(path).headers.get("Location", "")


# --- whose session --------------------------------------------------------------------------------------


def test_another_person_in_the_same_browser_inherits_nothing(in_frame: Launcher) -> None:
    in_frame.launch()
    first, key = person_of(in_frame.client), in_frame.client.session.session_key
    session = in_frame.client.session
    session["kept"] = "the first one's"
    session.save()
    in_frame.launch(sub="person-2")
    assert person_of(in_frame.client) != first
    assert in_frame.client.session.session_key != key
    assert "kept" not in in_frame.client.session


def test_the_same_persons_other_tab_goes_on(in_frame: Launcher) -> None:
    """Its recording is sent with the CSRF secret that it began with."""
    in_frame.launch()
    in_frame.client.get("/privacy/")
    secret = in_frame.client.cookies[settings.CSRF_COOKIE_NAME].value
    in_frame.launch()
    assert in_frame.client.cookies[settings.CSRF_COOKIE_NAME].value == secret


def test_whoever_has_left_another_institution_is_in_the_platforms_one(
    in_window: Launcher, southport: Any, registration: Registration
) -> None:
    in_window.launch()
    person = person_of(in_window.client)
    Membership.objects.create(institution=southport, user=person, role="student", left_at=timezone.now())
    session = in_window.client.session
    session["institution"] = str(southport.pk)
    session.save()
    in_window.launch()
    assert in_window.client.session["institution"] == str(registration.institution_id)


# --- where cookies are blocked --------------------------------------------------------------------------


def without_cookies(launcher: Launcher) -> None:
    launcher.client.cookies.clear()


def test_without_cookie_and_storage_it_is_another_browser(in_frame: Launcher) -> None:
    posted = in_frame.message(in_frame.begin())
    without_cookies(in_frame)
    response = in_frame.post(posted)
    assert refusal(response) == Code.OTHER_BROWSER
    assert FRAMEABLE in policy(response)
    assert not in_frame.client.session.get("_auth_user_id")


def test_the_platforms_storage_stands_in_for_the_cookie_and_leads_to_a_window(in_frame: Launcher) -> None:
    begun = in_frame.begin(lti_storage_target="_parent")
    posted, browser = in_frame.message(begun), begun.context["storage"]["value"]
    without_cookies(in_frame)
    asking = in_frame.post(posted)
    assert asking.status_code == 200
    assert asking.context["storage"]["key"] == cookie_of(posted["state"])
    assert FRAMEABLE in policy(asking)
    assert browser not in asking.content.decode()
    there = in_frame.post({**posted, "browser": browser}, **FROM_HERE)
    assert there.status_code == 200
    assert FRAMEABLE in policy(there)
    assert settings.SESSION_COOKIE_NAME not in there.cookies
    window = Client(SERVER_NAME=HOST)
    entered = window.post("/lti/enter/", {"token": there.context["token"]}, headers=FROM_HERE)
    assert entered.status_code == 302
    assert person_of(window) == Identity.objects.get(subject="person-1").user
    assert "lti_frame" not in window.session


@pytest.mark.parametrize("browser", ["", "of another login"])
def test_storage_that_keeps_nothing_is_asked_once(in_frame: Launcher, browser: str) -> None:
    posted = in_frame.message(in_frame.begin(lti_storage_target="_parent"))
    without_cookies(in_frame)
    assert refusal(in_frame.post({**posted, "browser": browser}, **FROM_HERE)) == Code.OTHER_BROWSER


def test_only_our_own_page_may_say_what_the_storage_kept(in_frame: Launcher) -> None:
    """Else somebody could begin a launch, and have another browser end it: that one would be signed in as them."""
    begun = in_frame.begin(lti_storage_target="_parent")
    posted = {**in_frame.message(begun), "browser": begun.context["storage"]["value"]}
    without_cookies(in_frame)
    for elsewhere in ({}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://moodle.example"}):
        assert refusal(in_frame.post(posted, **elsewhere)) == Code.OTHER_BROWSER
    assert in_frame.post(posted, Origin="http://localhost").status_code == 200


def test_the_cookie_counts_more_than_what_is_posted(in_frame: Launcher) -> None:
    posted = in_frame.message(in_frame.begin(lti_storage_target="_parent"))
    assert in_frame.post({**posted, "browser": "of another login"}).status_code == 302


def test_without_a_login_that_offered_storage_nothing_asks_it(in_frame: Launcher) -> None:
    posted = in_frame.message(in_frame.begin())
    without_cookies(in_frame)
    assert refusal(in_frame.post({**posted, "state": "invented"})) == Code.STATE_UNKNOWN


def test_a_storage_target_of_any_length_is_answered(in_frame: Launcher) -> None:
    begun = in_frame.begin(lti_storage_target="x" * 300)
    assert begun.status_code == 200
    assert Login.objects.get().storage == ""


# --- refusals -------------------------------------------------------------------------------------------


def test_by_hand_the_address_says_where_it_is_opened_from(client: Client, db: None) -> None:
    page = client.get("/lti/launch/")
    assert page.status_code == 200
    assert b"course" in page.content
    assert "frame-ancestors *" in policy(page)


def test_a_login_that_cannot_be_answered_may_be_read_in_any_frame(in_frame: Launcher) -> None:
    response = in_frame.begin(iss="https://nobody.example")
    assert refusal(response) == Code.LOGIN_UNKNOWN_PLATFORM
    assert "frame-ancestors *" in policy(response)
    assert b"<form" not in response.content


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/lti/launch/", "http://localhost.evil.example/lti/launch/", "http://localhost/other/",
        "https://localhost/lti/launch/", "http://localhost:81/lti/launch/", "http://[", "/lti/launch/",
        "http://localhost@evil.example/lti/launch/", "http://localhost:x/lti/launch/",
        "http://localhost/lti/launch/?" + "x" * 2000,
    ],
    ids=["host", "longer_host", "path", "scheme", "port", "no_address", "relative", "user", "no_port", "too_long"],
)  # fmt: skip
def test_only_our_own_address_is_launched(in_window: Launcher, target: str) -> None:
    assert refusal(in_window.begin(target_link_uri=target)) == Code.TARGET_NOT_OURS
    begun = in_window.begin()
    assert refusal(in_window.post(in_window.message(begun, **{names.TARGET: target}))) == Code.TARGET_NOT_OURS


def test_the_platforms_own_error_is_told(in_window: Launcher) -> None:
    state = in_window.asked(in_window.begin())["state"]
    posted = {"error": "login_required", "error_description": "<b>no</b>", "state": state}
    response = in_window.post(posted)
    assert refusal(response) == Code.PLATFORM_ERROR
    assert b"<b>no" not in response.content


def test_a_message_posted_again_is_refused_kindly(in_window: Launcher) -> None:
    begun = in_window.begin()
    posted, cookies = in_window.message(begun), in_window.client.cookies.copy()
    assert in_window.post(posted).status_code == 302
    in_window.client.cookies.update(cookies)
    assert refusal(in_window.post(posted)) == Code.STATE_USED


ODD = {
    "nothing": ("application/x-www-form-urlencoded", b"", Code.STATE_MISSING),
    "json": ("application/json", b'{"id_token": "x"}', Code.STATE_MISSING),
    "text": ("text/plain", b"state=x&id_token=y", Code.STATE_MISSING),
    "no_type": ("", b"state=x", Code.STATE_MISSING),
    "nul": ("application/x-www-form-urlencoded", b"state=%00&id_token=y", Code.MALFORMED),
    "nul_name": ("application/x-www-form-urlencoded", b"st%00ate=1", Code.MALFORMED),
    "twice": ("application/x-www-form-urlencoded", b"state=x&state=y", Code.MALFORMED),
    "no_utf8": ("application/x-www-form-urlencoded", b"state=%ff%fe&id_token=%c3", Code.STATE_UNKNOWN),
    "charset": ("application/x-www-form-urlencoded; charset=utf-16", b"state=x", Code.MALFORMED),
    "unknown_charset": ("application/x-www-form-urlencoded; charset=none", b"state=x", Code.STATE_UNKNOWN),
    "boundary": ("multipart/form-data; boundary=", b"rubbish", Code.MALFORMED),
    "multipart": ("multipart/form-data; boundary=x", b"--y rubbish", Code.STATE_MISSING),
    "many": ("application/x-www-form-urlencoded", b"&".join(b"f%d=1" % n for n in range(1200)), Code.MALFORMED),
    "large": ("application/x-www-form-urlencoded", b"id_token=" + b"x" * 300_000, Code.TOO_LARGE),
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_whatever_is_posted_gets_a_page(client: Client, db: None, name: str) -> None:
    kind, body, code = ODD[name]
    for path in ("/lti/launch/", "/lti/login/"):
        response = client.generic("POST", path, body, content_type=kind)
        found = refusal(response)
        assert found == code or (path == "/lti/login/" and code not in {Code.MALFORMED, Code.TOO_LARGE})


@pytest.mark.parametrize("method", ["put", "delete", "patch", "options"])
def test_other_methods_are_not_for_these_addresses(client: Client, method: str) -> None:
    for path in ("/lti/launch/", "/lti/login/", "/lti/enter/", "/lti/jwks.json"):
        assert getattr(client, method)(path).status_code == 405


@pytest.mark.parametrize("name", [names.DEPLOYMENT, "sub"])
@pytest.mark.parametrize("odd", ["a\0b", "a\ud800b"], ids=["nul", "half_a_pair"])
def test_an_identifier_that_no_database_holds_is_refused(in_window: Launcher, name: str, odd: str) -> None:
    assert refusal(in_window.launch(**{name: odd})) == Code.WRONG_TYPE


def test_a_token_nested_without_end_is_refused(in_window: Launcher, key: PlatformKey) -> None:
    import base64

    state = in_window.asked(in_window.begin())["state"]
    header = base64.urlsafe_b64encode(b'{"alg":' + b"[" * 40_000).decode().rstrip("=")
    assert refusal(in_window.post({"id_token": f"{header}.e30.x", "state": state})) == Code.MALFORMED


# --- keys, and what it costs ----------------------------------------------------------------------------


def test_our_keys_are_published(client: Client, db: None) -> None:
    response = client.get("/lti/jwks.json")
    (key,) = json.loads(response.content)["keys"]
    assert key["use"] == "sig"
    assert "d" not in key
    assert set(response.headers["Cache-Control"].split(", ")) == {"max-age=600", "public"}
    assert not response.cookies


def test_a_launch_of_somebody_known_costs_few_queries(in_frame: Launcher) -> None:
    always = {**LEARNER, names.RESOURCE_LINK: {"id": "link-1"}}
    in_frame.launch(**always)
    in_frame.client = Client(SERVER_NAME=HOST)
    with CaptureQueriesContext(connection) as asked:
        in_frame.launch(**always)
    assert len(asked) <= 30, "\n".join(query["sql"][:90] + " ... " + query["sql"][-70:] for query in asked)


def test_in_a_frame_there_is_one_page_more_than_the_protocol_has(
    in_window: Launcher, in_frame: Launcher, registration: Registration
) -> None:
    """It leads to the platform itself, and the launch at once to where it goes."""
    assert in_window.begin().headers["Location"].startswith(registration.login_url)
    begun = in_frame.begin()
    assert f'data-url="{escape(begun.context["begun"].url)}"' in begun.content.decode()
    for launcher in (in_window, in_frame):
        path = launcher.launch().headers["Location"]
        assert launcher.client.get(path, headers=launcher.headers).status_code == 200
