"""Messages in order from two platforms, and what entering with them makes."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Institution
from lti.launch.arrival import Arrived
from lti.message import claims as names
from lti.message.claims import message
from lti.models import Registration
from lti.people.entering import Entered, enter
from lti.people.ways import way
from tests.lti.conftest import CLIENT, ISSUER, launch_claims

LIS = "http://purl.imsglobal.org/vocab/lis/v2"
INSTRUCTOR, LEARNER = f"{LIS}/membership#Instructor", f"{LIS}/membership#Learner"
SUB, NAME, EMAIL, LOCALE = "sub", "name", "email", "locale"


def registered(institution: Institution, *, client_id: str = CLIENT, name: str = "Moodle") -> Registration:
    return Registration.objects.create(
        institution=institution,
        name=name,
        issuer=ISSUER,
        client_id=client_id,
        login_url="https://moodle.example/auth",
        token_url="https://moodle.example/token",
        keys_url="https://moodle.example/keys",
    )


@pytest.fixture
def registration(northfield: Institution) -> Registration:
    return registered(northfield)


def arrival(registration: Registration, roles: list[str] | None = None, **changes: Any) -> Arrived:
    """A learner's launch of the link `link-1` in the course `course-7`; `changes` as of `launch_claims`."""
    claims: dict[str, Any] = {
        names.ROLES: [LEARNER] if roles is None else roles,
        names.RESOURCE_LINK: {"id": "link-1", "title": "Practise"},
    }
    found = message(launch_claims(**(claims | changes)))
    # As it is when it arrives: fresh from the database, without its institution.
    return Arrived(Registration.objects.get(pk=registration.pk), found)


def entered(registration: Registration, roles: list[str] | None = None, **changes: Any) -> Entered:
    return enter(arrival(registration, roles, **changes))


def led(registration: Registration, roles: list[str] | None = None, **changes: Any) -> tuple[Entered, str]:
    """Who entered, and the path that the launch leads to."""
    arrived = arrival(registration, roles, **changes)
    found = enter(arrived)
    return found, way(arrived, found)


def course(context_id: str, title: str = "Autumn") -> dict[str, Any]:
    return {names.CONTEXT: {"id": context_id, "title": title}}


NO_COURSE: dict[str, Any] = {names.CONTEXT: None}
NOTHING_PERSONAL: dict[str, Any] = {NAME: None, EMAIL: None}
