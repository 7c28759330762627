"""A platform that asks a teacher to choose, and what comes back to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Institution
from lti.message import claims as names
from lti.message.token import claims_of
from lti.models import Deployment, DeploymentState, Registration, Selection
from sessions.models import Scenario
from tests.lti.conftest import CLIENT, ISSUER, PlatformKey, launch_claims
from tests.lti.emulator import Platform

TOOL = "http://testserver"
RETURN = f"{ISSUER}/mod/lti/contentitem_return.php?course=7&sesskey=k"
MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership"
INSTRUCTOR, LEARNER = f"{MEMBERSHIP}#Instructor", f"{MEMBERSHIP}#Learner"
ITEMS = "https://purl.imsglobal.org/spec/lti-dl/claim/content_items"


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
        login_url=f"{platform.origin}/auth",
        token_url=f"{platform.origin}/token",
        keys_url=f"{platform.origin}/keys",
    )
    Deployment.objects.create(
        institution=northfield, registration=made, deployment_id="1", state=DeploymentState.ACCEPTED
    )
    return made


def asking(**settings: Any) -> dict[str, Any]:
    """The claims of a Deep Linking request; a setting of None is left out."""
    asked = {
        "deep_link_return_url": RETURN,
        "accept_types": ["ltiResourceLink", "link"],
        "accept_presentation_document_targets": ["iframe", "window"],
        "accept_multiple": True,
        "accept_lineitem": True,
        "data": "op=7",
        **settings,
    }
    return {
        names.MESSAGE_TYPE: "LtiDeepLinkingRequest",
        names.RESOURCE_LINK: None,
        names.DEEP_LINKING: {name: value for name, value in asked.items() if value is not None},
    }


class Form(HTMLParser):
    """The form that goes to the platform, read as a browser reads it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action, self._inside = "", False
        self.fields: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = "data-sends" in found
            self.action = found["action"] if self._inside else self.action
        if tag == "input" and self._inside:
            self.fields[found["name"]] = found["value"]


@dataclass
class Person:
    """Somebody at the platform with a browser of their own."""

    platform: Platform
    subject: str = "tia-1"
    name: str = "Tia Brandt"
    role: str = INSTRUCTOR
    client: Client = field(default_factory=Client)

    def launches(self, **claims: Any) -> Any:
        """From the platform to wherever the launch leads, which is not followed."""
        asked = {
            "iss": ISSUER,
            "login_hint": "7",
            "target_link_uri": f"{TOOL}/lti/launch/",
            "client_id": CLIENT,
        }
        begun = self.client.post(reverse("lti:login"), asked)
        words = {name: values[0] for name, values in parse_qs(urlsplit(begun["Location"]).query).items()}
        said = {
            "nonce": words["nonce"],
            "sub": self.subject,
            "name": self.name,
            "email": f"{self.subject}@school.example",
            names.TARGET: f"{TOOL}/lti/launch/",
            names.ROLES: [self.role],
            **claims,
        }
        token = self.platform.keys[0].sign(launch_claims(**said))
        return self.client.post(reverse("lti:launch"), {"id_token": token, "state": words["state"]})

    def is_asked(self, **settings: Any) -> Selection:
        """Opens a picker and gives its selection."""
        response = self.launches(**asking(**settings))
        assert response.status_code == 302, response.content[:400]
        found = Selection.objects.latest("made_at")
        assert response["Location"] == picker(found)
        return found


def picker(selection: Selection, name: str = "choose", **query: Any) -> str:
    words = "&".join(f"{key}={value}" for key, value in query.items())
    return reverse(f"lti:{name}", args=[selection.pk]) + (f"?{words}" if words else "")


def typed(**changes: Any) -> dict[str, Any]:
    """The form of a new assignment as a browser sends it."""
    today = timezone.localdate()
    return {
        "title": "Practise: shop",
        "opens": today.isoformat(),
        "due": (today + timedelta(days=10)).isoformat(),
        "sessions_needed": 2,
        "note": "Take your time.",
        "points": "10",
        "then": "send",
        **changes,
    }


def choose(person: Person, selection: Selection, scenario: Scenario, **changes: Any) -> Any:
    return person.client.post(picker(selection, "choose_new", scenario=scenario.pk), typed(**changes))


def followed(response: Any, person: Person) -> Any:
    """The page that sends the answer."""
    assert response.status_code == 302, response.content[:400]
    assert response["Location"].endswith("/sent/")
    return person.client.get(response["Location"])


def sent(response: Any, person: Person) -> tuple[str, dict[str, Any]]:
    """Where the next page's form goes, and the claims of its message, judged by the keys that we publish."""
    response = followed(response, person)
    form = Form(response.content.decode())
    keys = {key["kid"]: key for key in person.client.get(reverse("lti:jwks")).json()["keys"]}
    assert set(form.fields) == {"JWT"}
    return form.action, claims_of(form.fields["JWT"], keys.get)


@pytest.fixture
def tia_there(platform: Platform, registration: Registration) -> Person:
    return Person(platform)
