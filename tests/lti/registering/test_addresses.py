"""Which addresses of a platform are used, and what follows from a site's address."""

from __future__ import annotations

from typing import Any

import pytest

from lti.registering.addresses import host_of, is_address, is_issuer, is_origin, origin_of
from lti.registering.products import Cloud, canvas, frame_origins, moodle, speaks_for

BAD = [
    "",
    "moodle.school.example",
    "ftp://moodle.school.example/",
    "javascript:alert(1)",
    "https://",
    "https://user@moodle.school.example/",
    "https://moodle.school.example:99999/",
    "https://moodle.school.example/a b",
    "https://moodle.school.example/\n",
    "https://moodle.school.example/#here",
    "https://[::1",
    "https://müller.example/",
]


@pytest.mark.parametrize("address", BAD, ids=range(len(BAD)))
def test_what_is_no_address(address: str) -> None:
    assert not is_address(address)


@pytest.mark.parametrize(
    ("address", "safe"),
    [
        ("https://moodle.school.example/mod/lti/auth.php?id=1", True),
        ("http://moodle.school.example/", False),
        ("http://localhost:8000/", True),
        ("http://127.0.0.1/", True),
        ("http://[::1]:81/", True),
        ("http://127.0.0.1.evil.example/", False),
    ],
    ids=["https", "http", "localhost", "v4", "v6", "looks-local"],
)
def test_http_only_where_nobody_else_listens(settings: Any, address: str, safe: bool) -> None:
    settings.DEVELOPMENT = False
    assert is_address(address) is safe
    settings.DEVELOPMENT = True
    assert is_address(address)


def test_an_issuer_has_no_query() -> None:
    assert is_issuer("https://school.example/moodle")
    assert not is_issuer("https://school.example/?a=1")
    assert not is_issuer("https://school.example/?")
    assert not is_issuer("school")


@pytest.mark.parametrize(
    ("origin", "sound"),
    [
        ("https://moodle.school.example", True),
        ("https://*.instructure.com", True),
        ("http://127.0.0.1:8080", True),
        ("https://moodle.school.example/", False),
        ("https://moodle.school.example/x", False),
        ("https://*", False),
        ("*", False),
        ("https://a.example;script-src *", False),
        ("https://a.example,https://b.example", False),
        ("https://a.example?", False),
        ("https://a.*.example", False),
        ("'self'", False),
    ],
    ids=[
        "plain",
        "below",
        "port",
        "slash",
        "path",
        "all",
        "star",
        "semicolon",
        "comma",
        "query",
        "inner",
        "self",
    ],
)
def test_origins_for_frames(origin: str, sound: bool) -> None:
    assert is_origin(origin) is sound


def test_origin_and_host() -> None:
    assert origin_of("https://School.example:443/moodle?x=1") == "https://school.example"
    assert origin_of("http://[::1]:8080/x") == "http://[::1]:8080"
    assert origin_of("nonsense") == host_of("nonsense") == ""
    assert host_of("https://School.example:8443/x") == "school.example"


def test_moodle_follows_from_its_site() -> None:
    found = moodle("https://school.example/moodle")
    assert found["issuer"] == "https://school.example/moodle"
    assert found["keys_url"] == "https://school.example/moodle/mod/lti/certs.php"
    assert found["frame_origins"] == ("https://school.example",)


def test_canvas_follows_from_its_cloud() -> None:
    found = canvas(Cloud.BETA)
    assert found["issuer"] == "https://canvas.beta.instructure.com"
    assert found["token_url"] == "https://sso.beta.canvaslms.com/login/oauth2/token"
    assert "https://*.instructure.com" in found["frame_origins"]
    own = canvas(Cloud.OWN, "https://canvas.school.example")
    assert own["keys_url"] == "https://canvas.school.example/api/lti/security/jwks"
    assert own["frame_origins"] == ("https://canvas.school.example",)


def test_frames_name_every_origin_once() -> None:
    assert frame_origins("https://a.example/moodle", "https://a.example/auth", "https://b.example/") == (
        "https://a.example",
        "https://b.example",
    )


@pytest.mark.parametrize(
    ("address", "issuer", "speaks"),
    [
        ("https://school.example/conf", "https://school.example/moodle", True),
        ("https://evil.example/conf", "https://school.example", False),
        ("https://school.example.evil.example/conf", "https://school.example", False),
        ("https://sso.canvaslms.com/conf", "https://canvas.instructure.com", True),
        ("https://uni.instructure.com/conf", "https://canvas.instructure.com", True),
        ("https://sso.canvaslms.com/conf", "https://canvas.beta.instructure.com", False),
        ("https://evilinstructure.com/conf", "https://canvas.instructure.com", False),
        ("", "https://school.example", False),
    ],
    ids=["own", "other", "looks-own", "canvas", "canvas-school", "canvas-beta", "looks-canvas", "none"],
)
def test_who_speaks_for_an_issuer(address: str, issuer: str, speaks: bool) -> None:
    assert speaks_for(address, issuer) is speaks
