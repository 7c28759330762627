"""From a frame into a window: one person, one path, once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.models import Institution, User
from lti import handover
from lti.models import Handover
from tests.lti.http.conftest import FRAME, HOST, Launcher

pytestmark = pytest.mark.django_db
FROM_HERE = {"Sec-Fetch-Site": "same-origin"}


def entered(client: Client, token: str, **headers: str) -> Any:
    return client.post("/lti/enter/", {"token": token}, headers=headers or FROM_HERE)


def test_the_way_out_signs_in_once_and_leads_to_its_path(northfield: Institution, sam: User) -> None:
    token = handover.make(sam, northfield, "/privacy/?a=1")
    assert token not in str(Handover.objects.values().get())
    client = Client()
    response = entered(client, token)
    assert response.headers["Location"] == "/privacy/?a=1"
    assert client.session["_auth_user_id"] == str(sam.pk)
    assert client.session["institution"] == str(northfield.pk)
    assert "Partitioned" not in response.cookies[settings.SESSION_COOKIE_NAME].OutputString()
    again = Client()
    assert entered(again, token).status_code == 410
    assert "_auth_user_id" not in again.session


def test_only_a_page_of_ours_opens_it(northfield: Institution, sam: User) -> None:
    """Else anybody could sign somebody in as themselves, and read what they practise."""
    token = handover.make(sam, northfield, "/")
    client = Client(SERVER_NAME=HOST)
    for elsewhere in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "null"},
        {"Origin": "https://moodle.example"},
        {"Origin": "https://localhost"},
        {"X-Nothing": ""},
    ):
        assert entered(client, token, **elsewhere).status_code == 403
    assert entered(client, token, Origin="http://localhost").status_code == 302


def test_it_is_of_use_for_two_minutes(northfield: Institution, sam: User) -> None:
    token = handover.make(sam, northfield, "/")
    Handover.objects.update(made_at=timezone.now() - handover.LIFETIME - timedelta(seconds=1))
    assert entered(Client(), token).status_code == 410


def test_who_may_no_longer_sign_in_does_not(northfield: Institution, sam: User) -> None:
    token = handover.make(sam, northfield, "/")
    User.objects.update(is_active=False)
    assert entered(Client(), token).status_code == 410


@pytest.mark.parametrize(
    "token", ["", "invented", "a\0b", "x" * 300_000], ids=["empty", "unknown", "nul", "long"]
)
def test_no_token_opens_nothing(token: str) -> None:
    assert entered(Client(), token).status_code == 410


def test_it_leaves_nothing_of_whoever_was_there(northfield: Institution, sam: User, tia: User) -> None:
    client = Client()
    client.force_login(tia)
    session = client.session
    session["kept"] = "Tia's"
    session.save()
    entered(client, handover.make(sam, northfield, "/"))
    assert client.session["_auth_user_id"] == str(sam.pk)
    assert "kept" not in client.session


ODD_PATHS = {
    "address": "https://evil.example/",
    "no_scheme": "//evil.example/",
    "backslash": "/\\evil.example",
    "script": "javascript:alert(1)",
    "relative": "privacy/",
    "empty": "",
    "nul": "/a\0b",
    "long": "/" + "x" * 2000,
}


@pytest.mark.parametrize("name", ODD_PATHS)
def test_a_path_that_is_not_ours_becomes_the_first_page(
    northfield: Institution, sam: User, name: str
) -> None:
    token = handover.make(sam, northfield, ODD_PATHS[name])
    assert entered(Client(), token).headers["Location"] == "/"


def test_a_frame_asks_for_the_way_out_of_its_own_person(
    in_frame: Launcher, sign_in: Callable[..., Client]
) -> None:
    in_frame.launch()
    asked = in_frame.client.post(
        "/lti/window/", {"path": "/privacy/"}, headers={"Accept": "application/json"}
    )
    client = Client(SERVER_NAME=HOST)
    assert entered(client, asked.json()["token"]).headers["Location"] == "/privacy/"
    assert client.session["_auth_user_id"] == in_frame.client.session["_auth_user_id"]
    assert "lti_frame" not in client.session


def test_without_scripts_the_way_out_is_a_page_with_a_button(in_frame: Launcher) -> None:
    in_frame.launch()
    page = in_frame.client.post("/lti/window/", {"path": "/privacy/"}, headers=FRAME)
    assert page.status_code == 200
    assert "frame-ancestors https://moodle.example" in page.headers["Content-Security-Policy"]
    assert entered(Client(), page.context["token"]).headers["Location"] == "/privacy/"


def test_the_form_for_it_needs_its_csrf_token(sam: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(sam)
    assert client.post("/lti/window/", {"path": "/"}).status_code == 403
    assert not Handover.objects.exists()
