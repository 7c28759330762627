"""Two clicks at the very same time, in two connections."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from accounts.models import User
from cohorts.models import Assignment
from lti.choosing import actions
from lti.models import Selection
from sessions.models import Scenario
from tests.lti.choosing.conftest import Person, choose


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_make_one_assignment(tia_there: Person, scenario: Scenario) -> None:
    selection = tia_there.is_asked()
    choose(tia_there, selection, scenario, then="more")
    teacher: User = selection.user
    together = Barrier(2)

    def click() -> list[dict[str, str]]:
        together.wait(timeout=30)
        try:
            return list(actions.answer(selection=selection, by=teacher).picks)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        first, second = [future.result() for future in (pool.submit(click), pool.submit(click))]
    assert first == second
    assert first[0]["assignment"] == str(Assignment.objects.get().pk)
    assert Selection.objects.get().answered_at is not None
