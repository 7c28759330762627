"""Origins as browsers write them."""

from __future__ import annotations

import pytest

from lti.frames.policy import origin_of, origins_of
from lti.models import Registration

ORIGINS = {
    "https://moodle.example/mod/lti/auth.php?a=1": "https://moodle.example",
    "https://Moodle.Example:443": "https://moodle.example",
    "http://moodle.example:80/": "http://moodle.example",
    "http://moodle.example:8080/": "http://moodle.example:8080",
    "https://lernen.münchen.example/": "https://lernen.xn--mnchen-3ya.example",
    "http://[::1]:8000/": "http://[::1]:8000",
    "https://user:word@moodle.example/": "https://moodle.example",
    "https://moodle.example; script-src *": "",
    "https://moodle.example\n": "https://moodle.example",
    "https://a b": "",
    "https://*.example": "",
    "javascript:alert(1)": "",
    "ftp://moodle.example": "",
    "moodle.example": "",
    "https://": "",
    "https://[": "",
    "https://h:99999": "",
    "https://h:x": "",
    "": "",
}


@pytest.mark.parametrize("address", ORIGINS)
def test_an_origin_is_written_as_a_browser_does(address: str) -> None:
    assert origin_of(address) == ORIGINS[address]


FRAMED_BY = {
    "https://moodle.example/": ["https://moodle.example"],
    "https://*.instructure.com": ["https://*.instructure.com"],
    "https://*.school.example:8443": ["https://*.school.example:8443"],
    "https://*.example": [],
    "https://*": [],
    "https://*.*.example": [],
    "*": [],
    "https://school.*.example": [],
    "https://*.example; script-src *": [],
}


@pytest.mark.parametrize("named", FRAMED_BY)
def test_whoever_may_frame_is_an_origin_or_all_hosts_below_a_name(named: str) -> None:
    assert origins_of(Registration(frame_origins=[named])) == FRAMED_BY[named]


def test_where_nobody_is_named_the_platform_itself_may_frame() -> None:
    found = origins_of(
        Registration(issuer="https://canvas.example", login_url="https://sso.example/auth?x=1")
    )
    assert found == ["https://canvas.example", "https://sso.example"]
