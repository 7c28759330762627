"""A registration, and a browser that is launched from it: real keys, the platform's key set over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.http import HttpResponse
from django.test import Client

from accounts.models import Institution
from lti.message import claims as names
from lti.models import Deployment, DeploymentState, Registration
from tests.lti.conftest import CLIENT, ISSUER, PlatformKey, launch_claims
from tests.lti.emulator import Platform

HOST = "localhost"
LAUNCH = f"http://{HOST}/lti/launch/"
FRAME, WINDOW = {"Sec-Fetch-Dest": "iframe"}, {"Sec-Fetch-Dest": "document"}


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
        frame_origins=["https://moodle.example"],
    )
    Deployment.objects.create(
        institution=northfield, registration=made, deployment_id="1", state=DeploymentState.ACCEPTED
    )
    return made


@dataclass
class Launcher:
    """One browser, in a frame or in a window, and the platform that launches from it."""

    key: PlatformKey
    headers: dict[str, str] = field(default_factory=lambda: dict(WINDOW))
    client: Client = field(default_factory=lambda: Client(SERVER_NAME=HOST))

    def begin(self, **changes: str) -> HttpResponse:
        """The login initiation; a change to the empty text takes the field away."""
        asked = {"iss": ISSUER, "login_hint": "7", "target_link_uri": LAUNCH, "client_id": CLIENT, **changes}
        given = {name: value for name, value in asked.items() if value}
        return self.client.post("/lti/login/", given, headers=self.headers)

    def asked(self, response: HttpResponse) -> dict[str, str]:
        """What the platform is asked, one value each."""
        address = response.headers.get("Location") or response.context["begun"].url
        return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}

    def message(self, response: HttpResponse, **changes: Any) -> dict[str, str]:
        """What the platform posts back to that login."""
        words = self.asked(response)
        claims = launch_claims(nonce=words["nonce"], **{names.TARGET: LAUNCH, **changes})
        return {"id_token": self.key.sign(claims), "state": words["state"]}

    def post(self, posted: dict[str, Any], **headers: str) -> HttpResponse:
        return self.client.post("/lti/launch/", posted, headers={**self.headers, **headers})

    def launch(self, **changes: Any) -> HttpResponse:
        """The whole launch."""
        return self.post(self.message(self.begin(), **changes))


@pytest.fixture
def in_window(key: PlatformKey, registration: Registration) -> Launcher:
    return Launcher(key)


@pytest.fixture
def in_frame(key: PlatformKey, registration: Registration) -> Launcher:
    return Launcher(key, headers=dict(FRAME))
