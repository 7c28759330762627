"""The four standing characters and what surrounds them.

Sam is a student and Tia a teacher of the cohort "Autumn" of the institution Northfield; Ada administers Northfield.
Otto belongs to another institution, Southport, and must never see anything of Northfield: every table test tries
him in all three roles.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import dj_database_url
import hypothesis
import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import Consent, Institution, Membership, Purpose, Role, User
from accounts.purposes import current
from cohorts.models import Assignment, Cohort, CohortRole, Enrolment
from greenroom import embedded
from greenroom.data_lock import DataInUse, owned

CHECKOUT = Path(__file__).resolve().parent.parent
PASSWORD = "a long quiet evening"
IN_CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}
# Machines are shared: how long an example takes says nothing.
hypothesis.settings.register_profile("greenroom", deadline=None)
hypothesis.settings.load_profile("greenroom")

# Later folders and marks take longer: what fails quickly is known quickly.
SLOW_FOLDERS = ("load", "browser")
Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Quick tests first, and those of real servers only where their addresses are given."""
    items.sort(key=_slowness)
    if not (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL")):
        away = [item for item in items if item.get_closest_marker("servers")]
        items[:] = [item for item in items if item not in away]
        config.hook.pytest_deselected(items=away)


def _slowness(item: pytest.Item) -> int:
    folder = item.path.relative_to(CHECKOUT / "tests").parts[0]
    return SLOW_FOLDERS.index(folder) + 2 if folder in SLOW_FOLDERS else bool(item.get_closest_marker("slow"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    return _count_as_failure(report) if IN_CI and report.skipped else report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    return _count_as_failure(report) if IN_CI and report.skipped else report


def _count_as_failure(report: Report) -> Report:
    """Where CI is set everything has to be there, so that a test that is left out is a failure."""
    if not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"Left out, which CI does not allow: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> Iterator[None]:
    """Without DATABASE_URL every test process has an embedded cluster of its own, stopped afterwards."""
    if os.environ.get("DATABASE_URL"):
        yield
        return
    with own_cluster() as url:
        connection.settings_dict.update(HOST=dj_database_url.parse(url)["HOST"])
        yield


@contextmanager
def own_cluster() -> Iterator[str]:
    """The first cluster below var/test that no other test run uses; kept for the next run, which is then quicker."""
    for number in itertools.count():
        data = CHECKOUT / "var" / "test" / str(number)
        try:
            with owned(data, what="A test run"):
                try:
                    yield embedded.start(data, durable=False)
                finally:
                    embedded.stop(data)
                return
        except DataInUse:
            continue


@pytest.fixture(autouse=True)
def own_folders(settings: Any, tmp_path: Path) -> None:
    """No test writes into a data folder that it shares with another."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.SPOOL_DIR = tmp_path / "spool"


def person(email: str, name: str, institution: Institution, role: Role) -> User:
    user = User.objects.create_user(email, PASSWORD, name=name)
    Membership.objects.create(institution=institution, user=user, role=role)
    return user


@pytest.fixture
def northfield(db: None) -> Institution:
    return Institution.objects.create(name="Northfield College")


@pytest.fixture
def southport(db: None) -> Institution:
    return Institution.objects.create(name="Southport Academy")


@pytest.fixture
def sam(northfield: Institution) -> User:
    return person("sam@northfield.example", "Sam Okafor", northfield, Role.STUDENT)


@pytest.fixture
def tia(northfield: Institution) -> User:
    return person("tia@northfield.example", "Tia Brandt", northfield, Role.TEACHER)


@pytest.fixture
def ada(northfield: Institution) -> User:
    return person("ada@northfield.example", "Ada Moreau", northfield, Role.ADMINISTRATOR)


@pytest.fixture
def otto(southport: Institution) -> User:
    return person("otto@southport.example", "Otto Lindqvist", southport, Role.STUDENT)


@pytest.fixture
def cohort(northfield: Institution, sam: User, tia: User) -> Cohort:
    cohort = Cohort.objects.create(institution=northfield, name="Autumn")
    for user, role in ((sam, CohortRole.STUDENT), (tia, CohortRole.TEACHER)):
        Enrolment.objects.create(institution=northfield, cohort=cohort, user=user, role=role)
    return cohort


@pytest.fixture
def scenario(db: None) -> Any:
    """A short interview of three questions that belongs to no institution."""
    from sessions.models import Question, Scenario

    scenario = Scenario.objects.create(
        slug="test-shop", language="en", title="Shop assistant", job_title="Shop assistant", summary="A shop."
    )
    for position in range(3):
        Question.objects.create(
            scenario=scenario,
            key=f"question-{position}",
            position=position,
            text=f"This is question number {position + 1}. What would you do?",
            type="opening" if position == 0 else "situational",
            topics=["teamwork"],
            difficulty=1 + position,
        )
    return scenario


@pytest.fixture
def assignment(cohort: Cohort, scenario: Any, tia: User) -> Assignment:
    now = timezone.now()
    return Assignment.objects.create(
        institution=cohort.institution,
        cohort=cohort,
        scenario=scenario,
        opens_at=now - timedelta(days=1),
        due_at=now + timedelta(days=6),
        sessions_needed=2,
        created_by=tia,
    )


@pytest.fixture
def agree() -> Callable[..., None]:
    """`agree(sam, northfield, Purpose.CAMERA, ...)` gives consent to the purposes named."""

    def give(user: User, institution: Institution, *purposes: Purpose) -> None:
        for purpose in purposes:
            version = current(purpose).version
            Consent.objects.create(user=user, institution=institution, purpose=purpose, version=version)

    return give


@pytest.fixture
def sign_in() -> Callable[[User | None], Client]:
    """`sign_in(sam)` is a client in which Sam is signed in; `sign_in(None)` is a stranger's."""

    def client_of(user: User | None) -> Client:
        client = Client()
        if user is not None:
            client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return client_of
