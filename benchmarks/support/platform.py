"""A learning platform for a benchmark: one course with an open assignment, and students who launch it.

Its key set stands with its registration already, as it does after the first launch; nothing is asked over HTTP.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from django.utils import timezone

from accounts.actions import add_member
from accounts.models import Institution, Role, User
from cohorts.actions import assign
from lti.message import claims as names
from lti.models import Course, Deployment, DeploymentState, Registration
from sessions.models import Question, Scenario

ISSUER, CLIENT, KEY = "https://platform.benchmark.example", "client", "one"
HERE = "http://localhost"
LEARNER = "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"
CONTEXT = {"id": "course", "title": "Benchmark"}


class Platform:
    def __init__(self, students: int) -> None:
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._students = students
        self._jwk: dict[str, Any] = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self._key.public_key()))
        self._public = self._key.public_key()
        self._assignment = self._set_up()

    def begins(self, who: int, here: str = HERE) -> dict[str, str]:
        return {
            "iss": ISSUER,
            "client_id": CLIENT,
            "login_hint": f"student-{who}",
            "target_link_uri": f"{here}/lti/launch/",
        }

    def answers(self, asked: str, who: int, here: str = HERE) -> dict[str, str]:
        """What the browser posts to us after our redirect to the address `asked`."""
        words = parse_qs(urlsplit(asked).query)
        return {"state": words["state"][0], "id_token": self.message(words["nonce"][0], who, here)}

    def message(self, nonce: str, who: int, here: str = HERE) -> str:
        now = int(time.time())
        said = {
            "iss": ISSUER,
            "aud": CLIENT,
            "sub": f"student-{who}",
            "exp": now + 300,
            "iat": now,
            "nonce": nonce,
            "name": f"Student {who}",
            "email": f"student-{who}@benchmark.example",
            names.VERSION: "1.3.0",
            names.MESSAGE_TYPE: "LtiResourceLinkRequest",
            names.DEPLOYMENT: "1",
            names.TARGET: f"{here}/lti/launch/",
            names.ROLES: [LEARNER],
            names.RESOURCE_LINK: {"id": "link", "title": "Practise"},
            names.CONTEXT: CONTEXT,
            names.CUSTOM: {"assignment": self._assignment},
        }
        return jwt.encode(said, self._key, algorithm="RS256", headers={"kid": KEY})

    def verify(self, token: str) -> Mapping[str, Any]:
        """One RS256 verification and nothing else."""
        return jwt.api_jws.decode_complete(token, self._public, algorithms=["RS256"])

    def _set_up(self) -> str:
        institution = Institution.objects.create(name="Benchmark")
        teacher = User.objects.create_user("teacher@benchmark.example", None, name="Teacher")
        add_member(institution=institution, user=teacher, role=Role.TEACHER)
        registration = Registration.objects.create(
            institution=institution,
            name="Benchmark",
            issuer=ISSUER,
            client_id=CLIENT,
            login_url=f"{ISSUER}/auth",
            token_url=f"{ISSUER}/token",
            keys_url=f"{ISSUER}/keys",
            keys={KEY: {**self._jwk, "kid": KEY, "alg": "RS256", "use": "sig"}},
            keys_fetched_at=timezone.now(),
        )
        Deployment.objects.create(
            institution=institution,
            registration=registration,
            deployment_id="1",
            state=DeploymentState.ACCEPTED,
        )
        return self._asked_for(registration, teacher)

    def _asked_for(self, registration: Registration, teacher: User) -> str:
        """The id of an open assignment of the course."""
        from cohorts.models import Cohort

        cohort = Cohort.objects.create(institution=registration.institution, name=CONTEXT["title"])
        Course.objects.create(
            institution=registration.institution,
            registration=registration,
            context_id=CONTEXT["id"],
            title=CONTEXT["title"],
            cohort=cohort,
        )
        scenario = Scenario.objects.create(
            slug="benchmark", language="en", title="Benchmark", job_title="Benchmark", summary="Measured."
        )
        Question.objects.create(
            scenario=scenario, key="only", position=0, text="Tell me.", type="opening", difficulty=1
        )
        now = timezone.now()
        made = assign(
            cohort=cohort,
            scenario_id=scenario.pk,
            opens_at=now - timedelta(days=1),
            due_at=now + timedelta(days=7),
            sessions_needed=1,
            note="",
            by=teacher,
        )
        return str(made.pk)
