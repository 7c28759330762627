"""The shipped scenarios reach the database, once."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO

import pytest
from django.core.management import call_command

from sessions.content.actions import store_scenario
from sessions.content.read import read_all
from sessions.models import Question, Scenario

pytestmark = pytest.mark.django_db


def test_loading_twice_is_loading_once() -> None:
    call_command("load_scenarios", stdout=StringIO())
    before = sorted(Question.objects.values_list("id", "text"))
    call_command("load_scenarios", stdout=StringIO())
    assert sorted(Question.objects.values_list("id", "text")) == before
    assert Scenario.objects.filter(language="en").count() == 10
    assert Scenario.objects.count() == len(read_all())


def test_a_question_that_the_file_drops_is_retired_and_one_that_returns_is_back() -> None:
    content = read_all()[0]
    scenario = store_scenario(content=content)
    shorter = replace(content, questions=content.questions[:-1])
    store_scenario(content=shorter)
    gone = scenario.questions.get(key=content.questions[-1].key)
    assert gone.retired_at is not None
    store_scenario(content=content)
    gone.refresh_from_db()
    assert gone.retired_at is None
