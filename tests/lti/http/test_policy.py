"""Origins as browsers write them."""

from __future__ import annotations

import pytest

from lti.frames.policy import origin_of

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
