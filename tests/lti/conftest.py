"""A platform's keys, and a message that is in order, to be altered one thing at a time."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from lti.message import claims as names

ISSUER, CLIENT, TOOL = "https://moodle.example", "client-1", "https://tool.example"


@dataclass
class PlatformKey:
    """An RSA key of a platform, and what it signs."""

    kid: str
    private: rsa.RSAPrivateKey = field(
        default_factory=lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048)
    )

    @property
    def public_jwk(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.private.public_key()))
        return {**found, "kid": self.kid, "alg": "RS256", "use": "sig"}

    def sign(self, claims: Mapping[str, Any], **header: Any) -> str:
        """Signed whatever the claims say: a library that signs tokens would refuse some of them."""
        head = {"typ": "JWT", "kid": self.kid, **header}
        return jwt.api_jws.encode(json.dumps(dict(claims)).encode(), self.private, "RS256", headers=head)


@pytest.fixture(scope="session")
def key() -> PlatformKey:
    return PlatformKey("one")


@pytest.fixture(scope="session")
def other_key() -> PlatformKey:
    return PlatformKey("one")


def launch_claims(**changes: Any) -> dict[str, Any]:
    """A resource link launch by an instructor. A change to None takes the claim away, a function is given the time."""
    now = int(time.time())
    claims: dict[str, Any] = {
        "iss": ISSUER,
        "aud": CLIENT,
        "sub": "person-1",
        "exp": now + 60,
        "iat": now,
        "nonce": "n-0S6_WzA2Mj",
        "name": "Sam Okafor",
        "email": "sam@school.example",
        names.VERSION: "1.3.0",
        names.MESSAGE_TYPE: "LtiResourceLinkRequest",
        names.DEPLOYMENT: "1",
        names.TARGET: f"{TOOL}/lti/launch/",
        names.ROLES: ["http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"],
        names.RESOURCE_LINK: {"id": str(uuid.uuid4()), "title": "Practise"},
        names.CONTEXT: {"id": "course-7", "title": "Autumn"},
    }
    claims |= {name: value(now) if callable(value) else value for name, value in changes.items()}
    return {name: value for name, value in claims.items() if value is not None}
