"""A house for one run: a database of its own, people who may practise, and their sessions."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class Seat:
    """One student's session: where its socket is, and what to send there."""

    session_id: UUID
    headers: dict[str, str]

    @property
    def path(self) -> str:
        return f"/live/practice/{self.session_id}/"


@contextmanager
def house() -> Iterator[Path]:
    """Django set up on an embedded database in a temporary folder, migrated; gone afterwards."""
    from greenroom import embedded

    with TemporaryDirectory(prefix="greenroom-bench-") as folder:
        data = Path(folder)
        os.environ.update(
            DATABASE_URL=embedded.start(data, durable=False),
            DJANGO_SETTINGS_MODULE="greenroom.settings",
            GREENROOM_DATA=folder,
            GREENROOM_ENV="development",
            LOG_LEVEL="WARNING",
            SECRET_KEY="a benchmark's own",
        )
        try:
            _migrate()
            yield data
        finally:
            _let_go()
            embedded.stop(data)


def _migrate() -> None:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", interactive=False, verbosity=0)


def _let_go() -> None:
    from django.db import connections

    connections.close_all()


def seats(number: int) -> list[Seat]:
    """As many students of one institution, each with a session of their own, with the camera."""
    from accounts.actions import give_consent
    from accounts.models import Institution, Membership, Purpose, Role, User
    from sessions.actions import start_session
    from sessions.models import Question, Scenario

    institution = Institution.objects.create(name="Benchmark")
    scenario = Scenario.objects.create(
        slug="benchmark", language="en", title="Benchmark", job_title="Benchmark", summary="Measured."
    )
    Question.objects.create(
        scenario=scenario, key="only", position=0, text="Tell me.", type="opening", difficulty=1
    )
    found = []
    for who in range(number):
        user = User.objects.create_user(f"student-{who}@benchmark.example", None, name=f"Student {who}")
        Membership.objects.create(institution=institution, user=user, role=Role.STUDENT)
        give_consent(user=user, institution=institution, purpose=Purpose.CAMERA)
        session = start_session(
            user=user, institution=institution, scenario=scenario, mode="camera", record=False
        )
        found.append(Seat(session.pk, headers_of(user)))
    return found


def headers_of(user: User, *, origin: str = "http://127.0.0.1") -> dict[str, str]:
    """A signed-in browser's headers."""
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    return {"Origin": origin, "Cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}"}
