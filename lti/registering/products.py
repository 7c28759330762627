"""What follows from the address of a Moodle site or a Canvas cloud, so that nobody has to copy six addresses.

Moodle: mod/lti/{auth,token,certs}.php below the site, which is the issuer itself ($CFG->wwwroot). Canvas: one issuer
for all schools of a cloud, and one host for its addresses (Canvas documentation, "Configuring LTI Advantage Tools").
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypedDict

from lti.registering.addresses import host_of, origin_of


class Known(TypedDict):
    """The part of `Details` that follows from where the platform is."""

    issuer: str
    login_url: str
    token_url: str
    keys_url: str
    frame_origins: tuple[str, ...]


class Cloud(StrEnum):
    """Where a Canvas runs."""

    PRODUCTION = "production"
    BETA = "beta"
    TEST = "test"
    OWN = "own"


@dataclass(frozen=True)
class _Hosts:
    issuer: str
    host: str


CLOUDS = {
    Cloud.PRODUCTION: _Hosts("https://canvas.instructure.com", "https://sso.canvaslms.com"),
    Cloud.BETA: _Hosts("https://canvas.beta.instructure.com", "https://sso.beta.canvaslms.com"),
    Cloud.TEST: _Hosts("https://canvas.test.instructure.com", "https://sso.test.canvaslms.com"),
}
SCHOOLS = "https://*.instructure.com"
"""Every school of the cloud has a host of its own below this one; some have one outside, which they can add."""


def moodle(site: str) -> Known:
    """`site` is the address of its front page, without the slash at its end."""
    return {
        "issuer": site,
        "login_url": f"{site}/mod/lti/auth.php",
        "token_url": f"{site}/mod/lti/token.php",
        "keys_url": f"{site}/mod/lti/certs.php",
        "frame_origins": (origin_of(site),),
    }


def canvas(cloud: Cloud, own: str = "") -> Known:
    """`own` is the address of a Canvas that a school runs itself; it must be the `lti_iss` of its security.yml."""
    hosts = _Hosts(own, own) if cloud is Cloud.OWN else CLOUDS[cloud]
    return {
        "issuer": hosts.issuer,
        "login_url": f"{hosts.host}/api/lti/authorize_redirect",
        "token_url": f"{hosts.host}/login/oauth2/token",
        "keys_url": f"{hosts.host}/api/lti/security/jwks",
        "frame_origins": frame_origins(hosts.issuer, f"{hosts.host}/"),
    }


def frame_origins(issuer: str, *others: str) -> tuple[str, ...]:
    """Who may show us in a frame, as far as the platform's addresses tell."""
    found = [origin_of(issuer), *(origin_of(address) for address in others)]
    if is_canvas_cloud(issuer):
        found.append(SCHOOLS)
    return tuple(dict.fromkeys(origin for origin in found if origin))


def is_canvas_cloud(issuer: str) -> bool:
    return any(hosts.issuer == issuer for hosts in CLOUDS.values())


def speaks_for(address: str, issuer: str) -> bool:
    """Whether the address may tell what an issuer's addresses are (LTI Dynamic Registration 1.0, 3.5.1).

    It must be on the issuer's own host. Canvas's cloud answers for its issuers from hosts that are known.
    """
    host = host_of(address)
    if not host:
        return False
    if host == host_of(issuer):
        return True
    clouds = [hosts for hosts in CLOUDS.values() if hosts.issuer == issuer]
    return any(host == host_of(hosts.host) or host.endswith(".instructure.com") for hosts in clouds)
