"""Launches that come at the same moment, in transactions of their own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from time import sleep
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.actions import erase_person
from accounts.models import Institution, User
from cohorts.models import Assignment, Cohort, Enrolment
from lti.message import claims as names
from lti.models import Course, Identity, Registration, ResourceLink
from lti.people.entering import Entered
from sessions.models import PracticeSession
from tests.lti.people.conftest import INSTRUCTOR, course, entered, led

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 6


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each act gives; they begin together, each with a connection of its own."""
    gate = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            gate.wait(timeout=30)
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [one.result() for one in [pool.submit(run, act) for act in acts]]


def test_one_new_person_who_comes_several_times_is_one(registration: Registration) -> None:
    found = at_once(*[lambda: entered(registration)] * AT_ONCE)
    assert len({one.user.pk for one in found}) == 1
    rows = (User, Identity, Course, Cohort, Enrolment)
    assert [row.objects.count() for row in rows] == [1] * len(rows)


def test_a_new_class_that_comes_together_is_one_cohort(registration: Registration) -> None:
    roles = [[INSTRUCTOR], None, None, None, None, None]
    at_once(
        *(
            lambda number=number, role=role: led(registration, role, sub=f"person-{number}")
            for number, role in enumerate(roles)
        )
    )
    assert (Cohort.objects.count(), Course.objects.count(), ResourceLink.objects.count()) == (1, 1, 1)
    assert (User.objects.count(), Enrolment.objects.count()) == (AT_ONCE, AT_ONCE)


def test_several_new_courses_of_one_name_are_several_cohorts(registration: Registration) -> None:
    at_once(
        *(
            lambda number=number: entered(registration, sub=f"person-{number}", **course(str(number)))
            for number in range(AT_ONCE)
        )
    )
    assert Cohort.objects.count() == Course.objects.count() == AT_ONCE


def test_one_link_clicked_twice_is_one_session(registration: Registration, assignment: Assignment) -> None:
    found = entered(registration).course
    assert found is not None
    Assignment.objects.update(cohort=found.cohort)
    launch = {names.CUSTOM: {"assignment": str(assignment.pk)}}
    paths = {path for _entered, path in at_once(*[lambda: led(registration, **launch)] * AT_ONCE)}
    (session,) = PracticeSession.objects.all()
    assert paths == {f"/practice/{session.pk}/lobby/"}


def test_somebody_who_is_erased_while_they_launch_is_gone_and_comes_anew(
    registration: Registration, northfield: Institution
) -> None:
    """A launch that came to the institution after the person would wait for the erasure, and that for the launch."""
    old = User.objects.get(pk=entered(registration).user.pk)
    held = Event()

    def erase() -> None:
        with transaction.atomic():
            Institution.objects.select_for_update().get(pk=northfield.pk)  # as every erasure begins
            held.set()
            wait_for_a_waiter()
            erase_person(user=old)

    def launch() -> Entered:
        assert held.wait(timeout=30)
        return entered(registration, name="Another Name", **course("new"))

    _erased, again = at_once(erase, launch)
    assert again.user.pk != old.pk
    assert list(User.objects.all()) == [again.user]


def wait_for_a_waiter() -> None:
    """Until another transaction waits for a lock."""
    for _ in range(3000):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
        sleep(0.01)
    raise AssertionError("Nobody waits.")
